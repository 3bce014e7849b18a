package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/careen-tui/careen/internal/engine"
)

// Feed is where reports come from: a mailbox of one, in which the latest wins. Once
// Done is closed no more will come, and Err says why.
type Feed interface {
	Reports() <-chan *engine.Report
	Done() <-chan struct{}
	Err() error
}

type (
	// crashedMsg says why a feed ended.
	crashedMsg struct {
		from Feed
		err  error
	}
	reportMsg struct{ report *engine.Report }
	// ageMsg says that an age on the screen reads differently by now. Those of an
	// older generation are dropped.
	ageMsg struct{ generation int }
)

// await blocks until there is a report and delivers it. It is armed again when
// the report was taken over, so that at most one is in flight.
func await(ctx context.Context, feed Feed) tea.Cmd {
	if feed == nil {
		return nil
	}
	return func() tea.Msg {
		select {
		case <-feed.Done():
			return crashedMsg{feed, feed.Err()}
		case r, ok := <-feed.Reports():
			if !ok || r == nil {
				return nil
			}
			return fedMsg{feed, reportMsg{r}}
		case <-ctx.Done():
			return nil
		}
	}
}

// later delivers a message after d, unless ctx ends before.
func later(ctx context.Context, d time.Duration, msg tea.Msg) tea.Cmd {
	return func() tea.Msg {
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-t.C:
			return msg
		case <-ctx.Done():
			return nil
		}
	}
}

// crashed says that nothing will be known any more of what changes.
func (m *model) crashed(msg crashedMsg) {
	if msg.from != m.opts.Feed || msg.err == nil {
		return
	}
	m.message = "nothing more is read: " + msg.err.Error() + "; start careen again"
	m.env.Report = m.env.Report.Unreachable(msg.err)
}
