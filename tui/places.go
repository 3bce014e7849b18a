package tui

import (
	cluster "github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views"
)

// place is where the operator is: what is shown, and where the focus is.
type place struct {
	spot
	chosen views.Subject // in the pane
	trail  views.Trail   // of the detail
}

// spot is what tells two places apart: moving the selection alone leads nowhere.
type spot struct {
	pane    views.PaneID
	right   bool          // the detail has the focus
	subject views.Subject // of the detail, where it has
	centre  cluster.Ref   // of the graph, where that has
}

// places are those that were left, as a browser keeps them.
type places struct {
	back, forward []place
	walked        bool // the last key went back or forth
}

// maxPlaces bounds how far one can go back.
const maxPlaces = 100

// here is the present place. Pages over the detail are not places of their own.
func (m *model) here() place {
	p := place{spot: spot{pane: m.active, right: m.right}, chosen: m.browser(m.active).Selected(), trail: m.detail.Trail()}
	if len(m.pages) > 0 {
		p.right = m.pages[0].right
	}
	if p.right {
		p.subject = m.detail.Subject()
	}
	if m.active == views.PaneGraph {
		p.centre = m.graph.Centre()
	}
	return p
}

// left remembers a place, if it was left. Who goes back by another key than that of
// the history is taken to have gone back.
func (m *model) left(before place) {
	here := m.here()
	if m.places.walked || before.spot == here.spot {
		m.places.walked = false
		return
	}
	if n := len(m.places.back); n > 0 && m.places.back[n-1].spot == here.spot {
		m.places.back = m.places.back[:n-1]
		m.places.forward = append(m.places.forward, before)
		return
	}
	if len(m.places.back) == maxPlaces {
		m.places.back = m.places.back[1:]
	}
	m.places.back, m.places.forward = append(m.places.back, before), nil
}

// travel goes to the last place of from, and puts the present one into to.
func (m *model) travel(from, to *[]place) {
	n := len(*from)
	if n == 0 {
		return
	}
	p := (*from)[n-1]
	*from, *to = (*from)[:n-1], append(*to, m.here())
	m.places.walked = true
	m.uncover(0)
	m.active, m.right = p.pane, p.right
	if p.pane == views.PaneGraph {
		m.graph.Return(p.centre)
	} else {
		m.browser(p.pane).Show(p.chosen)
	}
	m.detail.Return(p.trail)
	m.follow()
}

func (m *model) placeOffers() []keymap.Offer {
	back, forward := keymap.Offer{Action: keymap.HistoryBack}, keymap.Offer{Action: keymap.HistoryForward}
	switch {
	case len(m.places.back) > 0:
	case m.clusters != nil && !m.onClusters():
		back.Label = "clusters"
	default:
		back.Disabled = "there is no place before this one"
	}
	if len(m.places.forward) == 0 {
		forward.Disabled = "there is no place to go forward to"
	}
	return []keymap.Offer{back, forward}
}
