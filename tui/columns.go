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
type columned interface {
	Columns(titles []string) error
	ColumnNames() []string
}

// ColumnNames are the columns of a pane that can be chosen, in their own order; nil
// for a pane without any.
func ColumnNames(pane string) []string {
	m := &model{env: &views.Env{Theme: widget.NewTheme(widget.Look{})}}
	_ = m.furnish()
	if p := m.paneNamed(pane); p != nil {
		return p.ColumnNames()
	}
	return nil
}

func (m *model) paneNamed(name string) columned {
	for i, n := range []string{"findings", "releases", "secrets", "volumes"} {
		if n == name {
			p, _ := m.panes[i].(columned)
			return p
		}
	}
	return nil
}

// CheckColumns returns an error that says which entry names what is not there.
func CheckColumns(list []Columns) error {
	m := &model{opts: Options{Columns: list}, env: &views.Env{Theme: widget.NewTheme(widget.Look{})}}
	return m.furnish()
}

// arrangeColumns gives the panes the columns of the configuration.
func (m *model) arrangeColumns() error {
	for _, c := range m.opts.Columns {
		p := m.paneNamed(c.Pane)
		if p == nil {
			return fmt.Errorf("%s: columns.%s: there is no such pane", c.Where, c.Pane)
		}
		if err := p.Columns(c.Names); err != nil {
			return fmt.Errorf("%s: columns.%s: %w", c.Where, c.Pane, err)
		}
	}
	return nil
}
