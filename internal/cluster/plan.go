package cluster

import (
	"context"
	"slices"
	"time"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/sanitize"
)

func name(s string) string { return sanitize.Line(s, 253) }

// headStart is how long the kinds of which there are many wait for the others at most.
const headStart = 3 * time.Second

// planned is a watch that stands on the board and has not been started.
type planned struct {
	start func()
	feed  *feed // nil for custom resources, which wait for everything
}

// plan enters every watch that was asked for as syncing, in the order in which
// they start.
func (s *Source) plan() []planned {
	var starts []planned
	add := func(r reader) {
		for _, ns := range s.scopes(r) {
			f := s.feed(r, ns)
			starts = append(starts, planned{func() { s.begin(f) }, f})
		}
	}
	for _, info := range model.Builtin {
		switch {
		case info.Kind == model.KindSecret && s.reads(model.KindRecord):
			// Records go first: their bodies are fetched while the rest is still coming in.
			add(s.records(model.KindSecret))
			add(s.records(model.KindConfigMap))
		case info.Kind == model.KindCRD && s.reads(model.KindCustom):
			starts = append(starts, planned{s.custom(), nil})
			continue
		}
		if s.reads(info.Kind) || s.needs(info.Kind) {
			add(s.builtin(info))
		}
	}
	return starts
}

// start begins what is planned. Somebody who looks at a screen has what is small and
// decisive first; where all is waited for, all begins at once.
func (s *Source) start(plan []planned) {
	var first, then []planned
	for _, p := range plan {
		if p.feed != nil && p.feed.info.Many && !s.options.Once {
			then = append(then, p)
		} else {
			first = append(first, p)
		}
	}
	for _, p := range first {
		p.start()
	}
	if len(then) == 0 {
		return
	}
	s.spawn("kinds of which there are many", func() {
		ctx, end := context.WithTimeout(s.ctx, headStart)
		defer end()
		for _, p := range first {
			if p.feed == nil {
				continue
			}
			select {
			case <-p.feed.decided:
			case <-ctx.Done():
			}
		}
		for _, p := range then {
			p.start()
		}
	})
}

// needs reports whether a kind that nobody asked for must be read for another.
func (s *Source) needs(kind model.Kind) bool {
	switch kind {
	case model.KindPod:
		return s.reads(model.KindLogTail)
	case model.KindNamespace:
		return len(s.options.Namespaces) == 0
	}
	return false
}

// scopes are the namespaces in which a kind is read at first.
func (s *Source) scopes(r reader) []string {
	asked := slices.Compact(slices.Sorted(slices.Values(s.options.Namespaces)))
	switch {
	case !r.namespaced || len(asked) == 0 && len(r.info.Within) == 0:
		return []string{""}
	case len(asked) == 0:
		return r.info.Within
	case len(r.info.Within) == 0:
		return asked
	}
	return slices.DeleteFunc(asked, func(ns string) bool { return !slices.Contains(r.info.Within, ns) })
}

// prepare enters a feed as syncing and returns what starts it.
func (s *Source) prepare(r reader, namespace string) func() {
	f := s.feed(r, namespace)
	return func() { s.begin(f) }
}

func (s *Source) begin(f *feed) {
	s.spawn("watch "+f.resource+" "+f.namespace, func() { f.run(s.ctx) })
}

func (s *Source) feed(r reader, namespace string) *feed {
	f := &feed{reader: r, namespace: namespace, source: s, sink: s.store, decided: make(chan struct{})}
	f.page.Store(pageSize)
	f.entry = s.board.add(r.kind, r.resource, namespace)
	switch {
	case r.kind == model.KindRecord:
		f.sink = s.bodies.sink(namespace)
	case r.kind == model.KindPod && s.reads(model.KindLogTail):
		f.sink, f.entry.follower = s.logs.sink(namespace)
	}
	if r.kind == model.KindNamespace {
		s.namespaces, f.sink = f, namespaceSink{s.store, s}
	}
	if r.namespaced && namespace == "" && r.kind != model.KindCustom {
		f.lost = func(err error) bool { return s.narrow(f, err) }
	}
	return f
}
