package views

import (
	"slices"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/keymap"
)

// PaneID names a browsing pane: in the configuration file, in the names of the
// actions, in the docs.
type PaneID string

// The panes that others lead to.
const (
	PaneFindings PaneID = "findings"
	PaneGraph    PaneID = "graph"
)

// PaneInfo is a row of the table of panes.
type PaneInfo struct {
	ID     PaneID
	Title  string
	Doc    string        // what it shows
	Noun   string        // what one of its entries is
	Kinds  []model.Kind  // without which it cannot say that there is none; none for all
	Key    string        // that focuses it, unless the configuration says otherwise
	Focus  keymap.Action // declared from the row
	Pinned bool          // some of its rows stay on the screen while another pane has the focus

	open func(*Env, PaneInfo) Browser
}

// Panes is the table of browsing panes, in their order on the screen. Keys, layout,
// help, configuration and docs read it: a pane is added by a row here, and a file.
var Panes = declared([]PaneInfo{
	{
		ID: PaneFindings, Title: "Findings", Key: "1", Noun: "finding", Pinned: true,
		Doc:  "what is wrong, symptoms under their cause",
		open: func(e *Env, p PaneInfo) Browser { return newFindings(e, p) },
	},
	{
		ID: "releases", Title: "Releases", Key: "2", Noun: "release", Kinds: []model.Kind{model.KindSecret},
		Doc:  "Helm releases, and whether their objects are ready",
		open: func(e *Env, p PaneInfo) Browser { return newReleases(e, p) },
	},
	{
		ID: "secrets", Title: "Secrets", Key: "3", Noun: "Secret", Kinds: []model.Kind{model.KindSecret},
		Doc:  "Secrets and who uses them; ConfigMaps, once toggled",
		open: func(e *Env, p PaneInfo) Browser { return newSecrets(e, p) },
	},
	{
		ID: "volumes", Title: "Volumes", Key: "4", Noun: "PVC", Kinds: []model.Kind{model.KindClaim, model.KindVolume},
		Doc:  "PVCs with their volumes, and volumes without a PVC",
		open: func(e *Env, p PaneInfo) Browser { return newVolumes(e, p) },
	},
	{
		ID: PaneGraph, Title: "Graph", Key: "5", Noun: "object",
		Doc:  "what belongs to, needs and leads to one object",
		open: func(e *Env, p PaneInfo) Browser { return newGraph(e, p) },
	},
})

// declared gives each row the action that focuses its pane.
func declared(list []PaneInfo) []PaneInfo {
	for i := range list {
		p := &list[i]
		p.Focus = keymap.Declare(keymap.Declaration{
			Name: "focus-" + string(p.ID), Short: string(p.ID), Long: "focus the " + string(p.ID),
			Scope: keymap.Everywhere &^ keymap.InPlan &^ keymap.InChoice, Keys: []string{p.Key},
		})
	}
	return list
}

// Open makes the pane.
func (p PaneInfo) Open(e *Env) Browser { return p.open(e, p) }

// columned is a pane whose columns can be chosen.
type columned interface {
	Columns(titles []string) error
	ColumnNames() []string
}

// Arrange shows the columns of these titles in a pane, in this order. A title that
// the pane does not have is an error.
func Arrange(b Browser, titles []string) error {
	if c, ok := b.(columned); ok {
		return c.Columns(titles)
	}
	return nil
}

// PaneColumns are the columns that can be chosen, by pane.
func PaneColumns() map[string][]string {
	out := map[string][]string{}
	for _, p := range Panes {
		if c, ok := p.Open(newEnv()).(columned); ok {
			out[string(p.ID)] = c.ColumnNames()
		}
	}
	return out
}

// focuses reports whether an action focuses a pane.
func focuses(a keymap.Action) bool {
	return slices.ContainsFunc(Panes, func(p PaneInfo) bool { return p.Focus == a })
}
