package tui

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"github.com/careen-tui/careen/internal/repair"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views"
	"github.com/careen-tui/careen/views/widget"
)

// journal is the page of what was applied, with the machinery behind it.
type journal struct {
	*views.Journal
	m       *model
	entries map[string]*repair.Entry
	job     int
}

type journalMsg struct {
	job     int
	journal repair.Journal
	err     error
}

func (m *model) readJournal(job int) tea.Cmd {
	mender := m.opts.Mender
	return m.work.run(m.ctx, job, func(ctx context.Context, job int, reply func(tea.Msg)) {
		j, err := mender.Entries(ctx)
		reply(journalMsg{job, j, err})
	})
}

// openJournal opens the page and begins to read.
func (m *model) openJournal() tea.Cmd {
	p := &journal{Journal: views.NewJournal(m.env), m: m, job: m.work.next()}
	m.push(p)
	return m.readJournal(p.job)
}

// recall says at the start that a fix was interrupted, if one was.
func (m *model) recall(msg journalMsg) {
	if msg.job != m.recalling || msg.err != nil {
		return
	}
	open := 0
	for _, e := range msg.journal.Entries {
		if e.Problem == "" && e.State == repair.Open {
			open++
		}
	}
	switch {
	case open == 1:
		m.message = fmt.Sprintf("a fix was interrupted: %s shows it, to be finished or taken back", m.keys.Key(keymap.Journal))
	case open > 1:
		m.message = fmt.Sprintf("%d fixes were interrupted: %s shows them, to be finished or taken back", open, m.keys.Key(keymap.Journal))
	}
}

// Listen takes the journal over once it was read.
func (p *journal) Listen(msg tea.Msg) tea.Cmd {
	if msg, ok := msg.(journalMsg); ok && msg.job == p.job {
		p.entries = map[string]*repair.Entry{}
		rows := make([]views.JournalRow, 0, len(msg.journal.Entries))
		for _, e := range msg.journal.Entries {
			p.entries[e.ID] = e
			rows = append(rows, journalRow(e))
		}
		p.Set(rows, msg.journal.Unread, msg.err)
	}
	return nil
}

func journalRow(e *repair.Entry) views.JournalRow {
	r := views.JournalRow{
		ID: e.ID, State: string(e.State), Namespace: e.Namespace, Title: e.Title, By: e.By, At: e.At, Usable: e.Problem == "", Problem: e.Problem,
	}
	switch {
	case e.Problem != "":
		r.State, r.Role = "unusable", widget.Bad
	case e.State == repair.Open:
		r.Role = widget.Bad
		r.Problem = fmt.Sprintf("interrupted after %d of %d steps: it can be finished or taken back", len(e.Progress), len(e.Writes))
	case e.State == repair.Confirmed:
		r.Role = widget.Good
	case e.State == repair.Unconfirmed:
		r.Role = widget.Medium
	case e.State == repair.Undone:
		r.Role, r.Usable = widget.Muted, false
	}
	return r
}

// Act plans the undo of the selected entry; one that was interrupted can be
// finished as well.
func (p *journal) Act(a keymap.Action) (tea.Cmd, bool) {
	row, ok := p.Selected()
	if a != keymap.Open || !ok {
		return nil, false
	}
	mender := p.m.opts.Mender
	choices := []alternative{{"Take it back", func(ctx context.Context, _ repair.Inputs) (*repair.Plan, error) { return mender.UndoPlan(ctx, row.ID) }}}
	if row.State == string(repair.Open) {
		choices = append(choices, alternative{"Finish it", func(ctx context.Context, _ repair.Inputs) (*repair.Plan, error) {
			return mender.FinishPlan(ctx, row.ID)
		}})
	}
	return p.m.openPlan("undo of "+row.ID, choices), true
}
