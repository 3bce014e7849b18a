package cluster

import (
	"context"
	"testing"
	"time"

	"k8s.io/client-go/rest"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/connect/connecttest"
	"github.com/careen-tui/careen/internal/model"
)

// watched waits until somebody watches a resource.
func (f *fake) watched(plural string) {
	f.t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		f.mu.Lock()
		n, came := len(f.resources[plural].watchers), f.came
		f.mu.Unlock()
		if n > 0 {
			return
		}
		select {
		case <-came:
		case <-deadline:
			f.t.Fatalf("nobody watches %s", plural)
		}
	}
}

// open starts a source on the fake.
func (f *fake) open(options Options, quiet time.Duration) *Source {
	f.t.Helper()
	s, err := open(f.t.Context(), f.connect(connect.ReadOnly), options, quiet)
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(s.Close)
	return s
}

// connect is a connection to the fake.
func (f *fake) connect(mode connect.Mode) *connect.Connection {
	f.t.Helper()
	return connecttest.To(f.t, &rest.Config{Host: f.server.URL}, "test", "tester", connect.Options{Mode: mode})
}

// settle waits until all is known that will be.
func settle(t *testing.T, s *Source) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := s.Wait(ctx); err != nil {
		t.Fatalf("%v; coverage %+v", err, s.Coverage())
	}
}

// await takes snapshots as they come until one satisfies.
func await(t *testing.T, s *Source, what string, want func(*model.Snapshot) bool) *model.Snapshot {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		snap, _ := s.Snapshot()
		if want(snap) {
			return snap
		}
		select {
		case <-s.Dirty():
		case <-deadline:
			t.Fatalf("%s: never came; coverage %+v", what, snap.Coverage)
		}
	}
}

func stateOf(snap *model.Snapshot, kind model.Kind, namespace string) model.WatchState {
	w, read := snap.State(kind, namespace)
	if !read {
		return "not read"
	}
	return w.State
}

func has(snap *model.Snapshot, kind model.Kind, namespace, name string) bool {
	return snap.Row(model.Ref{Kind: kind, Namespace: namespace, Name: name}) != nil
}
