package probes

import (
	"fmt"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// resolvers are the Services that pods ask for names: in clusters that kubeadm or a provider made,
// of RKE2, of Kubespray, of OpenShift. A cluster has one of them.
var resolvers = []model.Ref{
	{Kind: model.KindService, Namespace: systemSpace, Name: "kube-dns"},
	{Kind: model.KindService, Namespace: systemSpace, Name: "rke2-coredns-rke2-coredns"},
	{Kind: model.KindService, Namespace: systemSpace, Name: "coredns"},
	{Kind: model.KindService, Namespace: "openshift-dns", Name: "dns-default"},
}

// resolver is the Service that pods ask for names, the first of resolvers that there is; nil where there is
// none.
func resolver(p *Pass) *model.Service {
	for _, ref := range resolvers {
		if s, ok := model.Get[*model.Service](p.Snapshot, ref); ok {
			return s
		}
	}
	return nil
}

// corefiles are the ConfigMaps that say how names of the cluster are answered.
func corefiles(p *Pass) (out []*model.ConfigMap) {
	for _, ns := range model.DNSSpaces {
		for cm := range model.Each[*model.ConfigMap](p.Snapshot.Space(ns), model.KindConfigMap) {
			if cm.Corefile != nil {
				out = append(out, cm)
			}
		}
	}
	return out
}

// asksNode says why the pods of a template ask the name servers of their node, which know
// the Services of no cluster; empty where they do not (kubernetes
// pkg/kubelet/network/dns/dns.go, getPodDNSType).
func asksNode(t *model.Template) (why, cure string) {
	switch {
	case t.DNSPolicy == "Default" && t.HostNetwork:
		return "its dnsPolicy is Default", "ClusterFirstWithHostNet"
	case t.DNSPolicy == "Default":
		return "its dnsPolicy is Default", "ClusterFirst"
	case t.HostNetwork && (t.DNSPolicy == "" || t.DNSPolicy == "ClusterFirst"):
		return "it is on the network of its node (hostNetwork), where dnsPolicy ClusterFirst does nothing", "ClusterFirstWithHostNet"
	}
	return "", ""
}

// nodeResolver is a workload that asks the name servers of its node for a Service, and is
// told that there is no such name. Those of some nodes know the cluster: the log decides.
func nodeResolver(p *Pass, w *model.Workload) {
	why, cure := asksNode(&w.Template)
	if why == "" {
		return
	}
	for _, pod := range p.Graph.Pods(w.Ref()) {
		if now, _ := asksNode(pod.Template); !alive(pod) || pod.Ready || now == "" {
			continue
		}
		for i := range pod.Containers {
			tail, ok := tailOf(p, pod, pod.Containers[i].Name)
			if !ok || tail.Telling == nil || tail.Telling.Class != model.LogUnknown {
				continue
			}
			j := joiner{p: p, pod: pod, t: tail.Telling}
			service, ok := j.resolvable()
			if !ok || !service.Created.Before(lastStart(pod, tail.Container)) {
				continue
			}
			base := podPath(w.Kind)
			f := finding.Finding{
				Subject: w.Ref(), Severity: finding.High, Grade: finding.Proved,
				Summary: fmt.Sprintf("It cannot look up Service %s: %s, so it asks the name servers of its node, which do not know it.", service.Ref().Path(), why),
				Evidence: []finding.Evidence{
					{Ref: w.Ref(), Path: base + ".dnsPolicy", Value: w.Template.DNSPolicy, Note: fmt.Sprintf("hostNetwork: %t", w.Template.HostNetwork)},
					{Ref: pod.Ref(), Path: "log", Value: tail.Telling.Line, Note: "container " + tail.Container},
					{Ref: service.Ref(), Note: "exists since " + stamp(service.Created)},
				},
			}
			if w.Kind != model.KindJob {
				f.Fixes = []finding.Fix{askCluster(w, cure, rolled(w)+" What only the name servers of its node know is still found: the cluster's ask those.")}
			}
			p.Report(f)
			return
		}
	}
}

// askCluster sets a dnsPolicy under which the DNS of the cluster is asked.
func askCluster(w *model.Workload, policy, note string) finding.Fix {
	return finding.Fix{
		ID: "cluster-first", Title: "Ask the DNS of the cluster", Risk: finding.Disruptive,
		Steps: []finding.Step{{
			Verb: "patch", Ref: w.Ref(), Summary: fmt.Sprintf("dnsPolicy %s -> %s", w.Template.DNSPolicy, policy),
			Change: finding.Patch{Set: []finding.FieldValue{{Path: splitPath(podPath(w.Kind) + ".dnsPolicy"), Value: policy}}},
		}},
		Undo: "puts the policy back as it was", Note: note,
		Proof: finding.Proof{Text: "its pods are ready", Within: 3 * time.Minute, Checks: []finding.Check{{Ref: w.Ref(), Path: "ready"}}},
	}
}

// resolvable is the Service that a telling line names, where there is one whose name resolves
// whatever stands behind it: that of a headless one has the addresses of its pods.
func (j joiner) resolvable() (*model.Service, bool) {
	ref, ok := j.service()
	if !ok {
		return nil, false
	}
	s, ok := model.Get[*model.Service](j.p.Snapshot, ref)
	if !ok || s.ExternalName != "" || s.Headless {
		return nil, false
	}
	if ref.Namespace != j.p.Namespace() {
		j.p.Wake(j.p.Now.Add(otherNamespace))
	}
	return s, true
}

// lastStart is when a container of a pod was started last, as far as that is known.
func lastStart(pod *model.Pod, container string) time.Time {
	for _, c := range pod.Containers {
		if c.Name != container {
			continue
		}
		for _, e := range []*model.Exit{c.Exit, c.LastExit} {
			if e != nil && e.Started.After(pod.Created) {
				return e.Started
			}
		}
		if !c.Running.IsZero() {
			return c.Running
		}
	}
	return pod.Created
}

// unresolved says why the name of a Service that exists does not resolve.
func (j joiner) unresolved(out account, s *model.Service) account {
	if !s.Created.Before(lastStart(j.pod, j.spec.Name)) {
		out.clause += fmt.Sprintf("; Service %s was made after the container started", s.Ref().Path())
		return out
	}
	out.clause += fmt.Sprintf(", though Service %s exists", s.Ref().Path())
	if why, _ := asksNode(j.pod.Template); why != "" {
		out.clause += fmt.Sprintf(": %s, so it asks the name servers of its node", why)
	}
	out.evidence = append(out.evidence, finding.Evidence{Ref: s.Ref(), Note: "exists since " + stamp(s.Created)})
	out.causes = append(out.causes, finding.IDOf(dnsBrokenID, j.p.Graph.Workload(j.pod.Ref()), ""))
	for _, cm := range corefiles(j.p) {
		name := fmt.Sprintf("%s.%s.svc.%s", s.Name, s.Namespace, cm.Corefile.Domain)
		for i := range cm.Corefile.Answers {
			a := &cm.Corefile.Answers[i]
			if refuses := cm.Corefile.Refuses(a); refuses != nil && refuses(name) {
				out.causes = append(out.causes, finding.IDOf(dnsBrokenID, cm.Ref(), answerSlot(a)))
			}
		}
	}
	return out
}
