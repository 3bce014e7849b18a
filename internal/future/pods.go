package future

import (
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/graph"
	"github.com/careen-tui/careen/internal/model"
)

// scale sets the replicas of a workload; to zero its pods go.
func (d *Drawing) scale(ref model.Ref, replicas int32) {
	old, ok := Get[*model.Workload](d.Draft, ref)
	if !ok {
		return
	}
	w := *old
	w.Desired = replicas
	for _, pod := range d.podsOf(ref) {
		if replicas == 0 {
			d.Remove(pod.Ref())
		}
	}
	if replicas == 0 {
		w.Current, w.Ready, w.Updated, w.Available = 0, 0, 0, 0
	}
	d.Put(&w)
	if replicas > 0 {
		d.roll(ref)
	}
}

// podsOf lists the pods of a workload in the draft. They stand in its namespace, so that
// nothing else is looked at.
func (d *Drawing) podsOf(ref model.Ref) []*model.Pod {
	if d.graph == nil || d.graphOf != ref.Namespace || d.graphAt != d.edits {
		snap := d.Snapshot()
		alone := &model.Snapshot{Seq: snap.Seq, Coverage: snap.Coverage, Cluster: snap.Cluster, Spaces: map[string]*model.Space{}}
		if space := snap.Space(ref.Namespace); space != nil {
			alone.Spaces[ref.Namespace] = space
		}
		d.graph, d.graphOf, d.graphAt = (*graph.Graph)(nil).Update(alone), ref.Namespace, d.edits
	}
	return d.graph.Pods(ref)
}

// settle draws what follows the steps: the pods of what was rolled are made again, and
// PVCs that are missing with them; whatever waits for what is there now goes on.
func (d *Drawing) settle() {
	d.awaited()
	for _, ref := range d.again {
		w, ok := Get[*model.Workload](d.Draft, ref)
		if !ok || w.Kind == model.KindCronJob {
			continue
		}
		if w.Kind == model.KindStatefulSet {
			if d.claimsOf(w); d.Blocked != "" {
				return
			}
		}
		d.remake(w)
		if d.Blocked != "" {
			return
		}
	}
}

// awaited rolls the workloads whose pods wait for a reference that resolves now: the
// kubelet tries again by itself.
func (d *Drawing) awaited() {
	for _, ns := range d.Touched() {
		for _, kind := range model.WorkloadKinds {
			for _, row := range d.edit(ns)[kind] {
				w, ok := row.(*model.Workload)
				if !ok || slices.Contains(d.again, w.Ref()) {
					continue
				}
				if _, owned := w.Controller(); owned {
					continue
				}
				if d.waiting(w) && d.lacks(w) == "" {
					d.roll(w.Ref())
				}
			}
		}
	}
}

// waiting reports whether pods of a workload wait for something to be mounted or read.
func (d *Drawing) waiting(w *model.Workload) bool {
	return slices.ContainsFunc(d.podsOf(w.Ref()), func(p *model.Pod) bool {
		return slices.ContainsFunc(p.Containers, func(c model.ContainerStatus) bool {
			return c.Waiting != nil && (c.Waiting.Reason == "CreateContainerConfigError" || c.Waiting.Reason == "ContainerCreating" || c.Waiting.Reason == "PodInitializing")
		})
	})
}

// lacks says what a workload's pods need and would not find; empty where all is there.
func (d *Drawing) lacks(w *model.Workload) string {
	account := model.Ref{Kind: model.KindServiceAccount, Namespace: w.Namespace, Name: w.Template.ServiceAccount}
	known, _ := d.base.Knows(account.Kind, account.Namespace)
	if known && account.Name != "" && account.Name != "default" && d.Row(account) == nil { // a controller makes default
		return account.String()
	}
	for _, r := range w.Refs {
		if r.Optional || r.Type != model.EdgeEnv && r.Type != model.EdgeEnvFrom && r.Type != model.EdgeMounts {
			continue
		}
		if known, _ := d.base.Knows(r.To.Kind, r.To.Namespace); !known {
			d.unsure("whether %s is there", r.To)
			continue
		}
		if r.To.Name == "kube-root-ca.crt" {
			continue
		}
		row := d.Row(r.To)
		if row == nil {
			return r.To.String()
		}
		if r.Key != "" && !holds(row, r.Key) {
			return "key " + r.Key + " of " + r.To.String()
		}
	}
	return ""
}

func holds(row model.Row, key string) bool {
	switch o := row.(type) {
	case *model.Secret:
		return model.HasKey(o.Keys, key)
	case *model.ConfigMap:
		return model.HasKey(o.Keys, key)
	}
	return true
}

