package probes

import (
	"slices"

	"github.com/careen-tui/careen/internal/model"
)

// placing is the nodes, and the pods on them, as the scheduler sees them.
type placing struct {
	pass   *Pass
	nodes  []*model.Node
	pods   map[string][]*model.Pod      // by node
	used   map[string]amounts           // by node
	whole  bool                         // every pod of the cluster is known
	labels map[string]map[string]string // of namespaces; nil where they are not known
}

// scheduled builds the placing. ok is false where the nodes are not completely known.
func scheduled(p *Pass) (f *placing, ok bool) {
	if ok, _ := p.Snapshot.Knows(model.KindNode, ""); !ok {
		return nil, false
	}
	f = &placing{pass: p, pods: map[string][]*model.Pod{}, used: map[string]amounts{}}
	for n := range model.Each[*model.Node](p.Snapshot.Space(""), model.KindNode) {
		if n.Deleting.IsZero() {
			f.nodes = append(f.nodes, n)
		}
	}
	f.whole, _ = p.Snapshot.Knows(model.KindPod, "")
	shared := map[*model.Container]amounts{}
	for _, ns := range p.Namespaces() {
		for pod := range model.Each[*model.Pod](p.Snapshot.Space(ns), model.KindPod) {
			if pod.Node == "" || pod.Phase == "Succeeded" || pod.Phase == "Failed" {
				continue
			}
			f.pods[pod.Node] = append(f.pods[pod.Node], pod)
			if len(pod.Template.Containers) == 0 {
				continue
			}
			first := &pod.Template.Containers[0]
			if shared[first] == nil { // pods of one template share their containers
				shared[first] = requestsOf(pod.Template)
			}
			if f.used[pod.Node] == nil {
				f.used[pod.Node] = amounts{}
			}
			f.used[pod.Node].plus(shared[first])
		}
	}
	if ok, _ := p.Snapshot.Knows(model.KindNamespace, ""); ok {
		f.labels = map[string]map[string]string{}
		for ns := range model.Each[*model.Namespace](p.Snapshot.Space(""), model.KindNamespace) {
			f.labels[ns.Name] = ns.Labels
		}
	}
	return f, true
}

// obstacle is a predicate of the scheduler that a node fails.
type obstacle int8

// The obstacles, in the order in which one is told before another that keeps as many
// nodes away.
const (
	bySelector obstacle = iota
	byAffinity
	byVolume
	byUnwell
	byCordon
	byTaint
	byAmount
	byPort
	byNear
	byApart
	byOthers // another pod's anti-affinity
	bySpread
)

// targets are the obstacles by which a pod says, or its volume does, which nodes it is
// meant for.
var targets = []obstacle{bySelector, byAffinity, byVolume}

// hindrance is one reason why a node does not take a pod.
type hindrance struct {
	class obstacle
	key   string    // the taint, the label, the resource, the port, the volume
	has   string    // what the node has instead
	pod   model.Ref // which pod is in the way
	fixed bool      // it stays whatever pods come and go
}

// judgement is all that keeps a pod off one node.
type judgement struct {
	node *model.Node
	why  []hindrance
}

func (r judgement) has(class obstacle) bool {
	return slices.ContainsFunc(r.why, func(h hindrance) bool { return h.class == class })
}

// judgements evaluates the scheduler's predicates for a pod on each of some nodes.
func (f *placing) judgements(pod *model.Pod, nodes []*model.Node) []judgement {
	at := pod.Template.Placement
	if at == nil {
		at = &model.Placement{}
	}
	near, spread := f.near(pod, at), f.spread(pod, at)
	apart, others := f.apart(pod, at), f.others(pod)
	ask, ports := requestsOf(pod.Template), hostPorts(pod.Template)
	volumes := f.volumes(pod)
	out := make([]judgement, len(nodes))
	for i, n := range nodes {
		r := judgement{node: n}
		r.why = append(r.why, labelHindrances(at, n)...)
		r.why = append(r.why, volumes(n)...)
		r.why = append(r.why, taintHindrances(at, n)...)
		r.why = append(r.why, f.amountHindrances(ask, n)...)
		r.why = append(r.why, f.portHindrances(ports, n)...)
		for _, check := range []func(*model.Node) []hindrance{near, apart, others, spread} {
			r.why = append(r.why, check(n)...)
		}
		out[i] = r
	}
	return out
}

// candidates are the nodes that some pods of a workload can be meant for: those that their
// required affinity names, as a DaemonSet's pods each name their node; else all.
func (f *placing) candidates(pods []*model.Pod) []*model.Node {
	named := map[string]bool{}
	for _, pod := range pods {
		at := pod.Template.Placement
		if at == nil || len(at.NodeTerms) == 0 {
			return f.nodes
		}
		for _, t := range at.NodeTerms {
			if len(t.Fields) == 0 {
				return f.nodes
			}
			for _, n := range f.nodes {
				named[n.Name] = named[n.Name] || model.NodeTerm{Fields: t.Fields}.Matches(n.Name, n.Labels)
			}
		}
	}
	var out []*model.Node
	for _, n := range f.nodes {
		if named[n.Name] {
			out = append(out, n)
		}
	}
	if len(out) == 0 {
		return f.nodes
	}
	return out
}
