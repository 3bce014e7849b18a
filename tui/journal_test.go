package tui

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/repair"
	"github.com/careen-tui/careen/views"
)

// TestWhatWasAppliedIsUndoneFromItsResult: the page that says how a fix ended plans its
// undo, and says so itself once that was applied.
func TestWhatWasAppliedIsUndoneFromItsResult(t *testing.T) {
	b := &bench{plan: samplePlan(), outcome: repair.Outcome{Confirmed: true, After: 2 * time.Second, Word: repair.Fixed, What: "the record reads deployed"}}
	s := loadedShell(t, Options{Session: Session{Mender: b}}, 120, 40)
	s.do("f", "u").sees("undo: nothing was applied yet")
	s.do("y").sees("FIXED proved after 2s: the record reads deployed", "u undo")
	undo := samplePlan()
	undo.UndoOf, undo.Title = "e1", "Undo: Mark revision 1 deployed"
	b.plan = undo
	s.do("u").sees("Plan undo of e1", "Undo: Mark revision 1 deployed", "y apply")
	if len(b.consents) != 1 || b.planned[len(b.planned)-1] != "undo e1" {
		t.Errorf("applied %d times, planned %q", len(b.consents), b.planned)
	}
	s.do("esc").sees("proved after 2s", "u undo")
	s.do("u", "y", "esc").sees("This was undone.")
	s.do("u").sees("undo: it was undone already")

	b = &bench{plan: samplePlan(), applyErr: errors.New("somebody changed it")}
	s = loadedShell(t, Options{Session: Session{Mender: b}}, 120, 40)
	s.do("f", "y", "u").sees("undo: nothing was applied")
}

// TestQuittingWhileAFixIsProvedAsks: the second q quits.
func TestQuittingWhileAFixIsProvedAsks(t *testing.T) {
	b := &bench{plan: samplePlan(), proving: make(chan struct{})}
	s := loadedShell(t, Options{Session: Session{Mender: b}}, 120, 40)
	s.do("f")
	cmd := s.take(keyPress("y"))
	for range 100 { // until it is applied
		if s.planIn(views.Proving) {
			break
		}
		msg, ok := cmd().(repliedMsg)
		if !ok {
			t.Fatal("nothing is proved")
		}
		s.take(msg)
		cmd = listen(msg.from)
	}
	s.press("q").sees("it was applied, and is not proved yet: q again quits, and the next start proves it")
	if s.quitting {
		t.Fatal("q quit at once")
	}
	s.press("j", "q")
	if s.quitting {
		t.Fatal("another key between the two does not count")
	}
	s.press("q")
	if !s.quitting {
		t.Error("q did not quit")
	}
	close(b.proving)
}

func TestAProofThatWasCutShortIsMadeAtTheStart(t *testing.T) {
	b := &bench{outcome: repair.Outcome{Confirmed: true}, journal: repair.Journal{Entries: []*repair.Entry{
		{ID: "6e2b", Title: "Mark revision 1 deployed", State: repair.Applied, Own: true},
		{ID: "5d1c", Title: "A stranger's", State: repair.Applied},
	}}}
	s := newShell(t, Options{Session: Session{Mender: b}}, 120, 40)
	s.pump(s.take(reportMsg{sampleReport()}))
	s.send(nil)
	s.sees("Mark revision 1 deployed, applied before: proved")
	if got := strings.Join(b.planned, "; "); got != "prove 6e2b, read true" {
		t.Errorf("%s", got)
	}
}

func TestJournalAndUndo(t *testing.T) {
	b := &bench{plan: samplePlan(), journal: repair.Journal{
		Entries: []*repair.Entry{
			{ID: "7f3a", Namespace: "review", Title: "Mark revision 1 deployed", By: "oncall@corp", State: repair.Confirmed, Own: true, Writes: []*repair.Write{{}}},
			{ID: "6e2b", Namespace: "vault", Title: "Create ServiceAccount vault-svc", By: "oncall@corp", State: repair.Open, Own: true, Progress: map[int]repair.Did{1: {}}, Writes: []*repair.Write{{}, {}}},
			{ID: "4c9d", Namespace: "vault", Title: "Delete Secret x", By: "oncall@corp", State: repair.Open, Own: true, Live: true, Lease: repair.Lease{Who: "oncall@corp", Host: "laptop"}, Writes: []*repair.Write{{}}},
			{ID: "3b8e", Namespace: "review", Title: "Create Secret x", By: "colleague", State: repair.Applied, Writes: []*repair.Write{{}}},
			{ID: "5d1c", Namespace: "shop", Problem: "its content does not match its digest", State: repair.Applied},
		},
		Unread: []string{"kube-system: oncall@corp may not list secrets"},
	}}
	s := loadedShell(t, Options{Session: Session{Mender: b}}, 120, 40)
	s.do("u").sees("Journal 5", "confirmed", "Mark revision 1 deployed", "interrupted", "1 of 2 steps were done", "being applied by oncall@corp on laptop", "not applied from here", "Not read: kube-system")
	s.do("enter").sees("Plan undo of 7f3a", "y apply")
	s.do("esc", "j", "enter").sees("Plan undo of 6e2b", "1 of 2")
	s.do("o").sees("2 of 2")
	s.do("esc", "j", "enter").sees("this entry cannot be undone: being applied by oncall@corp on laptop")
	s.do("j", "enter").sees("Plan undo of 3b8e")
	s.do("esc", "j", "enter").sees("this entry cannot be undone: its content does not match its digest")
	if got := strings.Join(b.planned, ", "); got != "undo 7f3a, undo 6e2b, finish 6e2b, undo 3b8e" {
		t.Errorf("planned %s", got)
	}
}

func TestAnInterruptedFixIsSaidAtTheStart(t *testing.T) {
	b := &bench{journal: repair.Journal{Entries: []*repair.Entry{
		{ID: "6e2b", State: repair.Open, Own: true, Progress: map[int]repair.Did{1: {}}, Writes: []*repair.Write{{}, {}}},
		{ID: "5d1c", State: repair.Open, Progress: map[int]repair.Did{1: {}}, Writes: []*repair.Write{{}, {}}}, // a stranger's
	}}}
	s := newShell(t, Options{Session: Session{Mender: b}}, 120, 40)
	s.pump(s.take(reportMsg{sampleReport()}))
	s.send(nil)
	s.sees("a fix was interrupted: press u to finish or undo it")
}
