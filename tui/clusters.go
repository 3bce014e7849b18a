package tui

import (
	"context"
	"sync"

	tea "charm.land/bubbletea/v2"

	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views"
)

// outside reports whether no cluster was entered yet, of many to choose from.
func (m *model) outside() bool { return m.opts.Clusters != nil && m.opts.Feed == nil }

// fleet makes the page of many clusters, which keeps what it knows while it is not shown.
func (m *model) fleet() {
	if m.opts.Clusters == nil {
		return
	}
	var one sync.Mutex // a look that was given up may still be under way
	m.clusters = views.NewClusters(m.env, func(ctx context.Context, again bool, show func(views.Fleet)) {
		one.Lock()
		defer one.Unlock()
		if ctx.Err() == nil {
			m.opts.Clusters.Follow(ctx, again, show)
		}
	})
	if m.outside() {
		m.env.Clusters = m.opts.Clusters.Len()
	}
}

// openClusters shows the page of many clusters. They are read while it is open.
func (m *model) openClusters() tea.Cmd {
	if m.onClusters() {
		return nil
	}
	m.uncover(0)
	return m.push(m.clusters)
}

// onClusters reports whether the page of many clusters is shown, which takes the whole
// screen: it is of none of the panes.
func (m *model) onClusters() bool {
	return m.clusters != nil && m.page() == views.Pane(m.clusters)
}

func (m *model) clustersOffer() keymap.Offer {
	o := keymap.Offer{Action: keymap.Clusters}
	switch {
	case m.clusters == nil:
		o.Disabled = "this session is of one cluster: start careen with --contexts"
	case m.onClusters():
		o.Disabled = "these are the clusters"
	}
	return o
}

// reachesIn reports whether an action needs a cluster that was entered.
func reachesIn(a keymap.Action) bool {
	switch a {
	case keymap.Quit, keymap.Help, keymap.Palette, keymap.Clusters, keymap.Contexts:
		return false
	}
	return true
}
