package tui

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/timeline"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views"
)

// Session is a cluster being looked at, with what fixes and inspects it.
type Session struct {
	Context string // its name in the kubeconfig, to show before the first report
	Feed    Feed
	// Mender plans, applies and takes back fixes. Without one, fixes are shown only.
	Mender Mender
	// Inspector reads what the watches do not keep. Without one its keys are disabled.
	Inspector views.Inspector
	// Preflight says before a chart is installed what would go wrong; nil for a file.
	Preflight Preflight
	// Waivers are what the operator accepts; nil where nothing can be.
	Waivers views.Waivers
	// Login gets credentials at the terminal; nil where the kubeconfig names no program.
	Login Login
	// End stops reading the cluster, and may wait for what is under way; may be nil.
	End func()
}

// Context is one of a kubeconfig.
type Context = views.Context

// Contexts are the clusters that a kubeconfig knows.
type Contexts interface {
	// List reads the kubeconfig again.
	List() ([]Context, error)
	// Open begins to read the cluster of a context, and waits for no reply of it.
	Open(ctx context.Context, name string) (*Session, error)
}

// Clusters are many clusters of which one can be entered.
type Clusters interface {
	// Len is how many there are.
	Len() int
	// Look reads their summaries once, but for those that were read lately, unless again
	// asks for them too. It shows all that is known whenever that changes, once at a time.
	Look(ctx context.Context, again bool, show func(views.Fleet))
	// Follow looks, and goes on looking from time to time until ctx ends.
	Follow(ctx context.Context, again bool, show func(views.Fleet))
}

type (
	// fedMsg is a report, and the feed that it is from: one of a cluster that is not
	// looked at any more counts for nothing.
	fedMsg struct {
		from   Feed
		report reportMsg
	}
	sessionMsg struct {
		job     int
		name    string
		session *Session
		err     error
	}
)

// readContexts reads the kubeconfig for the palette.
func (m *model) readContexts() tea.Cmd {
	if m.opts.Contexts == nil {
		return nil
	}
	return m.fetch(nil, views.Fetch{
		Slot: "contexts",
		Read: func(ctx context.Context, show func(func() views.Request)) {
			list, _ := m.listContexts(ctx) // the page of contexts says what is wrong with it
			show(func() views.Request { m.contexts = list; return nil })
		},
		Fail: func(err error) { m.message = err.Error() },
	})
}

func (m *model) listContexts(context.Context) ([]views.Context, error) { return m.opts.Contexts.List() }

func (m *model) contextsOffer() keymap.Offer {
	o := keymap.Offer{Action: keymap.Contexts}
	if m.opts.Contexts == nil {
		o.Disabled = "this session has no kubeconfig"
	}
	return o
}

// switchTo begins to look at another cluster. The present one stays until the other
// is open.
func (m *model) switchTo(name string) tea.Cmd {
	switch {
	case name == m.env.Context:
		m.message = "this is already " + name
		return nil
	case m.planIn(views.Applying, views.Proving):
		m.message = "a plan is being applied or proved: wait until it ends before leaving " + m.env.Context
		return nil
	}
	m.message = "opening " + name + " ..."
	m.switching = m.work.next()
	contexts := m.opts.Contexts
	return m.work.run(m.ctx, m.switching, func(ctx context.Context, job int, reply func(tea.Msg)) {
		s, err := contexts.Open(ctx, name)
		reply(sessionMsg{job, name, s, err})
	})
}

// switched takes the other cluster over, or says why it cannot be looked at.
func (m *model) switched(msg sessionMsg) tea.Cmd {
	switch {
	case msg.err != nil && msg.job == m.switching && m.outside():
		m.message = msg.err.Error()
		return nil
	case msg.err != nil && msg.job == m.switching:
		m.message = fmt.Sprintf("%s; this is still %s", msg.err, m.env.Context)
		return nil
	case msg.err != nil:
		return nil
	case msg.job != m.switching || m.planIn(views.Applying, views.Proving):
		return m.ending(msg.session.End)
	}
	old := m.end
	m.stop()
	m.uncover(0)
	m.prompt = nil
	m.begin(*msg.session)
	m.message = "this is " + msg.name
	return tea.Batch(m.ending(old), await(m.session, m.opts.Feed), m.readContexts())
}

// begin looks at a cluster of which nothing is known yet.
func (m *model) begin(s Session) {
	m.session, m.stop = context.WithCancel(m.ctx)
	m.end = s.End
	m.opts.Session = s
	m.latest = &atomic.Pointer[engine.Report]{}
	m.witness = timeline.Witness{}
	m.kinds = nil
	m.generation, m.due = m.generation+1, time.Time{}
	m.adapt()
	m.env.Report, m.env.Context, m.env.Namespaces = nil, s.Context, chosenAtFirst(m.opts.Namespaces)
	m.env.Resolved, m.env.Clusters = views.Resolved{}, 0
	m.places = places{}
	m.furnish()
}

// adapt tells the panes what can be done in this session.
func (m *model) adapt() {
	m.env.Inspector, m.env.Seen, m.env.NoPlan, m.env.Waivers = m.opts.Inspector, m.witness.Seen, "", m.opts.Waivers
	m.told = false
	switch {
	case m.opts.Mender != nil:
	case m.env.Recording != "":
		m.env.NoPlan = "this is a recording: the real cluster is not there yet"
	case m.env.ReadOnly:
		m.env.NoPlan = "careen is in read-only mode"
	default:
		m.env.NoPlan = "nothing can be applied in this session"
	}
}

// ending ends a session beside the interface.
func (m *model) ending(end func()) tea.Cmd {
	if end == nil {
		return nil
	}
	return m.work.run(m.ctx, m.work.next(), func(context.Context, int, func(tea.Msg)) { end() })
}
