package views

import (
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

type widgetTheme = widget.Theme

// Subject is what a selection is about: an object, and the finding about it where
// it was chosen by that.
type Subject struct {
	Finding finding.ID
	Ref     model.Ref
}

// IsZero tells whether s is about nothing.
func (s Subject) IsZero() bool { return s == Subject{} }

// Pane is a region of the screen.
type Pane interface {
	// Load takes over what the environment holds now: the world, the scope.
	Load()
	// Title is what stands in the rule above the pane, and at its right end.
	Title() (title, right widget.Line)
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

// Request is what a pane wants done that it cannot do itself; nil for nothing.
type Request interface{ request() }

type (
	// Open shows a subject in the detail, and goes there.
	Open struct{ Subject Subject }
	// Around draws the graph around an object.
	Around struct{ Ref model.Ref }
	// Plan asks for the plan of fixes.
	Plan struct{ Findings []*finding.Finding }
	// Copy sends text to the terminal's clipboard. What names it for the operator.
	Copy struct{ What, Text string }
	// CopyHidden is Copy for what the screen must not repeat: a secret value.
	CopyHidden struct{ What, Text string }
	// Choose makes these the namespaces looked at; nil for all.
	Choose struct{ Namespaces map[string]bool }
	// Switch looks at the cluster of another context.
	Switch struct{ Context string }
	// Run asks for an action in the pane below the page.
	Run struct{ Action keymap.Action }
	// Only shows the findings of one probe.
	Only struct{ Probe string }
	// Ask asks for an action in the pane itself, of those that the shell answers.
	Ask struct{ Action keymap.Action }
	// Close ends the page, or leaves the pane.
	Close struct{}
	// Say shows a message until the next key.
	Say struct{ Text string }
)

func (Open) request()       {}
func (Around) request()     {}
func (Plan) request()       {}
func (Copy) request()       {}
func (CopyHidden) request() {}
func (Choose) request()     {}
func (Switch) request()     {}
func (Run) request()        {}
func (Ask) request()        {}
func (Only) request()       {}
func (Close) request()      {}
func (Say) request()        {}
