package probes

import (
	"slices"

	"github.com/careen-tui/careen/internal/model"
)

// none hinders nothing.
func none(*model.Node) []hindrance { return nil }

// about reports whether a term of pod affinity is about pods of a namespace, seen from
// its holder's; known is false where the labels of namespaces would decide and are not
// known.
func (f *placing) about(t model.PodTerm, holder, namespace string) (is, known bool) {
	switch {
	case len(t.Namespaces) == 0 && t.In == nil:
		return namespace == holder, true
	case slices.Contains(t.Namespaces, namespace):
		return true, true
	case t.In == nil:
		return false, true
	case t.In.Empty():
		return true, true
	}
	return t.In.Matches(f.labels[namespace]), f.labels != nil
}

// domains finds for each value of a topology label a pod that a term means.
func (f *placing) domains(t model.PodTerm, holder string) map[string]model.Ref {
	out := map[string]model.Ref{}
	for _, n := range f.nodes {
		value, has := n.Labels[t.Topology]
		if _, done := out[value]; !has || done {
			continue
		}
		for _, pod := range f.pods[n.Name] {
			if is, _ := f.about(t, holder, pod.Namespace); is && t.Selector.Matches(pod.Labels) {
				out[value] = pod.Ref()
				break
			}
		}
	}
	return out
}

// apart judges a pod's own anti-affinity (plugin interpodaffinity).
func (f *placing) apart(pod *model.Pod, at *model.Placement) func(*model.Node) []hindrance {
	if len(at.Apart) == 0 {
		return none
	}
	taken := make([]map[string]model.Ref, len(at.Apart))
	for i, t := range at.Apart {
		taken[i] = f.domains(t, pod.Namespace)
	}
	return func(n *model.Node) (out []hindrance) {
		for i, t := range at.Apart {
			if value, has := n.Labels[t.Topology]; has {
				if by, is := taken[i][value]; is {
					out = append(out, hindrance{class: byApart, key: t.Topology, has: value, pod: by})
				}
			}
		}
		return out
	}
}

// others judges the anti-affinity of the pods that run.
func (f *placing) others(pod *model.Pod) func(*model.Node) []hindrance {
	type place struct{ topology, value string }
	kept := map[place]model.Ref{}
	for _, n := range f.nodes {
		for _, other := range f.pods[n.Name] {
			at := other.Template.Placement
			if at == nil {
				continue
			}
			for _, t := range at.Apart {
				value, has := n.Labels[t.Topology]
				if is, _ := f.about(t, other.Namespace, pod.Namespace); has && is && t.Selector.Matches(pod.Labels) {
					kept[place{t.Topology, value}] = other.Ref()
				}
			}
		}
	}
	if len(kept) == 0 {
		return none
	}
	return func(n *model.Node) (out []hindrance) {
		for at, by := range kept {
			if value, has := n.Labels[at.topology]; has && value == at.value {
				out = append(out, hindrance{class: byOthers, key: at.topology, has: value, pod: by})
			}
		}
		slices.SortFunc(out, func(a, b hindrance) int { return a.pod.Compare(b.pod) })
		return out
	}
}

// near judges required pod affinity. The first pod of a group that is to be near itself
// may go anywhere.
func (f *placing) near(pod *model.Pod, at *model.Placement) func(*model.Node) []hindrance {
	if len(at.Near) == 0 || !f.whole {
		return none
	}
	there := make([]map[string]model.Ref, len(at.Near))
	found, itself := false, true
	for i, t := range at.Near {
		there[i] = f.domains(t, pod.Namespace)
		found = found || len(there[i]) > 0
		is, known := f.about(t, pod.Namespace, pod.Namespace)
		itself = itself && is && t.Selector.Matches(pod.Labels)
		if !known {
			return none
		}
	}
	if !found && itself {
		return none
	}
	return func(n *model.Node) (out []hindrance) {
		for i, t := range at.Near {
			if _, is := there[i][n.Labels[t.Topology]]; !is {
				out = append(out, hindrance{class: byNear, key: selectorText(t.Selector), has: t.Topology})
			}
		}
		return out
	}
}

// spread judges topology spread constraints (plugin podtopologyspread).
func (f *placing) spread(pod *model.Pod, at *model.Placement) func(*model.Node) []hindrance {
	if len(at.Spread) == 0 || !f.whole {
		return none
	}
	counts := make([]map[string]int32, len(at.Spread))
	least := make([]int32, len(at.Spread))
	for i, s := range at.Spread {
		counts[i] = f.counts(pod, at, s)
		first := true
		for _, n := range counts[i] {
			if first || n < least[i] {
				least[i], first = n, false
			}
		}
		if int32(len(counts[i])) < s.MinDomains { //nolint:gosec // as many as there are nodes
			least[i] = 0
		}
	}
	return func(n *model.Node) (out []hindrance) {
		for i, s := range at.Spread {
			value, has := n.Labels[s.Topology]
			self := int32(0)
			if spreadMatches(s, pod, pod.Labels) {
				self = 1
			}
			switch {
			case !has:
				out = append(out, hindrance{class: bySpread, key: s.Topology, fixed: true})
			case counts[i][value]+self-least[i] > s.MaxSkew:
				out = append(out, hindrance{class: bySpread, key: s.Topology, has: value})
			}
		}
		return out
	}
}

// counts are the pods that a constraint counts in each domain.
func (f *placing) counts(pod *model.Pod, at *model.Placement, s model.Spread) map[string]int32 {
	out := map[string]int32{}
	for _, n := range f.nodes {
		value, has := n.Labels[s.Topology]
		if !has || !s.AllNodes && len(labelHindrances(at, n)) > 0 || s.Taints && len(taintHindrances(at, n)) > 0 {
			continue
		}
		out[value] += 0
		for _, other := range f.pods[n.Name] {
			if other.Namespace == pod.Namespace && other.Deleting.IsZero() && spreadMatches(s, pod, other.Labels) {
				out[value]++
			}
		}
	}
	return out
}

func spreadMatches(s model.Spread, pod *model.Pod, labels map[string]string) bool {
	for _, k := range s.Keys {
		if want, has := pod.Labels[k]; has && labels[k] != want {
			return false
		}
	}
	return s.Selector.Matches(labels)
}

// selectorText writes a selector: "app=web, tier in (a, b)".
func selectorText(s *model.Selector) string {
	if s == nil {
		return "nothing"
	}
	out := ""
	for _, k := range sortedKeys(s.Labels) {
		out += ", " + k + "=" + s.Labels[k]
	}
	for _, t := range s.Terms {
		out += ", " + termText(t)
	}
	if out == "" {
		return "any labels"
	}
	return out[2:]
}
