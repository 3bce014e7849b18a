package tui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	cluster "github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/repair"
	"github.com/careen-tui/careen/internal/styled"
)

// bench is a Mender whose answers the test gives, and which notes what it was
// asked.
type bench struct {
	plan     *repair.Plan
	planErr  error
	applyErr error
	outcome  repair.Outcome
	journal  repair.Journal
	held     chan struct{} // Apply waits for it, or for its context, where it is set
	proving  chan struct{} // likewise Verify

	planned  []string
	consents []repair.Consent
	inputs   []repair.Inputs
	stopped  atomic.Bool
}

func (b *bench) Plan(_ context.Context, r *engine.Report, f *finding.Finding, fix string, in repair.Inputs) (*repair.Plan, error) {
	b.planned = append(b.planned, string(f.ID())+" "+fix)
	b.inputs = append(b.inputs, in)
	if r == nil {
		return nil, errors.New("no report")
	}
	return b.plan, b.planErr
}

func (b *bench) PlanMany(_ context.Context, _ *engine.Report, list []repair.Choice, _ repair.Inputs) (*repair.Plan, error) {
	for _, c := range list {
		b.planned = append(b.planned, "many "+string(c.Finding.ID()))
	}
	return b.plan, b.planErr
}

func (b *bench) PlanRollback(_ context.Context, _ *engine.Report, rel cluster.Ref, revision int) (*repair.Plan, error) {
	b.planned = append(b.planned, fmt.Sprintf("rollback %s %d", rel, revision))
	return b.plan, b.planErr
}

func (b *bench) PlanUninstall(_ context.Context, _ *engine.Report, rel cluster.Ref) (*repair.Plan, error) {
	b.planned = append(b.planned, fmt.Sprintf("uninstall %s", rel))
	return b.plan, b.planErr
}

func (b *bench) PlanTask(_ context.Context, _ *engine.Report, ref cluster.Ref, task repair.Task, typed string) (*repair.Plan, error) {
	b.planned = append(b.planned, strings.TrimSpace(fmt.Sprintf("%s %s %s", task.ID, ref, typed)))
	return b.plan, b.planErr
}

func (b *bench) UndoPlan(_ context.Context, id string) (*repair.Plan, error) {
	b.planned = append(b.planned, "undo "+id)
	return b.plan, b.planErr
}

func (b *bench) FinishPlan(_ context.Context, _ *engine.Report, id string) (*repair.Plan, error) {
	b.planned = append(b.planned, "finish "+id)
	return b.plan, b.planErr
}

func (b *bench) Apply(ctx context.Context, _ *repair.Plan, c repair.Consent, tell func(repair.Progress)) (*repair.Result, error) {
	b.consents = append(b.consents, c)
	tell(repair.Progress{Write: 1, Of: 1, Text: "update Secret review/record"})
	if b.held != nil {
		select {
		case <-b.held:
		case <-ctx.Done():
			b.stopped.Store(true)
			return &repair.Result{Notes: []string{"stopped before the next step"}, Err: ctx.Err()}, ctx.Err()
		}
	}
	if b.applyErr != nil {
		return &repair.Result{Err: b.applyErr}, b.applyErr
	}
	return &repair.Result{Entry: "e1", Notes: []string{"journal entry e1"}}, nil
}

func (b *bench) Prove(_ context.Context, id string, latest func() *engine.Report) (repair.Outcome, error) {
	b.planned = append(b.planned, fmt.Sprintf("prove %s, read %t", id, latest() != nil))
	return b.outcome, nil
}

func (b *bench) Verify(ctx context.Context, _ *repair.Result, latest func() *engine.Report, _ func(repair.Progress)) (repair.Outcome, error) {
	if b.proving != nil {
		select {
		case <-b.proving:
		case <-ctx.Done():
		}
	}
	if latest != nil && latest() == nil {
		return repair.Outcome{}, errors.New("no report to prove with")
	}
	return b.outcome, nil
}

func (b *bench) Entries(context.Context) (repair.Journal, error) { return b.journal, nil }

// do presses keys and follows every reply of the work that they begin.
func (s *shell) do(keys ...string) *shell {
	s.t.Helper()
	for _, k := range keys {
		s.pump(s.take(keyPress(k)))
	}
	s.send(nil)
	return s
}

