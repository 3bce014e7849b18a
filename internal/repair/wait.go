package repair

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/model"
)

// How often a waited-for object is read: where it cannot be watched, and where it is
// watched, for what else counts that the watch does not tell of, such as its pods.
const (
	poll    = 250 * time.Millisecond
	recheck = time.Second
)

// step is how far something waited for has come.
type step struct {
	done bool
	text string // "2 of 3 ready"
}

// wait waits for what a write has to bring about. uid is that of the object written.
func (a *applying) wait(ctx context.Context, n int, w *Write, uid string) error {
	if w.Wait.For == "" {
		a.tell(Progress{Write: n, Of: len(a.plan.Writes), Text: fmt.Sprintf("%s %s", w.Verb, w.Ref), Done: true})
		return nil
	}
	deadline, cancel := context.WithTimeout(ctx, w.Wait.Within)
	defer cancel()
	last := ""
	moved := a.moves(deadline, w)
	for {
		at, err := a.reached(deadline, w, uid)
		if err == nil && at.done {
			a.tell(Progress{Write: n, Of: len(a.plan.Writes), Text: fmt.Sprintf("%s is %s", w.watched(), w.Wait.For), Done: true})
			return nil
		}
		if err == nil && at.text != last {
			last = at.text
			a.tell(Progress{Write: n, Of: len(a.plan.Writes), Text: fmt.Sprintf("waiting until %s: %s", w.Wait.For.words(), at.text)})
		}
		again := recheck
		if moved == nil {
			again = poll
		}
		select {
		case _, ok := <-moved:
			if !ok {
				moved = nil // the watch is over
			}
		case <-deadline.Done():
			if ctx.Err() != nil { // which ends the deadline too
				return refuse("It was interrupted while waiting for %s; the write itself is done.", w.watched())
			}
			return refuse("%s was done on %s, but %s was not %s within %s: %s.", w.Verb, w.Ref, w.watched(), w.Wait.For, w.Wait.Within, last)
		case <-time.After(again):
		}
	}
}

func (m *Mender) reached(ctx context.Context, w *Write, uid string) (step, error) {
	resource, ref, err := m.awaited(w)
	if err != nil {
		return step{}, err
	}
	u, err := m.get(ctx, resource, ref.Namespace, ref.Name)
	if err != nil {
		return step{}, err
	}
	if w.Wait.For == Gone {
		switch {
		case u == nil || string(u.GetUID()) != uid:
			return step{done: true}, nil
		case len(u.GetFinalizers()) > 0:
			return step{text: fmt.Sprintf("held by finalizer %s", u.GetFinalizers()[0])}, nil
		}
		return step{text: "still there"}, nil
	}
	if u == nil {
		return step{text: "it is gone"}, nil
	}
	switch w.Wait.For {
	case RolledOut:
		return rolledOut(u), nil
	case Taken:
		return step{observed(u), "not seen by its controller"}, nil
	case Replicas:
		return m.scaled(ctx, u, w.Healthy)
	case Moved:
		return step{contentDigest(u) != w.Wait.Was, "nobody wrote it yet"}, nil
	case Usable:
		return m.snapshotUsable(ctx, u)
	case Bound:
		phase, _, _ := unstructured.NestedString(u.Object, "status", "phase")
		return step{phase == "Bound", "phase " + phase}, nil
	case Gone: // above, where it may be gone
	}
	return step{done: true}, nil
}

// contentDigest changes when an object's content does.
func contentDigest(u *unstructured.Unstructured) string {
	b, err := json.Marshal(content(u))
	if err != nil {
		return ""
	}
	return digest(b)
}

func count(u *unstructured.Unstructured, path ...string) int64 {
	n, _, _ := unstructured.NestedInt64(u.Object, path...)
	return n
}

// observed reports whether the controller has seen the newest generation.
func observed(u *unstructured.Unstructured) bool {
	return count(u, "status", "observedGeneration") >= u.GetGeneration()
}

// wantedReplicas is spec.replicas, 1 where it is not set.
func wantedReplicas(u *unstructured.Unstructured) int64 {
	n, set, _ := unstructured.NestedInt64(u.Object, "spec", "replicas")
	if !set {
		return 1
	}
	return n
}

// rolledOut reports whether every pod of a workload is of its newest template and
// ready, by the rules of kubectl rollout status (kubectl pkg/polymorphichelpers).
func rolledOut(u *unstructured.Unstructured) step {
	if !observed(u) {
		return step{text: "not seen by its controller"}
	}
	want := wantedReplicas(u)
	updated, ready, total := count(u, "status", "updatedReplicas"), count(u, "status", "readyReplicas"), count(u, "status", "replicas")
	switch model.Kind(u.GetKind()) {
	case model.KindDaemonSet:
		want, updated = count(u, "status", "desiredNumberScheduled"), count(u, "status", "updatedNumberScheduled")
		ready, total = count(u, "status", "numberAvailable"), want
	case model.KindStatefulSet:
		current, _, _ := unstructured.NestedString(u.Object, "status", "currentRevision")
		update, _, _ := unstructured.NestedString(u.Object, "status", "updateRevision")
		if partition := count(u, "spec", "updateStrategy", "rollingUpdate", "partition"); partition > 0 {
			done := updated >= want-partition && ready >= want
			return step{done, fmt.Sprintf("%d of %d renewed, %d ready", updated, want-partition, ready)}
		}
		strategy, _, _ := unstructured.NestedString(u.Object, "spec", "updateStrategy", "type")
		if current == update || strategy == "OnDelete" { // then whoever deletes the pods renews them
			updated = want
		}
	case model.KindDeployment:
		ready = count(u, "status", "availableReplicas")
	}
	done := updated >= want && ready >= want && total <= want
	return step{done, fmt.Sprintf("%d of %d renewed, %d ready", min(updated, want), want, ready)}
}

// scaled reports whether as many pods are there as wanted. Scaled to none, it also
// waits for pods that are still ending, since they hold their claims.
func (m *Mender) scaled(ctx context.Context, u *unstructured.Unstructured, ready bool) (step, error) {
	want, have := wantedReplicas(u), count(u, "status", "replicas")
	if !observed(u) || have != want {
		return step{text: fmt.Sprintf("%d of %d pods", have, want)}, nil
	}
	if want > 0 {
		n := count(u, "status", "readyReplicas")
		return step{n >= want || !ready, fmt.Sprintf("%d of %d ready", n, want)}, nil
	}
	selector, _, _ := unstructured.NestedMap(u.Object, "spec", "selector")
	chosen, err := labelSelector(selector)
	if err != nil {
		return step{done: true}, nil
	}
	pods, err := m.kube.CoreV1().Pods(u.GetNamespace()).List(ctx, metav1.ListOptions{LabelSelector: chosen, Limit: 50})
	if err != nil {
		return step{done: true}, nil // not allowed to look: the status has to do
	}
	left := 0
	for _, p := range pods.Items {
		if p.Status.Phase != "Succeeded" && p.Status.Phase != "Failed" {
			left++
		}
	}
	return step{left == 0, fmt.Sprintf("%d pods still ending", left)}, nil
}
