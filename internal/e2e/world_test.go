//go:build e2e

package e2e

import (
	"context"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/careen-tui/careen/demo"
	"github.com/careen-tui/careen/internal/controlplane"
	"github.com/careen-tui/careen/internal/controlplane/planetest"
)

// world is a control plane with the incidents that tests have asked for. An incident
// lives in namespaces that it has to itself: tests that only read share it, and after
// one that changed it, it is removed and planted again for the next.
type world struct {
	planetest.Plane

	mu      sync.Mutex
	stages  map[string]stage
	healthy bool            // whether the healthy neighbourhood is planted
	made    map[string]bool // namespaces that tests made for what they plant themselves
}

// stage is how far an incident has come.
type stage int

const (
	absent stage = iota
	planted
	changed // by a test: no other may rely on how it is
)

// plantedWithin bounds the planting of everything, on a machine that does other
// things too.
const plantedWithin = 4 * time.Minute

// planter works on the cluster with a client of its own.
func (w *world) planter(t *testing.T) *demo.Planter {
	t.Helper()
	p, err := demo.NewPlanter(w.Config(t, ""), func(line string) { t.Log(line) })
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func incident(t *testing.T, id string) demo.Incident {
	t.Helper()
	i, ok := demo.Find(id)
	if !ok {
		t.Fatalf("there is no incident %s", id)
	}
	return i
}

// with returns the cluster when these incidents are in it, for a test that only
// looks at them.
func (w *world) with(t *testing.T, ids ...string) *controlplane.Cluster {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.remove(t, changed, ids)
	p := w.planter(t)
	group, ctx := errgroup.WithContext(within(t, plantedWithin))
	for _, id := range ids {
		if i := incident(t, id); w.stages[id] == absent {
			w.stages[id] = changed // until it is whole
			group.Go(func() error { return i.Plant(ctx, p) })
		}
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		w.stages[id] = planted
	}
	return w.Cluster(t)
}

// everything is with for all incidents and the neighbourhood where nothing is wrong.
func (w *world) everything(t *testing.T) *controlplane.Cluster {
	t.Helper()
	var ids []string
	for _, i := range demo.Incidents {
		ids = append(ids, i.ID)
	}
	if !w.healthy {
		if err := w.planter(t).PlantHealthy(within(t, plantedWithin)); err != nil {
			t.Fatal(err)
		}
		w.healthy = true
	}
	return w.with(t, ids...)
}

// lent is with for a test that changes the incidents.
func (w *world) lent(t *testing.T, ids ...string) *controlplane.Cluster {
	t.Helper()
	c := w.with(t, ids...)
	w.set(changed, ids)
	return c
}

// without returns the cluster when these incidents are not in it, for a test that
// plants them itself.
func (w *world) without(t *testing.T, ids ...string) *controlplane.Cluster {
	t.Helper()
	w.mu.Lock()
	w.remove(t, planted, ids)
	w.mu.Unlock()
	w.set(changed, ids)
	return w.Cluster(t)
}

// left says that a test which planted the incidents left them as planting does.
func (w *world) left(ids ...string) { w.set(planted, ids) }

func (w *world) set(s stage, ids []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range ids {
		w.stages[id] = s
	}
}

// remove takes away those of the incidents that have come that far.
func (w *world) remove(t *testing.T, from stage, ids []string) {
	t.Helper()
	if w.stages == nil {
		w.stages = map[string]stage{}
	}
	var namespaces []string
	for _, id := range ids {
		if w.stages[id] >= from {
			namespaces = append(namespaces, incident(t, id).Namespaces...)
			w.stages[id] = absent
		}
	}
	w.Remove(t, namespaces...)
}

// Namespace creates a namespace in which a test plants what it likes; nobody tidies up.
func (w *world) Namespace(t *testing.T, name string) {
	t.Helper()
	w.mu.Lock()
	if w.made == nil {
		w.made = map[string]bool{}
	}
	w.made[name] = true
	w.mu.Unlock()
	w.Plane.Namespace(t, name)
}

// isTests reports whether a namespace was made by a test.
func (w *world) isTests(namespace string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.made[namespace]
}

// within bounds what a test waits for.
func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}
