package tui

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/views/viewtest"
)

func TestWhatWentIsListed(t *testing.T) {
	s := loadedShell(t, Options{}, 120, 40)
	s.press("R").sees("Resolved since careen began to look", "No finding has gone away")
	s.press("esc")
	list := viewtest.Findings()
	without := func(ids ...finding.ProbeID) []*finding.Finding {
		return slices.DeleteFunc(slices.Clone(list), func(f *finding.Finding) bool { return slices.Contains(ids, f.Probe) })
	}
	stale := slices.IndexFunc(list, func(f *finding.Finding) bool { return f.Probe == probes.MemberListStale.ID })
	went := slices.IndexFunc(list, func(f *finding.Finding) bool { return f.Probe == probes.ClaimOlderThanOwner.ID })
	explains := &engine.Report{Symptoms: map[finding.ID][]finding.ID{list[stale].ID(): {list[went].ID()}}}
	s.env.Resolved.Mended(explains, []finding.ID{list[stale].ID()}, "Write vmstorage-2 into the list")
	s.send(reportMsg{reportOf(viewtest.Snapshot(), without(probes.MemberListStale.ID, probes.ContainerFailing.ID, probes.ClaimOlderThanOwner.ID))})
	s.press("R")
	if n := strings.Count(s.screen(), "by careen: Write vmstorage-2 into the list"); n != 2 {
		t.Errorf("%d findings went by careen: the one that was mended, and the one that it explained\n%s", n, s.screen())
	}
	s.sees("15:04", "member-list-stale", "by careen: Write vmstorage-2 into the list", "container-failing", "by somebody else, or by itself")
	s.press("esc")
	s.send(reportMsg{reportOf(viewtest.Snapshot(), without(probes.MemberListStale.ID))})
	s.press("R").sees("member-list-stale")
	if shows(s, "by somebody else") {
		t.Error("what is back is still listed as resolved")
	}
	s.press("esc")
	lost := reportOf(viewtest.Snapshot(), nil)
	lost.Err = errors.New("connection refused")
	s.send(reportMsg{lost})
	s.press("R")
	if shows(s, "by itself") {
		t.Error("what cannot be seen any more is called resolved")
	}
}

func TestOnePaneAlone(t *testing.T) {
	s := loadedShell(t, Options{}, 160, 45)
	s.sees("2 Releases", "Evidence")
	s.press("+").sees("1 Findings", "The Deployment runs as ServiceAccount vault-svc, which is not there, so that none of its 2 pods can be made.")
	if shows(s, "2 Releases", "Evidence") {
		t.Errorf("more than one pane is seen:\n%s", s.screen())
	}
	s.press("enter").sees("Evidence")
	s.press("+").sees("2 Releases", "Evidence")
	narrow := loadedShell(t, Options{}, 90, 30)
	narrow.press("+").sees("zoom: there is room for one pane only")
}

func shows(s *shell, texts ...string) bool {
	return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(s.screen(), text) })
}

func TestTheNoteOfAFinding(t *testing.T) {
	s := loadedShell(t, Options{Version: "1.2.3"}, 140, 40)
	s.do("i")
	s.sees("Incident note of Deployment", "# The Deployment runs as ServiceAccount vault-svc", "c copy the note")
	s.do("c")
	s.sees("copied the note")
	s.do("esc", "2", "i")
	s.sees("note: no finding is selected")
}
