package tui

import (
	"fmt"

	"github.com/careen-tui/careen/views"
	"github.com/careen-tui/careen/views/widget"
)

// Columns are the columns of one pane, in their order.
type Columns struct {
	Pane  string // findings, releases, secrets or volumes
	Names []string
	Where string // file:line:column, for errors
}

// columned is a pane whose columns can be chosen.
type columned interface{ Columns(titles []string) error }

// CheckColumns returns an error that says which entry names what is not there.
func CheckColumns(list []Columns) error {
	m := &model{opts: Options{Columns: list}, env: &views.Env{Theme: widget.NewTheme(widget.Look{})}}
	return m.furnish()
}

// arrangeColumns gives the panes the columns of the configuration.
func (m *model) arrangeColumns() error {
	panes := map[string]views.Pane{"findings": m.panes[0], "releases": m.panes[1], "secrets": m.panes[2], "volumes": m.panes[3]}
	for _, c := range m.opts.Columns {
		p, ok := panes[c.Pane].(columned)
		if !ok {
			return fmt.Errorf("%s: columns.%s: there is no such pane", c.Where, c.Pane)
		}
		if err := p.Columns(c.Names); err != nil {
			return fmt.Errorf("%s: columns.%s: %w", c.Where, c.Pane, err)
		}
	}
	return nil
}
