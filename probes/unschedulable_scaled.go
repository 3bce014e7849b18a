package probes

import (
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// bootAge is how long a node may take that an autoscaler makes for a pod: the cloud's machine,
// its kubelet, and the taints that are taken off it.
const bootAge = 5 * time.Minute

// nodeMakers are the kinds by which Karpenter is told which nodes it may make.
var nodeMakers = map[string]bool{"NodePool.karpenter.sh": true, "NodeClaim.karpenter.sh": true, "Provisioner.karpenter.sh": true}

// scaleStatus is what cluster-autoscaler writes, each time that it looks (kubernetes/autoscaler
// cluster-autoscaler/clusterstate/utils/status.go).
var scaleStatus = model.Ref{Kind: model.KindConfigMap, Namespace: systemSpace, Name: "cluster-autoscaler-status"}

// nodesAreMade reports whether something makes nodes for pods that fit on none, and who. known is
// false where that could not be read.
func nodesAreMade(p *Pass) (by string, at model.Ref, known bool) {
	if p.Row(scaleStatus) != nil {
		return "cluster-autoscaler", scaleStatus, true
	}
	for crd := range model.Each[*model.Object](p.Snapshot.Space(""), model.KindCRD) {
		if nodeMakers[crd.Detail] {
			return "Karpenter", crd.Ref(), true
		}
	}
	maps, _ := p.Snapshot.Knows(model.KindConfigMap, systemSpace)
	crds, _ := p.Snapshot.Knows(model.KindCRD, "")
	return "", model.Ref{}, maps && crds
}

// mayBeMade weakens a finding on a pod for which a node may be on its way.
func mayBeMade(p *Pass, f *finding.Finding, since time.Time) {
	if p.After(since, bootAge) {
		return
	}
	by, at, known := nodesAreMade(p)
	switch {
	case by != "":
		f.Grade = finding.Inferred
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: at, Value: by, Note: "makes nodes for pods that fit on none: one may be on its way"})
	case !known:
		f.Grade = finding.Inferred
	}
}
