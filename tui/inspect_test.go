package tui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/careen-tui/careen/internal/inspect"
	cluster "github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/timeline"
	"github.com/careen-tui/careen/views"
)

const secretValue = "S3ntin3l-Zq81"

// inspecting is an Inspector whose answers a test gives.
type inspecting struct {
	mu    sync.Mutex
	asked []string
	hold  chan struct{} // an answer waits for it, or for its context
	begun chan struct{} // an answer that waits has begun
	ended chan error
	err   error
}

func (f *inspecting) answer(ctx context.Context, what string, args ...any) error {
	f.mu.Lock()
	f.asked = append(f.asked, fmt.Sprintf(what, args...))
	hold := f.hold
	f.mu.Unlock()
	if hold != nil {
		f.begun <- struct{}{}
		select {
		case <-hold:
		case <-ctx.Done():
			f.ended <- ctx.Err()
			return ctx.Err()
		}
	}
	return f.err
}

func (f *inspecting) YAML(ctx context.Context, ref cluster.Ref) (*inspect.Document, error) {
	if err := f.answer(ctx, "yaml %s", ref); err != nil {
		return nil, err
	}
	return &inspect.Document{Ref: ref, Lines: []styled.Line{styled.L("kind: " + string(ref.Kind)), styled.L("name: " + ref.Name)}}, nil
}

func (f *inspecting) Events(ctx context.Context, ref cluster.Ref, _ []cluster.Ref) (*inspect.Events, error) {
	return &inspect.Events{List: []inspect.Event{{Reason: "Pulled", Message: "event of " + ref.Name}}}, f.answer(ctx, "events %s", ref)
}

func (f *inspecting) Logs(ctx context.Context, ask inspect.LogAsk, sink func([]string)) error {
	sink([]string{"log of " + ask.Container, fmt.Sprintf("previous %t", ask.Previous)})
	return f.answer(ctx, "logs %+v", ask)
}

func (f *inspecting) Said(ctx context.Context, runs []inspect.LogRun) []inspect.LogSaid {
	err := f.answer(ctx, "said %d", len(runs))
	out := make([]inspect.LogSaid, len(runs))
	for i, run := range runs {
		if out[i] = (inspect.LogSaid{LogRun: run, Lines: 7}); err != nil {
			out[i].Unread = err.Error()
		} else if i == 0 {
			out[i].Telling, out[i].At = &cluster.Telling{Class: cluster.LogRefused, Line: "connection refused: ledger:5432", Host: "ledger", Port: 5432}, sampleReport().At
		}
	}
	return out
}

func (f *inspecting) Reveal(ctx context.Context, ref cluster.Ref, key string) (inspect.Value, error) {
	return inspect.NewValue([]byte(secretValue)), f.answer(ctx, "reveal %s %s", ref, key)
}

func (f *inspecting) Compare(ctx context.Context, a, b cluster.Ref) (*inspect.Comparison, error) {
	return inspect.Compare(a, b, map[string][]byte{"k": []byte("1")}, map[string][]byte{"k": []byte("1")}), f.answer(ctx, "compare %s %s", a, b)
}

func (f *inspecting) History(ctx context.Context, rel *cluster.Release) (*inspect.History, error) {
	h := &inspect.History{Release: rel.Ref()}
	for i := len(rel.Records) - 1; i >= 0; i-- {
		h.Revisions = append(h.Revisions, inspect.Revision{Number: rel.Records[i].Revision, Label: rel.Records[i].LabelStatus, Description: "was read"})
	}
	return h, f.answer(ctx, "history %s", rel.Ref())
}

func (f *inspecting) Diff(ctx context.Context, a, b *cluster.Record) (*inspect.Difference, []styled.Line, error) {
	return &inspect.Difference{Same: 7}, nil, f.answer(ctx, "diff %d %d", a.Revision, b.Revision)
}

func (f *inspecting) Live(ctx context.Context, rec *cluster.Record) (*inspect.Live, error) {
	return &inspect.Live{States: []inspect.State{{Ref: reviewApp, Status: "Current"}}}, f.answer(ctx, "live %d", rec.Revision)
}

func (f *inspecting) Leaving(ctx context.Context, _ *cluster.Snapshot, ref cluster.Ref) ([]inspect.Leaving, error) {
	return []inspect.Leaving{{Ref: ref, Verb: "delete"}}, f.answer(ctx, "leaving %s", ref)
}