func (s *shell) pump(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		for _, c := range msg {
			s.pump(c)
		}
	case repliedMsg:
		s.pump(s.take(msg))
	}
}

func samplePlan() *repair.Plan {
	return &repair.Plan{
		Title: "Mark revision 1 deployed", Risk: finding.Safe, Identity: "oncall@corp",
		Proof: repair.Proof{Text: "the record and its label read deployed", Within: 10 * time.Second},
	}
}

func TestAFixIsPlannedAppliedAndProved(t *testing.T) {
	b := &bench{plan: samplePlan(), outcome: repair.Outcome{Confirmed: true, After: 2 * time.Second}}
	s := loadedShell(t, Options{Session: Session{Mender: b}}, 120, 40)
	s.do("j", "j", "j", "right", "j", "f")
	s.sees("Plan Release review/review-app", "Mark revision 1 deployed", "Proof the record and its label read deployed,", "y apply", "1 of 2")
	if len(b.consents) != 0 {
		t.Fatal("f applied")
	}
	s.do("y").sees("✓ 1/1 update Secret review/record", "journal entry e1", "proved after 2s", "esc back")
	if len(b.consents) != 1 {
		t.Errorf("applied %d times", len(b.consents))
	}
	s.do("y").sees("apply: it has ended: go back, and plan again")
	s.do("esc")
	if len(s.pages) != 0 {
		t.Error("esc does not leave the plan")
	}
}

func TestAlternativesAreWalked(t *testing.T) {
	b := &bench{plan: samplePlan()}
	s := loadedShell(t, Options{Session: Session{Mender: b}}, 120, 40)
	s.do("j", "j", "j", "right", "j", "f", "o").sees("2 of 2")
	s.do("o").sees("1 of 2")
	want := "release-stuck:review/Release/review-app "
	if got := strings.Join(b.planned, ", "); got != want+"mark-deployed, "+want+"mark-failed, "+want+"mark-deployed" {
		t.Errorf("planned %s", got)
	}
}

func TestADestructivePlanWantsItsNameTyped(t *testing.T) {
	plan := samplePlan()
	plan.Risk, plan.Confirm = finding.Destructive, "mysql"
	b := &bench{plan: plan}
	s := loadedShell(t, Options{Session: Session{Mender: b}}, 120, 40)
	s.do("f").sees("y apply (asks for the name)")
	s.do("y").sees("this is destructive: type mysql to apply it:")
	s.do("m", "y", "enter").sees("that is not mysql: type it again, or esc", "type mysql to apply it:")
	if len(b.consents) != 0 {
		t.Fatal("applied without its name")
	}
	s.do("esc").sees("y apply (asks for the name)")
	s.do("y", "m", "y", "s", "q", "l", "enter")
	if len(b.consents) != 1 || b.consents[0].Confirm != "mysql" {
		t.Errorf("consents %+v", b.consents)
	}
}

func TestWithoutUndoIsAskedForExpressly(t *testing.T) {
	plan := samplePlan()
	plan.Journal.Missing, plan.Confirm = "create secrets", "mysql"
	b := &bench{plan: plan}
	s := loadedShell(t, Options{Session: Session{Mender: b}}, 120, 40)
	s.do("f").sees("y apply (asks for yes)")
	s.do("y").sees("this cannot be undone: type yes")
	s.do("n", "enter").sees("not applied")
	s.do("y", "y", "e", "s", "enter").sees("type mysql to apply")
	s.do("m", "y", "s", "q", "l", "enter")
	if len(b.consents) != 1 || !b.consents[0].WithoutUndo || b.consents[0].Confirm != "mysql" {
		t.Errorf("consents %+v", b.consents)
	}
}

