package views

import (
	"time"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/internal/timeline"
	"github.com/careen-tui/careen/views/widget"
)

// Env is what all panes share: the report, what part of it is looked at, and how
// it looks. The interface changes it between drawings only.
type Env struct {
	Report     *engine.Report // nil before the first
	Theme      *widget.Theme
	Inspector  Inspector               // nil where nothing but the report can be read
	NoPlan     string                  // why nothing can be planned and applied; empty where it can
	Seen       func() []timeline.Entry // what careen saw change; may be nil
	Resolved   Resolved                // what went while careen looked
	Waivers    Waivers                 // what the operator accepts; nil where nothing can be
	Context    string                  // the cluster's name, before a report has it
	Clusters   int                     // how many there are to choose from while none is entered; 0 once one is
	Namespaces map[string]bool         // those chosen; nil for all
	Severity   finding.Severity        // findings below it are not shown; 0 for all
	ReadOnly   bool
	Keyless    bool // lines are printed, in which nothing is moved to: the keys of a page are listed below it
	Now        func() time.Time
	Zone       *time.Location
	AsOf       time.Time // the moment that a file shows; zero for a live cluster
	Opened     time.Time // when that file was opened
	Recording  string    // of a recording: how far the cluster is that is to take its place; empty for others

	usage map[model.Ref]measured // what pods and nodes use, as far as it was asked for
	heard map[model.Ref]heard    // what logs say, likewise

	next time.Time // when the first of the ages drawn will read differently
}

// newEnv is an environment in which nothing is known.
func newEnv() *Env {
	return &Env{Theme: widget.NewTheme(widget.Look{}), Now: time.Now, Zone: time.UTC}
}

// In reports whether a namespace is looked at; what is cluster-scoped always is.
func (e *Env) In(namespace string) bool {
	return e.Namespaces == nil || namespace == "" || e.Namespaces[namespace]
}

// Age says how long ago t was: "22m", "3h"; "" for a zero time.
func (e *Env) Age(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	now := e.Now()
	text, next := text.Steps(now.Sub(t))
	if due := now.Add(next); e.next.IsZero() || due.Before(e.next) {
		e.next = due
	}
	if text == "under 1m" {
		return "<1m"
	}
	return text
}

// Clock says when t was, by the clock of the operator: "14:42", or with its day
// where that was not today.
func (e *Env) Clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	local, now := t.In(e.Zone), e.Now().In(e.Zone)
	switch {
	case local.YearDay() == now.YearDay() && local.Year() == now.Year():
		return local.Format("15:04")
	case local.Year() == now.Year():
		return local.Format("2 Jan 15:04")
	}
	return local.Format("2 Jan 2006")
}

// Changes is when an age that was drawn since the last call will read
// differently; zero for never.
func (e *Env) Changes() time.Time {
	t := e.next
	e.next = time.Time{}
	return t
}

// Settled reports whether nothing is being read for the first time any more.
func (e *Env) Settled() bool { return e.knows().settled() }
