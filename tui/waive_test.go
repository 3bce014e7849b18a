package tui

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/views"
)

// ledger are waivers that a test can look at.
type ledger struct {
	ids    []finding.ID
	idle   []string
	broken error // of writing
}

func (l *ledger) Why(f *finding.Finding) string {
	if l.Waived(f) {
		return "waived until 2026-02-01: known to the team"
	}
	return ""
}
func (l *ledger) Waived(f *finding.Finding) bool   { return slices.Contains(l.ids, f.ID()) }
func (l *ledger) Ended(*finding.Finding) string    { return "" }
func (l *ledger) Idle([]*finding.Finding) []string { return l.idle }
func (l *ledger) Suggested() string                { return "2026-02-01" }
func (l *ledger) Check(until string) error {
	if strings.HasPrefix(until, "2026") || until == "" {
		return nil
	}
	return errors.New("that is not a day")
}

func (l *ledger) Accept(list []*finding.Finding, reason, until string) (*views.Waiving, error) {
	next := &ledger{ids: slices.Clone(l.ids)}
	out := &views.Waiving{Path: "/home/me/.config/careen/config.yaml", New: true, Diff: []styled.Line{styled.Of(styled.Added, "+    reason: "+reason+" until "+until)}}
	for _, f := range list {
		next.ids = append(next.ids, f.ID())
	}
	out.Write = func() (views.Waivers, error) { return next, l.broken }
	return out, nil
}

func (l *ledger) Recall(list []*finding.Finding) (*views.Waiving, error) {
	next := &ledger{ids: slices.DeleteFunc(slices.Clone(l.ids), func(id finding.ID) bool {
		return slices.ContainsFunc(list, func(f *finding.Finding) bool { return f.ID() == id })
	})}
	return &views.Waiving{Path: "c", Diff: []styled.Line{styled.Of(styled.Removed, "-  - probe")}, Write: func() (views.Waivers, error) { return next, nil }}, nil
}

// typed presses the keys of a text.
func (s *shell) typed(text string) *shell {
	for _, r := range text {
		if r == ' ' {
			s.press("space")
			continue
		}
		s.press(string(r))
	}
	return s
}

func waiverShell(t *testing.T, l *ledger, readOnly bool) *shell {
	s := newShell(t, Options{Session: Session{Waivers: l}, ReadOnly: readOnly}, 160, 45)
	s.send(reportMsg{sampleReport()})
	return s
}

func TestAFindingIsAcceptedAndCountsAgain(t *testing.T) {
	s := waiverShell(t, &ledger{}, true)
	first := s.subject()
	before, _, _ := s.findings.Counts()
	s.press("W")
	s.sees("why are these 3 accepted")
	s.typed("known to the team").press("enter")
	s.sees("until (a day, 30d, 2w; empty: no end): 2026-02-01")
	s.press("backspace", "backspace", "backspace", "backspace", "backspace", "backspace", "backspace", "backspace", "backspace", "backspace")
	s.typed("soon").press("enter")
	s.sees("that is not a day", "until (a day, 30d, 2w; empty: no end): soon")
	s.press("backspace", "backspace", "backspace", "backspace")
	s.typed("2026-02-01")
	s.do("enter")
	s.sees("Read-only mode: this writes a local file only", "config.yaml (a new file)", "+ reason: known to the team until 2026-02-01", "y write the file")
	s.looksAs("waiver-160x45")
	s.do("y")
	s.sees("accepted in /home/me/.config/careen/config.yaml", "accepted")
	after, _, _ := s.findings.Counts()
	if total(after) >= total(before) {
		t.Errorf("it still counts: %v, %v", before, after)
	}
	s.findings.Show(first)
	s.follow()
	s.sees("It does not count: waived until 2026-02-01: known to the team")
	s.do("W")
	s.sees("the findings count again")
	s.do("y")
	if again, _, _ := s.findings.Counts(); total(again) != total(before) {
		t.Errorf("it does not count again: %v, %v", before, again)
	}
}

func total(by map[finding.Severity]int) (n int) {
	for _, k := range by {
		n += k
	}
	return n
}

func TestAWaiverThatCannotBeWrittenSaysSo(t *testing.T) {
	s := waiverShell(t, &ledger{broken: errors.New("the disk is full")}, false)
	s.press("W")
	s.typed("x").press("enter")
	s.do("enter")
	s.do("y")
	s.sees("the disk is full")
}

func TestWaiversThatCoverNothingAreTold(t *testing.T) {
	s := waiverShell(t, &ledger{idle: []string{"config.yaml:3:5: the waiver of x covers nothing any more"}}, false)
	s.sees("1 waiver covers no finding any more: R shows which")
	s.press("R")
	s.sees("config.yaml:3:5: the waiver of x covers nothing any more")
}
