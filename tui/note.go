package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/careen-tui/careen/internal/report"
	"github.com/careen-tui/careen/internal/timeline"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/views"
)

func (m *model) noteOffer() keymap.Offer {
	o := keymap.Offer{Action: keymap.Note}
	if m.env.Report.Find(m.subject().Finding) == nil {
		o.Disabled = "no finding is selected"
	}
	return o
}

// openNote opens the incident note of the selected finding.
func (m *model) openNote() tea.Cmd {
	s, look := m.subject(), m.env.Report
	f := look.Find(s.Finding)
	inspector, mender := m.opts.Inspector, m.opts.Mender
	in := report.Incident{ID: s.Finding, Look: look, Taken: m.env.Taken(), Version: m.opts.Version}
	if f := look.Find(s.Finding); f != nil {
		in.ByHand = probes.ByHand(f)
	}
	return m.push(views.NewNote(m.env, s.Ref, func(ctx context.Context) (string, error) {
		in := in
		refs, _ := timeline.Around(look.Graph, f.Subject, f)
		var asked timeline.Asked
		if inspector != nil {
			var err error
			if asked, err = inspector.Lately(ctx, refs); err != nil {
				in.Unread = append(in.Unread, "what changed lately: "+err.Error())
			}
		}
		in.Lately = timeline.Make(timeline.Input{
			Snapshot: look.Snapshot, Graph: look.Graph, About: f.Subject, Finding: f, Findings: look.About(f.Subject), Events: asked.Events, Untimed: asked.Untimed,
		})
		if mender != nil {
			j, err := mender.Entries(ctx)
			if err != nil {
				in.Unread = append(in.Unread, "the journal: "+err.Error())
			}
			for _, u := range j.Unread {
				in.Unread = append(in.Unread, "the journal: "+u)
			}
			in.Applied = j.Applied(in.Concerned())
		}
		return report.Note(in), ctx.Err()
	}))
}
