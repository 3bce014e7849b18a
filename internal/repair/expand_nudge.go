package repair

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// nudged is the annotation whose change makes a controller look at an object again.
const nudged = "careen/nudged"

// nudge annotates the object itself, or for a Deployment its ReplicaSets: they are
// what backs off when pods are refused.
func (e *expander) nudge(ctx context.Context, step finding.Step, c finding.Nudge) error {
	s, err := e.there(ctx, step.Ref)
	if err != nil {
		return err
	}
	targets := []*seen{s}
	if step.Ref.Kind == model.KindDeployment {
		if targets, err = e.replicaSets(ctx, s); err != nil {
			return err
		}
		if len(targets) == 0 {
			e.note("Step %d: %s has no ReplicaSet that wants pods; there is nothing to nudge.", e.step, step.Ref)
		}
	}
	for _, t := range targets {
		path := []string{"metadata", "annotations", nudged}
		w, err := e.edit(t, Patch, step.Summary, func(o map[string]any) error {
			return setField(o, finding.FieldValue{Path: path, Value: e.stamp.UTC().Format(time.RFC3339Nano)})
		})
		if err != nil {
			return err
		}
		if w != nil {
			if !c.Moves.IsZero() {
				moves, err := e.there(ctx, c.Moves)
				if err != nil {
					return err
				}
				w.Wait = Wait{For: Moved, Within: movedWithin, Of: c.Moves, Was: contentDigest(moves.live)}
			}
			w.Passing, w.shown = true, [][]string{path}
			w.commands = []string{fmt.Sprintf("%s annotate %s %s=\"$(date +%%s)\" --overwrite", kubectlIn(w.Ref.Namespace), kubectlName(w), nudged)}
		}
	}
	return nil
}

// replicaSets finds a deployment's ReplicaSets that want pods.
func (e *expander) replicaSets(ctx context.Context, d *seen) ([]*seen, error) {
	list, err := e.owned(ctx, d, model.KindReplicaSet)
	return slices.DeleteFunc(list, func(s *seen) bool {
		replicas, set, _ := unstructured.NestedInt64(s.now.Object, "spec", "replicas")
		return set && replicas == 0
	}), err
}

// owned finds the objects of a kind that a workload controls, by their owner
// reference.
func (e *expander) owned(ctx context.Context, w *seen, kind model.Kind) ([]*seen, error) {
	p, err := e.placeOf(kind)
	if err != nil {
		return nil, err
	}
	selector, _, _ := unstructured.NestedMap(w.now.Object, "spec", "selector")
	chosen, err := labelSelector(selector)
	if err != nil {
		return nil, refuse("The selector of %s cannot be read: %s.", w.ref, err)
	}
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	list, err := e.client(p.GroupVersionResource, w.ref.Namespace).List(ctx, metav1.ListOptions{LabelSelector: chosen})
	if err != nil {
		return nil, &Refusal{Reason: fmt.Sprintf("The %s of %s cannot be listed: %s.", p.Resource, w.ref, e.scrub.said(err)), Err: err}
	}
	var out []*seen
	for i := range list.Items {
		u := &list.Items[i]
		if owner := metav1.GetControllerOf(u); owner == nil || owner.UID != w.now.GetUID() {
			continue
		}
		u.SetGroupVersionKind(p.GroupVersion().WithKind(p.kind))
		ref := model.Ref{Kind: kind, Namespace: u.GetNamespace(), Name: u.GetName()}
		k := key{p.GroupVersionResource, ref.Namespace, ref.Name}
		if e.seen[k] == nil {
			e.seen[k] = &seen{place: p, ref: ref, live: u, now: u}
		}
		out = append(out, e.seen[k])
	}
	slices.SortFunc(out, func(a, b *seen) int { return strings.Compare(a.ref.Name, b.ref.Name) })
	return out, nil
}

func labelSelector(selector map[string]any) (string, error) {
	b, err := json.Marshal(selector)
	if err != nil {
		return "", err
	}
	var s metav1.LabelSelector
	if err := json.Unmarshal(b, &s); err != nil {
		return "", err
	}
	chosen, err := metav1.LabelSelectorAsSelector(&s)
	if err != nil {
		return "", err
	}
	return chosen.String(), nil
}
