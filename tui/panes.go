package tui

import (
	"slices"

	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views"
)

// pane is a browsing pane with its row of the table.
type pane struct {
	views.PaneInfo
	browser views.Browser
}

// furnish makes the panes, with the columns of the configuration.
func (m *model) furnish() {
	m.panes = nil
	for _, p := range views.Panes {
		b := p.Open(m.env)
		switch b := b.(type) {
		case *views.Findings:
			m.findings = b
		case *views.Graph:
			m.graph = b
		}
		if titles := m.opts.Columns[string(p.ID)]; len(titles) > 0 {
			_ = views.Arrange(b, titles) // the configuration was checked against the same table
		}
		m.panes = append(m.panes, pane{p, b})
	}
	m.active, m.right = m.panes[0].ID, false
	m.detail = views.NewDetail(m.env)
}

// position is where a pane stands among the others.
func (m *model) position(id views.PaneID) int {
	return slices.IndexFunc(m.panes, func(p pane) bool { return p.ID == id })
}

// browser is a pane by its id.
func (m *model) browser(id views.PaneID) views.Browser { return m.panes[m.position(id)].browser }

// shape is what the layout depends on beside the size.
func (m *model) shape() shape {
	s := shape{active: m.position(m.active), right: m.right, alone: m.alone()}
	for _, p := range m.panes {
		s.pinned = append(s.pinned, p.Pinned)
	}
	return s
}

// alone reports whether one region is seen at a time: there is no room for more, or it was
// asked for.
func (m *model) alone() bool { return m.zoomed || m.w < wideWidth || m.onClusters() }

// loadPanes lets all panes take over what the environment holds.
func (m *model) loadPanes() {
	for _, p := range m.panes {
		p.browser.Load()
	}
}

// focus goes to a pane. The graph that has no centre is drawn around what was
// selected.
func (m *model) focus(id views.PaneID) {
	if id == views.PaneGraph && m.graph.Centre().IsZero() {
		m.graph.Around(m.subject().Ref)
	}
	m.uncover(0)
	m.active, m.right = id, false
	m.follow()
}

// cycle moves the focus: through the panes and, where both regions are seen, the
// detail after the last.
func (m *model) cycle(by int) {
	n := len(m.panes) + 1
	at := m.position(m.active)
	if m.right {
		at = n - 1
	}
	at = (at + by + n) % n
	if at == n-1 {
		m.right = true
		return
	}
	m.focus(m.panes[at].ID)
}

// focusOffers are the actions that focus a pane.
func (m *model) focusOffers() []keymap.Offer {
	var out []keymap.Offer
	for _, p := range m.panes {
		out = append(out, keymap.Offer{Action: p.Focus})
	}
	return out
}

// focusedBy is the pane that an action focuses; ok is false for other actions.
func (m *model) focusedBy(a keymap.Action) (id views.PaneID, ok bool) {
	i := slices.IndexFunc(m.panes, func(p pane) bool { return p.Focus == a })
	if i < 0 {
		return "", false
	}
	return m.panes[i].ID, true
}
