package probes

import (
	"fmt"
	"slices"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const controlPlaneUnwellID finding.ProbeID = "control-plane-unwell"

// ControlPlaneUnwell finds a cluster whose own components do not work.
var ControlPlaneUnwell = &Probe{
	ID: controlPlaneUnwellID,
	Doc: `A component of the cluster itself does not work
Without a scheduler pods stay Pending and nothing says why; without a controller manager a change
of a Deployment has no effect; without CoreDNS, kube-proxy or the network plugin programs do
not find each other.

**Rule.** One finding for each component that shows it:
the scheduler, where pods that name default-scheduler wait for two minutes without a
PodScheduled condition, which a scheduler sets at its first look, and it has looked at no
other pod a minute after they were made; the controller manager, where
a Deployment, StatefulSet or DaemonSet was changed five minutes ago, its
observedGeneration is still the one before, and no controller has made a pod or moved a
Deployment's condition since; either of them, where its lease in kube-system was
not renewed for five minutes while others were, and nothing was scheduled (or observed)
since; CoreDNS, where none of its pods is ready for two minutes; kube-proxy and the network
plugin, where a pod of theirs on a ready node is not ready for two minutes. Sources:
kubernetes pkg/scheduler (updatePod), pkg/controller/deployment (observedGeneration; getNewReplicaSet,
which leaves it where a ReplicaSet is refused),
KEP-589 and client-go tools/leaderelection.

**Evidence.** Leases with their holder, the pods or workloads that wait, how many there are.

**What it cannot see.** A control plane that a provider runs shows no pods and, at times, no leases:
what waits shows it all the same. A lease is dated by its holder's clock: alone it is
inferred.

**By hand.** ` + "`kubectl -n kube-system get pods,leases`" + `; static pods: ` + "`crictl ps -a`" + ` and
` + "`/etc/kubernetes/manifests`" + ` on the control plane's node; ` + "`kubectl -n kube-system logs`" + `.

**Silent** for schedulers of another name (unschedulable), for gates, for pods that a scheduler at work
holds back (members of a group that is not complete), for changes that are younger, and
for pods of these components on nodes that are not ready (node-unwell).`,
	Worst: finding.Critical,
	Uses: []model.Kind{
		model.KindPod, model.KindLease, model.KindDeployment, model.KindStatefulSet, model.KindDaemonSet, model.KindReplicaSet, model.KindNode,
	},
	Scope: Cluster,
	Run:   runControlPlane,
}

const (
	leaseSilence   = 5 * time.Minute
	observeSilence = 5 * time.Minute
	systemAge      = 2 * time.Minute
	systemSpace    = "kube-system"
)

func runControlPlane(p *Pass) {
	s := seeSystem(p)
	schedulerUnwell(p, s)
	controllersUnwell(p, s)
	systemPods(p)
}

// system is what shows whether the scheduler and the controller manager work.
type system struct {
	ignored   []*model.Pod      // no scheduler looked at them
	stale     []*model.Workload // no controller looked at what they became
	renewed   time.Time         // the newest renewal of any lease
	podsKnown bool
}

func seeSystem(p *Pass) (s system) {
	s.podsKnown, _ = p.Snapshot.Knows(model.KindPod, "")
	for _, ns := range p.Namespaces() {
		of := systemOf.Of(p.Snapshot.Space(ns))
		for _, pod := range of.ignored {
			if p.Due(pod.Created, systemAge) {
				s.ignored = append(s.ignored, pod)
			}
		}
		for _, w := range of.stale {
			if p.Due(changed(w), observeSilence) {
				s.stale = append(s.stale, w)
			}
		}
		if of.renewed.After(s.renewed) {
			s.renewed = of.renewed
		}
	}
	return s
}

// systemOf is what one namespace shows, whatever the time.
var systemOf = model.Derive(func(space *model.Space) (s system) {
	for pod := range model.Each[*model.Pod](space, model.KindPod) {
		if pod.Node == "" && ignored(pod) {
			s.ignored = append(s.ignored, pod)
		}
	}
	for _, kind := range []model.Kind{model.KindDeployment, model.KindStatefulSet, model.KindDaemonSet} {
		for w := range model.Each[*model.Workload](space, kind) {
			if w.ObservedGeneration < w.Generation && w.Deleting.IsZero() && !changed(w).IsZero() {
				s.stale = append(s.stale, w)
			}
		}
	}
	for l := range model.Each[*model.Lease](space, model.KindLease) {
		if l.Renewed.After(s.renewed) {
			s.renewed = l.Renewed
		}
	}
	return s
})

// ignored reports whether a pod waits for the default scheduler, which has not looked at
// it.
func ignored(pod *model.Pod) bool {
	at := pod.Template.Placement
	return pod.Phase == "Pending" && len(pod.Containers) == 0 && alive(pod) && at != nil && at.Scheduler == "default-scheduler" && len(at.Gates) == 0 &&
		model.FindCondition(pod.Conditions, "PodScheduled") == nil
}

// changed is when the main part of a workload was last changed, zero where nobody says.
func changed(w *model.Workload) time.Time {
	for _, write := range w.Writes {
		if write.Spec {
			return write.Time
		}
	}
	return time.Time{}
}

// component is the lease of a component of the control plane.
func component(p *Pass, name string) (ref model.Ref, l *model.Lease) {
	ref = model.Ref{Kind: model.KindLease, Namespace: systemSpace, Name: name}
	l, _ = model.Get[*model.Lease](p.Snapshot, ref)
	return ref, l
}

// lapsed reports whether a lease was not renewed while others were. Clocks differ: what
// its holder did since shows that it works all the same.
func lapsed(p *Pass, s system, l *model.Lease) bool {
	if l == nil || l.Renewed.IsZero() || l.Holder == "" {
		return false
	}
	return p.Due(l.Renewed, leaseSilence) && s.renewed.Sub(l.Renewed) > leaseSilence
}

func leaseEvidence(l *model.Lease) []finding.Evidence {
	if l == nil {
		return nil
	}
	return []finding.Evidence{{Ref: l.Ref(), Path: "spec.renewTime", Value: stamp(l.Renewed), Note: "held by " + orNothing(l.Holder)}}
}

func schedulerUnwell(p *Pass, s system) {
	ref, l := component(p, "kube-scheduler")
	f := finding.Finding{Subject: ref, Severity: finding.Critical, Grade: finding.Proved}
	if len(s.ignored) > 0 { // one that places others may hold these back: members of a group that is not complete
		last := lastPlaced(p)
		s.ignored = slices.DeleteFunc(s.ignored, func(pod *model.Pod) bool { return last.After(pod.Created.Add(time.Minute)) })
	}
	switch {
	case len(s.ignored) > 0:
		first := s.ignored[0]
		for _, pod := range s.ignored {
			if pod.Created.Before(first.Created) {
				first = pod
			}
		}
		f.Since = first.Created
		f.Summary = fmt.Sprintf("The scheduler does not work: it has not looked at %s that %s Pending for up to %s.", text.Counted(len(s.ignored), "pod"), text.Plural(len(s.ignored), "is", "are"), p.Age(first.Created))
		for _, pod := range s.ignored[:min(len(s.ignored), 5)] {
			f.Evidence = append(f.Evidence, finding.Evidence{Ref: pod.Ref(), Path: "status.conditions", Value: "no PodScheduled", Note: "made at " + stamp(pod.Created)})
		}
	case lapsed(p, s, l) && s.podsKnown && !lastPlaced(p).After(l.Renewed.Add(time.Minute)):
		f.Grade, f.Since = finding.Inferred, l.Renewed
		f.Summary = fmt.Sprintf("The scheduler may be down: its lease was not renewed for %s, and no pod was scheduled since.", p.Age(l.Renewed))
	default:
		return
	}
	f.Evidence = append(f.Evidence, leaseEvidence(l)...)
	p.Report(f)
}

// lastPlaced is when the default scheduler last placed a pod, or found no node for one: a lease
// that ran out before that has a holder that works, and whose clock is wrong. The kubelet
// writes the same condition of static pods.
func lastPlaced(p *Pass) (last time.Time) {
	for _, ns := range p.Namespaces() {
		for pod := range model.Each[*model.Pod](p.Snapshot.Space(ns), model.KindPod) {
			if at := pod.Template.Placement; at != nil && at.Scheduler != "default-scheduler" {
				continue
			}
			if o, ok := pod.Controller(); ok && o.Kind == model.KindNode {
				continue
			}
			if c := model.FindCondition(pod.Conditions, "PodScheduled"); c != nil && c.Since.After(last) && !c.Since.After(p.Now) {
				last = c.Since
			}
		}
	}
	return last
}

func controllersUnwell(p *Pass, s system) {
	ref, l := component(p, "kube-controller-manager")
	if len(s.stale) > 0 { // one that acts since may not get on with these: a ReplicaSet that is refused leaves its Deployment unobserved
		last := acted(p)
		s.stale = slices.DeleteFunc(s.stale, func(w *model.Workload) bool { return last.After(changed(w).Add(time.Minute)) })
	}
	f := finding.Finding{Subject: ref, Severity: finding.Critical, Grade: finding.Proved}
	switch {
	case len(s.stale) > 0:
		slices.SortStableFunc(s.stale, func(a, b *model.Workload) int { return changed(a).Compare(changed(b)) })
		first := s.stale[0]
		f.Since = changed(first)
		f.Summary = fmt.Sprintf("The controller manager does not work: %s %s changed up to %s ago, and it has not looked.", text.Counted(len(s.stale), "workload"), text.Plural(len(s.stale), "was", "were"), p.Age(changed(first)))
		for _, w := range s.stale[:min(len(s.stale), 5)] {
			f.Evidence = append(f.Evidence, finding.Evidence{Ref: w.Ref(), Path: "status.observedGeneration", Value: fmt.Sprint(w.ObservedGeneration), Note: fmt.Sprintf("generation %d, changed at %s", w.Generation, stamp(changed(w)))})
		}
	case lapsed(p, s, l) && s.podsKnown && !acted(p).After(l.Renewed.Add(time.Minute)):
		f.Grade, f.Since = finding.Inferred, l.Renewed
		f.Summary = fmt.Sprintf("The controller manager may be down: its lease was not renewed for %s, and no pod was made since.", p.Age(l.Renewed))
	default:
		return
	}
	f.Evidence = append(f.Evidence, leaseEvidence(l)...)
	p.Report(f)
}

// acted is when a controller last made a pod, or moved the state of a workload, as far as
// that shows.
func acted(p *Pass) (last time.Time) {
	note := func(t time.Time) {
		if t.After(last) && !t.After(p.Now) {
			last = t
		}
	}
	for _, ns := range p.Namespaces() {
		for pod := range model.Each[*model.Pod](p.Snapshot.Space(ns), model.KindPod) {
			if o, ok := pod.Controller(); ok && o.Kind.IsWorkload() {
				note(pod.Created)
			}
		}
		for w := range model.Each[*model.Workload](p.Snapshot.Space(ns), model.KindDeployment) {
			for _, c := range w.Conditions {
				note(c.Since)
			}
		}
	}
	return last
}
