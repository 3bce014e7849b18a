package views

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/views/viewtest"
)

func TestWhatCameOrChangedIsMarkedUntilItIsSelected(t *testing.T) {
	broken := func(name, why string) *finding.Finding {
		return &finding.Finding{
			Probe: probes.ImageUnpullable.ID, Subject: model.Ref{Kind: "Deployment", Namespace: "shop", Name: name},
			Severity: finding.High, Grade: finding.Proved, Summary: why,
		}
	}
	env := loadedEnv(t)
	p := paneOf[*Findings](env)
	look := func(list ...*finding.Finding) string {
		env.Report = sampleReport(viewtest.Snapshot(), list)
		p.Load()
		return strings.Join(p.Draw(100, 20, false), "\n")
	}
	signed := func(screen, sign, name string) bool {
		for line := range strings.Lines(screen) {
			if strings.Contains(line, "shop/"+name) {
				return strings.HasPrefix(ansi.Strip(line), sign)
			}
		}
		return false
	}
	if got := look(broken("a", "one"), broken("b", "two")); !signed(got, " ", "b") {
		t.Errorf("what the first look has is no news:\n%s", got)
	}
	got := look(broken("a", "one"), broken("b", "another"), broken("c", "three"))
	if !signed(got, "~", "b") || !signed(got, "+", "c") {
		t.Errorf("b changed and c is new:\n%s", got)
	}
	p.Do(keymap.Down)
	p.Do(keymap.Top)
	if got = look(broken("a", "one"), broken("b", "another"), broken("c", "three")); !signed(got, " ", "b") || !signed(got, "+", "c") {
		t.Errorf("b was selected, c was not:\n%s", got)
	}
	look(broken("a", "one"))
	if got = look(broken("a", "one"), broken("c", "three")); !signed(got, "+", "c") {
		t.Errorf("c went and came back:\n%s", got)
	}
}
