package repair

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"helm.sh/helm/v3/pkg/action"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/forecast"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/sanitize"
	"github.com/careen-tui/careen/internal/styled"
)

// The statuses of a release that Helm removes, or has removed.
const (
	uninstalling = "uninstalling"
	uninstalled  = "uninstalled"
)

func leaving(status string) bool { return status == uninstalling || status == uninstalled }

// uninstall adds an uninstall of a release by Helm's own code, with --keep-history: what
// Helm rolls back to is in the records.
func (e *expander) uninstall(ctx context.Context, step finding.Step) error {
	rel := step.Ref
	history := e.report.Snapshot.Release(rel.Namespace, rel.Name)
	if history == nil {
		return refuse("%s has no records any more.", rel)
	}
	driver := history.Newest().Driver
	list, err := e.revisions(ctx, driver, rel)
	if err != nil {
		return asRefusal(err)
	}
	switch {
	case len(list) == 0:
		return refuse("%s has no records any more.", rel)
	case list[0].number != history.Newest().Revision:
		return refuse("%s has moved on to revision %d; look again first.", rel, list[0].number)
	case list[0].body.Status == uninstalled:
		return refuse("%s is uninstalled already; only its records are left.", rel)
	}
	if err := helm4(list, rel, fmt.Sprintf("helm uninstall %s -n %s", quote(rel.Name), quote(rel.Namespace))); err != nil {
		return err
	}
	told, err := forecast.Run(ctx, forecast.Input{Snapshot: e.report.Snapshot, Client: e.kube, Release: rel.Name, Namespace: rel.Namespace, Now: e.stamp})
	if err != nil {
		return asRefusal(err)
	}
	p, err := e.placeOf(driver)
	if err != nil {
		return err
	}
	newest, target := list[0], undoTarget(list)
	w := e.add(&seen{place: p, ref: rel}, &Write{
		Verb: Uninstall, Revision: target.number, Newest: newest.number, Target: targetDigest(target.object), Summary: step.Summary,
	})
	if err := e.goes(w, newest); err != nil {
		return err
	}
	w.helmLines = forecastLines(told)
	w.reverters = e.installers(newest, rel)
	w.commands = []string{fmt.Sprintf("helm uninstall %s --keep-history -n %s", quote(rel.Name), quote(rel.Namespace))}
	e.tellOfUninstall(newest, target, rel, told)
	return nil
}

// undoTarget is the revision that Helm says was deployed last; where none was, the newest.
func undoTarget(list []revision) revision {
	if i := slices.IndexFunc(list, func(r revision) bool { return r.body.Status == "deployed" }); i >= 0 {
		return list[i]
	}
	return list[0]
}

// goes names what Helm would delete: for the proof, and for the rights. Helm builds
// every object of the manifest before it deletes the first, and by then has marked the
// record, so a kind that is not served is refused here.
func (e *expander) goes(w *Write, newest revision) error {
	for _, d := range newest.body.Objects {
		if d.Keep {
			continue
		}
		p, err := e.placeOf(d.Ref.Kind)
		if err != nil {
			return refuse("%s declares %s, so Helm could not uninstall it: %s.", w.Ref, d.Ref, e.scrub.said(err))
		}
		e.checks = append(e.checks, finding.Check{Ref: d.Ref, Path: "gone"})
		r := Right{Verb: "delete", Group: p.Group, Resource: p.Resource, Namespace: d.Ref.Namespace}
		if !slices.Contains(w.deletes, r) {
			w.deletes = append(w.deletes, r)
		}
	}
	return nil
}

// installers are those who would install the release again: they label what they
// render.
func (e *expander) installers(newest revision, rel model.Ref) []Reverter {
	var out []Reverter
	for _, u := range e.documents(newest, rel) {
		for _, r := range revertersOf(&Write{Verb: Delete, Ref: rel, Before: u}) {
			if !slices.Contains(out, r) {
				out = append(out, r)
			}
		}
	}
	slices.SortFunc(out, func(a, b Reverter) int { return strings.Compare(a.Who+a.Why, b.Who+b.Why) })
	return out
}

