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

// Session is a cluster being looked at, with what mends and inspects it.
type Session struct {
	Context string // its name in the kubeconfig, to show before the first report
	Feed    Feed
	// Mender plans, applies and takes back fixes. Without one, fixes are shown only.
	Mender Mender
	// Inspector reads what the watches do not keep. Without one its keys are disabled.
	Inspector Inspector
	// Login gets credentials at the terminal; nil where the kubeconfig names no program.
	Login Login
	// End stops reading the cluster, and may wait for what is under way; may be nil.
	End func()
}

// Context is one of a kubeconfig.
type Context = views.Context

// Contexts are the clusters that a kubeconfig knows.
type Contexts interface {
	// List reads the kubeconfig anew.
	List() ([]Context, error)
	// Open begins to read the cluster of a context, and waits for no reply of it.
	Open(ctx context.Context, name string) (*Session, error)
}

type (
	// fedMsg is a report, and the feed that it is from: one of a cluster that is not
	// looked at any more counts for nothing.
	fedMsg struct {
		from   Feed
		report reportMsg
	}
	contextsMsg struct {
		list []views.Context
		err  error
	}
	sessionMsg struct {
		job     int
		name    string
		session *Session
		err     error
	}
)

// listContexts reads the kubeconfig beside the interface.
func (m *model) listContexts() tea.Cmd {
	if m.opts.Contexts == nil {
		return nil
	}
	contexts := m.opts.Contexts
	return m.work.run(m.ctx, m.work.next(), func(_ context.Context, _ int, reply func(tea.Msg)) {
		list, err := contexts.List()
		reply(contextsMsg{list, err})
	})
}

func (m *model) contextsOffer() keymap.Offer {
	o := keymap.Offer{Action: keymap.Contexts}
	if m.opts.Contexts == nil {
		o.Disabled = "this session does not look at a cluster of a kubeconfig"
	}
	return o
}

// switchTo begins to look at another cluster. The present one stays until the other
// is open.
func (m *model) switchTo(name string) tea.Cmd {
	switch {
	case name == m.env.Context:
		m.message = "this is " + name + " already"
		return nil
	case m.mending():
		m.message = "a plan is being applied or proved: wait for its end before leaving " + m.env.Context
		return nil
	}
	m.message = "opening " + name + " " + m.env.Theme.Cut
	m.switching = m.work.next()
	contexts := m.opts.Contexts
	return m.work.run(m.ctx, m.switching, func(ctx context.Context, job int, reply func(tea.Msg)) {
		s, err := contexts.Open(ctx, name)
		reply(sessionMsg{job, name, s, err})
	})
}

// mending tells whether a plan is being applied or proved.
func (m *model) mending() bool {
	for _, p := range m.pages {
		if plan, ok := p.Pane.(*mending); ok && (plan.Phase() == views.Applying || plan.Phase() == views.Proving) {
			return true
		}
	}
	return false
}

// switched takes the other cluster over, or says why it cannot be looked at.
func (m *model) switched(msg sessionMsg) tea.Cmd {
	switch {
	case msg.err != nil && msg.job == m.switching:
		m.message = fmt.Sprintf("%s; this is still %s", msg.err, m.env.Context)
		return nil
	case msg.err != nil:
		return nil
	case msg.job != m.switching || m.mending():
		return m.ending(msg.session.End)
	}
	old := m.end
	m.stop()
	m.uncover(0)
	m.prompt = nil
	m.begin(*msg.session)
	m.message = "this is " + msg.name
	return tea.Batch(m.ending(old), await(m.session, m.opts.Feed), m.listContexts())
}

// begin looks at a cluster of which nothing is known yet.
func (m *model) begin(s Session) {
	m.session, m.stop = context.WithCancel(m.ctx)
	m.end = s.End
	m.opts.Session = s
	m.latest = &atomic.Pointer[engine.Report]{}
	m.witness = timeline.Witness{}
	m.recalling, m.generation, m.due = 0, m.generation+1, time.Time{}
	m.env.World, m.env.Context, m.env.Namespaces = nil, s.Context, chosenAtFirst(m.opts.Namespaces)
	m.active, m.right, m.places = 0, false, places{}
	_ = m.furnish() // what is wrong with it was said at the start
}

// furnish makes the panes. Its error is that of CheckColumns.
func (m *model) furnish() error {
	m.findings, m.graph = views.NewFindings(m.env), views.NewGraph(m.env)
	m.panes = []views.Browser{m.findings, views.NewReleases(m.env), views.NewSecrets(m.env), views.NewVolumes(m.env), m.graph}
	m.detail = views.NewDetail(m.env)
	return m.arrangeColumns()
}

// ending ends a session beside the interface.
func (m *model) ending(end func()) tea.Cmd {
	if end == nil {
		return nil
	}
	return m.work.run(m.ctx, m.work.next(), func(context.Context, int, func(tea.Msg)) { end() })
}

// contextPage is the list of contexts, read anew when it is opened.
type contextPage struct{ *views.ContextChoice }

// Listen takes the list over.
func (p *contextPage) Listen(msg tea.Msg) tea.Cmd {
	if msg, ok := msg.(contextsMsg); ok {
		p.Set(msg.list, msg.err)
	}
	return nil
}
