package repair

import (
	"context"
	"errors"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/sanitize"
)

// current reads the object of a write again, and refuses where it is not what the
// plan showed. Status, and versions that only status moved, do not count; of an
// object that an earlier write changed, only the fields that this write changes do.
func (a *applying) current(ctx context.Context, w *Write) (*unstructured.Unstructured, error) {
	if w.Verb.byHelm() {
		return nil, a.newestIs(ctx, w)
	}
	live, err := a.get(ctx, w.Resource, w.Ref.Namespace, w.Ref.Name)
	if err != nil {
		return nil, &Refusal{Reason: fmt.Sprintf("%s cannot be read again: %s.", w.Ref, a.plan.scrub.said(err)), Err: err}
	}
	a.plan.scrub.learn(live)
	if w.Verb == Create {
		if live != nil {
			return nil, &Refusal{
				Reason: fmt.Sprintf("%s was created by someone since the plan was made.", w.Ref), Conflict: true,
				Difference: a.plan.scrub.diff(w.After, live, nil),
			}
		}
		return nil, nil
	}
	wanted := w.uid()
	if made := a.uids[w.key()]; made != "" && w.DependsOn > 0 {
		wanted = made
	}
	switch {
	case w.Verb == Delete && w.Passing && (live == nil || wanted != string(live.GetUID()) || live.GetDeletionTimestamp() != nil):
		return nil, errDone
	case live == nil:
		return nil, &Refusal{Reason: fmt.Sprintf("%s was deleted since the plan was made.", w.Ref), Conflict: true}
	case wanted != "" && wanted != string(live.GetUID()):
		return nil, &Refusal{
			Reason: fmt.Sprintf("%s was deleted and created again since the plan was made.", w.Ref), Conflict: true,
			Difference: a.plan.scrub.diff(w.Before, live, nil),
		}
	case live.GetDeletionTimestamp() != nil && w.Before.GetDeletionTimestamp() == nil:
		return nil, &Refusal{Reason: fmt.Sprintf("%s is being deleted since the plan was made.", w.Ref), Conflict: true}
	case w.DependsOn == 0 && !sameContent(w.Before, live), w.DependsOn > 0 && !holds(live, w.changes(), sideBefore):
		return nil, &Refusal{
			Reason: fmt.Sprintf("%s was changed by %s since the plan was made.", w.Ref, changedBy(w.Before, live)), Conflict: true,
			Difference: a.plan.scrub.diff(w.Before, live, w.shown),
		}
	}
	if wait := guard(w, live); wait != "" {
		return nil, refuse("%s", wait)
	}
	return live, nil
}

// errDone says that somebody did the write already: a controller replaced the pod that
// was to be deleted.
var errDone = errors.New("done already")

type side bool

const (
	sideBefore side = false
	sideAfter  side = true
)

// holds reports whether an object has, at each changed path, the value of that side.
func holds(u *unstructured.Unstructured, list []change, s side) bool {
	object := content(u)
	for _, c := range list {
		want, there := c.before, c.had
		if s == sideAfter {
			want, there = c.after, c.has
		}
		got, found := valueAt(any(object), c.path)
		if m, ok := got.(map[string]any); ok && len(m) == 0 && !there {
			continue
		}
		if found != there || there && !same(got, want) {
			return false
		}
	}
	return true
}

// guard refuses a write that would lose data in the state that the object is in now.
func guard(w *Write, live *unstructured.Unstructured) string {
	if w.Ref.Kind != "PersistentVolume" || w.After == nil || reclaimPolicy(live) != "Retain" || reclaimPolicy(w.After) != "Delete" {
		return ""
	}
	phase, _, _ := unstructured.NestedString(live.Object, "status", "phase")
	if phase == "Bound" {
		return ""
	}
	return fmt.Sprintf("%s is %s, not Bound: with the policy Delete its data would go at once.", w.Ref, strings.ToLower(phase))
}

// changedBy names who wrote to an object since it was seen as was, from the managed
// fields; was may be nil.
func changedBy(was, live *unstructured.Unstructured) string {
	known := map[string]bool{}
	if was != nil {
		for _, f := range was.GetManagedFields() {
			known[f.Manager+"/"+string(f.Operation)+"/"+f.Time.String()] = true
		}
	}
	var newest *metav1.ManagedFieldsEntry
	for _, f := range live.GetManagedFields() {
		if f.Subresource == "" && f.Time != nil && !known[f.Manager+"/"+string(f.Operation)+"/"+f.Time.String()] && (newest == nil || newest.Time.Before(f.Time)) {
			newest = &f
		}
	}
	if newest == nil {
		return "someone"
	}
	return sanitize.Line(newest.Manager, 100)
}

// logged appends to the operator's log in this session's name.
func (m *Mender) logged(ctx context.Context, op Operation) error {
	op.Who, op.Cluster = m.identity(ctx), m.cluster
	return m.log.append(op)
}

// resultOf is the outcome of a request in one word of the API's: never the text of a
// message, which may repeat content.
func resultOf(err error) string {
	var status apierrors.APIStatus
	switch {
	case err == nil:
		return "done"
	case errors.As(err, &status) && status.Status().Reason != "":
		return string(status.Status().Reason)
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	case errors.Is(err, context.Canceled):
		return "cancelled"
	case unreachable(err):
		return "no connection"
	}
	return "failed"
}

// explain turns the server's refusal of a write into a sentence.
func (a *applying) explain(ctx context.Context, w *Write, err error) error {
	said := a.plan.scrub.said(err)
	r := &Refusal{Err: err}
	switch {
	case apierrors.IsConflict(err):
		r.Conflict = true
		r.Reason = fmt.Sprintf("%s was changed by someone in the same moment.", w.Ref)
		if live, readErr := a.get(ctx, w.Resource, w.Ref.Namespace, w.Ref.Name); readErr == nil && live != nil {
			a.plan.scrub.learn(live)
			r.Difference = a.plan.scrub.diff(w.Before, live, w.shown)
		}
	case apierrors.HasStatusCause(err, corev1.NamespaceTerminatingCause):
		r.Reason = fmt.Sprintf("Namespace %s is being deleted, so %s cannot be made in it.", w.Ref.Namespace, w.Ref)
	case apierrors.IsForbidden(err):
		r.Reason = fmt.Sprintf("%s may not %s %s any more: %s.", a.identity(ctx), w.Verb, w.Ref, said)
	case apierrors.IsNotFound(err):
		r.Conflict = true
		r.Reason = fmt.Sprintf("%s is gone: %s.", w.Ref, said)
	case unreachable(err):
		r.Reason = fmt.Sprintf("The server does not answer, so it is not known whether it did %s %s: %s.", w.Verb, w.Ref, said)
	default:
		r.Reason = fmt.Sprintf("The server refused to %s %s: %s.", w.Verb, w.Ref, strings.TrimSuffix(said, "."))
	}
	return r
}
