package probes

import (
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

// zoneLabels of a volume must be equal to those of its node; a value may be a set joined
// by "__" (kubernetes pkg/scheduler/framework/plugins/volumezone).
var zoneLabels = []string{"topology.kubernetes.io/zone", "topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/region"}

// podClaims lists the PVCs that a pod mounts and that were read.
func podClaims(p *Pass, pod *model.Pod) (out []*model.Claim) {
	for _, r := range pod.Refs {
		if r.Type != model.EdgeMounts || r.To.Kind != model.KindClaim {
			continue
		}
		if c, ok := model.Get[*model.Claim](p.Snapshot, r.To); ok && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// volumes judges where the volumes of a pod can be mounted (plugins volumebinding,
// volumezone). What is not bound yet is for claim-pending.
func (f *placing) volumes(pod *model.Pod) func(*model.Node) []hindrance {
	var bound []*model.Volume
	var awaiting []*model.StorageClass
	for _, c := range podClaims(f.pass, pod) {
		if v := namedVolume(f.pass, c); v != nil {
			bound = append(bound, v)
			continue
		}
		class, ok := model.Get[*model.StorageClass](f.pass.Snapshot, model.Ref{Kind: model.KindStorageClass, Name: c.Class})
		if ok && c.Volume == "" && class.BindingMode == waitForConsumer && len(class.Topologies) > 0 && class.Provisioner != noProvisioner {
			awaiting = append(awaiting, class)
		}
	}
	if len(bound)+len(awaiting) == 0 {
		return none
	}
	return func(n *model.Node) (out []hindrance) {
		for _, v := range bound {
			if !mountable(v, n) {
				out = append(out, hindrance{class: byVolume, key: v.Name, has: volumePlace(v), fixed: true})
			}
		}
		for _, class := range awaiting {
			if !slices.ContainsFunc(class.Topologies, func(t model.NodeTerm) bool { return t.Matches(n.Name, n.Labels) }) {
				out = append(out, hindrance{class: byVolume, key: "", has: "class " + class.Name + " makes volumes only where " + termsText(class.Topologies), fixed: true})
			}
		}
		return out
	}
}

// mountable reports whether a volume can be mounted on a node.
func mountable(v *model.Volume, n *model.Node) bool {
	if len(v.Nodes) > 0 && !slices.ContainsFunc(v.Nodes, func(t model.NodeTerm) bool { return t.Matches(n.Name, n.Labels) }) {
		return false
	}
	for _, k := range zoneLabels {
		if want, says := v.Labels[k]; says && !slices.Contains(strings.Split(want, "__"), n.Labels[k]) && n.Labels[k] != "" {
			return false
		}
	}
	return true
}

// volumePlace says where a volume is: its node affinity, or its zone.
func volumePlace(v *model.Volume) string {
	if len(v.Nodes) > 0 {
		return termsText(v.Nodes)
	}
	for _, k := range zoneLabels {
		if want := v.Labels[k]; want != "" {
			return k + "=" + want
		}
	}
	return ""
}

// volumeHosts lists the hosts that a volume can be mounted on, where it names them.
func volumeHosts(v *model.Volume) (out []string) {
	for _, t := range v.Nodes {
		for _, l := range slices.Concat(t.Labels, t.Fields) {
			if (l.Key == hostLabel || l.Key == "metadata.name") && l.Op == "In" {
				out = append(out, l.Values...)
			}
		}
	}
	return out
}
