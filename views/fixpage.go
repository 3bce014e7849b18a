package views

import (
	"fmt"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/keymap"
)

// fixPage shows what the fixes of findings would do, where nothing here can plan them
// against the cluster.
type fixPage struct {
	*page[nothing]
	why string
}

// NewFixPage makes the page; why says why they cannot be applied.
func NewFixPage(env *Env, list []*finding.Finding, why string) Pane {
	title := "Fix"
	if len(list) == 1 {
		title = "Fix " + list[0].Subject.Path()
	}
	return &fixPage{newText(env, title, func() []styled.Para { return fixParas(env, list, why) }), why}
}

// Scope is that of a plan: apply is answered here, with the reason why not.
func (p *fixPage) Scope() keymap.Scope { return keymap.InPlan }

// Offers adds what a plan would answer.
func (p *fixPage) Offers() []keymap.Offer {
	return append([]keymap.Offer{{Action: keymap.Apply, Disabled: p.why}}, p.page.Offers()...)
}

func fixParas(e *Env, list []*finding.Finding, why string) []styled.Para {
	out := []styled.Para{{Body: styled.Line{styled.T(styled.Medium, "Not applied here: "+why+".")}}, styled.Blank()}
	for _, f := range list {
		if len(list) > 1 {
			out = append(out, styled.Para{Body: append(styled.Line{severitySign(e.Theme, f), styled.T(styled.Normal, "  ")}, refTitle(f.Subject)...)})
		}
		if len(f.Fixes) == 0 {
			out = append(append(out, styled.P(styled.Muted, "No automatic fix. What to do:")), append(byHand(f), styled.Blank())...)
		}
		for i, fix := range f.Plans() {
			name := fix.Title
			switch {
			case i >= len(f.Fixes):
				name = "Prevention: " + fix.Title
			case len(f.Fixes) > 1:
				name = fmt.Sprintf("%d of %d  %s", i+1, len(f.Fixes), fix.Title)
			}
			out = append(out, styled.Para{Body: styled.Of(styled.Strong, name), Right: riskLine(e.Theme, fix), Hang: 2})
			for n, s := range fix.Steps {
				out = append(out, styled.Para{
					Body: styled.Line{
						styled.T(styled.Muted, fmt.Sprintf("  %d ", n+1)), styled.T(styled.Normal, s.Verb+" "+refText(s.Ref)), styled.T(styled.Muted, lead(s.Summary)),
					},
					Hang: 4, Key: stop{to: Subject{Ref: s.Ref}, mark: fmt.Sprint(f.ID(), fix.ID, n)},
				})
			}
			out = append(out, fields(2, "fix", keep([]field{
				{name: "note", value: fix.Note},
				{name: "undo", value: first(fix.Undo, "none")},
				{name: "proof", value: proofText(fix.Proof)},
			}))...)
			out = append(out, styled.Blank())
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
