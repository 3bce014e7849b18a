package probes

import (
	"fmt"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const dnsBrokenID finding.ProbeID = "dns-broken"

// DNSBroken finds pods that cannot look up the Services of the cluster.
var DNSBroken = &Probe{
	ID: dnsBrokenID,
	Doc: `Names of this cluster are not resolved
Programs say "no such host" of Services that exist.

**Rule.** One of these:

- a workload that should run has dnsPolicy None with no name server, or with public ones of the
  Internet alone, and its settings name a Service that exists: high;
- a workload has dnsPolicy Default, or hostNetwork with dnsPolicy ClusterFirst, which both ask the name
  servers of the node, and the log of a pod that is not ready says that the name of a Service does not
  resolve, which existed before the container started: high;
- the Service that pods ask for names (kube-dns of kube-system; rke2-coredns-rke2-coredns of RKE2, coredns of Kubespray, dns-default
  of OpenShift) selects pods of which none has been ready for two minutes: critical;
- a Corefile of kube-system or openshift-dns that pods mount has, for two minutes, had a template that answers NXDOMAIN,
  REFUSED or SERVFAIL for the names of Services that exist: high; critical where it does for all of them.

Sources: kubernetes pkg/kubelet/network/dns/dns.go; specification of DNS for Services
(kubernetes/dns); coredns plugin.cfg (template stands before kubernetes), plugin/template.

**Evidence.** The policy, the name servers, the setting that names a Service; the pods of CoreDNS; the line of
the Corefile and the Services.

**What it cannot see.** What a Corefile rewrites, imports or forwards. A name server that is not known as a public one is
taken for one that knows this cluster, such as a cache on the nodes.

**By hand.** Set dnsPolicy: ClusterFirst, with hostNetwork ClusterFirstWithHostNet; ` + "`kubectl -n kube-system get pods -l k8s-app=kube-dns`" + `.

**Silent** for pods that name no Service, for other name servers than public ones, and where there is no such Service.`,
	Worst: finding.Critical,
	Needs: []model.Kind{model.KindService, model.KindPod},
	Uses:  reads(workloadReads, []model.Kind{model.KindNamespace, model.KindEvent, model.KindServiceAccount, model.KindSecret, model.KindConfigMap, model.KindClaim, model.KindLogTail}),
	Run:   staying(runDNSBroken),
}

func runDNSBroken(p *Pass) {
	if s := resolver(p); s != nil && p.Namespace() == s.Namespace {
		resolverDown(p, s)
	}
	for cm := range model.Each[*model.ConfigMap](p.Space, model.KindConfigMap) {
		if cm.Corefile != nil && cm.Deleting.IsZero() {
			namesRefused(p, cm)
		}
	}
	for w := range model.Workloads(p.Space) {
		switch {
		case !topLevel(w) || !wantsPods(w):
		case w.Template.DNSPolicy == "None":
			foreignResolver(p, w)
		default:
			nodeResolver(p, w)
		}
	}
}

func resolverDown(p *Pass, s *model.Service) {
	_, pods := p.Graph.Selected(s.Ref())
	if len(pods) == 0 {
		return
	}
	f := finding.Finding{Subject: s.Ref(), Severity: finding.Critical, Grade: finding.Proved}
	for _, pod := range pods {
		if !alive(pod) {
			continue
		}
		if pod.Ready || !notReadyFor(p, pod, podPatience) {
			return
		}
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: pod.Ref(), Path: "status", Value: state(pod), Note: "not ready"})
	}
	if len(f.Evidence) == 0 {
		return
	}
	f.Summary = fmt.Sprintf("No name of this cluster is resolved: none of the %s behind it is ready: %s.", text.Counted(len(f.Evidence), "pod"), f.Evidence[0].Value)
	if len(f.Evidence) == 1 {
		f.Summary = fmt.Sprintf("No name of this cluster is resolved: the one pod behind it is not ready: %s.", f.Evidence[0].Value)
	}
	f.Causes = podTroubles(p, p.Graph.Workload(pods[0].Ref()))
	p.Report(f)
}

// foreignResolver is a workload that asks only name servers outside the cluster for the
// Services that it names.
func foreignResolver(p *Pass, w *model.Workload) {
	for _, n := range w.Template.Nameservers {
		if !publicResolvers[n] {
			return // it may be a resolver of this cluster
		}
	}
	for _, r := range w.Refs {
		if r.Type != model.EdgeNames || r.Host == "" || !p.Exists(r.To) || !p.After(w.Created, settling) {
			continue
		}
		has := "it has no name server"
		if len(w.Template.Nameservers) > 0 {
			has = "it asks " + text.Joined(w.Template.Nameservers, 3)
		}
		f := finding.Finding{
			Subject: w.Ref(), Severity: finding.High, Grade: finding.Proved,
			Summary: fmt.Sprintf("It names Service %s, which it cannot look up: its dnsPolicy is None, and %s.", r.To.Path(), has),
			Evidence: []finding.Evidence{
				{Ref: w.Ref(), Path: podPath(w.Kind) + ".dnsPolicy", Value: "None", Note: has},
				{Ref: w.Ref(), Path: r.Path, Value: r.Host, Note: inContainer(r)},
			},
		}
		if w.Kind != model.KindJob {
			cure := "ClusterFirst"
			if w.Template.HostNetwork {
				cure = "ClusterFirstWithHostNet"
			}
			f.Fixes = []finding.Fix{askCluster(w, cure, rolled(w)+" Its own name servers are asked after those of the cluster.")}
		}
		p.Report(f)
		return
	}
}

// publicResolvers are those of the Internet: Google, Cloudflare, Quad9, OpenDNS.
var publicResolvers = map[string]bool{
	"8.8.8.8": true, "8.8.4.4": true, "1.1.1.1": true, "1.0.0.1": true, "9.9.9.9": true, "149.112.112.112": true, "208.67.222.222": true, "208.67.220.220": true,
	"2001:4860:4860::8888": true, "2001:4860:4860::8844": true, "2606:4700:4700::1111": true, "2606:4700:4700::1001": true, "2620:fe::fe": true,
}
