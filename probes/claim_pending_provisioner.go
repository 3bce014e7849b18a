package probes

import (
	"fmt"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// selectedNode is set by the scheduler on a PVC whose pod it placed.
const selectedNode = "volume.kubernetes.io/selected-node"

// provisioned is a PVC whose class makes volumes, and made none yet.
func (w *waitingClaim) provisioned(f finding.Finding) (finding.Finding, bool) {
	p, c := w.pass, w.claim
	if c.Selector != nil && !c.Selector.Empty() {
		// kubernetes pv_controller.go and the external provisioner: no volume is made for one.
		f.Summary = fmt.Sprintf("This PVC gets no volume: it has a selector (%s), and class %s makes no volumes for such PVCs.", selectorText(c.Selector), c.Class)
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: c.Ref(), Path: "spec.selector", Value: selectorText(c.Selector)})
		f.Grade = finding.Inferred
		return f, true
	}
	for _, r := range c.Refs {
		if strings.Contains(r.Path, "dataSource") {
			return f, false // what fills it may take its time
		}
	}
	if w.class.BindingMode == waitForConsumer && c.Annotations[selectedNode] == "" {
		pods := w.consumers()
		if len(pods) == 0 {
			return f, false
		}
		return w.afterPods(f, pods)
	}
	if e := w.failed(); e != nil {
		f.Grade, f.Since = finding.Observed, e.First
		f.Summary = fmt.Sprintf("This PVC gets no volume: the provisioner %s of class %s fails: %s.", w.class.Provisioner, c.Class, clause(e.Message, e.Reason))
		f.Evidence = append(f.Evidence, w.classEvidence(), eventEvidence(e))
		return f, true
	}
	if !p.After(c.Created, 2*pendingAge) {
		return f, false
	}
	f.Grade = finding.Inferred
	what, evidence := w.provisioner()
	f.Summary = fmt.Sprintf("This PVC gets no volume: the provisioner %s of class %s has made none, and %s.", w.class.Provisioner, c.Class, what)
	f.Evidence = append(append(f.Evidence, w.classEvidence()), evidence...)
	return f, true
}

func (w *waitingClaim) classEvidence() finding.Evidence {
	mode := w.class.BindingMode
	if mode == "" {
		mode = "Immediate"
	}
	return finding.Evidence{Ref: w.class.Ref(), Path: "provisioner", Value: w.class.Provisioner, Note: "volumeBindingMode " + mode}
}

// afterPods is a PVC that waits for a pod which cannot be scheduled.
func (w *waitingClaim) afterPods(f finding.Finding, pods []*model.Pod) (finding.Finding, bool) {
	for _, pod := range pods {
		c := verdict(pod)
		if c == nil || !w.pass.After(c.Since, verdictAge) {
			continue
		}
		f.Severity = finding.Medium
		subject := w.pass.Graph.Workload(pod.Ref())
		f.Summary = fmt.Sprintf("This PVC waits for its first pod, and pod %s of %s %s cannot be scheduled.", pod.Name, subject.Kind, subject.Name)
		if subject == pod.Ref() {
			f.Summary = fmt.Sprintf("This PVC waits for its first pod, and pod %s cannot be scheduled.", pod.Name)
		}
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: pod.Ref(), Path: "status.conditions[PodScheduled]", Value: c.Reason, Note: c.Message})
		if w.class != nil {
			f.Evidence = append(f.Evidence, w.classEvidence())
		}
		f.Causes = append(f.Causes, finding.IDOf(unschedulableID, subject, ""))
		return f, true
	}
	return f, false
}

// failed is the newest event of a provisioner that failed, or nil.
func (w *waitingClaim) failed() *model.Event {
	for _, e := range w.events {
		if e.Reason == "ProvisioningFailed" && !e.Last.Before(w.claim.Created) {
			return e
		}
	}
	return nil
}

// token is the part of a provisioner's name by which its pods are likely called:
// "local-path" of rancher.io/local-path, "ebs" of ebs.csi.aws.com.
func token(provisioner string) string {
	if _, name, ok := strings.Cut(provisioner, "/"); ok && name != "" {
		return strings.ToLower(name)
	}
	for part := range strings.SplitSeq(strings.ToLower(provisioner), ".") {
		if part != "csi" && len(part) > 2 {
			return part
		}
	}
	return strings.ToLower(provisioner)
}

// provisioner says what is known of the pods that would make the volume.
func (w *waitingClaim) provisioner() (string, []finding.Evidence) {
	p, like := w.pass, token(w.class.Provisioner)
	if strings.HasPrefix(w.class.Provisioner, "kubernetes.io/") {
		return "it is built into Kubernetes, which no longer makes such volumes without a CSI driver", nil
	}
	var up, down []*model.Pod
	for _, ns := range p.Namespaces() {
		for pod := range model.Each[*model.Pod](p.Snapshot.Space(ns), model.KindPod) {
			if !alive(pod) || !resembles(pod, like) {
				continue
			}
			if pod.Ready {
				up = append(up, pod)
			} else {
				down = append(down, pod)
			}
		}
	}
	known, hidden := p.Snapshot.Knows(model.KindPod, "")
	switch {
	case len(down) > 0:
		return fmt.Sprintf("pod %s, which looks like its own, is not ready", down[0].Ref().Path()), []finding.Evidence{{Ref: down[0].Ref(), Path: "status.conditions[Ready]", Value: "False", Note: fmt.Sprintf("%s of that name, %d ready", text.Counted(len(up)+len(down), "pod"), len(up))}}
	case len(up) > 0:
		return fmt.Sprintf("its pods (%s) run", up[0].Ref().Path()), []finding.Evidence{{Ref: up[0].Ref(), Path: "status.conditions[Ready]", Value: "True", Note: "its log tells more"}}
	case !known:
		return "its pods cannot be seen", []finding.Evidence{{Path: "coverage", Value: hidden, Note: "so it is not known whether it runs"}}
	}
	return "no pod of the cluster looks like it", []finding.Evidence{{Ref: w.class.Ref(), Path: "provisioner", Value: like, Note: "in no name, label or image of a pod"}}
}

// resembles reports whether a pod carries a word in its name, or in the image of a
// container: the host of a registry is in the images of all that comes from it.
func resembles(pod *model.Pod, word string) bool {
	if strings.Contains(pod.Name, word) {
		return true
	}
	for i := range pod.Template.Containers {
		registry, repository, _, _ := imageParts(pod.Template.Containers[i].Image)
		if strings.Contains(strings.TrimPrefix(repository, registry+"/"), word) {
			return true
		}
	}
	return false
}
