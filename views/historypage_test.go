package views

import (
	"strings"
	"testing"

	"github.com/careen-tui/careen/keymap"
)

func TestRevisionsAreComparedWithTheOneBeforeOrTheMarked(t *testing.T) {
	env, f := inspected(t)
	p := open(newHistory(env, vaultRelease)).(*historyPage)
	if from, to, ok := p.pair(); from != 2 || to != 3 || !ok {
		t.Errorf("%d %d %t", from, to, ok)
	}
	p.Draw(100, 30, true)
	p.Do(keymap.Down)
	p.Do(keymap.Down)
	if p.chosen != 1 {
		t.Fatalf("chosen is %d", p.chosen)
	}
	if _, _, ok := p.pair(); ok {
		t.Error("the first revision has none before it")
	}
	p.Do(keymap.Up)
	p.Do(keymap.Mark)
	p.Do(keymap.Up)
	if from, to, _ := p.pair(); from != 2 || to != 3 {
		t.Errorf("%d %d", from, to)
	}
	do(p.Do(keymap.Open))
	for range 4 { // values, drift, objects, hooks
		do(p.Do(keymap.NextPart))
	}
	if got := strings.Join(f.asked, " "); got != "history diff live" {
		t.Errorf("read %s: a part that needs what another has read reads nothing", got)
	}
	do(p.Do(keymap.Reload))
	for range 2 {
		do(p.Do(keymap.PrevPart))
	}
	if got := strings.Join(f.asked, " "); got != "history diff live history live" {
		t.Errorf("after reading again: %s", got)
	}
}

func TestARecordThatIsGoneIsSaid(t *testing.T) {
	env, _ := inspected(t)
	p := open(newHistory(env, vaultRelease)).(*historyPage)
	p.choose(2)
	p.base = 1 // in the history that was read, but not stored any more
	do(p.Do(keymap.NextPart))
	if s := seen(p); !strings.Contains(s, "A revision no longer exists.") {
		t.Error(s)
	}
}
