package probes

import (
	"fmt"
	"slices"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const selectsNothingID finding.ProbeID = "selects-nothing"

// SelectsNothing finds PodDisruptionBudgets and NetworkPolicies that no pod is under.
var SelectsNothing = &Probe{
	ID: selectsNothingID,
	Doc: `A PodDisruptionBudget or NetworkPolicy selects no pod
It does nothing, and nobody is told: a drain takes all pods of the workload at once, or its
traffic is not what the policy says.

**Rule.** The selector of a PodDisruptionBudget or NetworkPolicy has matched no pod and no pod
template of its namespace for two minutes, and one workload must be meant:

- it has the object's name, give or take words such as pdb, netpol, allow or policy; or
- it has all labels of the selector but one, whose value it has under another key, or spelled
  almost alike; or
- it is the only workload of the object's release, which has no hooks that are Jobs or pods, and
  what differs is not the component, tier or role.

For a PodDisruptionBudget, one that no other budget selects. That a Service selects nothing is
said by service-unreachable. Sources: kubernetes pkg/apis/policy/types.go and
pkg/apis/networking/types.go (an empty selector selects all pods of the namespace, in policy/v1
as well), pkg/controller/disruption/disruption.go.

**Evidence.** The selector, and the labels of the pods of the workload that is nearest.

**What it cannot see.** Pods that are made now and then, by hand or by a program. Where a kind of
workload was not read it is inferred, and no fix is offered.

**By hand.** ` + "`kubectl get pods --show-labels -n NAMESPACE`" + `, then correct matchLabels.

**Silent** for an empty selector; for one that a workload scaled to 0, a Job or a CronJob has; for
objects that an operator made; in namespaces with pods of workloads that careen does not know; where
no single workload is near.`,
	Worst: finding.Medium,
	Needs: []model.Kind{model.KindPod},
	Uses:  reads(workloadReads, []model.Kind{model.KindPDB, model.KindNetworkPolicy, model.KindNamespace, model.KindRecord, model.KindCustom}),
	Run:   staying(runSelectsNothing),
}

func runSelectsNothing(p *Pass) {
	for _, x := range strayed(p, model.KindPDB, model.KindNetworkPolicy) {
		p.Report(nothingSelected(p, x))
	}
}

// stray is a budget or policy that selects nothing, and the workload that it must mean.
type stray struct {
	*model.Meta
	selector *model.Selector
	*near
}

// strayed lists the budgets and policies of the namespace that select nothing and mean one
// workload.
func strayed(p *Pass, kinds ...model.Kind) (out []stray) {
	strange := 0 // 1 where workloads of other kinds have pods here, -1 where not
	for _, kind := range kinds {
		for _, row := range p.Space.Tables[kind] {
			m, selector := row.Base(), podSelectorOf(row)
			if selector == nil || selector.Empty() || !m.Deleting.IsZero() || operated(m) || !p.After(m.Created, podPatience) {
				continue
			}
			if workloads, pods := p.Graph.Selected(m.Ref()); len(workloads)+len(pods) > 0 {
				continue
			}
			if strange == 0 {
				strange = -1
				if strangers(p) {
					strange = 1
				}
			}
			if strange > 0 {
				return nil
			}
			if n := meantBy(p, m, selector); n != nil {
				out = append(out, stray{m, selector, n})
			}
		}
	}
	return out
}

func podSelectorOf(row model.Row) *model.Selector {
	switch o := row.(type) {
	case *model.DisruptionBudget:
		return o.Selector
	case *model.NetworkPolicy:
		return o.Selector
	}
	return nil
}

// strangers reports whether workloads of kinds that careen does not know make pods in the
// namespace: others of theirs may be what a selector means.
func strangers(p *Pass) bool {
	for pod := range model.Each[*model.Pod](p.Space, model.KindPod) {
		if o, made := pod.Controller(); made && !o.Kind.IsWorkload() && o.Kind != model.KindNode {
			return true
		}
	}
	for w := range model.Workloads(p.Space) {
		if o, made := w.Controller(); made && !o.Kind.IsWorkload() {
			return true
		}
	}
	return false
}

func nothingSelected(p *Pass, x stray) finding.Finding {
	m, selector, n := x.Meta, x.selector, x.near
	path := []string{"spec", "selector", "matchLabels"}
	if m.Kind == model.KindNetworkPolicy {
		path[1] = "podSelector"
	}
	f := finding.Finding{Subject: m.Ref(), Severity: finding.Medium, Grade: finding.Proved}
	f.Summary = fmt.Sprintf("It selects pods with %s, but those of %s %s have %s.", pairs(n.asked(selector.Labels)), n.kind(), n.name(), n.instead())
	f.Evidence = []finding.Evidence{
		{Ref: m.Ref(), Path: path[0] + "." + path[1] + ".matchLabels", Value: pairs(selector.Labels), Note: "no pod and no pod template has these labels"},
		n.evidence(),
	}
	if list := besides(p, m, n); len(list) > 0 {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: n.ref, Path: "selected by", Value: text.Joined(list, 4), Note: "objects that do select its pods"})
	}
	f.Fixes = n.fix(m.Ref(), path, "It then counts the pods of "+n.name()+", and drains wait for them.")
	other := finding.Absence{Of: m.Ref(), Claim: "no other workload is meant", Grade: finding.Proved}
	p.doubts(&other, workloadReads, m.Namespace)
	f.Rests = []finding.Absence{other}
	if other.Grade != finding.Proved || !narrows(p, selector, n, path, &f.Fixes[0]) {
		f.Fixes = nil
		return f
	}
	if m.Kind == model.KindNetworkPolicy {
		f.Fixes[0].Risk = finding.Disruptive
		f.Fixes[0].Note = "It then governs the traffic of the pods of " + n.name() + ": what it does not allow is cut off."
	}
	f.Fixes[0].Proof.Text = "it selects pods"
	return f
}

// besides names the objects that select the pods of the workload that must be meant.
func besides(p *Pass, m *model.Meta, n *near) (out []string) {
	for _, ref := range p.Graph.Selecting(n.ref) {
		if ref != m.Ref() {
			out = append(out, string(ref.Kind)+" "+ref.Name)
		}
	}
	slices.Sort(out)
	return out
}

// narrows makes a fix that would leave no label at all set those by which the workload knows
// its own pods: an empty selector selects all pods of the namespace, and that of a Service
// none. It reports whether any is left.
func narrows(p *Pass, selector *model.Selector, n *near, path []string, fix *finding.Fix) bool {
	set := fix.Steps[0].Change.(finding.Patch).Set
	if len(n.differ) < len(selector.Labels) || len(selector.Terms) > 0 || slices.ContainsFunc(set, func(v finding.FieldValue) bool { return v.Value != nil }) {
		return true
	}
	w, ok := model.Get[*model.Workload](p.Snapshot, n.ref)
	if !ok || w.Selector == nil || len(w.Selector.Labels) == 0 {
		return false
	}
	for _, k := range sortedKeys(w.Selector.Labels) {
		set = append(set, finding.FieldValue{Path: append(slices.Clone(path), k), Value: w.Selector.Labels[k]})
		fix.Steps[0].Summary += fmt.Sprintf(", %s=%s", k, w.Selector.Labels[k])
	}
	fix.Steps[0].Change = finding.Patch{Set: set}
	return true
}
