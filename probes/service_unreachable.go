package probes

import (
	"fmt"
	"sync"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const serviceUnreachableID finding.ProbeID = "service-unreachable"

// ServiceUnreachable finds Services that lead nowhere, and the hop at which they end.
var ServiceUnreachable = &Probe{
	ID: serviceUnreachableID,
	Doc: `A Service leads nowhere
Its callers get "connection refused", a timeout, or 503 from an Ingress. The summary names the
first hop at which the way ends.

**Rule.** In this order:

- *Selector*: it matches no pod and no pod template, no custom resource has its labels that may make such pods
  (a Rollout of Argo, a DeploymentConfig), and either something names the Service
  (an Ingress, a webhook, an address in an environment variable, argument or ConfigMap), or one
  workload that no other Service leads to must be meant: it has the Service's name, give or
  take one word at the end, or it has all labels of the selector but one and declares a port
  that the Service sends to.
- *No pod*: the workloads that it selects should run and have no pod, for two minutes.
- *Not ready*: none of its pods is ready, for two minutes, and something names the Service.
  This is a symptom of what ails the pods.
- *Named port*: targetPort is a name that no container of its pods has, or has with another protocol.
- *Protocol*: targetPort is a number that containers declare for the other protocol alone, and no
  port of this or another Service sends them that protocol. A program may serve both and declare
  one, so this is inferred.
- *Port number*: targetPort is a number that no container declares while others are declared,
  no probe asks it of pods that are ready, no argument or variable names it as a port of the program's own, and no
  other port of the Service leads to a declared one, or
  a declared port has the Service port's own name. A program may listen on a port that is not declared, so this is
  inferred; it is proved where a log in the namespace says that a connection to the Service
  was refused, in a run that began while a pod of it was ready. Medium; high where a log says that, where a declared
  port has the Service port's own name, and where a probe of ready pods is answered on a declared port that no Service leads to.
- *Same node*: its internalTrafficPolicy is Local, and pods that name it run on nodes without a
  ready pod of it: kube-proxy drops what they send (KEP-2086).
- *Load balancer*: a Service of type LoadBalancer has had no address for five minutes. Medium where a controller says that it fails,
  has taken it up (its finalizer, the DaemonSet of ServiceLB), runs here, or serves another Service of that class; else low: then nothing here
  gives load balancers addresses, which is said once, of the one that waits longest.
- *Strays*: beside the workload that it is for, by its name or because that alone declares the port
  that it sends to, it selects a workload that has ready pods, and that declares no such port, while the one that it is for does, or has a
  Service of its own name; where it runs the same image, that declares other ports and has a Service of
  its own name. A part of what is sent to the Service goes there. Inferred; medium, high where a log in the namespace says that a connection to it was refused.

Ports are judged on the workload's template and on its pods: meshes add containers to pods.
Sources: kubernetes pkg/controller/endpointslice (selector, readiness), pkg/api/v1/pod/util.go
(FindPort: a name is looked up among the containers' ports, a number is taken as it is).

**Evidence.** The selector and the labels nearest to it, the ports of the Service and of the
containers, the pods and their state, who names the Service.

**What it cannot see.** Where a program really listens; a firewall; a NetworkPolicy
(network-blocked); callers outside the cluster. Where EndpointSlices or a kind of workload were not
read, a selector without pods is inferred where a workload is near, and otherwise unknown.

**By hand.** ` + "`kubectl get endpointslices -l kubernetes.io/service-name=NAME`" + `,
` + "`kubectl get pods --show-labels`" + `, ` + "`kubectl describe service NAME`" + `.

**Silent** for ExternalName, for Services without a selector, for ports of headless Services;
for a selector that a workload scaled to 0 matches (scaled-to-nothing says that); for
Services that an operator makes, or that select by a label that programs set at run time (a
role, a leader); where other endpoints are ready; where nothing depends on it and nothing is
near.`,
	Worst: finding.High,
	Needs: []model.Kind{model.KindService, model.KindPod},
	Uses: reads(workloadReads, []model.Kind{
		model.KindEndpointSlice, model.KindIngress, model.KindConfigMap, model.KindValidatingWebhook, model.KindMutatingWebhook, model.KindAPIService,
		model.KindLogTail, model.KindEvent, model.KindNamespace, model.KindServiceAccount, model.KindSecret, model.KindClaim, model.KindCustom,
	}),
	Run: staying(runServiceUnreachable),
}

const (
	// podPatience is how long pods may take to come and to be ready before their Service
	// is said to lead nowhere.
	podPatience = 2 * time.Minute
	// balancerPatience is how long a cloud may take to make a load balancer.
	balancerPatience = 5 * time.Minute
)

func runServiceUnreachable(p *Pass) {
	for s := range model.Each[*model.Service](p.Space, model.KindService) {
		if !s.Deleting.IsZero() || s.Type == "ExternalName" || len(s.Selector) == 0 {
			continue
		}
		led := newWay(p, s)
		for _, hop := range []func(*Pass, *way) (finding.Finding, bool){unmatchedHop, podsHop, portHop, nodeHop, balancerHop, straysHop} {
			if f, ok := hop(p, led); ok {
				f.Subject = s.Ref()
				f.Evidence = append(f.Evidence, led.dependence()...)
				p.Report(f)
				break
			}
		}
	}
}

// way is a Service and what it leads to.
type way struct {
	*model.Service
	workloads  []*model.Workload
	pods       []*model.Pod       // alive
	dependants func() []dependant // looked for once, where it is asked
}

func newWay(p *Pass, s *model.Service) *way {
	w := &way{Service: s}
	var pods []*model.Pod
	w.workloads, pods = p.Graph.Selected(s.Ref())
	for _, pod := range pods {
		if alive(pod) {
			w.pods = append(w.pods, pod)
		}
	}
	w.dependants = sync.OnceValue(func() []dependant { return dependantsOf(p, s.Ref()) })
	return w
}

// dependence is who is hit, for evidence.
func (w *way) dependence() []finding.Evidence {
	dependants := w.dependants()
	if len(dependants) == 0 {
		return nil
	}
	first, more := dependants[0], ""
	if n := len(dependants) - 1; n > 0 {
		more = fmt.Sprintf(", and %s more", text.Count(n))
	}
	return []finding.Evidence{{Ref: first.ref, Path: first.path, Value: w.Name, Note: "names it" + more}}
}

// templates are the pod templates that the Service leads to: those of its workloads,
// and those of its pods, to which webhooks may have added containers.
func (w *way) templates() (out []*model.Template) {
	for _, x := range w.workloads {
		out = append(out, &x.Template)
	}
	for _, pod := range w.pods {
		if n := len(out); n > 0 && len(pod.Template.Containers) > 0 && len(out[n-1].Containers) > 0 && &out[n-1].Containers[0] == &pod.Template.Containers[0] {
			continue // pods of one template share it
		}
		out = append(out, pod.Template)
	}
	return out
}

// whose names what the Service leads to: "Deployment web", "3 pods".
func (w *way) whose() string {
	switch {
	case len(w.workloads) == 1:
		return string(w.workloads[0].Kind) + " " + w.workloads[0].Name
	case len(w.workloads) > 1:
		return text.Counted(len(w.workloads), "workload")
	case len(w.pods) == 1:
		return "Pod " + w.pods[0].Name
	}
	return text.Counted(len(w.pods), "pod")
}
