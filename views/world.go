package views

import (
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/graph"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// World is what is known of the cluster at one moment. It never changes.
type World struct {
	At       time.Time
	Snapshot *model.Snapshot
	Graph    *graph.Graph
	Findings []*finding.Finding // in the order of the report
	Coverage model.Coverage
	Symptoms map[finding.ID][]finding.ID // under the finding that explains them
	Err      error                       // why the cluster cannot be reached at present

	byID  map[finding.ID]*finding.Finding
	about map[model.Ref][]*finding.Finding
}

// Index prepares w for lookups; it returns w.
func (w *World) Index() *World {
	w.byID = make(map[finding.ID]*finding.Finding, len(w.Findings))
	w.about = make(map[model.Ref][]*finding.Finding, len(w.Findings))
	for _, f := range w.Findings {
		w.byID[f.ID()] = f
		w.about[f.Subject] = append(w.about[f.Subject], f)
	}
	return w
}

// Finding returns the finding of that id, or nil.
func (w *World) Finding(id finding.ID) *finding.Finding {
	if w == nil {
		return nil
	}
	return w.byID[id]
}

// About lists the findings whose subject is ref, severest first.
func (w *World) About(ref model.Ref) []*finding.Finding {
	if w == nil {
		return nil
	}
	return w.about[ref]
}

// Env is what all panes share: the world, what part of it is looked at, and how
// it looks. The interface changes it between drawings only.
type Env struct {
	World      *World
	Theme      *widgetTheme
	Context    string           // the cluster's name, before a report has it
	Namespaces map[string]bool  // those chosen; nil for all
	Severity   finding.Severity // findings below it are not shown; 0 for all
	ReadOnly   bool
	Now        func() time.Time
	Zone       *time.Location

	next time.Time // when the first of the ages drawn will read differently
}

// In tells whether a namespace is looked at; what is cluster-scoped always is.
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
