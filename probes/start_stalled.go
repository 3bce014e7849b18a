package probes

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const startStalledID finding.ProbeID = "start-stalled"

// StartStalled finds pods that have a node and whose containers are not even made.
var StartStalled = &Probe{
	ID: startStalledID,
	Doc: `A pod has a node and does not start there
Its volumes cannot be mounted or attached, or its network cannot be set up: it stays
ContainerCreating.

**Rule.** A pod has a node, is Pending, none of its containers has started for two minutes, and the
kubelet or the attach controller said of this pod, since it was made, FailedMount,
FailedMapVolume, FailedAttachVolume or FailedCreatePodSandBox. The newest of these names the
class: that it does not start is the state, which decides. Where nothing was said for fifteen minutes, or events were
not read, the state tells what it can, and no more is inferred: that a volume of it is not attached to the node; that it has
no address yet, so that its volumes or its network are not set up; that it has one, so that its image is not there or its
containers are not made, which is medium. Sources: kubernetes
pkg/kubelet/events/event.go, pkg/volume/util/operationexecutor,
pkg/controller/volume/attachdetach; KEP-3085 (PodReadyToStartContainers).

**Evidence.** The event's message, the volume and what it is (PVC, Secret, ConfigMap), the node; what it mounts.

**What it cannot see.** Why a storage system or a network plugin refuses, beyond its message.

**By hand.** ` + "`kubectl describe pod POD`" + `; the log of the CSI driver's or the network plugin's pod on that
node.

**Silent** for a Secret, ConfigMap, key or PVC that does not exist (reference-missing says so), for a
volume that another node holds (volume-multi-attach), for a pod whose init container runs or
whose image is pulled, and for events of pods that run.`,
	Worst: finding.High,
	Needs: []model.Kind{model.KindPod},
	Uses: reads(workloadReads, []model.Kind{
		model.KindEvent,
		model.KindClaim, model.KindVolume, model.KindVolumeAttachment, model.KindNode, model.KindSecret, model.KindConfigMap, model.KindNamespace,
	}),
	Run: staying(runStartStalled),
}

var stallReasons = []string{"FailedMount", "FailedMapVolume", "FailedAttachVolume", "FailedCreatePodSandBox", "NetworkNotReady"}

func runStartStalled(p *Pass) {
	var events map[model.Ref][]*model.Event
	stalled := podsBySubject(p, func(pod *model.Pod) bool { return notStarted(pod) && p.After(placedAt(pod), startingFor) })
	for subject, pods := range stalled {
		if events == nil {
			events = eventsAbout(p, stallReasons...)
			p.Sees(model.KindEvent)
		}
		told := slices.ContainsFunc(pods, func(pod *model.Pod) bool {
			e := stallEvent(pod, events[pod.Ref()])
			if e != nil && !toldElsewhere(p, subject, pod, e) {
				p.Report(stalledFinding(p, subject, pods, pod, e))
			}
			return e != nil
		})
		if !told {
			quietlyStalled(p, subject, pods)
		}
	}
}

// stallEvent is the newest event of this pod that names a cause; that a mount timed out
// is a consequence of another.
func stallEvent(pod *model.Pod, events []*model.Event) *model.Event {
	var late *model.Event
	for _, e := range events {
		if e.Last.Before(pod.Created) || e.AboutID != "" && e.AboutID != pod.UID {
			continue
		}
		if !strings.Contains(e.Message, "timed out waiting for the condition") {
			return e
		}
		if late == nil {
			late = e
		}
	}
	return late
}

// toldElsewhere reports whether another probe names the cause of an event.
func toldElsewhere(p *Pass, subject model.Ref, pod *model.Pod, said ...*model.Event) bool {
	if _, held := holdsVolume(p, pod, said); held {
		return true
	}
	row := p.Row(subject)
	if row == nil || !subject.Kind.IsWorkload() {
		row = pod
	}
	return slices.ContainsFunc(brokenRefs(p, row), func(b broken) bool {
		return slices.ContainsFunc(b.fields, func(r model.Reference) bool { return r.Type == model.EdgeMounts })
	})
}

// otherwiseProved are messages about what the objects themselves would show.
var otherwiseProved = regexp.MustCompile(`Multi-Attach|(?i:secret|configmap)s? "[^"]*" not found|non-existent`)

var (
	volumeNamed = regexp.MustCompile(`for volume "([^"]+)"`)
	unmounted   = regexp.MustCompile(`unmounted volumes=\[([^\]]*)\]`)
)

