package views

import (
	"context"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/keymap"
)

// Request is what a pane wants done that it cannot do itself; nil for nothing.
type Request interface{ request() }

type (
	// Open shows a subject in the detail, and goes there.
	Open struct{ Subject Subject }
	// OpenPage opens a page over the detail; with Instead, in the place of the page that
	// asks.
	OpenPage struct {
		Page    Pane
		Instead bool
	}
	// Around draws the graph around an object.
	Around struct{ Ref model.Ref }
	// Plan asks for the plan of fixes; Of is the preflight that foretells the findings, nil
	// for what is found in the cluster as it is.
	Plan struct {
		Findings []*finding.Finding
		Of       *PreflightPage
	}
	// Foretell asks for a preflight of what was typed: a release, a chart, flags.
	Foretell struct{ Asked string }
	// PlanRollback asks for the plan of going back to a revision of a release.
	PlanRollback struct {
		Release  model.Ref
		Revision int
	}
	// PlanUninstall asks for the plan of an uninstall.
	PlanUninstall struct{ Release model.Ref }
	// PlanTask asks for the plan of a task for an object, by its id; Typed is what was
	// typed for it.
	PlanTask struct {
		Ref       model.Ref
		ID, Typed string
	}
	// PlanUndo asks for the plan that takes back a journal entry, and with Rest for
	// the one that finishes it as an alternative.
	PlanUndo struct {
		Entry string
		Rest  bool
	}
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
	// FilterBy filters the pane that the page was opened from.
	FilterBy struct{ Text string }
	// ListKind opens the list of the objects of a kind in the place of the page that asks.
	ListKind struct{ Kind model.Kind }
	// Waived takes over what was written of waivers, and says so.
	Waived struct {
		Next Waivers
		Text string
	}
	// All are several requests.
	All []Request
	// Say shows a message until the next key.
	Say struct{ Text string }
)

// Fetch asks for something to be read beside the interface. It ends when the page
// that asked is left, or fetches something else into the same slot: what it shows
// after that counts for nothing.
type Fetch struct {
	Slot string
	// Read runs on a goroutine of its own. What it hands to show runs where panes run,
	// one after the other; what that returns is done then.
	Read func(ctx context.Context, show func(func() Request))
	// Fail says why Read crashed, and runs where panes run.
	Fail func(error)
	// Outlives tells that leaving the page does not end it.
	Outlives bool
}

func (Open) request()          {}
func (OpenPage) request()      {}
func (Around) request()        {}
func (Plan) request()          {}
func (Foretell) request()      {}
func (PlanRollback) request()  {}
func (PlanUninstall) request() {}
func (PlanTask) request()      {}
func (PlanUndo) request()      {}
func (Copy) request()          {}
func (CopyHidden) request()    {}
func (Choose) request()        {}
func (Switch) request()        {}
func (Run) request()           {}
func (Only) request()          {}
func (Ask) request()           {}
func (Close) request()         {}
func (Say) request()           {}
func (ListKind) request()      {}
func (FilterBy) request()      {}
func (Waived) request()        {}
func (Fetch) request()         {}
func (All) request()           {}
