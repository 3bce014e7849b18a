package engine

import (
	"slices"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// ids runs one probe over a snapshot and lists what it found.
func ids(t *testing.T, src *table) []finding.ID {
	t.Helper()
	snap, _ := src.Snapshot()
	p := perSecret(map[string]int{})
	look := p.Run
	p.Run = func(pass *probes.Pass) {
		if pass.Space == nil {
			panic("a probe is asked to look at nothing")
		}
		look(pass)
	}
	var out []finding.ID
	for _, f := range Look(snap, []*probes.Probe{p}, probes.Defaults, time.Now()).Findings {
		out = append(out, f.ID())
	}
	return out
}

func watch(namespace string, state model.WatchState) model.Watch {
	return model.Watch{Kind: model.KindSecret, Resource: "secrets", Namespace: namespace, State: state}
}

func TestWhatIsOutOfScopeIsNotUnknownAndWhatIsOutOfSightIs(t *testing.T) {
	for name, c := range map[string]struct {
		spaces []string
		cover  model.Coverage
		want   []finding.ID
	}{
		"one namespace is looked at, and others are known to exist": {
			[]string{"ns-1", "ns-2"}, model.Coverage{watch("ns-1", model.Live)}, []finding.ID{"per-secret:ns-1/Secret/a"},
		},
		"nothing may be listed, not even namespaces": {
			nil, model.Coverage{watch("", model.Forbidden)}, []finding.ID{"per-secret:/Secret/*"},
		},
		"neither the whole nor the one namespace that is named": {
			nil, model.Coverage{watch("", model.Forbidden), watch("ns-1", model.Forbidden)}, []finding.ID{"per-secret:/Secret/*"},
		},
		"the one namespace that is named may not be read": {
			nil, model.Coverage{watch("ns-1", model.Forbidden)}, []finding.ID{"per-secret:/Namespace/ns-1"},
		},
		"the one namespace that is looked at holds nothing": {nil, model.Coverage{watch("ns-1", model.Live)}, nil},
		"one of two namespaces may be read": {
			[]string{"ns-1"},
			model.Coverage{watch("", model.Forbidden), watch("ns-1", model.Live), watch("ns-2", model.Forbidden)},
			[]finding.ID{"per-secret:ns-1/Secret/a", "per-secret:/Namespace/ns-2"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			src := newTable(0)
			for _, n := range c.spaces {
				src.put(n, "a")
			}
			src.cover = c.cover
			if got := ids(t, src); !slices.Equal(got, c.want) {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

func TestAFallbackIsFollowedWhileItComes(t *testing.T) {
	src := newTable(0)
	src.cover = model.Coverage{watch("", model.Syncing)}
	e := newEvaluator([]*probes.Probe{perSecret(map[string]int{})}, probes.Defaults)
	now, first := time.Now(), true
	look := func() (out []finding.ID) {
		snap, moved := src.Snapshot()
		e.run(snap, e.graph.Update(snap), e.due(snap, moved, first, now), now)
		first = false
		list, _ := e.findings()
		for _, f := range list {
			out = append(out, f.ID())
		}
		return out
	}
	for _, step := range []struct {
		cover model.Coverage
		put   string
		want  []finding.ID
	}{
		{model.Coverage{watch("", model.Syncing)}, "", nil},
		{model.Coverage{watch("", model.Forbidden), watch("ns-1", model.Syncing), watch("ns-2", model.Syncing)}, "", nil},
		{model.Coverage{watch("", model.Forbidden), watch("ns-1", model.Live), watch("ns-2", model.Syncing)}, "ns-1", []finding.ID{"per-secret:ns-1/Secret/a"}},
		{
			model.Coverage{watch("", model.Forbidden), watch("ns-1", model.Live), watch("ns-2", model.Forbidden)},
			"",
			[]finding.ID{"per-secret:ns-1/Secret/a", "per-secret:/Namespace/ns-2"},
		},
		{model.Coverage{watch("", model.Forbidden), watch("ns-1", model.Forbidden), watch("ns-2", model.Forbidden)}, "", []finding.ID{"per-secret:/Secret/*"}},
		{
			model.Coverage{watch("", model.Forbidden), watch("ns-1", model.Live), watch("ns-2", model.Live)},
			"",
			[]finding.ID{"per-secret:ns-1/Secret/a"},
		},
	} {
		src.cover = step.cover
		if step.put != "" {
			src.put(step.put, "a")
		}
		if got := look(); !slices.Equal(got, step.want) {
			t.Errorf("with %v: found %q, want %q", step.cover, got, step.want)
		}
	}
}
