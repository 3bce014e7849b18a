package repair

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// expander turns the steps of fixes into writes.
type expander struct {
	*view
	report *engine.Report
	inputs Inputs
	stamp  time.Time // of annotations and labels that hold the time
	writes []*Write
	notes  []string
	undo   []string        // what the steps themselves say of their undo
	checks []finding.Check // and of their proof
	asks   []Ask
	choice int  // the number of the intent
	asked  bool // which no finding calls for
	step   int
	by     []string // the types of change of the step
	whole  bool     // whether what Helm makes is shown whole
}

// expand adds the writes of one step.
func (e *expander) expand(ctx context.Context, step finding.Step) error {
	e.step++
	e.by = []string{finding.NameOf(step.Change)}
	switch c := step.Change.(type) {
	case finding.Create:
		return e.createManifest(ctx, step, c)
	case finding.CreateFromRelease:
		return e.createDeclared(ctx, step, c)
	case finding.CopySecret:
		return e.copySecret(ctx, step, c)
	case finding.FillSecret:
		return e.fillSecret(ctx, step, c)
	case finding.RestoreData:
		return e.restoreData(ctx, step, c)
	case finding.Patch:
		return e.patchFields(ctx, step, c)
	case finding.RewriteHosts:
		return e.rewriteHosts(ctx, step, c)
	case finding.AddRule:
		return e.addVerbs(ctx, step, c)
	case finding.EditRecord:
		return e.editRecord(ctx, step, c)
	case finding.RewriteAPI:
		return e.rewriteAPI(ctx, step, c)
	case finding.RelabelRecord:
		return e.relabelRecord(ctx, step, c)
	case finding.Delete:
		return e.deleteObject(ctx, step)
	case finding.Recreate:
		return e.recreateClaim(ctx, step, c)
	case finding.Restart:
		return e.restart(ctx, step)
	case finding.Scale:
		return e.scale(ctx, step, c)
	case finding.Nudge:
		return e.nudge(ctx, step, c)
	case finding.Rollback:
		return e.rollback(ctx, step, c)
	case finding.Uninstall:
		return e.uninstall(ctx, step)
	case finding.TakeSnapshot:
		return e.takeSnapshot(ctx, step, c)
	case finding.Guard:
		return e.guard(ctx, step, c)
	}
	return refuse("The fix holds a step that this version does not know (%T).", step.Change)
}

// add puts a write at the end, and its effect over what is seen.
func (e *expander) add(s *seen, w *Write) *Write {
	w.Step, w.Choice, w.Ref, w.Resource, w.DependsOn = e.step, e.choice, s.ref, s.GroupVersionResource, s.by
	w.By = slices.Clone(e.by)
	for i, earlier := range e.writes {
		if earlier.Verb.byHelm() { // it may have changed anything of the release
			w.DependsOn = max(w.DependsOn, i+1)
		}
	}
	e.writes = append(e.writes, w)
	s.by, s.now = len(e.writes), w.After
	e.scrub.learn(w.After)
	w.scrub = e.scrub
	return w
}

func (e *expander) note(format string, arguments ...any) {
	e.notes = append(e.notes, fmt.Sprintf(format, arguments...))
}

// edit adds a write that changes an object, or adds to the write before where that
// is on the same object; nil where the object is so already.
func (e *expander) edit(s *seen, verb Verb, summary string, change func(map[string]any) error) (*Write, error) {
	after := s.now.DeepCopy()
	if err := change(after.Object); err != nil {
		return nil, refuse("%s does not have the form that the fix expects: %s.", s.ref, e.scrub.said(err))
	}
	w := &Write{Verb: verb, Before: s.now, After: after, Summary: summary}
	if n := len(e.writes); n > 0 && s.by == n {
		if last := e.writes[n-1]; last.Verb == verb && last.Wait.For == "" && last.Choice == e.choice && !last.Passing {
			last.After, s.now = after, after
			last.By = slices.Compact(slices.Sorted(slices.Values(append(last.By, e.by...))))
			last.Summary = strings.TrimPrefix(last.Summary+"; "+summary, "; ")
			return last, nil
		}
	}
	if len(w.changes()) == 0 {
		e.note("Step %d: %s is so already.", e.step, s.ref)
		return nil, nil
	}
	return e.add(s, w), nil
}

// create adds a write that makes an object.
func (e *expander) create(ctx context.Context, u *unstructured.Unstructured, ref model.Ref, summary string) (*Write, error) {
	p, found, err := e.placeOfObject(u)
	if err != nil {
		return nil, refuse("%s cannot be created: %s.", ref, e.scrub.said(err))
	}
	if p.namespaced && u.GetNamespace() == "" {
		u.SetNamespace(ref.Namespace)
	}
	found.Namespace = u.GetNamespace()
	s, err := e.lookAt(ctx, p, found)
	if err != nil {
		return nil, err
	}
	if s.now != nil {
		return nil, refuse("%s is there already, since %s; nothing is written over it.", s.ref, s.now.GetCreationTimestamp().UTC().Format(time.RFC3339))
	}
	return e.add(s, &Write{Verb: Create, After: u, Summary: summary}), nil
}