func (f *inspecting) Kinds(ctx context.Context) ([]inspect.Served, error) {
	return []inspect.Served{
		{Kind: cluster.KindPod, Version: "v1", Resource: "pods", Short: []string{"po"}, Namespaced: true},
		{Kind: "ValidatingAdmissionPolicy.admissionregistration.k8s.io", Version: "v1", Resource: "validatingadmissionpolicies"},
	}, f.answer(ctx, "kinds")
}

func (f *inspecting) List(ctx context.Context, kind cluster.Kind, namespaces []string) (*inspect.Listing, error) {
	return &inspect.Listing{Read: sampleReport().At, Objects: []inspect.Listed{{Ref: cluster.Ref{Kind: kind, Name: "no-latest"}, Says: "validations 1"}}}, f.answer(ctx, "list %s %v", kind, namespaces)
}

func (f *inspecting) Object(ctx context.Context, ref cluster.Ref) (cluster.Row, error) {
	return &cluster.Object{Meta: cluster.Meta{Kind: ref.Kind, Name: ref.Name}, Detail: "was read"}, f.answer(ctx, "object %s", ref)
}

func (f *inspecting) Usage(ctx context.Context, ref cluster.Ref) (*inspect.Usages, error) {
	if err := f.answer(ctx, "usage %s", ref); err != nil {
		return nil, err
	}
	return &inspect.Usages{Read: sampleReport().At, Of: map[cluster.Ref]inspect.Usage{
		{Kind: cluster.KindPod, Namespace: "metrics", Name: "vmstorage-0"}: {Millis: 250, Bytes: 300 << 20},
	}}, nil
}

func (f *inspecting) Lately(ctx context.Context, refs []cluster.Ref) (timeline.Asked, error) {
	return timeline.Asked{Events: []inspect.Event{{About: refs[0], Reason: "Seldom", Message: "happens", First: sampleReport().At, Last: sampleReport().At, Count: 1}}}, f.answer(ctx, "lately")
}

// drain runs what a key began until nothing more comes, and takes the replies over.
func (s *shell) drain(cmd tea.Cmd) {
	s.t.Helper()
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			s.drain(c)
		}
	default:
		next := s.take(msg)
		s.send(nil)
		s.drain(next)
	}
}

// presses is press with the work that keys begin done.
func (s *shell) presses(keys ...string) *shell {
	s.t.Helper()
	for _, k := range keys {
		m := s.take(keyPress(k))
		s.send(nil)
		s.drain(m)
	}
	return s
}

// inspectingShell has an Inspector, and a finding about Deployment
// vault/common-vault selected.
func inspectingShell(t *testing.T, w, h int) (*shell, *inspecting) {
	f := &inspecting{begun: make(chan struct{}, 8), ended: make(chan error, 8)}
	s := loadedShell(t, Options{Session: Session{Inspector: f}}, w, h)
	s.findings.Show(views.Subject{Finding: "service-account-missing:vault/Deployment/common-vault", Ref: cluster.Ref{Kind: cluster.KindDeployment, Namespace: "vault", Name: "common-vault"}})
	s.follow()
	return s, f
}

func TestYAMLAndEventsAreRead(t *testing.T) {
	s, f := inspectingShell(t, 140, 40)
	s.presses("m").sees("YAML of Deployment vault/common-vault", "name: common-vault")
	s.presses("r", "esc", "e").sees("Events of Deployment vault/common-vault", "event of common-vault")
	if got := strings.Join(f.asked, ", "); got != "yaml Deployment vault/common-vault, yaml Deployment vault/common-vault, events Deployment vault/common-vault" {
		t.Error(got)
	}
}

func TestAnErrorIsDrawnInItsPlace(t *testing.T) {
	s, f := inspectingShell(t, 140, 40)
	f.err = errors.New("reading it: forbidden to oncall (get secrets)")
	s.presses("m").sees("Cannot read the YAML: reading it: forbidden to oncall (get")
	f.err = nil
	s.presses("r").sees("name: common-vault")
	if strings.Contains(s.screen(), "forbidden to oncall (get") {
		t.Error("the error stays", s.screen())
	}
}

