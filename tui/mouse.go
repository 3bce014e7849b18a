package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/careen-tui/careen/keymap"
)

// mouse answers the wheel by moving in the region under it, and a click by
// focusing it. Rows are chosen by keys.
func (m *model) mouse(msg tea.MouseMsg) tea.Cmd {
	if m.prompt != nil || !m.opts.Mouse {
		return nil
	}
	at := msg.Mouse()
	l := arrange(m.w, m.h, m.shape())
	if l.small {
		return nil
	}
	if l.wide {
		if at.X > l.rule.x {
			m.right = true
		} else if i, ok := under(l, at.Y); ok {
			if i != m.active || m.right {
				m.focus(i)
			}
		}
	}
	if wheel, ok := msg.(tea.MouseWheelMsg); ok {
		action := keymap.Down
		if wheel.Button == tea.MouseWheelUp {
			action = keymap.Up
		}
		return m.ask(m.focused(), action)
	}
	return nil
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
