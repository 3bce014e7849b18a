package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/careen-tui/careen/views"
)

// fetching is something that is being read for a page; the page is nil where it is
// for the shell.
type fetching struct {
	views.Fetch
	page views.Pane
	stop context.CancelFunc
}

type (
	// shownMsg is what a fetch hands over, to be run where panes run.
	shownMsg struct {
		job  int
		show func() views.Request
	}
	// fetchedMsg says that a fetch has ended.
	fetchedMsg struct{ job int }
)

// fetch begins to read, in the place of what is being read into the same slot of the
// page.
func (m *model) fetch(page views.Pane, f views.Fetch) tea.Cmd {
	m.endFetches(func(other fetching) bool { return other.page == page && other.Slot == f.Slot })
	ctx, stop := context.WithCancel(m.ctx)
	job := m.work.next()
	m.fetches[job] = fetching{f, page, stop}
	return m.work.run(ctx, job, func(ctx context.Context, job int, reply func(tea.Msg)) {
		f.Read(ctx, func(show func() views.Request) { reply(shownMsg{job, show}) })
		reply(fetchedMsg{job})
	})
}

// shown takes over what a fetch handed over; of one that has ended it is dropped.
func (m *model) shown(msg shownMsg) tea.Cmd {
	f, ok := m.fetches[msg.job]
	if !ok {
		return nil
	}
	return m.answer(f.page, msg.show())
}

// fetchFailed tells a page that its reading crashed; ok is false where no fetch has
// that number.
func (m *model) fetchFailed(msg failedMsg) (ok bool) {
	f, ok := m.fetches[msg.job]
	if ok {
		f.Fail(msg.err)
		m.endFetch(msg.job)
	}
	return ok
}

func (m *model) endFetch(job int) {
	if f, ok := m.fetches[job]; ok {
		f.stop()
		delete(m.fetches, job)
	}
}

// endFetches gives up those for which which is true.
func (m *model) endFetches(which func(fetching) bool) {
	for job, f := range m.fetches {
		if which(f) {
			m.endFetch(job)
		}
	}
}

// interrupt stops what a page reads, and still takes over what comes of it.
func (m *model) interrupt(page views.Pane) {
	for _, f := range m.fetches {
		if f.page == page {
			f.stop()
		}
	}
}

// leave ends what is being read for a page that is closed or covered, and lets it
// forget what only it may show.
func (m *model) leave(page views.Pane) {
	m.endFetches(func(f fetching) bool { return f.page == page && !f.Outlives })
	if p, ok := page.(views.Leaver); ok {
		p.Leave()
	}
}
