package repair

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

func (e *expander) patchFields(ctx context.Context, step finding.Step, c finding.Patch) error {
	s, err := e.thereRecord(ctx, step.Ref)
	if err != nil {
		return err
	}
	var paths [][]string
	for _, f := range c.Set {
		paths = append(paths, f.Path)
	}
	if inLists(paths) {
		if err := e.asFound(s); err != nil {
			return err
		}
	}
	verb := Patch
	if isRecord(s.now) { // whoever may run Helm may update records, and often not patch them
		verb = Update
	}
	w, err := e.edit(s, verb, step.Summary, func(o map[string]any) error {
		for _, f := range c.Set {
			if err := setField(o, f); err != nil {
				return err
			}
		}
		return nil
	})
	if w == nil {
		return err
	}
	rolls := false
	for _, f := range c.Set {
		w.shown = append(w.shown, f.Path)
		rolls = rolls || len(f.Path) > 2 && f.Path[0] == "spec" && f.Path[1] == "template"
	}
	w.commands = patchCommand(w)
	if rolls && s.ref.Kind == model.KindStatefulSet {
		return e.clearTheWay(ctx, s, w)
	}
	return nil
}

// asFound refuses where an object moved on since the finding was made: a place in a
// list may then be another's. What has a generation is compared by that, since its
// status moves the version.
func (e *expander) asFound(s *seen) error {
	row := e.report.Snapshot.Row(s.ref)
	if row == nil || s.live == nil {
		return nil
	}
	was := row.Base()
	if was.Generation > 0 && was.Generation == s.live.GetGeneration() || was.Generation == 0 && was.ResourceVersion == s.live.GetResourceVersion() {
		return nil
	}
	return &Refusal{Reason: fmt.Sprintf("%s was changed since it was looked at; look again.", s.ref), Conflict: true}
}

func (e *expander) addVerbs(ctx context.Context, step finding.Step, c finding.AddRule) error {
	s, err := e.there(ctx, step.Ref)
	if err != nil {
		return err
	}
	if err := e.asFound(s); err != nil {
		return err
	}
	w, err := e.edit(s, Patch, step.Summary, func(o map[string]any) error {
		rules, _, err := unstructured.NestedSlice(o, "rules")
		if err != nil {
			return err
		}
		if c.Rule < 0 || c.Rule >= len(rules) {
			return fmt.Errorf("it has %d rules, and no rule %d any more", len(rules), c.Rule)
		}
		rule, _ := rules[c.Rule].(map[string]any)
		verbs, _, err := unstructured.NestedStringSlice(rule, "verbs")
		if err != nil {
			return err
		}
		for _, v := range c.Verbs {
			if !slices.Contains(verbs, v) && !slices.Contains(verbs, "*") {
				verbs = append(verbs, v)
			}
		}
		if err := unstructured.SetNestedStringSlice(rule, verbs, "verbs"); err != nil {
			return err
		}
		return unstructured.SetNestedSlice(o, rules, "rules")
	})
	if w != nil {
		w.commands = patchCommand(w)
	}
	return err
}

func (e *expander) relabelRecord(ctx context.Context, step finding.Step, c finding.RelabelRecord) error {
	s, err := e.thereRecord(ctx, step.Ref)
	if err != nil {
		return err
	}
	w, err := e.edit(s, Update, step.Summary, func(o map[string]any) error {
		for _, k := range slices.Sorted(maps.Keys(c.Labels)) {
			if err := setField(o, finding.FieldValue{Path: []string{"metadata", "labels", k}, Value: c.Labels[k]}); err != nil {
				return err
			}
		}
		return nil
	})
	if w != nil {
		w.commands = patchCommand(w)
	}
	return err
}
