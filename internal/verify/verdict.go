package verify

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
)

// Target is what was deployed: a release, or objects that some other tool applied.
type Target struct {
	Namespace string
	Release   string           // "" for objects alone
	Revision  int              // that must be deployed; 0 for the newest
	Objects   []inspect.Object // without a release: what was applied
}

// Verdict is what is known of a deploy at one moment.
type Verdict struct {
	Title string    // "release web revision 3"
	Begun time.Time // when the deploy began; zero where nothing says so

	Judged int // the revision of the release that it is about; 0 where none is known yet

	Wrong   []*finding.Finding // what will not become right by itself
	Waiting []*finding.Finding // what may still become right
	Unknown []*finding.Finding // what could not be looked at
	Related []*finding.Finding // what the probes find about it, and why

	states []inspect.State // of its objects, as they were read
}

// Checked are the findings of this package's own checks.
func (v *Verdict) Checked() []*finding.Finding {
	return slices.Concat(v.Wrong, v.Waiting, v.Unknown)
}

// Findings are all findings of the verdict, what is wrong first.
func (v *Verdict) Findings() []*finding.Finding { return append(v.Checked(), v.Related...) }

// bad reports whether anything is wrong that counts from least on.
func (v *Verdict) bad(least finding.Severity) bool {
	counts := func(f *finding.Finding) bool { return f.Grade != finding.Unknown && f.Severity >= least }
	return len(v.Wrong) > 0 || slices.ContainsFunc(v.Related, counts)
}

// key is the same for verdicts between which nothing has moved.
func (v *Verdict) key() string {
	var b strings.Builder
	fmt.Fprintln(&b, v.Title)
	for _, f := range v.Findings() {
		fmt.Fprintln(&b, f.ID(), f.Severity, f.Grade)
	}
	for _, s := range v.states {
		fmt.Fprintln(&b, s.Ref, s.Status, s.Message)
	}
	return b.String()
}

// Line says in one line how the deploy stands.
func (v *Verdict) Line() string {
	switch {
	case len(v.Wrong) > 0:
		return v.Title + ": " + v.Wrong[0].Summary
	case len(v.Waiting) > 1:
		return fmt.Sprintf("%s: waiting for %d more: %s", v.Title, len(v.Waiting), v.Waiting[0].Summary)
	case len(v.Waiting) == 1:
		return v.Title + ": waiting: " + v.Waiting[0].Summary
	case len(v.Related) > 0:
		return v.Title + ": " + v.Related[0].Summary
	case len(v.Unknown) > 0:
		return v.Title + ": " + v.Unknown[0].Summary
	}
	return fmt.Sprintf("%s: well, %d objects", v.Title, len(v.states))
}

// related takes over what the probes find about the deploy: about the release and its
// objects, what is new in its namespace since the deploy began, and what explains any of it.
func (v *Verdict) related(r *engine.Report, t Target, objects map[model.Ref]bool) {
	taken := map[finding.ID]bool{}
	var take func(f *finding.Finding)
	take = func(f *finding.Finding) {
		if f == nil || taken[f.ID()] {
			return
		}
		taken[f.ID()] = true
		v.Related = append(v.Related, f)
		for _, id := range f.Causes {
			take(r.Find(id))
		}
	}
	for _, f := range r.Findings {
		switch fresh := !v.Begun.IsZero() && !f.Since.Before(v.Begun); {
		case objects[f.Subject], t.Release != "" && belongs(r, f.Subject, t), fresh && f.Subject.Namespace == t.Namespace:
			take(f)
		}
	}
}

// belongs reports whether a finding's subject is the release or one of its objects.
func belongs(r *engine.Report, subject model.Ref, t Target) bool {
	release := model.Ref{Kind: model.KindRelease, Namespace: t.Namespace, Name: t.Release}
	if subject == release {
		return true
	}
	b, ok := r.Graph.Belonging(subject)
	return ok && b.Release == release
}
