package tui

import (
	"errors"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

func TestActingOnAnObjectIsPlanned(t *testing.T) {
	b := &bench{planErr: errors.New("no more than that")}
	s := loadedShell(t, Options{Session: Session{Mender: b}}, 140, 40)
	s.do("a").sees("What to do with Deployment vault/common-vault", "Restart it", "Scale it", "it has 2 replicas", "Pause it")
	s.do("enter")
	if got := strings.Join(b.planned, ", "); got != "restart Deployment vault/common-vault" {
		t.Errorf("planned %q", got)
	}
	s.do("esc").sees("What to do with")
	b.planned = nil
	s.do("j", "enter").sees("replicas (now 2):")
	if s.do("4", "enter"); strings.Join(b.planned, ", ") != "scale Deployment vault/common-vault 4" {
		t.Errorf("planned %q", b.planned)
	}
	s.do("esc", "esc", "3", "a").sees("act on it: there is nothing to do with a Secret")
}

func TestNothingIsActedOnWhereNothingCanBePlanned(t *testing.T) {
	s := loadedShell(t, Options{Session: Session{}}, 140, 40)
	s.do("a").sees("Copy: a shell in common-vault")
	if strings.Contains(s.screen(), "Restart") {
		t.Error("a plan is offered that nobody can make", s.screen())
	}
	s.do("esc", "4", "a").sees("act on it: nothing can be applied in this session")
}

func TestSuspending(t *testing.T) {
	s := loadedShell(t, Options{}, 100, 30)
	cmd := s.take(keyPress("ctrl+z"))
	if cmd == nil {
		t.Fatal("ctrl+z does nothing")
	}
	if _, ok := cmd().(tea.SuspendMsg); !ok {
		t.Errorf("ctrl+z asks for %T", cmd())
	}
}

// TestWhatCareenNeverRunsIsCopied offers the commands of a shell and of a port, in read-only
// mode too.
func TestWhatCareenNeverRunsIsCopied(t *testing.T) {
	s := loadedShell(t, Options{ReadOnly: true}, 120, 40)
	s.press("enter")
	s.press("a")
	s.sees("Copy: a shell in common-vault", "kubectl -n vault exec")
	s.press("enter")
	s.sees("copied")
}
