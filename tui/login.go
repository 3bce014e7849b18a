package tui

import (
	"context"
	"fmt"
	"io"

	tea "charm.land/bubbletea/v2"

	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views"
)

// Login is the program by which the kubeconfig gets credentials.
type Login interface {
	// Command is what is run, to show; empty where there is none.
	Command() string
	// Wanted reports whether logging in may fix what keeps the cluster from being read.
	Wanted(err error) bool
	// Run runs it at the process's terminal, until the cluster accepts what it gives.
	Run(ctx context.Context) error
}

// loggedInMsg says how a login ended.
type loggedInMsg struct{ err error }

// login is a tea.ExecCommand: the terminal is the plugin's while it runs.
type login struct {
	Login
	ctx context.Context
	out io.Writer
}

func (l *login) SetStdin(io.Reader)    {}
func (l *login) SetStdout(w io.Writer) { l.out = w }
func (l *login) SetStderr(io.Writer)   {}

// Run says what is going to happen before it does.
func (l *login) Run() error {
	fmt.Fprintf(l.out, "careen waits for the login: %s\r\n", l.Command())
	return l.Login.Run(l.ctx)
}

func (m *model) loginOffer() keymap.Offer {
	o := keymap.Offer{Action: keymap.Login}
	switch l := m.opts.Login; {
	case l == nil || l.Command() == "":
		o.Disabled = "the kubeconfig names no program to log in with"
	case m.planIn(views.Applying):
		o.Disabled = "a plan is being applied"
	}
	return o
}

// logIn gives the terminal to the program.
func (m *model) logIn() tea.Cmd {
	return tea.Exec(&login{Login: m.opts.Login, ctx: m.session, out: io.Discard}, func(err error) tea.Msg { return loggedInMsg{err} })
}

func (m *model) loggedIn(msg loggedInMsg) {
	if msg.err != nil {
		m.message = "not logged in: " + msg.err.Error()
		return
	}
	m.message = "logged in"
}

// wantsLogin says that the credentials are refused, when that begins.
func (m *model) wantsLogin(before, now error) {
	l := m.opts.Login
	if l == nil || l.Command() == "" || now == nil || !l.Wanted(now) || before != nil && l.Wanted(before) {
		return
	}
	m.message = fmt.Sprintf("the cluster does not accept the credentials: %s runs %s at this terminal", m.keys.Key(keymap.Login), l.Command())
}
