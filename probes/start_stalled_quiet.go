package probes

import (
	"fmt"
	"slices"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// quietFor is how long pods may take to start of which nothing says what they wait for: images may
// be large.
const quietFor = 15 * time.Minute

// quietlyStalled reports pods that do not start and of which no event says why, as events are kept
// for an hour: by their state.
func quietlyStalled(p *Pass, subject model.Ref, pods []*model.Pod) {
	pods = slices.DeleteFunc(slices.Clone(pods), func(pod *model.Pod) bool { return !p.After(placedAt(pod), quietFor) })
	if len(pods) == 0 || toldElsewhere(p, subject, pods[0]) {
		return
	}
	pod := pods[0]
	f := finding.Finding{Subject: subject, Severity: finding.High, Grade: finding.Inferred, Since: placedAt(pod)}
	which := "This pod"
	if subject != pod.Ref() {
		which = "Pod " + pod.Name
	}
	f.Evidence = []finding.Evidence{{Ref: pod.Ref(), Path: "status.phase", Value: pod.Phase, Note: "on node " + pod.Node + " since " + stamp(placedAt(pod))}}
	why := ""
	unattached, claim := detached(p, pod)
	switch ready := model.FindCondition(pod.Conditions, "PodReadyToStartContainers"); {
	case unattached != nil:
		f.Grade = finding.Observed
		why = fmt.Sprintf("the volume of PVC %s (%s) is not attached to it", claim.Name, claim.Volume)
		if unattached.Error != "" {
			why += ": " + clause(unattached.Error, "")
		}
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: unattached.Ref(), Path: "status.attached", Value: "false", Note: unattached.Error})
	case ready != nil && ready.Status == "True", ready == nil && pod.IP != "" && !pod.Template.HostNetwork:
		f.Severity = finding.Medium
		why = "it has its network, and its image is not there yet, or its containers are not made"
	default:
		why = "its volumes or its network are not set up"
		if pod.Template.HostNetwork {
			why = "its volumes are not set up, or its image is not there yet"
		}
	}
	f.Summary = fmt.Sprintf("%s has been on node %s for %s, and none of its containers has started: %s.", which, pod.Node, p.Age(placedAt(pod)), why)
	if list := mountsOf(pod); len(list) > 0 {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: pod.Ref(), Path: "spec.volumes", Value: text.Joined(list, 5), Note: "what it mounts"})
	}
	for _, c := range podClaims(p, pod) {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: c.Ref(), Path: "spec.volumeName", Value: orNothing(c.Volume), Note: c.Phase})
	}
	f.Causes = append(f.Causes, finding.IDOf(nodeUnwellID, model.Ref{Kind: model.KindNode, Name: pod.Node}, ""))
	p.Report(f)
}

// detached is the attachment of a volume of a pod to its node that is not done, and the PVC of the volume.
func detached(p *Pass, pod *model.Pod) (*model.Attachment, *model.Claim) {
	for _, c := range podClaims(p, pod) {
		for a := range model.Each[*model.Attachment](p.Snapshot.Space(""), model.KindVolumeAttachment) {
			if c.Volume != "" && a.Volume == c.Volume && a.Node == pod.Node && !a.Attached && a.Deleting.IsZero() {
				return a, c
			}
		}
	}
	return nil, nil
}

// mountsOf names what a pod mounts, but for what every pod has.
func mountsOf(pod *model.Pod) (out []string) {
	for _, r := range pod.Refs {
		if r.Type != model.EdgeMounts || r.To.IsRootCA() {
			continue
		}
		name := string(r.To.Kind) + " " + r.To.Name
		if r.To.Kind == model.KindClaim {
			name = "PVC " + r.To.Name
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}