func TestLeavingEndsWhatIsUnderWay(t *testing.T) {
	for _, leave := range [][]string{{"esc"}, {"1"}, {"tab"}} {
		s, f := inspectingShell(t, 140, 40)
		f.hold = make(chan struct{})

		cmd := s.take(keyPress("m"))
		<-f.begun
		s.press(leave...)
		if err := <-f.ended; !errors.Is(err, context.Canceled) {
			t.Errorf("%v: %v", leave, err)
		}
		s.drain(cmd) // its reply reaches nobody
	}
}

func TestOnlyTheReplyToTheLastAskingCounts(t *testing.T) {
	s, f := inspectingShell(t, 140, 40)
	f.hold = make(chan struct{})

	first := s.take(keyPress("m"))
	<-f.begun
	f.mu.Lock()
	f.hold = nil
	f.mu.Unlock()
	f.err = nil
	second := s.take(keyPress("r"))
	s.drain(second)
	s.sees("name: common-vault")
	<-f.ended
	s.drain(first)
	s.sees("name: common-vault")
	if strings.Contains(s.screen(), "Cannot read") {
		t.Error("the reply that was given up counts", s.screen())
	}
}

func TestAValueIsSeenOnlyOnItsPage(t *testing.T) {
	s, f := inspectingShell(t, 140, 40)
	shown := func() bool { return strings.Contains(s.View().Content, secretValue) }
	s.presses("3", "/", "w", "o", "r", "k", "e", "r", "enter", "r").sees("One value of Secret shop/worker-credentials")
	if shown() || len(f.asked) > 0 {
		t.Fatal("read before it was asked for", f.asked)
	}
	s.presses("enter")
	if !shown() || len(f.asked) != 1 || f.asked[0] != "reveal Secret shop/worker-credentials password" {
		t.Fatal("not shown", f.asked, s.screen())
	}
	s.presses("?")
	if shown() {
		t.Error("shown beside the help")
	}
	s.presses("esc")
	if shown() {
		t.Error("shown again after the help")
	}
	s.presses("enter")
	if !shown() {
		t.Fatal("not shown again")
	}
	s.presses("c").sees("press the same key again to do it")
	if cmd := s.take(keyPress("c")); cmd == nil {
		t.Error("not copied when asked for twice")
	}
	if strings.Contains(s.message, secretValue) {
		t.Error("the message tells the value")
	}
	s.presses("esc")
	if shown() {
		t.Error("shown after leaving")
	}
	for _, away := range []string{"1", "tab", "q"} {
		s.presses("3", "r", "enter")
		if !shown() {
			t.Fatal("not shown")
		}
		if away == "q" {
			break
		}
		if s.presses(away); shown() {
			t.Errorf("shown after %s", away)
		}
	}
}

func TestAValueOnItsWayIsDroppedOnLeaving(t *testing.T) {
	s, f := inspectingShell(t, 140, 40)
	s.presses("3", "/", "w", "o", "r", "k", "e", "r", "enter", "r")
	f.hold = make(chan struct{})
	cmd := s.take(keyPress("enter"))
	<-f.begun
	s.press("?")
	<-f.ended
	s.drain(cmd)
	s.press("esc")
	if strings.Contains(s.View().Content, secretValue) {
		t.Error("it came after all")
	}
}

func TestComparing(t *testing.T) {
	s, f := inspectingShell(t, 140, 40)
	s.presses("3", "/", "w", "o", "r", "k", "e", "r", "enter", "=").sees("Compare Secret shop/worker-credentials", "no value is shown")
	s.presses("enter").sees("Equal in 1 key.")
	if len(f.asked) != 1 || !strings.HasPrefix(f.asked[0], "compare Secret shop/worker-credentials Secret ") {
		t.Error(f.asked)
	}
	s.presses("esc")
	if len(s.pages) != 0 {
		t.Error("the choice is still below")
	}
}

func TestAReleaseOpensItsHistory(t *testing.T) {
	s, f := inspectingShell(t, 140, 40)
	s.presses("2", "/", "c", "o", "m", "m", "o", "n", "enter", "enter").sees("[History]", "was read")
	s.presses("right").sees("[Diff]", "The manifests are the same.")
	s.presses("right", "right").sees("[Drift]", "Everything it declares is in the cluster as declared.")
	s.presses("right").sees("[Objects]", "current")
	s.presses("left", "left", "left", "left", "left").sees("[Uninstall]", "Deleted")
	if got := strings.Join(f.asked, ", "); got != "history Release vault/common-vault, diff 2 3, live 3, leaving Release vault/common-vault" {
		t.Error(got)
	}
	s.presses("right", "down", "enter").sees("[Diff]", "There is no other revision to compare it with.")
	s.presses("esc")
	if len(s.pages) != 0 {
		t.Error("not closed")
	}
}

