package views

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/golden"
	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/keymap"
)

func TestPodsWithWhatTheyUse(t *testing.T) {
	env, f := inspected(t)
	p := NewKindPage(env, model.KindPod)
	if s := seen(p); strings.Contains(s, "250m") || !strings.Contains(s, "metrics/vmstorage-0") {
		t.Error("the list waits for what is measured", s)
	}
	open(p)
	s := seen(p)
	if !strings.Contains(s, "250m") || !strings.Contains(s, "300Mi") || !strings.Contains(s, "CPU and memory of") {
		t.Error(s)
	}
	if n := len(f.asked); n != 1 || f.asked[0] != "usage" {
		t.Errorf("%v", f.asked)
	}
	if again := p.Start(); again != nil {
		t.Error("it is measured twice within seconds")
	}
	golden.Equal(t, filepath.Join("testdata", "pods.golden"), drawn(p, 120, 20)+drawn(p, 80, 16))
	if r, ok := p.Do(keymap.Open).(OpenPage); !ok {
		t.Fatal("a pod is not opened")
	} else if s := seen(open(r.Page)); !strings.Contains(s, "cpu") || !strings.Contains(s, "memory") {
		t.Error(s)
	}
}

func TestWhyNothingIsMeasured(t *testing.T) {
	env, f := inspected(t)
	f.err = errors.New("not served (there is no metrics server)")
	p := NewKindPage(env, model.KindNode)
	open(p)
	if s := seen(p); !strings.Contains(s, "no nodes") && !strings.Contains(s, "No Nodes") && !strings.Contains(s, "CPU and memory: not served (there is no metrics server)") {
		t.Error(s)
	}
	pods := NewKindPage(env, model.KindPod)
	open(pods)
	if s := seen(pods); !strings.Contains(s, "CPU and memory: not served (there is no metrics server)") || !strings.Contains(s, "vmstorage-1") {
		t.Error(s)
	}
}

const policies model.Kind = "ValidatingAdmissionPolicy.admissionregistration.k8s.io"

func TestAKindThatIsNotWatchedIsListedAndRead(t *testing.T) {
	env, f := inspected(t)
	p := NewKindPage(env, policies)
	open(p)
	s := seen(p)
	if !strings.Contains(s, "no-latest") || !strings.Contains(s, "validations 1") || !strings.Contains(s, "the first 2: there are more") {
		t.Error(s)
	}
	title, _ := p.Title()
	if got := title.String(); got != "ValidatingAdmissionPolicies 2" {
		t.Error(got)
	}
	r, ok := p.Do(keymap.Open).(OpenPage)
	if !ok {
		t.Fatal("it is not opened")
	}
	s = seen(open(r.Page))
	for _, want := range []string{"Ready", "Refers to", "vault-svc", "Look closer", "yaml"} {
		if !strings.Contains(s, want) {
			t.Errorf("%q is not there: %s", want, s)
		}
	}
	if f.asked[len(f.asked)-1] != "object" {
		t.Errorf("%v", f.asked)
	}
	if s := r.Page.(interface{ Subject() Subject }).Subject(); s.Ref.Kind != policies || r.Page.Scope() != keymap.InDetail {
		t.Errorf("%+v", s)
	}
	f.err = errors.New("forbidden to oncall (list x)")
	broken := NewKindPage(env, policies)
	open(broken)
	if s := seen(broken); !strings.Contains(s, "forbidden to oncall (list x)") {
		t.Error(s)
	}
}

func TestThePaletteFindsEveryServedKind(t *testing.T) {
	env, f := inspected(t)
	p := NewPalette(env, keymap.Default(), nil, nil, nil)
	list, _ := f.Kinds(t.Context())
	p.Serve(list)
	for text, want := range map[string]Request{
		"pods": ListKind{model.KindPod}, "po": ListKind{model.KindPod}, "pod": ListKind{model.KindPod},
		"validatingadmissionpolicy": ListKind{policies}, "cl": ListKind{"Cluster.x.example"}, "clusters.x.example": ListKind{"Cluster.x.example"},
	} {
		p.Filter(text)
		if got := p.Do(keymap.Open); got != want {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
	}
	for text, want := range map[string]model.Ref{
		"validatingadmissionpolicy/no-latest":   {Kind: policies, Name: "no-latest"},
		"validatingadmissionpolicies no-latest": {Kind: policies, Name: "no-latest"},
		"clusters/shop/a":                       {Kind: "Cluster.x.example", Namespace: "shop", Name: "a"},
	} {
		p.Filter(text)
		r, ok := p.Do(keymap.Open).(OpenPage)
		if !ok {
			t.Errorf("%s: %+v", text, p.Do(keymap.Open))
			continue
		}
		if got := r.Page.(interface{ Subject() Subject }).Subject().Ref; got != want {
			t.Errorf("%s: %s", text, got)
		}
	}
	p.Filter("clusters/a")
	if o, _ := keymap.Find(p.Offers(), keymap.Open); o.Disabled != "say in which namespace: clusters/NAMESPACE/a" {
		t.Error(o.Disabled)
	}
	p.Filter("validatingadmissoinpolicies")
	if o, _ := keymap.Find(p.Offers(), keymap.Open); !strings.Contains(o.Disabled, `did you mean "validatingadmissionpolicies"`) {
		t.Error(o.Disabled)
	}
	panes := NewPalette(env, keymap.Default(), []keymap.Offer{{Action: Panes[2].Focus}}, nil, nil)
	panes.Serve(append(list, inspect.Served{Kind: model.KindSecret, Resource: "secrets"}))
	panes.Filter("secrets")
	if got := panes.Do(keymap.Open); got != (Run{Panes[2].Focus}) {
		t.Errorf("secrets: %+v", got)
	}
	env.Inspector = nil
	q := NewPalette(env, keymap.Default(), nil, nil, nil)
	q.Filter("nodes")
	if got := q.Do(keymap.Open); got != (ListKind{model.KindNode}) {
		t.Errorf("without a cluster: %+v", got)
	}
}
