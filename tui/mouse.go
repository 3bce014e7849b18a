package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views"
)

// clicker is a pane whose rows can be selected by pointing at them.
type clicker interface{ Click(line int) bool }

// mouse answers the wheel by moving in the region under it, and a click by
// focusing the region and selecting the row.
func (m *model) mouse(msg tea.MouseMsg) tea.Cmd {
	if m.prompt != nil || !m.opts.Mouse {
		return nil
	}
	at := msg.Mouse()
	l := arrange(m.w, m.h, m.shape())
	if l.small {
		return nil
	}
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		m.point(l, at.X, at.Y, false)
		action := keymap.Down
		if msg.Button == tea.MouseWheelUp {
			action = keymap.Up
		}
		return m.ask(m.focused(), action)
	case tea.MouseClickMsg:
		if msg.Button == tea.MouseLeft {
			m.message = ""
			m.point(l, at.X, at.Y, true)
			m.follow()
		}
	}
	return nil
}

// point focuses the region at a cell and, with pick, selects the row there: the
// row first, since the focus may move the regions.
func (m *model) point(l layout, x, y int, pick bool) {
	pick = pick && y > 0 && y < l.footer
	if m.right && !l.wide || l.wide && x > l.rule.x {
		if pick {
			click(m.page(), y-l.right.y)
		}
		m.right = true
		return
	}
	i, ok := under(l, y)
	if !ok {
		return
	}
	if b := l.bodies[i]; pick && b.h > 0 {
		click(m.panes[i].browser, y-b.y)
	}
	if id := m.panes[i].ID; id != m.active || m.right {
		m.focus(id)
	}
}

func click(p views.Pane, line int) {
	if c, ok := p.(clicker); ok {
		c.Click(line)
	}
}

// under is the browsing pane at a line of the screen.
func under(l layout, y int) (int, bool) {
	for i, b := range l.bodies {
		if b.h > 0 && y >= b.y && y < b.y+b.h {
			return i, true
		}
	}
	for _, b := range l.bars {
		if b.y == y {
			return b.panes[0], true
		}
	}
	return 0, false
}
