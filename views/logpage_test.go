package views

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

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
	p.take(readLogLines(0, batch(0, 3000)))
	if s := seen(p); !strings.Contains(s, "line 2999.") {
		t.Error("does not stand at the end", s)
	}
	p.Do(keymap.PageUp)
	p.Draw(100, 40, true)
	first := strings.TrimSpace(ansi.Strip(p.Draw(100, 40, true)[0]))
	p.take(readLogLines(0, batch(3000, 4000)))
	if got := strings.TrimSpace(ansi.Strip(p.Draw(100, 40, true)[0])); got != first {
		t.Errorf("moved from %q to %q", first, got)
	}
	if n, drawn := len(p.kept), len(p.text.all); n != inspect.MaxLogLines || drawn != n || p.text.all[0].String() != p.kept[0].text || p.text.all[n-1].String() != "line 6999." {
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

func TestAllContainersOfALogStandTogether(t *testing.T) {
	p, f := vmstorageLog(t)
	f.log = []string{"2026-01-02T15:00:00.5Z one", "2026-01-02T15:00:01Z two", "without a time"}
	if o, _ := keymap.Find(p.Offers(), keymap.AllPods); o.Disabled != "" {
		t.Fatal(o.Disabled)
	}
	do(p.Do(keymap.AllPods))
	s := seen(p)
	if n := len(p.kept); n != 3*len(p.containers) {
		t.Fatalf("%d lines of %d containers\n%s", n, len(p.containers), s)
	}
	if !slices.IsSortedFunc(p.kept, func(a, b logLine) int { return a.at.Compare(b.at) }) {
		t.Error("the lines are not in the order in which they were written")
	}
	if !strings.Contains(s, "vmstorage-0/backup one") || strings.Contains(s, "15:00:00.5") {
		t.Error(s)
	}
	p.Do(keymap.Stamps)
	if s := seen(p); !strings.Contains(s, "2026-01-02 15:00:00.500 vmstorage-0/backup one") {
		t.Error(s)
	}
	do(p.Do(keymap.Since))
	if title, _ := p.Title(); p.since != time.Hour || !strings.Contains(title.String(), "last 1h") {
		t.Errorf("%s: %s", p.since, title)
	}
	do(p.Do(keymap.AllPods))
	if a := p.ask(); a.Since != time.Hour || p.together {
		t.Errorf("%+v", a)
	}
}

func TestLongLinesAreCutOrWrapped(t *testing.T) {
	p, f := vmstorageLog(t)
	f.log = []string{strings.Repeat("a long line ", 40) + "THE END", "next"}
	s := seen(open(p))
	if !strings.Contains(s, "THE END") {
		t.Error("it is not wrapped", s)
	}
	p.Do(keymap.Wrap)
	if s := seen(p); strings.Contains(s, "THE END") || !strings.Contains(s, "next") {
		t.Error("it is not cut", s)
	}
}