func (e *expander) tellOfUninstall(newest, target revision, rel model.Ref, told *forecast.Result) {
	e.undo = append(e.undo, fmt.Sprintf("Helm rolls back to revision %d: what it declares is created again as the chart has it, under new UIDs, without what was changed by hand since", target.number))
	lost := map[model.Ref]bool{}
	for _, f := range told.Lost() {
		lost[f.Subject] = true
		e.undo = append(e.undo, fmt.Sprintf("NOT what was in %s: it is destroyed for good", f.Subject))
	}
	for _, c := range told.Changes {
		if c.Verb == "delete" && c.Ref.Kind == model.KindClaim && !lost[c.Ref] {
			e.undo = append(e.undo, fmt.Sprintf("NOT the volume of %s: a PVC that is created again gets another", c.Ref))
		}
	}
	for _, d := range newest.body.Objects {
		if d.Ref.Kind == model.KindNamespace && !d.Keep {
			e.undo = append(e.undo, fmt.Sprintf("NOT what else is in namespace %s, and where that is %s's own, nothing at all", d.Ref.Name, rel.Name))
		}
	}
	if model.Pending(newest.body.Status) {
		e.note("Revision %d is %s: a Helm may still be at work on it.", newest.number, newest.body.Status)
	}
	for _, h := range newest.body.Hooks {
		if slices.ContainsFunc(h.Events, func(ev string) bool { return strings.HasSuffix(ev, "-delete") }) {
			e.note("The uninstall runs the hook %s.", h.Ref)
		}
	}
	e.note("The records stay, for the undo; helm uninstall %s, once more, removes them.", rel.Name)
}

func forecastLines(told *forecast.Result) []styled.Line {
	var out []styled.Line
	for _, f := range told.Report.Findings {
		out = append(out, styled.Of(styled.Muted, sanitize.Line(f.Severity.String()+": "+f.Summary, 500)))
	}
	for _, verb := range []string{"delete", "keep", "leave"} {
		for _, c := range told.Changes {
			if c.Verb != verb {
				continue
			}
			text := sanitize.Line(strings.TrimSuffix(c.Ref.String()+", "+c.Summary, ", "), 500)
			if verb == "delete" {
				out = append(out, styled.Of(styled.Removed, "-"+text))
				continue
			}
			out = append(out, styled.Of(styled.Muted, " "+text))
		}
	}
	return out
}

// statusOf is the status of a release's newest record; empty where it has none.
func (m *Mender) statusOf(ctx context.Context, w *Write) (string, error) {
	list, err := m.revisions(ctx, driverOf(w), w.Ref)
	if err != nil || len(list) == 0 {
		return "", err
	}
	return list[0].body.Status, nil
}

// halfway counts an uninstall that was begun as done, for an undo: what went is made
// again, and what is there stays.
func (m *Mender) halfway(ctx context.Context, e *Entry, done []bool) error {
	for i, w := range e.Writes {
		if done[i] || w.Verb != Uninstall {
			continue
		}
		status, err := m.statusOf(ctx, w)
		if err != nil {
			return err
		}
		done[i] = status == uninstalling
	}
	return nil
}

func (m *Mender) runUninstall(w *Write, dry bool) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = errors.New("the uninstall crashed in Helm's code")
		}
	}()
	var failed complaints
	cfg, err := m.helmTelling(w, failed.hear)
	if err != nil {
		return err
	}
	u := action.NewUninstall(cfg)
	u.KeepHistory, u.Timeout, u.DryRun = true, hookTimeout, dry
	u.DeletionPropagation = "background"
	_, err = u.Run(w.Ref.Name)
	return errors.Join(append(failed.list, err)...)
}

// complaints are what Helm only logs: that it could not write a record, and why it
// could not delete.
type complaints struct {
	mu   sync.Mutex
	list []error
}

func (c *complaints) hear(format string, arguments ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if strings.HasPrefix(format, "uninstall: Failed") && len(c.list) < 10 {
		c.list = append(c.list, errors.New(strings.TrimPrefix(fmt.Sprintf(format, arguments...), "uninstall: ")))
	}
}

func (m *Mender) dryRunUninstall(p *Plan, w *Write) DryRun {
	if err := m.runUninstall(w, true); err != nil {
		return DryRun{State: Refused, Text: p.scrub.said(err)}
	}
	return DryRun{State: Passed, Text: "by Helm, which looks for the record alone"}
}
