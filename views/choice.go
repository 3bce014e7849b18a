package views

import (
	"slices"

	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// choice is what the lists to choose from have in common.
type choice[T any, K comparable] struct {
	env   *Env
	table *widget.Table[T, K]
}

// Scope is that of a choice.
func (c *choice[T, K]) Scope() keymap.Scope { return keymap.InChoice }

// Filter shows what matches.
func (c *choice[T, K]) Filter(s string) { c.table.Filter(s) }

// Filtered is the text of the filter.
func (c *choice[T, K]) Filtered() string { return c.table.Filtered() }

// Place is the selected row's place.
func (c *choice[T, K]) Place() (at, of int) { return c.table.Place(), c.table.Shown() }

// Click selects the row drawn at a line.
func (c *choice[T, K]) Click(line int) bool { return c.table.Pick(line) }

// offers are the actions that every choice answers, after its own.
func (c *choice[T, K]) offers(own ...keymap.Offer) []keymap.Offer {
	return slices.Concat(own, []keymap.Offer{{Action: keymap.Back}, {Action: keymap.Filter}}, movement)
}

// Do answers the actions that every choice answers: back clears the filter before
// it ends the choice.
func (c *choice[T, K]) Do(a keymap.Action) Request {
	if moved(a, c.table.Move, c.table.Page, c.table.Ends) {
		return nil
	}
	if a == keymap.Back {
		if c.table.Filtered() == "" {
			return Close{}
		}
		c.table.Filter("")
	}
	return nil
}

func pickState(focused bool) widget.State {
	if focused {
		return widget.Focused
	}
	return widget.Picked
}

// draw draws the rows, or that none of them matches.
func (c *choice[T, K]) draw(noun string, w, h int, focused bool) []string {
	if c.table.Shown() == 0 && c.table.Filtered() != "" {
		return drawText(c.env.Theme, []styled.Line{{
			styled.T(styled.Normal, "No "+noun+" matches "), styled.T(styled.Strong, c.table.Filtered()), styled.T(styled.Normal, "."),
		}}, w, h)
	}
	return c.table.Draw(c.env.Theme, w, h, pickState(focused))
}
