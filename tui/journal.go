package tui

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/repair"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views"
)

// openJournal opens the page of what was applied.
func (m *model) openJournal() tea.Cmd {
	mender := m.opts.Mender
	return m.push(views.NewJournal(m.env, func(ctx context.Context) (list views.JournalList, err error) {
		j, err := mender.Entries(ctx)
		for _, e := range j.Entries {
			list.Rows = append(list.Rows, journalRow(e, j.Now))
		}
		list.Notes = j.Notes()
		return list, err
	}))
}

// recall says at the start that a fix was interrupted, if one was, and makes the proofs that
// the end of a session cut short.
func (m *model) recall() tea.Cmd {
	mender, newest := m.opts.Mender, m.latest
	latest := func() *engine.Report { // before everything was read, what is not found may still come
		if r := newest.Load(); r != nil && r.Coverage().Settled() {
			return r
		}
		return nil
	}
	return m.fetch(nil, views.Fetch{
		Slot: "journal",
		Read: func(ctx context.Context, show func(func() views.Request)) {
			j, err := mender.Entries(ctx)
			if err != nil {
				return // the page of the journal says so, when it is opened
			}
			show(func() views.Request { m.tellOfInterrupted(j); return nil })
			for _, e := range j.Unproved() {
				o, err := mender.Prove(ctx, e.ID, latest)
				if ctx.Err() != nil {
					return
				}
				if err == nil {
					show(func() views.Request { return views.Say{Text: m.provedLater(e.Title, o)} })
				}
			}
		},
		Fail: func(err error) { m.message = err.Error() },
	})
}

// provedLater says what became of a fix that was applied in an earlier session.
func (m *model) provedLater(title string, o repair.Outcome) string {
	if o.Confirmed {
		return title + ", applied before: proved"
	}
	return fmt.Sprintf("%s, applied before, is not confirmed: %s shows it in the journal", title, m.keys.Key(keymap.Journal))
}

func (m *model) tellOfInterrupted(j repair.Journal) {
	open := 0
	for _, e := range j.Entries {
		if e.Own && e.Standing(j.Now).State == "interrupted" {
			open++
		}
	}
	switch {
	case open == 1:
		m.message = fmt.Sprintf("a fix was interrupted: press %s to finish or undo it", m.keys.Key(keymap.Journal))
	case open > 1:
		m.message = fmt.Sprintf("%d fixes were interrupted: press %s to finish or undo them", open, m.keys.Key(keymap.Journal))
	}
}

func journalRow(e *repair.Entry, now time.Time) views.JournalRow {
	s := e.Standing(now)
	role := s.Role
	if e.State == repair.Undone {
		role = styled.Muted
	}
	return views.JournalRow{
		ID: e.ID, State: s.State, Namespace: e.Namespace, Title: e.Title, By: e.By, At: e.At, Usable: s.Usable, Rest: s.Rest,
		Problem: s.Detail, Role: role,
	}
}
