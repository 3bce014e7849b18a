package graph

import (
	"cmp"
	"iter"
	"slices"

	"github.com/careen-tui/careen/internal/model"
)

// selectorOf is the pod selector of a Service, NetworkPolicy or
// PodDisruptionBudget. A Service without labels in its selector selects nothing.
func selectorOf(row model.Row) (s *model.Selector, path string) {
	switch r := row.(type) {
	case *model.Service:
		if len(r.Selector) > 0 {
			return &model.Selector{Labels: r.Selector}, "spec.selector"
		}
	case *model.NetworkPolicy:
		return r.Selector, "spec.podSelector"
	case *model.DisruptionBudget:
		return r.Selector, "spec.selector"
	}
	return nil, ""
}

// Selected lists what a Service, NetworkPolicy or PodDisruptionBudget selects: the
// workloads whose pod template it matches, those left out that a workload controls,
// and the pods; both sorted.
func (g *Graph) Selected(ref model.Ref) ([]*model.Workload, []*model.Pod) {
	if g == nil {
		return nil, nil
	}
	row := g.row(ref)
	if row == nil {
		return nil, nil
	}
	s, _ := selectorOf(row)
	x := g.index(ref.Namespace)
	if s == nil || x == nil {
		return nil, nil
	}
	return x.matches(s)
}

func (x *index) matches(s *model.Selector) (workloads []*model.Workload, pods []*model.Pod) {
	x.labelOnce.Do(x.label)
	for _, row := range x.labels.candidates(s) {
		switch r := row.(type) {
		case *model.Workload:
			if s.Matches(r.Template.Labels) {
				workloads = append(workloads, r)
			}
		case *model.Pod:
			if s.Matches(r.Labels) {
				pods = append(pods, r)
			}
		}
	}
	slices.SortFunc(workloads, func(a, b *model.Workload) int { return a.Ref().Compare(b.Ref()) })
	slices.SortFunc(pods, func(a, b *model.Pod) int { return cmp.Compare(a.Name, b.Name) })
	return workloads, pods
}

// labels finds pods and pod templates by the labels that selectors name.
type labels struct {
	pairs map[pair][]model.Row
	all   []model.Row
}

type pair struct{ key, value string }

// label indexes only the keys that some selector of the namespace asks for.
func (x *index) label() {
	keys := map[string]bool{}
	for row := range selecting(x.space) {
		s, _ := selectorOf(row)
		for k := range s.Labels {
			keys[k] = true
		}
	}
	l := &labels{pairs: map[pair][]model.Row{}}
	add := func(row model.Row, own map[string]string) {
		l.all = append(l.all, row)
		for k := range keys {
			if v, ok := own[k]; ok {
				l.pairs[pair{k, v}] = append(l.pairs[pair{k, v}], row)
			}
		}
	}
	for w := range model.Workloads(x.space) {
		if o, ok := w.Controller(); !ok || !o.Kind.IsWorkload() {
			add(w, w.Template.Labels)
		}
	}
	for p := range model.Each[*model.Pod](x.space, model.KindPod) {
		add(p, p.Labels)
	}
	x.labels = l
}

// candidates is a superset of what the selector matches.
func (l *labels) candidates(s *model.Selector) []model.Row {
	best := l.all
	for k, v := range s.Labels {
		if list := l.pairs[pair{k, v}]; len(list) < len(best) {
			best = list
		}
	}
	return best
}

var selectingKinds = []model.Kind{model.KindService, model.KindNetworkPolicy, model.KindPDB}

// selecting yields the rows of a space that select pods.
func selecting(space *model.Space) iter.Seq[model.Row] {
	return func(yield func(model.Row) bool) {
		if space == nil {
			return
		}
		for _, kind := range selectingKinds {
			for _, row := range space.Tables[kind] {
				if s, _ := selectorOf(row); s != nil && !yield(row) {
					return
				}
			}
		}
	}
}

// selects yields the edges from a row to what it selects.
func (g *Graph) selects(row model.Row) (out []Edge) {
	s, path := selectorOf(row)
	x := g.index(row.Base().Namespace)
	if s == nil || x == nil {
		return nil
	}
	workloads, pods := x.matches(s)
	from := row.Base().Ref()
	for _, w := range workloads {
		out = append(out, Edge{from, model.Reference{Type: model.EdgeSelects, To: w.Ref(), Path: path}})
	}
	for _, p := range pods {
		out = append(out, Edge{from, model.Reference{Type: model.EdgeSelects, To: p.Ref(), Path: path}})
	}
	return out
}

// selecting yields the edges from what selects a pod or workload.
func (g *Graph) selecting(row model.Row) (out []Edge) {
	var own map[string]string
	switch r := row.(type) {
	case *model.Pod:
		own = r.Labels
	case *model.Workload:
		if o, ok := r.Controller(); ok && o.Kind.IsWorkload() {
			return nil
		}
		own = r.Template.Labels
	default:
		return nil
	}
	to := row.Base().Ref()
	for by := range selecting(g.Snapshot().Space(to.Namespace)) {
		if s, path := selectorOf(by); s.Matches(own) {
			out = append(out, Edge{by.Base().Ref(), model.Reference{Type: model.EdgeSelects, To: to, Path: path}})
		}
	}
	return out
}

// Selecting lists the Services, NetworkPolicies and PodDisruptionBudgets whose
// selector matches a pod, or a workload's template.
func (g *Graph) Selecting(ref model.Ref) []model.Ref {
	if g == nil {
		return nil
	}
	row := g.row(ref)
	if row == nil {
		return nil
	}
	var out []model.Ref
	for _, e := range g.selecting(row) {
		out = append(out, e.From)
	}
	slices.SortFunc(out, model.Ref.Compare)
	return out
}
