package future

import (
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

// lookedAtAgain clears what the scheduler said of a pod that has no node: it looks again, and
// the rules say what it would see. ok is false for a pod that does not wait for a node.
func lookedAtAgain(pod *model.Pod) (conditions []model.Condition, ok bool) {
	i := slices.IndexFunc(pod.Conditions, func(c model.Condition) bool { return c.Type == "PodScheduled" && c.Status == "False" })
	if i < 0 || pod.Node != "" || pod.Phase != "Pending" {
		return nil, false
	}
	conditions = slices.Clone(pod.Conditions)
	was := conditions[i]
	conditions[i].Standing = &model.Standing{Type: was.Type, Status: was.Status, Reason: was.Reason}
	return conditions, true
}

// reschedule has the scheduler look again at all pods that have no node, as it does when
// a volume changes.
func (d *Drawing) reschedule() {
	for _, ns := range d.base.Namespaces() {
		sp := d.base.Space(ns)
		for pod := range model.Each[*model.Pod](sp, model.KindPod) {
			if conditions, ok := lookedAtAgain(pod); ok {
				next := *pod
				next.Conditions = conditions
				d.Put(&next)
			}
		}
	}
}

// patchVolume sets what a volume's row holds. One that no longer names its PVC by UID is
// bound to the PVC of that name, if that waits.
func (d *Drawing) patchVolume(v *model.Volume, path string, value any) {
	switch path {
	case "spec.persistentVolumeReclaimPolicy":
		v.Policy, _ = value.(string)
	case "spec.claimRef.uid":
		v.ClaimUID, v.Phase = "", "Available"
		if c, ok := Get[*model.Claim](d.Draft, v.Claim); ok && c.Phase == "Pending" {
			v.ClaimUID, v.Phase = c.UID, "Bound"
			d.bound(c, v.Name)
			d.reschedule()
		}
	}
}

// patchSelector sets a label of a template's nodeSelector, or removes it, and reports
// whether the path is of one.
func patchSelector(t *model.Template, path string, value any) bool {
	_, key, is := strings.Cut(path, "template.spec.nodeSelector.")
	if !is || t.Placement == nil {
		return false
	}
	at := *t.Placement
	at.NodeSelector = labelled(at.NodeSelector, key, value)
	t.Placement = &at
	return true
}
