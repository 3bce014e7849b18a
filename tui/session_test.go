package tui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/repair"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/views"
	"github.com/careen-tui/careen/views/viewtest"
)

// kubeconfig is a kubeconfig of a test.
type kubeconfig struct {
	names  []string
	opened []string
	ended  []string
	gone   string // a context that was taken away after it was listed
}

func (k *kubeconfig) List() ([]views.Context, error) {
	var list []views.Context
	for _, n := range k.names {
		list = append(list, views.Context{Name: n, Cluster: n, Server: "https://" + n + ".example:6443", User: "oncall"})
	}
	return list, nil
}

func (k *kubeconfig) Open(_ context.Context, name string) (*Session, error) {
	if name == k.gone {
		return nil, errors.New(`the kubeconfig cannot be used: context "` + name + `" does not exist`)
	}
	k.opened = append(k.opened, name)
	feed := make(mailbox)
	close(feed) // it says nothing
	return &Session{Context: name, Feed: feed, End: func() { k.ended = append(k.ended, name) }}, nil
}

func withContexts(t *testing.T, o Options) (*shell, *kubeconfig) {
	k := &kubeconfig{names: []string{"a-prod", "edge", "prod", "prod-eu"}}
	o.Contexts, o.Feed, o.End = k, make(mailbox, 1), func() { k.ended = append(k.ended, "prod-eu") }
	s := loadedShell(t, o, 120, 40)
	s.pump(s.readContexts())
	return s, k
}

func TestContextsAreSwitchedWithoutRestart(t *testing.T) {
	s, k := withContexts(t, Options{})
	s.press("j", "space", "3")
	old := s.opts.Feed
	s.do("C").sees("Contexts 4", "a-prod", "https://edge.example:6443", "· prod-eu")
	s.do("up", "enter").sees("careen prod all namespaces", "connecting …", "Connecting to prod …", "this is prod")
	if !slices.Equal(k.opened, []string{"prod"}) || !slices.Equal(k.ended, []string{"prod-eu"}) {
		t.Errorf("opened %v, ended %v", k.opened, k.ended)
	}
	if s.active != views.PaneFindings || s.env.Report != nil || len(s.pages) != 0 {
		t.Error("something of the other cluster is left")
	}
	s.send(fedMsg{old, reportMsg{sampleReport()}})
	s.sees("Connecting to prod …")
	s.send(fedMsg{s.opts.Feed, reportMsg{reportOf(viewtest.Snapshot(), viewtest.Findings())}})
	s.sees("8 of 11")
	if strings.Contains(s.screen(), "marked") {
		t.Error("marks of the other cluster are left")
	}
}

func TestTheExactNameWinsInThePalette(t *testing.T) {
	s, k := withContexts(t, Options{})
	s.do(":")
	for _, r := range "context prod" {
		s.do(string(r))
	}
	s.do("enter").sees("this is prod")
	if !slices.Equal(k.opened, []string{"prod"}) {
		t.Errorf("opened %v", k.opened)
	}
}

func TestAContextThatIsGoneLeavesTheOldOne(t *testing.T) {
	s, k := withContexts(t, Options{})
	k.gone = "edge"
	s.do("C", "home", "down", "enter").sees(`context "edge" does not exist; this is still prod-eu`, "8 of 11")
	if len(k.ended) != 0 {
		t.Errorf("ended %v", k.ended)
	}
	s.do(":")
	for _, r := range "context nowhere" {
		s.do(string(r))
	}
	s.sees("The kubeconfig has no context nowhere.")
	s.do("enter").sees("run: the kubeconfig has no context nowhere")
}

func TestASwitchWaitsForAPlanUnderWay(t *testing.T) {
	s, k := withContexts(t, Options{Session: Session{Mender: &bench{plan: samplePlan(), outcome: repair.Outcome{Confirmed: true}}}})
	s.take(keyPress("f"))
	p := s.page().(*planPage)
	p.Begin(views.Proving)
	s.pump(s.switchTo("prod"))
	s.send(nil)
	s.sees("a plan is being applied or proved: wait until it ends before leaving prod-eu")
	if len(k.opened) != 0 {
		t.Errorf("opened %v", k.opened)
	}
}

func TestWithoutAKubeconfigThereIsNoChoice(t *testing.T) {
	s := loadedShell(t, Options{Probes: []*probes.Probe{}}, 120, 40)
	s.press("C").sees("contexts: this session has no kubeconfig")
}

func TestACrashOfTheEngineIsSaid(t *testing.T) {
	feed := make(mailbox, 1)
	s := loadedShell(t, Options{Session: Session{Feed: feed}}, 120, 40)
	s.send(crashedMsg{make(mailbox), errors.New("another one")})
	s.send(crashedMsg{feed, errors.New("the engine crashed: index out of range")})
	s.sees("nothing more is read: the engine crashed: index out of range; start careen again", "unreachable", "8 of 11")
	first := newShell(t, Options{Session: Session{Feed: feed}}, 120, 40)
	first.send(crashedMsg{feed, errors.New("the engine crashed")})
	first.sees("The cluster cannot be reached: the engine crashed")
}
