package probes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

// ReferenceMissing finds objects that name something which does not exist.
var ReferenceMissing = &Probe{
	ID: "reference-missing",
	Doc: `Something names an object that does not exist
A pod waits in CreateContainerConfigError or ContainerCreating, an Ingress answers 503, an
autoscaler does nothing, a binding grants nothing: each names an object that is not there.

**Rule.** A workload that wants pods, a pod of its own, an Ingress, an autoscaler, a
RoleBinding or a waiting claim names a Secret, ConfigMap, key, claim, class, service, role
or scale target; it is not optional; and the complete list of that kind does not have it.
Sources: kubernetes pkg/kubelet/kuberuntime (CreateContainerConfigError),
pkg/controller/podautoscaler, pkg/registry/rbac/validation.

**Evidence.** Each field that holds the name, names that are similar, the release that
declares the object, what its pods say.

**What it cannot see.** Names read from the environment at run time; custom resources'
fields; objects of kinds that may not be listed, which are never called absent. Service
accounts of workloads and image pull secrets have probes of their own.

**By hand.** Correct the name with ` + "`kubectl edit`" + `, create the object, or set
` + "`optional: true`" + ` beside the reference.

**Silent** for references marked optional; for a workload scaled to zero, paused or done; for
the class of a claim that has its volume or that a volume made by hand could satisfy; for a
certificate that cert-manager is about to issue.`,
	Worst: High,
	Needs: []model.Kind{model.KindSecret, model.KindConfigMap},
	Uses: reads(workloadReads, []model.Kind{
		model.KindPod, model.KindClaim, model.KindService, model.KindIngress, model.KindHPA, model.KindRole, model.KindRoleBinding,
		model.KindClusterRole, model.KindPriorityClass, model.KindRuntimeClass, model.KindIngressClass, model.KindStorageClass,
		model.KindVolume, model.KindRecord, model.KindEvent,
		model.KindNamespace,
	}),
	Run: staying(runReferenceMissing),
}

// broken is something named and absent, with every field of one subject that names
// it.
type broken struct {
	to     model.Ref
	key    string // set where the object is there and the key is not
	fields []model.Reference
	row    model.Row // one that holds them
}

func (b broken) slot() string {
	if b.key != "" {
		return string(b.to.Kind) + "/" + b.to.Name + "/" + b.key
	}
	return string(b.to.Kind) + "/" + b.to.Name
}

func runReferenceMissing(p *Pass) {
	found := map[model.Ref][]broken{}
	for _, kind := range p.Space.Kinds() {
		for _, row := range p.Space.Tables[kind] {
			subject, ok := refers(p, row)
			if !ok {
				continue
			}
			for _, b := range brokenRefs(p, row) {
				same := func(o broken) bool { return o.slot() == b.slot() }
				if !slices.ContainsFunc(found[subject], same) {
					found[subject] = append(found[subject], b)
				}
			}
		}
	}
	if len(found) == 0 {
		return
	}
	events := eventsAbout(p, "FailedMount", "Failed", "FailedGetScale")
	for subject, list := range found {
		for _, b := range list {
			p.Report(brokenFinding(p, subject, b, events))
		}
	}
}

// refers tells whether an object's references count, and for what an operator would
// name. Pods that a workload made are spoken for by the workload's template.
func refers(p *Pass, row model.Row) (subject model.Ref, ok bool) {
	m := row.Base()
	if !m.Deleting.IsZero() {
		return subject, false
	}
	switch o := row.(type) {
	case *model.Workload:
		return m.Ref(), topLevel(o) && wantsPods(o)
	case *model.Pod:
		if owner, made := m.Controller(); made && isWorkload(owner.Kind) {
			return subject, false
		}
		subject = p.Graph.Workload(m.Ref())
		return subject, !isWorkload(subject.Kind) && o.Phase != "Succeeded" && o.Phase != "Failed" && subject.Kind != model.KindNode
	case *model.Claim, *model.Binding, *model.Policy:
		return m.Ref(), true
	}
	return m.Ref(), m.Kind == model.KindIngress
}

// brokenRefs lists what an object names, needs, and does not find.
func brokenRefs(p *Pass, row model.Row) (out []broken) {
	m := row.Base()
	for _, r := range m.Refs {
		if r.Optional || !needed(m.Kind, r) {
			continue
		}
		b := broken{to: r.To, row: row}
		if target := p.Row(r.To); target != nil {
			if r.Key == "" || hasKey(target, r.Key) {
				continue
			}
			b.key = r.Key
		} else if known, _ := knowsTarget(p, r.To); !known || awaited(p, row, r) {
			continue
		}
		if !p.After(m.Created, settling) {
			continue
		}
		i := slices.IndexFunc(out, func(o broken) bool { return o.slot() == b.slot() })
		if i < 0 {
			i, out = len(out), append(out, b)
		}
		if !slices.ContainsFunc(out[i].fields, func(f model.Reference) bool { return f.Path == r.Path && f.Container == r.Container }) {
			out[i].fields = append(out[i].fields, r)
		}
	}
	return out
}

