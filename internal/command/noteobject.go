package command

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/careen-tui/careen/internal/about"
	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/diagram"
	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/inspect/client"
	"github.com/careen-tui/careen/internal/report"
)

// namesObject tells KIND/NAME from the id of a finding, which has a colon before its first
// slash. Names have colons as well: clusterrole/system:node.
func namesObject(word string) bool {
	kind, _, _ := strings.Cut(word, ":")
	return strings.Contains(kind, "/")
}

// runObjectNote writes what is known of an object.
func runObjectNote(ss *session, word string) error {
	ss.readOnly = true
	r, err := ss.look(extent{mode: connect.ReadOnly}) // everything that it may be joined to
	if err != nil {
		return err
	}
	ref, err := diagram.Find(r.Snapshot, word)
	d := ss.document(r)
	switch {
	case err != nil && d.Partial():
		return partialError(err.Error()+"\nthe look was partial:", d)
	case err != nil:
		return usageError(err)
	}
	in := report.Asked{Look: r, Taken: ss.taken(), Version: built().Version}
	if d.Partial() {
		in.Unread = d.Incomplete()
	}
	in.Lately = ss.lately(r, ref, nil, &in.Unread)
	logs := about.LogsOf(r, ref)
	var said []inspect.LogSaid
	if ss.conn != nil {
		said = client.New(ss.conn).Said(ss.ctx, logs.Runs)
	} else {
		said = about.Kept(r, logs.Runs)
	}
	in.Object = about.Of(r, ref, logs, said)
	for i := range in.Object.Says {
		if s := &in.Object.Says[i]; ss.conn != nil && s.Unknown() {
			in.Unread = append(in.Unread, "the log of container "+s.Container+" of "+s.Pod.String()+": "+s.Unread)
		}
	}
	return ss.writeNote(report.ObjectNote(in), in.Unread)
}

// completeFindingsAndObjects offers the ids of what is found, and once a slash stands
// before any colon, the names of objects.
func (o *options) completeFindingsAndObjects(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	if namesObject(begun) {
		return o.completeObjects(cmd, args, begun)
	}
	return o.completeFindings(cmd, args, begun)
}
