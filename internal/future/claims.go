package future

import (
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

// deleteClaim takes a PVC away, and does with its volume what the policy says.
func (d *Drawing) deleteClaim(c *model.Claim) {
	for _, row := range d.edit(c.Namespace)[model.KindPod] {
		pod, ok := row.(*model.Pod)
		// A pod without a node keeps no PVC (kubernetes pkg/controller/volume/pvcprotection, podUsesPVC).
		if ok && pod.Node != "" && pod.Phase != "Succeeded" && pod.Phase != "Failed" && mounts(pod, c.Ref()) {
			d.block("%s is used by %s, so that it stays until that is gone", c.Ref(), pod.Ref())
			return
		}
	}
	d.Remove(c.Ref())
	v, ok := Get[*model.Volume](d.Draft, model.Ref{Kind: model.KindVolume, Name: c.Volume})
	if !ok || !v.BoundTo(c) {
		return
	}
	if v.Policy == "Delete" {
		d.Remove(v.Ref())
		return
	}
	released := *v
	released.Phase, released.Since = "Released", d.now
	d.Put(&released)
}

func mounts(pod *model.Pod, claim model.Ref) bool {
	return slices.ContainsFunc(pod.Refs, func(r model.Reference) bool { return r.To == claim })
}

// recreate makes a PVC as it was, without its volume; of another class where one is given.
func (d *Drawing) recreate(ref model.Ref, class string) {
	old, ok := Get[*model.Claim](d.Draft, ref)
	if !ok {
		d.block("%s does not exist", ref)
		return
	}
	d.deleteClaim(old)
	if d.Blocked != "" {
		return
	}
	c := *old
	c.UID, c.Created, c.Volume, c.Capacity = "", d.now, "", ""
	if class != "" {
		c.Class, c.ClassSet = class, true
		c.Refs = slices.Clone(c.Refs)
		for i := range c.Refs {
			if c.Refs[i].To.Kind == model.KindStorageClass {
				c.Refs[i].To.Name = class
			}
		}
	}
	d.bind(&c)
}

// bind gives a new PVC a volume: one that is free and fits, or one that its class
// makes. Where neither can come, the end state cannot.
func (d *Drawing) bind(c *model.Claim) {
	for _, row := range d.edit("")[model.KindVolume] {
		v, ok := row.(*model.Volume)
		if ok && v.Phase == "Available" && v.Class == c.Class && (v.Claim.Name == "" || v.Claim == c.Ref()) && subset(c.Modes, v.Modes) {
			bound := *v
			bound.Phase, bound.Claim = "Bound", c.Ref()
			d.Put(&bound)
			d.bound(c, v.Name)
			return
		}
	}
	if why := d.cannotProvision(c); why != "" {
		d.block("%s would stay Pending: %s", c.Ref(), why)
		return
	}
	d.unsure("whether the provisioner of class %s has room for a new volume", c.Class)
	d.bound(c, "pvc-new-"+c.Name)
}

func (d *Drawing) bound(c *model.Claim, volume string) {
	done := *c
	done.Phase, done.Volume = "Bound", volume
	d.Put(&done)
}

// cannotProvision says why a class makes no volume; empty where it may.
func (d *Drawing) cannotProvision(c *model.Claim) string {
	if c.Class == "" && c.ClassSet {
		return "it asks for no class, and no volume made by hand is free"
	}
	if c.Class == "" {
		for _, row := range d.edit("")[model.KindStorageClass] {
			if class, ok := row.(*model.StorageClass); ok && class.Default {
				return provisions(class)
			}
		}
		if known, _ := d.base.Knows(model.KindStorageClass, ""); known {
			return "it names no class, and there is no default one"
		}
		return ""
	}
	class, ok := Get[*model.StorageClass](d.Draft, model.Ref{Kind: model.KindStorageClass, Name: c.Class})
	if !ok {
		if known, _ := d.base.Knows(model.KindStorageClass, ""); known {
			return fmt.Sprintf("class %s does not exist, and no volume made by hand is free", c.Class)
		}
		return ""
	}
	return provisions(class)
}

// provisions says why a class's provisioner makes nothing.
func provisions(class *model.StorageClass) string {
	if class.Provisioner == "kubernetes.io/no-provisioner" || class.Provisioner == "" {
		return fmt.Sprintf("class %s has no provisioner, and no volume made by hand is free", class.Name)
	}
	return ""
}

func subset(of, all []string) bool {
	return !slices.ContainsFunc(of, func(s string) bool { return !slices.Contains(all, s) })
}

// claimsOf makes the PVCs that a StatefulSet's pods of today need and do not have.
func (d *Drawing) claimsOf(w *model.Workload) {
	for _, t := range w.ClaimTemplates {
		for n := range w.Desired {
			name := fmt.Sprintf("%s-%s-%d", t.Name, w.Name, w.OrdinalStart+n)
			ref := model.Ref{Kind: model.KindClaim, Namespace: w.Namespace, Name: name}
			if d.Row(ref) != nil {
				continue
			}
			c := &model.Claim{
				Meta:  model.Meta{Kind: ref.Kind, Namespace: ref.Namespace, Name: name, Created: d.now, Labels: w.Template.Labels},
				Phase: "Pending", Class: t.Class, ClassSet: t.Class != "", Requested: t.Size,
			}
			if d.bind(c); d.Blocked != "" {
				d.Blocked = strings.TrimSpace(d.Blocked)
				return
			}
		}
	}
}