func TestAskedValuesAreMaskedAndPlannedWith(t *testing.T) {
	plan := samplePlan()
	ask := repair.Ask{Ref: cluster.Ref{Kind: "Secret", Namespace: "keep", Name: "keep-vm"}, Key: "value"}
	plan.Asks = []repair.Ask{ask}
	b := &bench{plan: plan}
	s := loadedShell(t, Options{Session: Session{Mender: b}}, 120, 40)
	s.do("f").sees("y apply (asks for a value)")
	s.do("y").sees("value of value in keep-vm:")
	s.send(tea.PasteMsg{Content: "two\nlines"})
	s.sees("nothing was taken: a value of several lines")
	s.do("h", "u", "n", "t", "e", "r", "2")
	if strings.Contains(s.screen(), "hunter") || !strings.Contains(s.screen(), "*******") {
		t.Fatalf("the value is on the screen:\n%s", s.screen())
	}
	s.do("enter").sees("the values are in the plan; y applies it")
	if got := b.inputs[len(b.inputs)-1].Values[ask]; got != "hunter2" {
		t.Errorf("planned with %q", got)
	}
	if strings.Contains(s.screen(), "hunter") {
		t.Error("the value is on the screen")
	}
	s.do("y")
	if len(b.consents) != 1 {
		t.Error("not applied")
	}
}

func TestRefusalsSayWhyAndShowTheDifference(t *testing.T) {
	refused := &repair.Refusal{Reason: "Secret review/record was changed since by helm.", Conflict: true, Difference: []styled.Line{styled.Of(styled.Removed, "- status: pending")}}
	b := &bench{planErr: refused}
	s := loadedShell(t, Options{Session: Session{Mender: b}}, 120, 40)
	s.do("f").sees("Refused: Secret review/record was changed since by helm.", "- status: pending")

	b = &bench{plan: samplePlan(), applyErr: refused}
	s = loadedShell(t, Options{Session: Session{Mender: b}}, 120, 40)
	s.do("f", "y").sees("stopped Secret review/record was changed since by", "- status: pending")
	if strings.Contains(s.screen(), "✓") {
		t.Errorf("what was not done has a tick:\n%s", s.screen())
	}
}

func TestUnconfirmedIsSaid(t *testing.T) {
	b := &bench{plan: samplePlan(), outcome: repair.Outcome{Wrong: []string{"the finding is still there"}}}
	s := loadedShell(t, Options{Session: Session{Mender: b}}, 120, 40)
	s.do("f", "y").sees("applied, not confirmed", "the finding is still there")
}

func TestMarkedFindingsArePlannedTogether(t *testing.T) {
	b := &bench{plan: samplePlan()}
	s := loadedShell(t, Options{Session: Session{Mender: b}}, 120, 40)
	s.do("space", "space", "space", "space").sees("4 marked", "f plan 4 marked")
	s.do("f").sees("Plan 3 of 4 marked findings")
	if len(b.planned) != 3 {
		t.Errorf("planned %v: one of the four has no fix", b.planned)
	}
}

func TestEscStopsWhatIsBeingAppliedAndQuitWaitsForIt(t *testing.T) {
	b := &bench{plan: samplePlan(), held: make(chan struct{})}
	s := loadedShell(t, Options{Session: Session{Mender: b}}, 120, 40)
	s.do("f")
	cmd := s.take(keyPress("y"))
	s.send(nil)
	s.sees("esc stop")
	s.press("q").sees("a plan is being applied: esc stops it before its next step, ctrl+c quits anyway")
	s.press("esc").sees("stopping before the next step")
	s.pump(cmd)
	s.send(nil)
	s.sees("stopped before the next step", "esc back")
	if !b.stopped.Load() {
		t.Error("it was not stopped")
	}
	if s.quitting {
		t.Error("q quit")
	}
}

func TestTheEndWaitsForWhatIsBeingApplied(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	b := &bench{plan: samplePlan(), held: make(chan struct{})}
	m := newModel(ctx, Options{Session: Session{Mender: b}}, terminal{})
	s := &shell{m, t}
	s.send(tea.WindowSizeMsg{Width: 100, Height: 30})
	s.send(reportMsg{sampleReport()})
	s.do("f")
	s.take(keyPress("y"))
	cancel()
	m.work.wait(10 * time.Second)
	if !b.stopped.Load() {
		t.Error("the program ended while a plan was being applied")
	}
}

func TestAPlanOfAClosedPageCountsForNothing(t *testing.T) {
	b := &bench{plan: samplePlan()}
	s := loadedShell(t, Options{Session: Session{Mender: b}}, 120, 40)
	cmd := s.take(keyPress("f"))
	s.press("esc")
	s.pump(cmd)
	s.send(nil)
	if len(s.pages) != 0 || strings.Contains(s.screen(), "Proof") {
		t.Error(s.screen())
	}
}