// needed tells whether a reference of that type must lead somewhere.
func needed(holder model.Kind, r model.Reference) bool {
	switch r.Type {
	case model.EdgeMounts, model.EdgeEnv, model.EdgeEnvFrom, model.EdgeTLS, model.EdgeRoutes, model.EdgeClass, model.EdgeScales, model.EdgeServes:
		// Every namespace gets this one from a controller.
		return r.To != model.Ref{Kind: model.KindConfigMap, Namespace: r.To.Namespace, Name: "kube-root-ca.crt"}
	case model.EdgeBinds:
		return holder == model.KindRoleBinding
	}
	return false
}

func hasKey(target model.Row, key string) bool {
	switch o := target.(type) {
	case *model.Secret:
		return model.HasKey(o.Keys, key)
	case *model.ConfigMap:
		return model.HasKey(o.Keys, key)
	}
	return true
}

// awaited tells whether something absent is about to come, or is not missed.
func awaited(p *Pass, row model.Row, r model.Reference) bool {
	switch {
	case r.To.Kind == model.KindStorageClass:
		// A claim may also bind to a volume made by hand, whose class need not exist.
		if known, _ := p.Knows(model.KindVolume); !known || !p.After(row.Base().Created, claimPatience) {
			return true
		}
		for v := range model.Each[*model.Volume](p.Snapshot.Space(""), model.KindVolume) {
			if v.Class == r.To.Name {
				return true
			}
		}
	case r.Type == model.EdgeTLS:
		for k := range row.Base().Annotations {
			if strings.HasPrefix(k, "cert-manager.io/") && !p.After(row.Base().Created, issuePatience) {
				return true
			}
		}
	}
	return false
}

func brokenFinding(p *Pass, subject model.Ref, b broken, events map[model.Ref][]*model.Event) Finding {
	f := Finding{Subject: subject, Slot: b.slot(), Severity: High, Grade: Proved, Summary: brokenSummary(b)}
	for _, r := range b.fields {
		value := r.To.Name
		if b.key != "" {
			value = r.Key
		}
		note := ""
		if r.Container != "" {
			note = "container " + r.Container
		}
		f.Evidence = append(f.Evidence, Evidence{Ref: b.row.Base().Ref(), Path: r.Path, Value: value, Note: note})
	}
	table := rowsOf(p, b.to.Kind, b.to.Namespace)
	var near []string
	for _, like := range p.Graph.Similar(b.to, 2) {
		near = append(near, like.Name)
	}
	switch {
	case b.key != "":
		f.Evidence = append(f.Evidence, Evidence{Ref: b.to, Path: "data", Value: joined(keysOf(p.Row(b.to)), 8), Note: "the keys that are there"})
	case len(near) > 0:
		f.Evidence = append(f.Evidence, Evidence{Ref: b.to, Note: "not there; similar: " + joined(near, 2)})
	default:
		f.Evidence = append(f.Evidence, Evidence{Ref: b.to, Note: fmt.Sprintf("not there; %s of that kind, none with a similar name", counted(len(table), "object"))})
	}
	source := (*model.Release)(nil)
	if b.key == "" {
		source = declaring(p, b.to, releaseOf(p, b.row.Base()))
	}
	if source != nil {
		f.Evidence = append(f.Evidence, Evidence{Ref: storedIn(newestRecord(source)), Path: "manifest", Value: b.to.String(), Note: "release " + source.Name + " declares it"})
	}
	for _, pod := range p.Graph.Pods(subject) {
		if e, ok := waitingFor(pod, b, events[pod.Ref()]); ok {
			f.Evidence = append(f.Evidence, e)
			if c := model.FindCondition(pod.Conditions, "Ready"); c != nil && c.Status != "True" {
				f.Since = c.Since
			}
			break
		}
	}
	f.Fixes = brokenFixes(p, subject, b, near, source)
	return f
}

func brokenSummary(b broken) string {
	what := string(b.to.Kind) + " " + b.to.Name
	if b.key != "" {
		return fmt.Sprintf("It needs key %s of %s, which has no such key.", b.key, what)
	}
	verb := "needs"
	switch b.fields[0].Type {
	case model.EdgeRoutes:
		verb = "routes to"
	case model.EdgeScales:
		verb = "scales"
	case model.EdgeBinds:
		verb = "grants"
	}
	return fmt.Sprintf("It %s %s, which does not exist.", verb, what)
}

func keysOf(row model.Row) []string {
	var keys []model.DataKey
	switch o := row.(type) {
	case *model.Secret:
		keys = o.Keys
	case *model.ConfigMap:
		keys = o.Keys
	}
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = k.Name
	}
	return out
}

// waitingFor finds what a pod says of something that it lacks.
func waitingFor(pod *model.Pod, b broken, events []*model.Event) (Evidence, bool) {
	for _, c := range pod.Containers {
		if c.Waiting != nil && strings.Contains(c.Waiting.Message, b.to.Name) {
			return Evidence{Ref: pod.Ref(), Path: fmt.Sprintf("status.containerStatuses[%s].state.waiting", c.Name), Value: c.Waiting.Reason, Note: c.Waiting.Message}, true
		}
	}
	for _, e := range events {
		if strings.Contains(e.Message, b.to.Name) {
			return eventEvidence(e), true
		}
	}
	return Evidence{}, false
}
