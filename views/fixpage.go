package views

import (
	"fmt"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// FixPage shows what the fixes of findings would do, where nothing here can plan
// them against the cluster.
type FixPage struct {
	*reading
	why string
}

// NewFixPage makes the page; why says why they cannot be applied.
func NewFixPage(env *Env, list []*finding.Finding, why string) *FixPage {
	title := "Fix"
	if len(list) == 1 {
		title = "Fix " + list[0].Subject.Path()
	}
	return &FixPage{newReading(env, title, func() []para { return fixPage(env, list, why) }), why}
}

// Scope is that of a plan: apply is answered here, with the reason why not.
func (p *FixPage) Scope() keymap.Scope { return keymap.InPlan }

// Offers adds what a plan would answer.
func (p *FixPage) Offers() []keymap.Offer {
	return append([]keymap.Offer{{Action: keymap.Apply, Disabled: p.why}}, p.reading.Offers()...)
}

func fixPage(e *Env, list []*finding.Finding, why string) []para {
	out := []para{{Left: widget.Line{widget.T(widget.Medium, "Not applied here: "+why+".")}}, blankLine()}
	for _, f := range list {
		if len(list) > 1 {
			out = append(out, para{Left: append(widget.Line{severitySign(e.Theme, f), widget.T(widget.Normal, "  ")}, refTitle(f.Subject)...)})
		}
		if len(f.Fixes) == 0 {
			out = append(out, textLine(widget.Muted, "careen knows no fix for this finding."), blankLine())
		}
		for i, fix := range f.Fixes {
			name := fix.Title
			if len(f.Fixes) > 1 {
				name = fmt.Sprintf("%d of %d  %s", i+1, len(f.Fixes), fix.Title)
			}
			out = append(out, para{Left: widget.Line{widget.T(widget.Strong, name)}, Right: riskLine(e.Theme, fix), Hang: 2})
			for n, s := range fix.Steps {
				out = append(out, para{
					Left: widget.Line{
						widget.T(widget.Muted, fmt.Sprintf("  %d ", n+1)), widget.T(widget.Normal, s.Verb+" "+refText(s.Ref)), widget.T(widget.Muted, lead(s.Summary)),
					},
					Hang: 4, Stop: true, Key: stop{to: Subject{Ref: s.Ref}, mark: fmt.Sprint(f.ID(), fix.ID, n)},
				})
			}
			out = append(out, fields(2, "fix", keep([]field{
				{name: "note", value: fix.Note},
				{name: "undo", value: first(fix.Undo, "none")},
				{name: "proof", value: proofText(fix.Proof)},
			}))...)
			out = append(out, blankLine())
		}
	}
	return out
}

func proofText(p finding.Proof) string {
	if p.Text == "" {
		return "the finding clears"
	}
	if p.Within > 0 {
		return p.Text + ", within " + p.Within.Round(time.Second).String()
	}
	return p.Text
}
