package tui

import (
	"context"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/timeline"
	"github.com/careen-tui/careen/views"
)

// Arrival tells of the cluster that takes the place of a recording of it.
type Arrival struct {
	Text     string   // how far it is, after "the real control plane": "is being built: 42 %"
	Session  *Session // it is there; what came before is of no more use
	Contexts Contexts // of that session; may be nil
	Err      error    // it will not come
}

// arrivalMsg is an arrival, and where the next comes from.
type arrivalMsg struct{ Arrival }

// awaitArrival waits for the next that is told of the cluster to come.
func awaitArrival(ctx context.Context, coming <-chan Arrival) tea.Cmd {
	if coming == nil {
		return nil
	}
	return func() tea.Msg {
		select {
		case a, ok := <-coming:
			if !ok {
				return nil
			}
			return arrivalMsg{a}
		case <-ctx.Done():
			return nil
		}
	}
}

// arrive says how far the cluster is that is to come, and takes it over once it is there.
func (m *model) arrive(a Arrival) tea.Cmd {
	switch {
	case a.Err != nil:
		m.env.Recording = "could not be started"
		m.message = "this stays a recording: " + a.Err.Error()
		return nil
	case a.Session == nil:
		m.env.Recording = a.Text
		return awaitArrival(m.ctx, m.opts.Coming)
	}
	return m.replace(*a.Session, a.Contexts)
}

// replace looks at a cluster in the place of its recording. What is selected, filtered and
// open stays: the panes take over the first report in which everything is known, and until
// then show the recording.
func (m *model) replace(s Session, contexts Contexts) tea.Cmd {
	old := m.end
	m.stop()
	m.session, m.stop = context.WithCancel(m.ctx)
	m.end, m.opts.Session, m.opts.Contexts = s.End, s, contexts
	m.latest = &atomic.Pointer[engine.Report]{}
	m.witness = timeline.Witness{}
	m.kinds = nil
	m.env.Recording = "is there: it is being read"
	m.arriving = true
	return tea.Batch(m.ending(old), await(m.session, m.opts.Feed), m.readContexts())
}

// arrived reports whether a report may be taken over, and makes the environment that of a
// cluster with the first that may.
func (m *model) arrived(r *engine.Report) bool {
	if !m.arriving {
		return true
	}
	if r.Err == nil && !r.Coverage().Settled() {
		return false
	}
	m.arriving = false
	m.env.AsOf, m.env.Recording, m.env.Now = time.Time{}, "", time.Now
	m.env.Report, m.env.Resolved = nil, views.Resolved{}
	m.generation, m.due = m.generation+1, time.Time{}
	m.findings.Forget()
	m.adapt()
	m.message = "this is the real cluster now"
	return true
}
