package views

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/keymap"
)

func vmstorageLog(t *testing.T) (*logPage, *inspector) {
	t.Helper()
	env, f := inspected(t)
	p, why := NewLog(env, model.Ref{Kind: model.KindPod, Namespace: "metrics", Name: "vmstorage-0"})
	if p == nil {
		t.Fatal(why)
	}
	return p.(*logPage), f
}

func TestALogTurnsToOtherContainersAndRuns(t *testing.T) {
	p, f := vmstorageLog(t)
	if a := p.ask(); a.Container != "backup" || !a.Previous || a.Follow {
		t.Errorf("what fails comes first, and its previous run: %+v", a)
	}
	do(p.Do(keymap.NextPart))
	if a := p.ask(); a.Container != "vmstorage" || a.Previous {
		t.Errorf("%+v", a)
	}
	p.Do(keymap.Follow)
	if !p.ask().Follow {
		t.Error("does not follow")
	}
	if o, _ := keymap.Find(p.Offers(), keymap.Previous); o.Disabled == "" {
		t.Error("a container that never restarted has no previous run")
	}
	if p.Do(keymap.Down) != nil || len(f.asked) != 1 {
		t.Errorf("down is no other log: %v", f.asked)
	}
	if q, why := NewLog(p.env, vminsert); q != nil || why == "" {
		t.Error("a workload without pods has logs")
	}
}

func TestALongLogKeepsItsPlace(t *testing.T) {
	p, _ := vmstorageLog(t)
	p.Start()
	batch := func(from, n int) (out []string) {
		for i := range n {
			out = append(out, fmt.Sprintf("line %d.", from+i))
		}
		return out
	}
	p.add(batch(0, 3000))
	if s := seen(p); !strings.Contains(s, "line 2999.") {
		t.Error("does not stand at the end", s)
	}
	p.Do(keymap.PageUp)
	p.Draw(100, 40, true)
	first := strings.TrimSpace(ansi.Strip(p.Draw(100, 40, true)[0]))
	p.add(batch(3000, 4000))
	if got := strings.TrimSpace(ansi.Strip(p.Draw(100, 40, true)[0])); got != first {
		t.Errorf("moved from %q to %q", first, got)
	}
	if n, drawn := len(p.value.Lines), len(p.text.all); n != inspect.MaxLogLines || drawn != n || p.text.all[0].String() != p.value.Lines[0] || p.text.all[n-1].String() != "line 6999." {
		t.Errorf("keeps %d lines and shows %d, from %q", n, drawn, p.text.all[0])
	}
	p.Do(keymap.Bottom)
	if s := seen(p); !strings.Contains(s, "line 6999.") {
		t.Error(s)
	}
}

func TestALogWithoutLinesSaysSo(t *testing.T) {
	p, f := vmstorageLog(t)
	f.log = nil
	if s := seen(open(p)); !strings.Contains(s, "The log is empty.") {
		t.Error(s)
	}
}
