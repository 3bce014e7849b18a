package graph

import "github.com/careen-tui/careen/internal/model"

// Members resolves a host of a list, as it stands in a namespace, to the set that
// it names: a StatefulSet of that name, or the owner of the pods named set-N. pods
// are those that the set has now, by their number. Where the host names a service
// as well, the service must be the set's own, or select its pods. ok is false where
// nothing of that form exists.
func (g *Graph) Members(namespace string, h model.Host) (set model.Ref, pods []*model.Pod, ok bool) {
	if g == nil || h.Set == "" {
		return model.Ref{}, nil, false
	}
	named := namedSet(namespace, h)
	space := g.Snapshot().Space(named.Namespace)
	if w, found := model.Get[*model.Workload](g.Snapshot(), named); found {
		for _, row := range numbered(space, model.KindPod, h.Set) {
			if p, is := row.(*model.Pod); is && g.Workload(p.Ref()) == named {
				pods = append(pods, p)
			}
		}
		if h.Service == "" || w.ServiceName == h.Service || g.serves(named.Namespace, h.Service, w.Template.Labels) {
			return named, pods, true
		}
		return model.Ref{}, nil, false
	}
	for _, row := range numbered(space, model.KindPod, h.Set) {
		p, is := row.(*model.Pod)
		if !is || h.Service != "" && !g.serves(named.Namespace, h.Service, p.Labels) {
			continue
		}
		owner := g.Workload(p.Ref())
		if owner == p.Ref() || owner.Kind == model.KindDeployment {
			continue // pods of their own accord, or named by chance
		}
		if set.IsZero() {
			set = owner
		}
		if owner == set {
			pods = append(pods, p)
		}
	}
	return set, pods, !set.IsZero()
}

// serves reports whether a service exists and selects pods with these labels.
func (g *Graph) serves(namespace, service string, labels map[string]string) bool {
	s, ok := model.Get[*model.Service](g.Snapshot(), model.Ref{Kind: model.KindService, Namespace: namespace, Name: service})
	if !ok {
		return false
	}
	selector, _ := selectorOf(s)
	return selector.Matches(labels)
}
