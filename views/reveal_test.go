package views

import (
	"fmt"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/keymap"
)

const hiddenValue = "S3ntin3l-Zq81"

var workerCredentials = model.Ref{Kind: model.KindSecret, Namespace: "shop", Name: "worker-credentials"}

func TestAValueIsMaskedAgain(t *testing.T) {
	for name, leave := range map[string]func(*Env, *revealPage){
		"left":     func(_ *Env, p *revealPage) { p.Leave() },
		"replaced": func(_ *Env, p *revealPage) { p.ask("user") },
		"deleted": func(env *Env, p *revealPage) {
			delete(env.Report.Snapshot.Spaces["shop"].Tables, model.KindSecret)
			p.Load()
		},
	} {
		t.Run(name, func(t *testing.T) {
			env, f := inspected(t)
			f.value = []byte(hiddenValue)
			p := NewReveal(env, workerCredentials).(*revealPage)
			if p.chosen() != "password" {
				t.Fatalf("chosen is %q", p.chosen())
			}
			do(p.Do(keymap.Open))
			if !strings.Contains(seen(p), hiddenValue) {
				t.Fatal("not shown", seen(p))
			}
			leave(env, p)
			if s := seen(p); strings.Contains(s, hiddenValue) || strings.Contains(fmt.Sprintf("%+v", *p), hiddenValue) {
				t.Error("still shown", s)
			}
			if strings.Contains(string(f.value), "S3ntin3l") {
				t.Error("still in memory")
			}
		})
	}
}

// TestAValueThatComesLateIsForgotten masks the page while the value is on its way.
func TestAValueThatComesLateIsForgotten(t *testing.T) {
	env, f := inspected(t)
	f.value = []byte(hiddenValue)
	p := NewReveal(env, workerCredentials).(*revealPage)
	late := p.Do(keymap.Open)
	p.Leave()
	do(late)
	if s := seen(p); strings.Contains(s, hiddenValue) || strings.Contains(string(f.value), "S3ntin3l") {
		t.Error("shown, or still in memory", s)
	}
}

func TestAValueIsCopiedOnlyWhenAskedForTwice(t *testing.T) {
	env, f := inspected(t)
	f.value = []byte(hiddenValue)
	p := NewReveal(env, workerCredentials).(*revealPage)
	if c, ok := p.Do(keymap.Copy).(Copy); !ok || !strings.HasPrefix(c.Text, "kubectl -n shop get secret worker-credentials") {
		t.Errorf("%+v", c)
	}
	do(p.Do(keymap.Open))
	if r, ok := p.Do(keymap.Copy).(Say); !ok || strings.Contains(r.Text, hiddenValue) {
		t.Errorf("the first time: %+v", r)
	}
	p.Do(keymap.Down)
	if _, ok := p.Do(keymap.Copy).(Say); !ok {
		t.Error("another key in between counts as asked twice")
	}
	if r, ok := p.Do(keymap.Copy).(CopyHidden); !ok || r.Text != hiddenValue || strings.Contains(r.What, hiddenValue) {
		t.Errorf("the second time: %T", r)
	}
}
