package probes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const (
	balancerSlot = "load-balancer"
	// The labels that K3s gives to the DaemonSet by which it serves a Service
	// (k3s pkg/cloudprovider/servicelb.go).
	serviceLBName      = "svccontroller.k3s.cattle.io/svcname"
	serviceLBNamespace = "svccontroller.k3s.cattle.io/svcnamespace"
)

// balancerEvents are the reasons by which controllers say that they fail: the service controller of clouds,
// MetalLB, the load balancer controller of AWS.
var balancerEvents = []string{"SyncLoadBalancerFailed", "AllocationFailed", "FailedBuildModel", "FailedDeployModel"}

// balancerHop is a Service that waits for a load balancer.
func balancerHop(p *Pass, s *way) (f finding.Finding, ok bool) {
	if s.Type != "LoadBalancer" || len(s.Addresses) > 0 || !p.After(s.Created, balancerPatience) {
		return f, false
	}
	p.Wake(p.Now.Add(otherNamespace)) // what else waits, or is served, may stand in another namespace
	f = finding.Finding{Severity: finding.Medium, Grade: finding.Proved, Slot: balancerSlot, Since: s.Created, Summary: "It waits for a load balancer: nothing has given it an address."}
	f.Evidence = []finding.Evidence{{Ref: s.Ref(), Path: "status.loadBalancer.ingress", Note: "empty"}}
	if s.Balancer != "" {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: s.Ref(), Path: "spec.loadBalancerClass", Value: s.Balancer, Note: "only a controller of this class serves it"})
	}
	if list := eventsAbout(p, balancerEvents...)[s.Ref()]; len(list) > 0 {
		f.Summary = fmt.Sprintf("It waits for a load balancer: %s.", clause(list[0].Message, list[0].Reason))
		f.Evidence = append([]finding.Evidence{eventEvidence(list[0])}, f.Evidence...)
		return f, true
	}
	if w := serviceLB(p, s.Service); w != nil {
		f.Summary = fmt.Sprintf("It waits for a load balancer: %d of %s of DaemonSet %s, which serves it, are ready.", w.Ready, text.Counted(int(w.Desired), "pod"), w.Ref().Path())
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: w.Ref(), Path: "status.numberReady", Value: fmt.Sprint(w.Ready), Note: "ServiceLB of K3s takes the Service's ports on each node by it"})
		f.Causes = podTroubles(p, w.Ref())
		return f, true
	}
	if at := slices.IndexFunc(s.Finalizers, balancing); at >= 0 {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: s.Ref(), Path: "metadata.finalizers", Value: s.Finalizers[at], Note: "a controller has taken it up"})
		return f, true
	}
	served, waiting := balanced(p, s.Balancer)
	if served != nil {
		f.Evidence = append(f.Evidence, finding.Evidence{Note: "Service " + served.Path() + " has an address, so something here gives them"})
		return f, true
	}
	return unbalanced(p, s, f, waiting), true
}

// unbalanced is a Service of a class of which none here has ever an address that can be seen: that is
// said once, of the one that waits longest, and explains the others.
func unbalanced(p *Pass, s *way, f finding.Finding, waiting []model.Ref) finding.Finding {
	f.Severity = finding.Low
	if known, _ := p.Snapshot.Knows(model.KindService, ""); !known {
		return f
	}
	if waiting[0] != s.Ref() {
		f.Summary = "It waits for a load balancer, as all Services of its kind here do: none has been given an address."
		f.Causes = []finding.ID{finding.IDOf(serviceUnreachableID, waiting[0], balancerSlot)}
		return f
	}
	class := ""
	if s.Balancer != "" {
		class = " of class " + s.Balancer
	}
	f.Summary = fmt.Sprintf("It waits for a load balancer%s: nothing has given it an address, nor any other of its kind here.", class)
	if n := len(waiting); n > 1 {
		others := text.Plural(n-1, "does the other Service", fmt.Sprintf("do the %d other Services", n-1))
		f.Summary = fmt.Sprintf("It waits for a load balancer%s, and so %s of its kind here: none has been given an address.", class, others)
		names := make([]string, n)
		for i, ref := range waiting {
			names[i] = ref.Path()
		}
		f.Evidence = append(f.Evidence, finding.Evidence{Path: "Services that wait", Value: text.Joined(names, 5)})
	}
	known, _ := p.Snapshot.Knows(model.KindPod, "")
	if pod := balancer(p); pod != nil && class == "" {
		f.Severity = finding.Medium
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: pod.Ref(), Path: "status.conditions[Ready]", Value: readyText(pod), Note: "looks like what gives them addresses"})
	} else if known && class == "" {
		f.Evidence = append(f.Evidence, finding.Evidence{Note: "no pod here runs MetalLB, kube-vip, ServiceLB or a cloud's controller; a managed control plane runs its own out of sight"})
	}
	return f
}

// balancing reports whether a finalizer is that of a controller of load balancers: the service
// controller of clouds (service.kubernetes.io/load-balancer-cleanup), AWS's and GKE's own.
func balancing(finalizer string) bool {
	return strings.Contains(finalizer, "load-balancer") || strings.HasPrefix(finalizer, "service.k8s.aws/") || strings.HasPrefix(finalizer, "gke.networking.io/l4-")
}

// serviceLB is the DaemonSet by which K3s serves a Service, or nil.
func serviceLB(p *Pass, s *model.Service) *model.Workload {
	for _, ns := range p.Namespaces() {
		for w := range model.Each[*model.Workload](p.Snapshot.Space(ns), model.KindDaemonSet) {
			if w.Labels[serviceLBName] == s.Name && w.Labels[serviceLBNamespace] == s.Namespace {
				return w
			}
		}
	}
	return nil
}

// balanced is a Service of the cluster that a load balancer of a class serves, or nil, and those
// that wait for one, the oldest first.
func balanced(p *Pass, class string) (served *model.Ref, waiting []model.Ref) {
	var list []*model.Service
	for _, ns := range p.Namespaces() {
		for s := range model.Each[*model.Service](p.Snapshot.Space(ns), model.KindService) {
			switch {
			case s.Type != "LoadBalancer" || s.Balancer != class:
			case len(s.Addresses) > 0:
				ref := s.Ref()
				return &ref, nil
			case s.Deleting.IsZero() && len(s.Selector) > 0 && p.After(s.Created, balancerPatience):
				list = append(list, s)
			}
		}
	}
	slices.SortFunc(list, func(a, b *model.Service) int {
		if c := a.Created.Compare(b.Created); c != 0 {
			return c
		}
		return a.Ref().Compare(b.Ref())
	})
	for _, s := range list {
		waiting = append(waiting, s.Ref())
	}
	return nil, waiting
}

// balancer is a pod that runs what gives load balancers their addresses, or nil.
func balancer(p *Pass) *model.Pod {
	for _, ns := range p.Namespaces() {
		for pod := range model.Each[*model.Pod](p.Snapshot.Space(ns), model.KindPod) {
			if alive(pod) && slices.ContainsFunc(pod.Template.Containers, func(c model.Container) bool {
				return slices.ContainsFunc(model.BalancerImages, func(word string) bool { return strings.Contains(c.Image, word) })
			}) {
				return pod
			}
		}
	}
	return nil
}

func readyText(pod *model.Pod) string {
	if pod.Ready {
		return "True"
	}
	return "False"
}
