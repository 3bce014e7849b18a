package views

import (
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/keymap"
)

// Subject is what a selection is about: an object, and the finding about it where
// it was chosen by that.
type Subject struct {
	Finding finding.ID
	Ref     model.Ref
}

// IsZero reports whether s is about nothing.
func (s Subject) IsZero() bool { return s == Subject{} }

// Pane is a region of the screen.
type Pane interface {
	// Load takes over what the environment holds now: the report, the scope.
	Load()
	// Title is what stands in the rule above the pane, and at its right end.
	Title() (title, right styled.Line)
	// Scope is where the keys pressed in this pane are resolved.
	Scope() keymap.Scope
	// Offers lists what the pane answers at present, most useful first.
	Offers() []keymap.Offer
	// Do answers an action that was offered and is not disabled.
	Do(keymap.Action) Request
	// Draw returns exactly h lines of w cells.
	Draw(w, h int, focused bool) []string
}

// Browser is a pane of rows, one of which the detail follows.
type Browser interface {
	Pane
	// Selected is what the selected row is about.
	Selected() Subject
	// Follow says whether the detail follows this pane: only then is its selection
	// shown.
	Follow(bool)
	// Show selects the row about ref, where there is one.
	Show(Subject) bool
	// Filter shows only rows that match; "" shows all.
	Filter(string)
	Filtered() string
	// Place is the selected row's place, and the number of rows shown.
	Place() (at, of int)
}

// Starter is a page that asks for something as soon as it is opened.
type Starter interface{ Start() Request }

// Leaver is a page that forgets what only it may show when it is closed, or covered
// by another.
type Leaver interface{ Leave() }
