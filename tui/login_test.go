package tui

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/careen-tui/careen/views/viewtest"
)

var errRefused = errors.New("the cluster does not accept the credentials")

// sesame is a credential plugin.
type sesame struct {
	runs int
	err  error
}

func (s *sesame) Command() string           { return "sesame get-token" }
func (s *sesame) Wanted(err error) bool     { return errors.Is(err, errRefused) }
func (s *sesame) Run(context.Context) error { s.runs++; return s.err }

func TestALoginIsOfferedWhereTheCredentialsAreRefused(t *testing.T) {
	l := &sesame{}
	s := loadedShell(t, Options{Session: Session{Login: l}}, 120, 40)
	s.sees("8 of 11")
	refused := reportOf(viewtest.Snapshot(), viewtest.Findings())
	refused.Err = errRefused
	s.send(reportMsg{refused})
	s.sees("the cluster does not accept the credentials: I runs sesame get-token at this terminal", "8 of 11")
	s.press("j")
	s.send(reportMsg{refused})
	if strings.Contains(s.screen(), "sesame") {
		t.Error("it is said repeatedly")
	}
	if cmd := s.take(keyPress("I")); cmd == nil {
		t.Fatal("I runs nothing")
	}
	var out strings.Builder
	run := &login{Login: l, ctx: t.Context()}
	run.SetStdout(&out)
	if err := run.Run(); err != nil || l.runs != 1 || !strings.Contains(out.String(), "sesame get-token") {
		t.Errorf("%v, %d runs, %q", err, l.runs, out.String())
	}
	s.send(loggedInMsg{errors.New("exit code 1")})
	s.sees("not logged in: exit code 1")
	s.send(loggedInMsg{})
	s.sees("logged in")
}

func TestWithoutAPluginThereIsNoLogin(t *testing.T) {
	s := loadedShell(t, Options{}, 120, 40)
	s.press("I").sees("log in: the kubeconfig names no program to log in with")
}
