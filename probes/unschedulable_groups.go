package probes

import (
	"cmp"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

// judge evaluates the predicates, and sorts what they say.
func (s *stranded) judge(p *Pass, f *placing) {
	s.judged, s.ask = true, requestsOf(s.pod.Template)
	s.nodes = f.judgements(s.pod, f.candidates(s.pods))
	meant := meantFor(s.nodes)
	type place struct {
		class obstacle
		key   string
	}
	at := map[place]int{}
	for _, r := range s.nodes {
		seen := map[place]bool{}
		for _, h := range r.why {
			k := place{h.class, h.groupKey()}
			if seen[k] {
				continue
			}
			seen[k] = true
			i, ok := at[k]
			if !ok {
				i = len(s.groups)
				at[k], s.groups = i, append(s.groups, obstacles{hindrance: h, fixed: true})
			}
			g := &s.groups[i]
			g.nodes = append(g.nodes, r)
			g.fixed = g.fixed && h.fixed
		}
	}
	for i := range s.groups {
		g := &s.groups[i]
		for _, r := range g.nodes {
			if meant(r) && !slices.ContainsFunc(r.why, func(h hindrance) bool { return h.class != g.class || h.groupKey() != g.groupKey() }) {
				g.alone++
			}
		}
	}
	targeted := slices.ContainsFunc(s.nodes, func(r judgement) bool { return meant(r) && !reserved(r) && !aims(r) })
	slices.SortStableFunc(s.groups, func(a, b obstacles) int {
		return cmp.Or(
			cmp.Compare(a.rank(targeted), b.rank(targeted)), b.alone-a.alone, len(b.nodes)-len(a.nodes), cmp.Compare(a.class, b.class), strings.Compare(a.key, b.key),
		)
	})
	s.count()
}

// count leaves each node to one group: to the first that it is in; a control plane's
// that is not meant to take the pod to that of its taint.
func (s *stranded) count() {
	workers := slices.ContainsFunc(s.nodes, func(r judgement) bool { return !reserved(r) })
	counted := map[*model.Node]bool{}
	for i := range s.groups {
		g := &s.groups[i]
		g.everywhere = len(g.nodes) == len(s.nodes)
		g.nodes = slices.DeleteFunc(g.nodes, func(r judgement) bool { return counted[r.node] || workers && reserved(r) && !g.reserves() })
		for _, r := range g.nodes {
			counted[r.node] = true
		}
	}
	s.groups = slices.DeleteFunc(s.groups, func(g obstacles) bool { return len(g.nodes) == 0 })
}

// groupKey is by what hindrances of a class are one reason. Which port, or which
// resource, is one; which volume, or which label, too.
func (h hindrance) groupKey() string {
	if h.class == byUnwell || h.class == byOthers {
		return ""
	}
	return h.key
}

// rank puts what says where a pod is meant to run last, where some node is meant, and
// the taints of control planes after all else.
func (g obstacles) rank(targeted bool) int {
	switch {
	case g.reserves():
		return 2
	case targeted && slices.Contains(targets, g.class):
		return 1
	}
	return 0
}

// reserves reports whether it is the taint of control planes.
func (h hindrance) reserves() bool {
	return h.class == byTaint && strings.HasPrefix(h.key, "node-role.kubernetes.io/")
}

// aims reports whether a node is none of those that the pod, or its volume, is meant for.
func aims(r judgement) bool { return slices.ContainsFunc(targets, r.has) }

// reserved reports whether a node is a control plane's that the pod does not tolerate.
func reserved(r judgement) bool {
	return slices.ContainsFunc(r.why, hindrance.reserves)
}

// meantFor says which nodes count where the reason is chosen: those that satisfy the
// pod's labels and its volume's place and are no control plane's, if there are any; else
// those of the workers; else all.
func meantFor(nodes []judgement) func(judgement) bool {
	for _, is := range []func(judgement) bool{
		func(r judgement) bool { return !aims(r) && !reserved(r) },
		func(r judgement) bool { return !r.has(bySelector) && !r.has(byAffinity) && !reserved(r) },
		func(r judgement) bool { return !reserved(r) },
	} {
		if slices.ContainsFunc(nodes, is) {
			return is
		}
	}
	return func(judgement) bool { return true }
}
