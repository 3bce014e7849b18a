package probes

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const disruptionBlockedID finding.ProbeID = "disruption-blocked"

// DisruptionBlocked finds PodDisruptionBudgets that never allow a pod to be evicted.
var DisruptionBlocked = &Probe{
	ID: disruptionBlockedID,
	Doc: `A PodDisruptionBudget lets no pod go
Nodes cannot be drained: each eviction of its pods is refused, now and for as long as it stands.

**Rule.** A PodDisruptionBudget that counts pods, and whose controller has seen its newest
specification, allows no disruption for ten minutes, and one of these holds:

- all its pods are healthy, so that no later moment is better: minAvailable is all of them, or
  maxUnavailable is 0;
- its controller cannot count its pods: the condition DisruptionAllowed is False with the reason
  SyncFailed.

Or, for ten minutes, another PodDisruptionBudget selects one of its pods as well: a pod that two
budgets select cannot be evicted at all. The finding is that of the younger one.

Medium; high while a node that one of its pods is on is cordoned. Sources: kubernetes
pkg/controller/disruption/disruption.go, pkg/registry/core/pod/storage/eviction.go ("This pod has
more than one PodDisruptionBudget").

**Evidence.** What it asks for, what its controller counted, the other budget, the cordoned node.

**What it cannot see.** Whether it was meant so.

**By hand.** ` + "`kubectl describe pdb NAME`" + `; raise the replicas, or set maxUnavailable: 1.

**Silent** where some of its pods are not healthy, so that it does what it is for; where it counts no
pod that runs; for the first ten minutes; for one that a program made for its own pods, as operators of
databases and of storage do, which make way by themselves (CloudNativePG, Longhorn, KubeVirt, Rook): medium while a node is cordoned.`,
	Worst: finding.High,
	Needs: []model.Kind{model.KindPDB},
	Uses:  []model.Kind{model.KindPod, model.KindNode, model.KindNamespace},
	Run:   staying(runDisruptionBlocked),
}

const budgetPatience = 10 * time.Minute

func runDisruptionBlocked(p *Pass) {
	for b := range model.Each[*model.DisruptionBudget](p.Space, model.KindPDB) {
		if len(p.Space.Tables[model.KindPDB]) > 1 && b.Deleting.IsZero() && p.After(b.Created, budgetPatience) {
			doublyBudgeted(p, b)
		}
		if !b.Deleting.IsZero() || b.Allowed > 0 || b.ObservedGeneration < b.Generation || !p.After(b.Created, budgetPatience) {
			continue
		}
		f := finding.Finding{Subject: b.Ref(), Severity: finding.Medium, Grade: finding.Proved}
		c := model.FindCondition(b.Conditions, "DisruptionAllowed")
		if c != nil && !p.After(c.Since, budgetPatience) {
			continue
		}
		switch {
		case c != nil && c.Status == "False" && c.Reason == "SyncFailed":
			f.Since = c.Since
			f.Summary = fmt.Sprintf("It lets no pod go, since its pods cannot be counted: %s.", clause(c.Message, c.Reason))
			f.Evidence = []finding.Evidence{{Ref: b.Ref(), Path: "status.conditions[DisruptionAllowed]", Value: c.Reason, Note: c.Message}}
		case b.Expected > 0 && b.Healthy >= b.Expected:
			f.Summary = fmt.Sprintf("It lets no pod go: %s, and there %s %d.", budgetDemand(b), text.Plural(int(b.Expected), "is", "are"), b.Expected)
			f.Evidence = []finding.Evidence{{Ref: b.Ref(), Path: "status", Value: "0 disruptions allowed", Note: fmt.Sprintf("%d of %s healthy, %d must stay", b.Healthy, text.Counted(int(b.Expected), "pod"), b.Desired)}}
		default:
			continue
		}
		_, pods := p.Graph.Selected(b.Ref())
		drained(p, &f, pods)
		if by := madeBudget(&b.Meta); by != "" && f.Since.IsZero() {
			if f.Severity < finding.High {
				continue
			}
			f.Severity = finding.Medium
			f.Evidence = append(f.Evidence, finding.Evidence{Ref: b.Ref(), Path: "metadata", Value: by, Note: "made it, and may make way when a node is drained"})
		}
		p.Report(f)
	}
}

