package command

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/inspect/client"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/report"
	"github.com/careen-tui/careen/internal/timeline"
	"github.com/careen-tui/careen/probes"
)

func newNote(s Streams, o *options) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "note ID|KIND/NAME",
		Short: "One finding as an incident note, or what is known of one object, in Markdown",
		Long: `note looks at the cluster and writes one finding as Markdown for an incident's record:
what is wrong, why, what shows it, what changed around it, what can be done, and what
was applied from the journal: by whom, how it was proved, and how to take it back.
Nothing is written to the cluster.

A finding that is not there any more, because it was fixed, has a note of what was
applied. With --from the note is made of a file, without the journal.

Of an object, as KIND/NAME (deploy/checkout, pod/web-0), it writes its state, the findings
that touch it, what changed around it, and what the logs of its pods say: of the newest
and the oldest of them, and one that is not ready, the line among the last 200 of each
container that tells most of what goes wrong, with its time, joined to the objects that it
names. An audit reads the logs of pods that are ready from a dump, or if it is told to
(--ready-logs): the errors that they keep logging. What one says here
proves nothing: no finding is made of it. At most 8 logs are read.

Exit codes: 0 the note is complete; 2 usage, an unknown finding; 3 the cluster cannot
be reached; 4 something that belongs into the note could not be read; 130 interrupted.`,
		Args:              oneArg("the id of a finding (careen audit lists them), or an object as KIND/NAME"),
		ValidArgsFunction: o.completeFindingsAndObjects,
		RunE: o.within(s, func(ss *session, args []string) error {
			if namesObject(args[0]) {
				return runObjectNote(ss, args[0])
			}
			return runNote(ss, finding.ID(args[0]))
		}),
	}
	o.bindFrom(cmd)
	o.bindTimeout(cmd)
	return cmd
}

func runNote(ss *session, id finding.ID) error {
	ss.readOnly = true
	r, err := ss.look(extent{mode: connect.ReadOnly}) // everything that a time line can be about
	if err != nil {
		return err
	}
	in := report.Incident{ID: id, Look: r, Taken: ss.taken(), Version: built().Version}
	f := r.Find(id)
	if f != nil {
		in.ByHand = probes.ByHand(f)
	}
	if f != nil {
		in.Lately = ss.lately(r, f.Subject, f, &in.Unread)
	}
	if ss.conn != nil {
		if err := ss.applied(&in); err != nil {
			return err
		}
	}
	switch d := ss.document(r); {
	case f == nil && len(in.Applied) == 0 && len(in.Unread) > 0:
		return &exitError{codePartial, fmt.Errorf("there is no finding %q at present; whether it was fixed is not known:\n%s", id, strings.Join(in.Unread, "\n"))}
	case f == nil && len(in.Applied) == 0:
		return missing(d, string(id))
	}
	return ss.writeNote(report.Note(in), in.Unread)
}

// writeNote prints a note, and says what it lacks.
func (ss *session) writeNote(text string, unread []string) error {
	if _, err := fmt.Fprint(ss.Out, text); written(err) != nil {
		return machineError(fmt.Errorf("writing the note: %w", err))
	}
	if len(unread) > 0 {
		return &exitError{codePartial, fmt.Errorf("the note is partial:\n%s", strings.Join(unread, "\n"))}
	}
	return nil
}

// lately is what changed around an object, and before a finding about it where one is
// meant: what the look knows, and of a cluster what is read for it.
func (ss *session) lately(r *engine.Report, about model.Ref, f *finding.Finding, unread *[]string) *timeline.Line {
	refs, _ := timeline.Around(r.Graph, about, f)
	var asked timeline.Asked
	if ss.conn != nil {
		var err error
		if asked, err = client.New(ss.conn).Lately(ss.ctx, refs); err != nil {
			*unread = append(*unread, "what changed lately: "+err.Error())
		}
	}
	return timeline.Make(timeline.Input{
		Snapshot: r.Snapshot, Graph: r.Graph, About: about, Finding: f, Findings: r.About(about),
		Events: asked.Events, Untimed: asked.Untimed,
	})
}

// applied puts into a note what the journal tells of the finding, of what explains it,
// and of the objects that they name.
func (ss *session) applied(in *report.Incident) error {
	j, err := ss.mender().Entries(ss.ctx)
	if err != nil {
		return ss.requestError(err, codePartial)
	}
	for _, u := range j.Unread {
		in.Unread = append(in.Unread, "the journal: "+u)
	}
	in.Applied = j.Applied(in.Concerned())
	return nil
}
