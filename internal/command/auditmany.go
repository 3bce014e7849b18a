package command

import (
	"fmt"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/report"
)

// everywhere looks at the clusters of --contexts side by side. Of each only its report
// is kept.
func (a *auditFlags) everywhere(ss *session, what extent) error {
	places, err := ss.places()
	if err != nil {
		return err
	}
	ss.tellTwins(places)
	docs, sent := make([]*report.Document, len(places)), make([][]connect.Count, len(places))
	absent, expired := make([][]string, len(places)), make([][]string, len(places))
	errs, err := ss.everywhere(places, nil, func(i int, one *session) error {
		r, err := one.look(what)
		if one.conn != nil {
			sent[i] = one.conn.Guard().Requests()
		}
		if err != nil {
			docs[i] = one.failed(places[i], what.kinds, one.started, err)
			return err
		}
		absent[i] = one.namespacesAbsent(r.Snapshot)
		r.Snapshot = r.Snapshot.With(unread(absent[i])...)
		docs[i] = one.document(r)
		docs[i].Forget()
		docs[i].Cluster.Also, expired[i] = places[i].twins(), one.known.Expired()
		return nil
	})
	if err != nil {
		return err
	}
	if err := unusable(errs); err != nil {
		return err
	}
	var reached [][]string
	for i, p := range places {
		if errs[i] == nil {
			reached = append(reached, absent[i])
		}
		for _, note := range expired[i] {
			fmt.Fprintf(ss.Err, "%s: %s\n", shown(p.context), note)
		}
		if a.requests {
			fmt.Fprintf(ss.Err, "%s:\n", shown(p.context))
			ss.tellRequests(sent[i])
		}
	}
	if err := ss.nowhere(reached); err != nil {
		return err
	}
	return a.writeMany(ss, report.NewList(docs))
}

// writeMany writes the reports of many clusters and returns the error that carries
// their exit code.
func (f *reportFlags) writeMany(ss *session, l *report.List) error {
	for _, failure := range l.Failures() {
		fmt.Fprintln(ss.Err, failure)
	}
	opts := ss.reportOptions()
	opts.Wide, opts.Fixable = f.wide, f.live
	if err := written(report.Lists.Write(ss.Out, f.format, l, opts)); err != nil {
		return err
	}
	return severally(l.ExitCode(f.level), "nothing found at that level, but not everything could be looked at:", l)
}