// remake makes the pods of a workload from its template, as the controller and the
// kubelet would. Where they lack something, they would not start.
func (d *Drawing) remake(w *model.Workload) {
	pods := d.podsOf(w.Ref())
	lacked := d.lacks(w)
	if lacked != "" && slices.ContainsFunc(pods, func(p *model.Pod) bool { return p.Ready }) {
		d.block("new pods of %s would not start: %s does not exist", w.Ref(), lacked)
		return
	}
	if lacked != "" {
		d.Lacking = append(d.Lacking, Lack{w.Ref(), lacked})
	}
	template := w.Template.OfPod()
	for _, old := range pods {
		d.Put(d.remade(w, template, old, lacked))
	}
	for n := int32(len(pods)); n < w.Desired && w.Kind != model.KindDaemonSet && w.Kind != model.KindJob; n++ {
		d.Put(d.remade(w, template, d.newPod(w, n), lacked))
	}
	next := *w
	next.Current, next.Updated, next.ObservedGeneration = max(w.Desired, int32(len(pods))), max(w.Desired, int32(len(pods))), w.Generation
	next.Conditions = without(without(w.Conditions, "ReplicaFailure"), "Progressing")
	next.Ready = 0
	for _, p := range d.podsOf(w.Ref()) {
		if p.Ready {
			next.Ready++
		}
	}
	next.Available = next.Ready
	d.Put(&next)
	d.children(&next)
}

// newPod is a pod that a workload is going to have, for remade.
func (d *Drawing) newPod(w *model.Workload, n int32) *model.Pod {
	name := fmt.Sprintf("%s-%d", w.Name, w.OrdinalStart+n)
	if w.Kind != model.KindStatefulSet {
		name = fmt.Sprintf("%s-next-%d", w.Name, n)
	}
	return &model.Pod{Meta: model.Meta{
		Kind: model.KindPod, Namespace: w.Namespace, Name: name, Labels: w.Template.Labels,
		Owners: []model.Owner{{Kind: w.Kind, Name: w.Name, UID: w.UID, Controller: true}},
	}}
}

// remade is a pod in the place of an old one. What failed before fails again where
// neither its template nor anything that it reads is changed by the fix.
func (d *Drawing) remade(w *model.Workload, template *model.Template, old *model.Pod, lacked string) *model.Pod {
	p := *old
	p.Created, p.Started, p.Template = d.now, d.now, template
	p.Refs = podRefs(w, old)
	if conditions, waits := lookedAtAgain(old); waits {
		p.Conditions, p.Ready = conditions, false
		return &p
	}
	p.Phase, p.Reason, p.Message = "Running", "", ""
	p.Containers = nil
	p.Ready = true
	for _, c := range w.Template.Containers {
		s := model.ContainerStatus{Name: c.Name, Init: c.Init, Ready: true, Running: d.now}
		if before := statusOf(old, c.Name); before != nil && failing(before) && !d.reads {
			s = *before
		}
		if c.Init && !c.Sidecar { // it has done its work
			s = model.ContainerStatus{Name: c.Name, Init: true, Ready: true, Exit: &model.Exit{Reason: "Completed", Started: d.now, Finished: d.now}}
		}
		if lacked != "" {
			s = model.ContainerStatus{Name: c.Name, Init: c.Init, Waiting: &model.Waiting{Reason: "CreateContainerConfigError", Message: lacked + " not found"}}
		}
		p.Ready = p.Ready && lacked == "" && (s.Ready || c.Init)
		p.Containers = append(p.Containers, s)
	}
	p.Conditions = setCondition(old.Conditions, "Ready", p.Ready, d)
	return &p
}

func statusOf(p *model.Pod, container string) *model.ContainerStatus {
	for i := range p.Containers {
		if p.Containers[i].Name == container {
			return &p.Containers[i]
		}
	}
	return nil
}

// failing reports whether a container does not run for a reason of its own: an image
// that cannot be pulled, or a program that ends.
func failing(c *model.ContainerStatus) bool {
	return c.Waiting != nil && c.Waiting.Reason != "ContainerCreating" && c.Waiting.Reason != "PodInitializing" && c.Waiting.Reason != "CreateContainerConfigError"
}

// podRefs are the references of a pod made from a workload's template. PVCs are the
// old pod's own: a StatefulSet gives each pod others.
func podRefs(w *model.Workload, old *model.Pod) []model.Reference {
	out := make([]model.Reference, 0, len(w.Refs))
	for _, r := range w.Refs {
		if i := strings.Index(r.Path, "template.spec."); i >= 0 {
			r.Path = r.Path[i+len("template."):]
			out = append(out, r)
		}
	}
	for _, r := range old.Refs {
		if r.To.Kind == model.KindClaim && !slices.ContainsFunc(out, func(o model.Reference) bool { return o.To == r.To }) {
			out = append(out, r)
		}
	}
	return out
}

// children brings the ReplicaSets of a Deployment along.
func (d *Drawing) children(w *model.Workload) {
	for _, kind := range []model.Kind{model.KindReplicaSet, model.KindJob} {
		for _, row := range d.edit(w.Namespace)[kind] {
			child, ok := row.(*model.Workload)
			if !ok {
				continue
			}
			if o, owned := child.Controller(); !owned || o.Kind != w.Kind || o.Name != w.Name || child.Desired == 0 {
				continue
			}
			next := *child
			next.Current, next.Ready, next.Available = child.Desired, child.Desired, child.Desired
			next.Conditions = without(child.Conditions, "ReplicaFailure")
			d.Put(&next)
		}
	}
}

func without(list []model.Condition, typ string) []model.Condition {
	return slices.DeleteFunc(slices.Clone(list), func(c model.Condition) bool { return c.Type == typ })
}

func setCondition(list []model.Condition, typ string, holds bool, d *Drawing) []model.Condition {
	status := "False"
	if holds {
		status = "True"
	}
	return append(without(list, typ), model.Condition{Standing: &model.Standing{Type: typ, Status: status}, Since: d.now})
}
