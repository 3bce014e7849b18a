package graph

import (
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

// maxSteps bounds a climb through owners; the longest real chain is about six.
const maxSteps = 32

// maxOwners bounds how many owner references of one object count; real objects
// have one or two.
const maxOwners = 64

// owners are the owner references that count, the controller among them.
func owners(m *model.Meta) []model.Owner {
	if len(m.Owners) <= maxOwners {
		return m.Owners
	}
	few := m.Owners[:maxOwners:maxOwners]
	if o, ok := m.Controller(); ok && !slices.Contains(few, o) {
		few = append(few, o)
	}
	return few
}

// ownerAt is what an owner reference leads to; ok is false where the object of that
// name is another one than the reference means, so that the owner is gone.
func (g *Graph) ownerAt(m *model.Meta, o model.Owner) (ref model.Ref, ok bool) {
	ref = g.settle(ownerRef(m, o))
	if row := g.row(ref); row != nil && o.UID != "" && row.Base().UID != "" && row.Base().UID != o.UID {
		return ref, false
	}
	return ref, true
}

func owns(owner model.Ref, m *model.Meta) Edge {
	return Edge{owner, model.Reference{Type: model.EdgeOwns, To: m.Ref(), Path: "metadata.ownerReferences"}}
}

// owned appends the edge from owner to row.
func (g *Graph) owned(out []Edge, owner model.Ref, row model.Row) []Edge {
	m := row.Base()
	for _, o := range owners(m) {
		if ref, ok := g.ownerAt(m, o); ok && ref == owner {
			return append(out, owns(owner, m))
		}
	}
	return out
}

// ownersOf appends the edges from the owners of m.
func (g *Graph) ownersOf(out []Edge, m *model.Meta) []Edge {
	for _, o := range owners(m) {
		if ref, ok := g.ownerAt(m, o); ok {
			out = append(out, owns(ref, m))
		}
	}
	return out
}

// parent is the owner to climb to: the controller, else the first owner. A node
// owns its mirror pods in name only.
func (g *Graph) parent(ref model.Ref) (model.Ref, bool) {
	row := g.row(ref)
	if row == nil {
		return g.deploymentOf(ref)
	}
	m := row.Base()
	o, ok := m.Controller()
	if !ok {
		if len(m.Owners) == 0 {
			return model.Ref{}, false
		}
		o = m.Owners[0]
	}
	up, ok := g.ownerAt(m, o)
	return up, ok && up.Kind != model.KindNode
}

// deploymentOf is the Deployment of a ReplicaSet that was not read: the controller
// appends a hash to its name (kubernetes pkg/controller/deployment/sync.go).
func (g *Graph) deploymentOf(ref model.Ref) (model.Ref, bool) {
	i := strings.LastIndexByte(ref.Name, '-')
	if ref.Kind != model.KindReplicaSet || i <= 0 {
		return model.Ref{}, false
	}
	up := model.Ref{Kind: model.KindDeployment, Namespace: ref.Namespace, Name: ref.Name[:i]}
	return up, g.row(up) != nil
}

// climb follows owners from ref for as long as leave allows to leave an object.
func (g *Graph) climb(ref model.Ref, leave func(model.Ref) bool) model.Ref {
	if g == nil {
		return ref
	}
	seen := []model.Ref{ref}
	for len(seen) < maxSteps && leave(ref) {
		up, ok := g.parent(ref)
		if !ok || slices.Contains(seen, up) {
			return ref
		}
		ref = up
		seen = append(seen, ref)
	}
	return ref
}

// Owner is the topmost owner of ref, ref itself where it has none: of a pod its
// Deployment, or the custom resource that the Deployment belongs to. The owner need
// not be one that careen reads. In a cycle it is the last object before the circle
// closes.
func (g *Graph) Owner(ref model.Ref) model.Ref {
	return g.climb(ref, func(model.Ref) bool { return true })
}

// Workload is the workload that an operator would name for a pod, ReplicaSet,
// ReplicationController or Job: its Deployment, StatefulSet, DaemonSet or CronJob,
// or the custom resource that stands in their place; ref itself for anything else
// and where nothing owns it. It does not go on from a Deployment to the custom
// resource above it: see Owner.
func (g *Graph) Workload(ref model.Ref) model.Ref {
	return g.climb(ref, func(r model.Ref) bool {
		switch r.Kind {
		case model.KindPod, model.KindReplicaSet, model.KindReplicationController, model.KindJob:
			return true
		}
		return false
	})
}

// Pods lists the pods of a workload or of any other owner, through owner
// references, or those that a Service, NetworkPolicy or PodDisruptionBudget
// selects; sorted by name. A pod's own pod is itself.
func (g *Graph) Pods(ref model.Ref) []*model.Pod {
	if g == nil {
		return nil
	}
	switch ref.Kind {
	case model.KindPod:
		if p, ok := model.Get[*model.Pod](g.Snapshot(), ref); ok {
			return []*model.Pod{p}
		}
		return nil
	case model.KindService, model.KindNetworkPolicy, model.KindPDB:
		_, pods := g.Selected(ref)
		return pods
	}
	var pods []*model.Pod
	seen := map[model.Ref]bool{ref: true}
	for queue := []model.Ref{ref}; len(queue) > 0; queue = queue[1:] {
		owner := queue[0]
		for x, e := range g.referring(owner) {
			if e.at != asOwner || e.row < 0 {
				continue
			}
			row := x.rows[e.row]
			child := row.Base().Ref()
			if seen[child] || len(g.owned(nil, owner, row)) == 0 {
				continue
			}
			seen[child] = true
			if p, ok := row.(*model.Pod); ok {
				pods = append(pods, p)
				continue
			}
			queue = append(queue, child)
		}
	}
	pods = append(pods, g.podsByName(ref)...)
	slices.SortFunc(pods, func(a, b *model.Pod) int { return a.Ref().Compare(b.Ref()) })
	return pods
}

// podsByName lists the pods of a Deployment whose ReplicaSets were not read; see deploymentOf.
func (g *Graph) podsByName(deployment model.Ref) (pods []*model.Pod) {
	if deployment.Kind != model.KindDeployment {
		return nil
	}
	if known, _ := g.Snapshot().Knows(model.KindReplicaSet, deployment.Namespace); known {
		return nil
	}
	for pod := range model.Each[*model.Pod](g.Snapshot().Space(deployment.Namespace), model.KindPod) {
		o, ok := pod.Controller()
		if set := (model.Ref{Kind: o.Kind, Namespace: pod.Namespace, Name: o.Name}); ok && g.row(set) == nil {
			if up, known := g.deploymentOf(set); known && up == deployment {
				pods = append(pods, pod)
			}
		}
	}
	return pods
}