// madeBudget is the program that made a budget for its own pods, which it moves itself when their
// node is drained, as operators of databases and of storage do; empty for what people wrote.
func madeBudget(m *model.Meta) string {
	if len(m.Owners) > 0 {
		return string(m.Owners[0].Kind) + " " + m.Owners[0].Name
	}
	for _, w := range m.Writes {
		if w.Spec && w.Subresource == "" {
			by := strings.ToLower(w.Manager)
			if slices.ContainsFunc(handTools, func(tool string) bool { return strings.HasPrefix(by, tool) }) {
				return ""
			}
			return w.Manager
		}
	}
	return ""
}

// drained raises a finding where one of its pods is on a node that is cordoned.
func drained(p *Pass, f *finding.Finding, pods []*model.Pod) {
	for _, pod := range pods {
		if n, ok := model.Get[*model.Node](p.Snapshot, model.Ref{Kind: model.KindNode, Name: pod.Node}); ok && n.Unschedulable && alive(pod) {
			f.Severity = finding.High
			f.Evidence = append(f.Evidence, finding.Evidence{Ref: n.Ref(), Path: "spec.unschedulable", Value: "true", Note: "pod " + pod.Name + " is on it"})
			return
		}
	}
}

// doublyBudgeted reports a budget of whose pods an older one selects some: none of these can
// be evicted.
func doublyBudgeted(p *Pass, b *model.DisruptionBudget) {
	var other *model.DisruptionBudget
	var both []*model.Pod
	_, pods := p.Graph.Selected(b.Ref())
	for _, pod := range pods {
		if !alive(pod) || pod.Phase == "Pending" {
			continue // a pod that does not run yet may always be evicted
		}
		for _, ref := range p.Graph.Selecting(pod.Ref()) {
			o, ok := model.Get[*model.DisruptionBudget](p.Snapshot, ref)
			if !ok || o == b || !o.Deleting.IsZero() || !elder(o, b) || !p.After(o.Created, budgetPatience) {
				continue
			}
			if other == nil {
				other = o
			}
			if o == other {
				both = append(both, pod)
			}
		}
	}
	if other == nil {
		return
	}
	f := finding.Finding{
		Subject: b.Ref(), Slot: "PodDisruptionBudget/" + other.Name, Severity: finding.Medium, Grade: finding.Proved,
		Summary: fmt.Sprintf("%s that it selects %s selected by PodDisruptionBudget %s as well, and a pod with two budgets cannot be evicted.",
			text.Plural(len(both), "1 pod", fmt.Sprintf("%d pods", len(both))), text.Plural(len(both), "is", "are"), other.Name),
		Evidence: []finding.Evidence{
			{Ref: b.Ref(), Path: "spec.selector", Value: saySelector(b.Selector)},
			{Ref: other.Ref(), Path: "spec.selector", Value: saySelector(other.Selector)},
			{Ref: both[0].Ref(), Note: "both select it"},
		},
	}
	drained(p, &f, both)
	p.Report(f)
}

// elder reports whether a was made before b; of two that were made at once, the one whose
// name sorts first.
func elder(a, b *model.DisruptionBudget) bool {
	if a.Created.Equal(b.Created) {
		return a.Name < b.Name
	}
	return a.Created.Before(b.Created)
}

func budgetDemand(b *model.DisruptionBudget) string {
	if b.MaxUnavailable != "" {
		return "maxUnavailable is " + b.MaxUnavailable
	}
	return fmt.Sprintf("minAvailable is %s, so %d must stay", b.MinAvailable, b.Desired)
}
