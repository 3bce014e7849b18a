package probes

import (
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// meantBy is the one workload that a budget or policy without pods must have meant, or nil.
func meantBy(p *Pass, m *model.Meta, selector *model.Selector) *near {
	if len(selector.Labels) == 0 || slices.ContainsFunc(selector.Terms, func(t model.Term) bool { return t.Op == "In" || t.Op == "Exists" }) {
		return nil // what is asked for by an expression is not corrected label by label
	}
	var named, slipped, free []*near
	for w := range model.Workloads(p.Space) {
		if !topLevel(w) || !w.Deleting.IsZero() || w.Kind == model.KindJob || w.Kind == model.KindCronJob {
			continue
		}
		n := compared(w.Ref(), w.Template.Labels, selector.Labels)
		if len(n.differ) == 0 || taken(p, m, w.Ref()) {
			continue
		}
		free = append(free, n)
		if nameOfObject(m.Name) == w.Name && len(n.differ) <= 2 {
			named = append(named, n)
		}
		if len(n.differ) == 1 && len(selector.Labels) > 1 && n.slip(selector.Labels) {
			slipped = append(slipped, n)
		}
	}
	for _, list := range [][]*near{named, slipped} {
		if len(list) == 1 {
			return list[0]
		}
		if len(list) > 1 {
			return nil
		}
	}
	return onlyOfRelease(p, m, free)
}

// taken reports whether another budget selects a workload: it has one.
func taken(p *Pass, m *model.Meta, ref model.Ref) bool {
	return m.Kind == model.KindPDB && slices.ContainsFunc(p.Graph.Selecting(ref), func(by model.Ref) bool { return by.Kind == model.KindPDB })
}

// slip reports whether the label that differs is a slip of the pen: its value stands under
// another key, or is spelled almost alike.
func (n *near) slip(selector map[string]string) bool {
	k := n.differ[0]
	if n.typo[k] != "" {
		return true
	}
	asked, has := selector[k], n.labels[k]
	return len(asked) >= 3 && has != "" && text.Distance(asked, has) <= max(1, min(len(asked), len(has))/4)
}

// kindWords are what people add to the name of a workload to name a budget or policy for
// it.
var kindWords = []string{
	"pdb", "poddisruptionbudget", "disruption", "budget", "netpol", "networkpolicy", "network", "policy", "np",
	"allow", "deny", "ingress", "egress", "to", "from",
}

// nameOfObject is a name without the words that tell the kind of object.
func nameOfObject(name string) string {
	parts := strings.Split(name, "-")
	for len(parts) > 1 && slices.Contains(kindWords, parts[0]) {
		parts = parts[1:]
	}
	for len(parts) > 1 && slices.Contains(kindWords, parts[len(parts)-1]) {
		parts = parts[:len(parts)-1]
	}
	return strings.Join(parts, "-")
}

// roleKeys are labels that tell the parts of one application apart: one that is not there
// may be switched off.
var roleKeys = []string{"app.kubernetes.io/component", "component", "tier", "role", "app.kubernetes.io/name"}

// onlyOfRelease is the one workload of an object's release, where the release makes no
// other pods.
func onlyOfRelease(p *Pass, m *model.Meta, free []*near) *near {
	rel := releaseOf(p, m)
	if rel == nil || rel.Last() == nil || !usable(rel.Last()) || rel.Last().Body.Truncated {
		return nil
	}
	body := rel.Last().Body
	if slices.ContainsFunc(body.Hooks, func(h model.Hook) bool { return h.Ref.Kind == model.KindJob || h.Ref.Kind == model.KindPod }) {
		return nil
	}
	var only model.Ref
	for _, d := range body.Objects {
		switch {
		case d.Ref.Kind.IsCustom():
			return nil // its operator may make pods
		case d.Ref.Kind.IsWorkload() && !only.IsZero() || d.Ref.Kind == model.KindPod:
			return nil
		case d.Ref.Kind.IsWorkload():
			only = d.Ref
		}
	}
	at := slices.IndexFunc(free, func(n *near) bool { return n.ref == only })
	if at < 0 || slices.ContainsFunc(free[at].differ, func(k string) bool { return slices.Contains(roleKeys, k) }) {
		return nil
	}
	return free[at]
}
