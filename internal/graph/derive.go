package graph

import (
	"strconv"

	"github.com/careen-tui/careen/internal/model"
)

// derivedTargets lists what a row refers to by other fields than Refs; derived
// makes the edges.
func derivedTargets(row model.Row) []model.Ref {
	switch r := row.(type) {
	case *model.EndpointSlice:
		if r.Service != "" {
			return []model.Ref{{Kind: model.KindService, Namespace: r.Namespace, Name: r.Service}}
		}
	case *model.Workload, *model.Pod, *model.ConfigMap:
		var out []model.Ref
		hostLists(row, func(list *model.HostList, _ string) {
			for i := range list.Members {
				if to := namedSet(row.Base().Namespace, list.Members[i]); len(out) == 0 || out[len(out)-1] != to {
					out = append(out, to)
				}
			}
		})
		return out
	}
	return nil
}

// derived yields the edges of a row that stand in other fields than Refs and lead
// to a given object, or to any where to is zero.
func (g *Graph) derived(row model.Row, to model.Ref) (out []Edge) {
	m := row.Base()
	if r, ok := row.(*model.EndpointSlice); ok && r.Service != "" {
		service := model.Ref{Kind: model.KindService, Namespace: r.Namespace, Name: r.Service}
		if to.IsZero() || to == service {
			return []Edge{{m.Ref(), model.Reference{Type: model.EdgeServes, To: service, Path: serviceNameLabel}}}
		}
		return nil
	}
	hostLists(row, func(list *model.HostList, container string) {
		seen := map[model.Ref]bool{}
		for _, h := range list.Members {
			set := namedSet(m.Namespace, h)
			if seen[set] || !to.IsZero() && to != set || g.row(set) == nil {
				continue
			}
			seen[set] = true
			out = append(out, Edge{m.Ref(), model.Reference{
				Type: model.EdgeNames, To: set, Key: list.Field, Path: list.Path, Container: container, Optional: true,
			}})
		}
	})
	return out
}

const serviceNameLabel = "metadata.labels[kubernetes.io/service-name]"

// hostLists calls f with each list of hosts that a row holds. The lists of a pod
// count only where no workload holds them already.
func hostLists(row model.Row, f func(list *model.HostList, container string)) {
	var template *model.Template
	switch r := row.(type) {
	case *model.ConfigMap:
		for i := range r.Hosts {
			f(&r.Hosts[i], "")
		}
		return
	case *model.Workload:
		template = &r.Template
	case *model.Pod:
		if o, ok := r.Controller(); ok && o.Kind.IsWorkload() {
			return
		}
		template = r.Template
	default:
		return
	}
	for i := range template.Containers {
		c := &template.Containers[i]
		for j := range c.Hosts {
			f(&c.Hosts[j], c.Name)
		}
	}
}

// namedSet is the StatefulSet that a host names by its form, seen from a namespace.
func namedSet(namespace string, h model.Host) model.Ref {
	if h.Namespace != "" {
		namespace = h.Namespace
	}
	return model.Ref{Kind: model.KindStatefulSet, Namespace: namespace, Name: h.Set}
}

// maxOrdinals bounds the claims that are drawn for one claim template.
const maxOrdinals = 256

// claims yields the edges from a StatefulSet to the claims it generates: those of
// its replicas, whether they exist or not, and those that are left of more.
func (g *Graph) claims(w *model.Workload) (out []Edge) {
	if w.Kind != model.KindStatefulSet {
		return nil
	}
	for i, t := range w.ClaimTemplates {
		prefix := t.Name + "-" + w.Name
		edge := func(name string) {
			out = append(out, Edge{w.Ref(), model.Reference{
				Type: model.EdgeMounts, To: model.Ref{Kind: model.KindClaim, Namespace: w.Namespace, Name: name},
				Path: "spec.volumeClaimTemplates[" + strconv.Itoa(i) + "]", Optional: true,
			}})
		}
		for n := range min(w.Desired, maxOrdinals) {
			edge(prefix + "-" + strconv.Itoa(int(w.OrdinalStart+n)))
		}
		for _, row := range numbered(g.Snapshot().Space(w.Namespace), model.KindClaim, prefix) {
			_, ordinal, _ := cutOrdinal(row.Base().Name)
			if ordinal < int(w.OrdinalStart) || ordinal >= int(w.OrdinalStart+min(w.Desired, maxOrdinals)) {
				edge(row.Base().Name)
			}
		}
	}
	return out
}

// Generates tells which StatefulSet makes a claim of that name, and from which of
// its templates; ok is false where none does. The claim need not exist. An ordinal
// beyond the replicas counts: the claim was left by a scale-down.
func (g *Graph) Generates(claim model.Ref) (set *model.Workload, template, ordinal int, ok bool) {
	base, ordinal, numbered := cutOrdinal(claim.Name)
	if !numbered || claim.Kind != model.KindClaim {
		return nil, 0, 0, false
	}
	for w := range model.Each[*model.Workload](g.Snapshot().Space(claim.Namespace), model.KindStatefulSet) {
		for i, t := range w.ClaimTemplates {
			if len(base) == len(t.Name)+1+len(w.Name) && base[:len(t.Name)] == t.Name && base[len(t.Name)] == '-' && base[len(t.Name)+1:] == w.Name {
				return w, i, ordinal, true
			}
		}
	}
	return nil, 0, 0, false
}