// stallClasses are what messages of the kubelet, of container runtimes and of network
// plugins mean.
var stallClasses = []struct{ has, means string }{
	{"no IP addresses available", "its network plugin has no free address"},
	{"failed to assign an IP address", "its network plugin has no free address"},
	{"failed to request IPv4 addresses", "its network plugin has no free address"},
	{"No more free affine blocks", "its network plugin has no free address"},
	{"no available IPs", "its network plugin has no free address"},
	{"IPAM IP exhausted", "its network plugin has no free address"},
	{"range is full", "its network plugin has no free address"},
	{"no free addresses", "its network plugin has no free address"},
	{"cannot allocate memory", "there is not enough memory to start it"},
	{"failed to write \"memory.max\"", "its memory limit is too small to start it"},
	{"container init was OOM-killed", "its memory limit is too small to start it"},
	{"cni plugin not initialized", "the network plugin of its node is not set up"},
	{"network is not ready", "the network of its node is not ready"},
	{"failed to set up sandbox container", "its network cannot be set up"},
	{"failed to setup network for sandbox", "its network cannot be set up"},
	{"containerd.sock", "the container runtime of its node does not answer"},
	{"crio.sock", "the container runtime of its node does not answer"},
	{"no runtime for", "its node does not have the runtime that its runtimeClassName asks for"},
	{"no space left on device", "the disk of its node is full"},
}

func stalledFinding(p *Pass, subject model.Ref, pods []*model.Pod, pod *model.Pod, e *model.Event) finding.Finding {
	f := finding.Finding{Subject: subject, Severity: finding.High, Grade: finding.Observed, Since: placedAt(pod)}
	if otherwiseProved.MatchString(e.Message) {
		f.Grade = finding.Inferred // by what can be read it is not so, or it cannot be read
	}
	which := "This pod"
	if subject != pod.Ref() {
		which = "Pod " + pod.Name
		if len(pods) > 1 {
			which = text.Counted(len(pods), "pod") + " of it"
		}
	}
	volume := ""
	if m := volumeNamed.FindStringSubmatch(e.Message); m != nil {
		volume = m[1]
	} else if m := unmounted.FindStringSubmatch(e.Message); m != nil {
		volume = m[1]
	}
	what, claim := stallWhat(p, pod, e, volume)
	f.Summary = fmt.Sprintf("%s cannot start on node %s: %s.", which, pod.Node, what)
	f.Evidence = append(f.Evidence, finding.Evidence{Ref: pod.Ref(), Path: "status.phase", Value: pod.Phase, Note: "on node " + pod.Node + " since " + stamp(placedAt(pod))}, eventEvidence(e))
	if claim != nil {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: claim.Ref(), Path: "spec.volumeName", Value: claim.Volume, Note: claim.Phase})
	}
	f.Causes = append(f.Causes, finding.IDOf(nodeUnwellID, model.Ref{Kind: model.KindNode, Name: pod.Node}, ""))
	return f
}

// stallWhat says what an event says, and which PVC it is about.
func stallWhat(p *Pass, pod *model.Pod, e *model.Event, volume string) (string, *model.Claim) {
	message := lastReason(e.Message)
	verb := "mounted"
	if e.Reason == "FailedAttachVolume" {
		verb = "attached"
	}
	if e.Reason == "FailedCreatePodSandBox" || e.Reason == "NetworkNotReady" {
		for _, c := range stallClasses {
			if strings.Contains(e.Message, c.has) {
				return c.means + " (" + message + ")", nil
			}
		}
		return "its sandbox cannot be made: " + message, nil
	}
	for _, c := range podClaims(p, pod) {
		if c.Volume == volume {
			return fmt.Sprintf("the volume of PVC %s (%s) cannot be %s: %s", c.Name, volume, verb, message), c
		}
	}
	if volume == "" {
		return fmt.Sprintf("a volume cannot be %s: %s", verb, message), nil
	}
	return fmt.Sprintf("volume %s cannot be %s: %s", volume, verb, message), nil
}

// lastReason is the end of a chain of errors: what stands after the volume, or after the
// last wrapping that says nothing.
func lastReason(message string) string {
	line := strings.Join(strings.Fields(strings.TrimSpace(message)), " ")
	for _, cut := range []string{`" : `, "desc = ", "Output: "} {
		if i := strings.LastIndex(line, cut); i >= 0 && i+len(cut) < len(line) {
			line = line[i+len(cut):]
		}
	}
	if len(line) > 240 {
		line = strings.ToValidUTF8(line[:240], "") + "…"
	}
	return strings.TrimRight(line, ". ")
}
