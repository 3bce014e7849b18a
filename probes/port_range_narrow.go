package probes

import (
	"fmt"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const portRangeNarrowID finding.ProbeID = "port-range-narrow"

// fewPorts are too few for a program that opens connections: one that was closed keeps its port
// for a minute.
const fewPorts = 64

// PortRangeNarrow finds pods that can hardly open connections.
var PortRangeNarrow = &Probe{
	ID: portRangeNarrowID,
	Doc: `A pod has hardly any ports for the connections that it opens
Each connection that a pod opens to one address takes a port of its own from
net.ipv4.ip_local_port_range, and keeps it for a minute after it was closed. Once they are taken,
connecting fails with EADDRNOTAVAIL ("cannot assign requested address"), while the pod stays
Running and Ready.

**Rule.** The pod template of a workload that wants pods, or a pod without one, sets that sysctl
to a range of fewer than 64 ports (the kernel's own default has 28,232). Inferred, since a program may
open no connections. Sources: kernel Documentation/networking/ip-sysctl.rst; kubernetes
pkg/kubelet/sysctl.

**Evidence.** The field, and how many ports there are.

**What it cannot see.** Sysctls of nodes, and those that a privileged container writes.

**By hand.** Take the sysctl out of securityContext.sysctls, or set "32768 60999".

**Silent** for wider ranges, and for workloads that are scaled to 0.`,
	Worst: finding.Medium,
	Uses:  reads(workloadReads, []model.Kind{model.KindPod}),
	Run:   staying(runPortRangeNarrow),
}

func runPortRangeNarrow(p *Pass) {
	for w := range model.Workloads(p.Space) {
		if topLevel(w) && wantsPods(w) {
			narrow(p, w.Ref(), &w.Template)
		}
	}
	for pod := range model.Each[*model.Pod](p.Space, model.KindPod) {
		if alive(pod) && p.Graph.Workload(pod.Ref()) == pod.Ref() {
			narrow(p, pod.Ref(), pod.Template)
		}
	}
}

func narrow(p *Pass, subject model.Ref, t *model.Template) {
	ports := int(t.LastPort-t.FirstPort) + 1
	if t.FirstPort == 0 || ports >= fewPorts {
		return
	}
	n, who := text.Counted(ports, "port"), "Its pods have"
	if subject.Kind == model.KindPod {
		who = "It has"
	}
	p.Report(finding.Finding{
		Subject: subject, Severity: finding.Medium, Grade: finding.Inferred,
		Summary: fmt.Sprintf("%s %s for the connections to one address: sysctl net.ipv4.ip_local_port_range leaves no more.", who, n),
		Evidence: []finding.Evidence{{
			Ref: subject, Path: podPath(subject.Kind) + ".securityContext.sysctls[net.ipv4.ip_local_port_range]",
			Value: fmt.Sprintf("%d %d", t.FirstPort, t.LastPort), Note: n + "; a connection that was closed keeps its port for a minute",
		}},
	})
}
