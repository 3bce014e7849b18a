package probes

import (
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

const referenceMissingID finding.ProbeID = "reference-missing"

// ReferenceMissing finds objects that name something which does not exist.
var ReferenceMissing = &Probe{
	ID: referenceMissingID,
	Doc: `Something names an object that does not exist
A pod waits in CreateContainerConfigError or ContainerCreating, an Ingress answers 503, an
autoscaler does nothing, a binding grants nothing: each names an object that is not there.

**Rule.** A workload that wants pods, a pod of its own, an Ingress, an autoscaler, a
RoleBinding or a waiting claim names a Secret, ConfigMap, key, claim, class, service, role
or scale target; it is not optional; and the complete list of that kind does not have it. A
binding that grants nothing is medium: who lacks the right for it is a finding of its own.
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
certificate that cert-manager is about to issue, and for that of an Ingress whose controller takes certificates from elsewhere
(the AWS load balancer controller, Istio, annotations for certificates of AWS and GCP).`,
	Worst: finding.High,
	Uses: reads(workloadReads, []model.Kind{
		model.KindSecret, model.KindConfigMap, model.KindPod, model.KindClaim, model.KindService, model.KindIngress, model.KindHPA, model.KindRole, model.KindRoleBinding,
		model.KindClusterRole, model.KindPriorityClass, model.KindRuntimeClass, model.KindIngressClass, model.KindStorageClass,
		model.KindVolume, model.KindRecord, model.KindEvent,
		model.KindNamespace, model.KindResourceQuota,
	}),
	Run: staying(runReferenceMissing),
}

// broken is something named and absent, with every field of one subject that names
// it.
type broken struct {
	to      model.Ref
	key     string // set where the object is there and the key is not
	absence finding.Absence
	fields  []model.Reference
	row     model.Row // one that holds them
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

// refers reports whether an object's references count, and for what an operator would
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
		if owner, made := m.Controller(); made && owner.Kind.IsWorkload() {
			return subject, false
		}
		subject = p.Graph.Workload(m.Ref())
		return subject, !subject.Kind.IsWorkload() && o.Phase != "Succeeded" && o.Phase != "Failed" && subject.Kind != model.KindNode
	case *model.Claim, *model.Binding, *model.Autoscaler, *model.Ingress:
		return m.Ref(), true
	}
	return m.Ref(), false
}

// brokenRefs lists what an object names, needs, and does not find.
func brokenRefs(p *Pass, row model.Row) (out []broken) {
	m := row.Base()
	for _, r := range m.Refs {
		if r.Optional || !needed(m.Kind, r) || !resolved(p, row, r) {
			continue
		}
		absence, absent := p.AbsentKey(r.To, r.Key)
		if !absent {
			continue
		}
		b := broken{to: r.To, row: row, absence: absence}
		switch {
		case p.Exists(r.To):
			b.key = r.Key
		case absence.Grade != finding.Proved:
			if !r.To.Kind.IsCustom() {
				p.Blind(r.To.Kind, r.To.Namespace)
			}
			continue
		case awaited(p, row, r):
			continue
		}
		if !p.After(m.Created, settling) {
			continue
		}
		if m.Kind == model.KindIngress && r.Type == model.EdgeTLS {
			p.doubts(&b.absence, []model.Kind{model.KindIngressClass}, "") // its controller may be one that takes certificates from elsewhere
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

// needed reports whether a reference of that type must lead somewhere.
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

// resolved reports whether it matters that a reference leads nowhere. The serviceName of
// a StatefulSet is only a part of its pods' DNS names: they run without the Service, and
// it is missed where something names one of them by it, or the Service itself. The Secret of an Ingress
// is not missed where its controller takes certificates from elsewhere.
func resolved(p *Pass, row model.Row, r model.Reference) bool {
	if i, ok := row.(*model.Ingress); ok && r.Type == model.EdgeTLS {
		return !certifiedElsewhere(p, i)
	}
	if row.Base().Kind != model.KindStatefulSet || r.Type != model.EdgeServes {
		return true
	}
	for _, e := range p.Graph.In(r.To) {
		if e.From != row.Base().Ref() && e.Type != model.EdgeDeclares {
			return true
		}
	}
	return false
}

// awaited reports whether something absent is about to come, or is not missed.
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
