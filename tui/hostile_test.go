package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/careen-tui/careen/internal/finding"
	cluster "github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/views/viewtest"
)

// made are n findings that say text.
func made(n int, text string) []*finding.Finding {
	out := make([]*finding.Finding, n)
	for i := range out {
		out[i] = &finding.Finding{
			Probe: probes.ReferenceMissing.ID, Subject: cluster.Ref{Kind: cluster.KindDeployment, Namespace: fmt.Sprintf("team-%03d", i%200), Name: fmt.Sprintf("web-%05d", i)},
			Severity: finding.High, Grade: finding.Proved, Summary: fmt.Sprintf("%s %d", text, i), Since: viewtest.Now.Add(-time.Hour),
			Evidence: []finding.Evidence{{Path: "spec", Value: text}},
		}
	}
	return out
}

// TestLongAndWideSummaries draws them at every size exactly: send measures each line.
func TestLongAndWideSummaries(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("It needs a Secret that does not exist. ", 13), strings.Repeat("x", 500), strings.Repeat("数据平台の秘密が見つかりません。", 32), "e\u0301\u200d👩‍👩‍👧 \u202edesrever",
	} {
		for _, size := range [][2]int{{160, 45}, {120, 40}, {80, 24}, {60, 20}, {40, 10}} {
			s := newShell(t, Options{}, size[0], size[1])
			s.send(reportMsg{reportOf(viewtest.Snapshot(), made(3, text))})
			s.press("j", "enter", "end", "pgup", "esc", "?", "esc", "W", "f", "esc", "/").typed("web").press("enter", "esc")
		}
	}
}

func TestFiveThousandFindings(t *testing.T) {
	s := newShell(t, Options{}, 120, 40)
	s.send(reportMsg{reportOf(viewtest.Snapshot(), made(5000, "It needs a Secret"))})
	s.sees("Findings 5,000", "5000 high")
	s.press("end")
	s.sees("web-04", "5,000 of 5,000")
	s.press("A")
	s.sees("5000 marked")
	s.press("W")
	if s.prompt != nil {
		t.Error("thousands are accepted for one reason")
	}
	s.press("A", "/").typed("web-01234").press("enter")
	s.sees("2 of 5,000", "web-01234") // and one that is near it
	s.press("n", "/").typed("team-199").press("enter", "enter")
	s.sees("team-199")
}

// TestAChoiceOfManyNamespaces has two hundred namespaces to choose from.
func TestAChoiceOfManyNamespaces(t *testing.T) {
	snap := viewtest.Snapshot()
	for i := range 200 {
		name := fmt.Sprintf("team-%03d", i)
		snap.Spaces[name] = cluster.NewSpace(name, 1, nil)
	}
	s := newShell(t, Options{}, 80, 24)
	s.send(reportMsg{reportOf(snap, made(400, "It needs a Secret"))})
	s.press("n", "end")
	s.sees("team-199")
	s.press("/").typed("team-04").press("enter", "space", "space", "enter")
	if n := len(s.env.Namespaces); n != 2 {
		t.Errorf("%d namespaces are chosen", n)
	}
}

func TestAFilterThatIsPasted(t *testing.T) {
	s := loadedShell(t, Options{}, 120, 40)
	s.press("/")
	s.send(tea.PasteMsg{Content: "\x1b[31mvau\x07lt\r\n\t" + strings.Repeat("z", 5000)})
	if strings.ContainsAny(s.screen(), "\x1b\x07\t") {
		t.Errorf("%q", s.screen())
	}
	s.sees("only the first 256 characters were taken")
	s.press("esc", "/")
	s.send(tea.PasteMsg{Content: "vault"})
	s.press("enter")
	s.sees("/vault", "1 of")
}

// TestANoteOfWhatWasResolvedMeanwhile opens the note of a finding that goes away.
func TestANoteOfWhatWasResolvedMeanwhile(t *testing.T) {
	s, _ := inspectingShell(t, 120, 40)
	s.do("i")
	s.sees("Incident note")
	r := sampleReport()
	r.Findings = nil
	s.send(reportMsg{r})
	s.do("r")
	s.sees("Incident note", s.env.Report.Snapshot.Cluster.Context)
	s.do("esc", "i")
	s.sees("note: no finding is selected")
}