func TestWhatChangedLately(t *testing.T) {
	s, _ := inspectingShell(t, 160, 45)
	s.presses("w").sees("What changed recently around Deployment vault/common-vault", "Seldom: happens", "service-account-missing begins")
	// What careen sees from then on is told as well.
	r := sampleReport()
	w, _ := cluster.Get[*cluster.Workload](r.Snapshot, cluster.Ref{Kind: cluster.KindDeployment, Namespace: "vault", Name: "common-vault"})
	w.Desired = 5
	s.send(reportMsg{r})
	s.sees("spec.replicas 2 -> 5")
}

func TestLogsOfWhatHasNoPodsSayWhy(t *testing.T) {
	s, f := inspectingShell(t, 140, 40)
	s.presses("L").sees("logs: it has no pods that careen knows of")
	s.presses("3", "L").sees("logs: it has no containers")
	if len(f.asked) > 0 {
		t.Error(f.asked)
	}
}

func TestTheDetailOffersToLookCloser(t *testing.T) {
	s, _ := inspectingShell(t, 140, 60)
	s.presses("enter").sees("Look closer", "as the server has it, secret values masked")
	s.presses("end", "enter").sees("What changed recently around Deployment vault/common-vault")
}

// TestAnyKeysWithAnInspector presses keys at random, with the replies that they
// lead to: send checks each frame, and no value may be seen but on its page.
func TestAnyKeysWithAnInspector(t *testing.T) {
	s, _ := inspectingShell(t, 120, 40)
	keys := strings.Fields("j k enter esc 1 2 3 4 5 m e L r = w right left / x c ? : tab shift+tab space g down up home end f p pgdown pgup")
	for i := range 4000 {
		s.presses(keys[(i*7919+i/13)%len(keys)])
		if s.quitting {
			t.Fatal("quit")
		}
		if i%97 == 0 {
			s.send(reportMsg{sampleReport()})
		}
		title, _ := s.page().Title()
		if !strings.HasPrefix(title.String(), "One value of") && strings.Contains(s.View().Content, secretValue) {
			t.Fatalf("a value is seen elsewhere after %d keys:\n%s", i, s.screen())
		}
	}
}

func TestARollbackIsPlannedFromItsRevision(t *testing.T) {
	s, _ := inspectingShell(t, 140, 40)
	s.presses("2", "/", "c", "o", "m", "m", "o", "n", "enter", "enter", "b").sees("plan rollback: nothing can be applied in this session")

	b := &bench{planErr: errors.New("no more than that")}
	s = loadedShell(t, Options{Session: Session{Inspector: &inspecting{}, Mender: b}}, 140, 40)
	s.presses("2", "/", "c", "o", "m", "m", "o", "n", "enter", "enter", "b").sees("plan rollback: this is the newest revision: select an older one")
	s.presses("down", "b")
	if got := strings.Join(b.planned, ", "); got != "rollback Release vault/common-vault 2" {
		t.Errorf("planned %q", got)
	}
}

func TestAnUninstallIsPlannedFromWhatItWouldDo(t *testing.T) {
	open := []string{"2", "/", "c", "o", "m", "m", "o", "n", "enter", "enter"}
	s, _ := inspectingShell(t, 140, 40)
	s.presses(open...).presses("U").sees("plan uninstall: nothing can be applied in this session")

	b := &bench{planErr: errors.New("no more than that")}
	s = loadedShell(t, Options{Session: Session{Inspector: &inspecting{}, Mender: b}}, 140, 40)
	s.presses(open...).presses("U").sees("plan uninstall: see what it would do first, in the Uninstall part")
	if len(b.planned) > 0 {
		t.Errorf("planned %q unseen", b.planned)
	}
	s.presses("left").sees("U plan uninstall")
	s.presses("U")
	if got := strings.Join(b.planned, ", "); got != "uninstall Release vault/common-vault" {
		t.Errorf("planned %q", got)
	}
}
