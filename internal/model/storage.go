package model

import (
	"strings"
	"time"
)

// Claim is a PersistentVolumeClaim.
type Claim struct {
	Meta
	Phase      string    `careen:"keep"`
	Volume     string    `careen:"name"`
	Class      string    `careen:"name"` // empty where none is named; see ClassSet
	ClassSet   bool      // storageClassName is present, maybe ""
	Requested  string    `careen:"keep"`
	Capacity   string    `careen:"keep"`
	Modes      []string  `careen:"keep"`
	VolumeMode string    `careen:"keep"`
	Selector   *Selector // of volumes; nil where it takes any
	Conditions []Condition
}

// Volume is a PersistentVolume.
type Volume struct {
	Meta
	Phase    string   `careen:"keep"`
	Reason   string   `careen:"keep"`
	Policy   string   `careen:"keep"` // Retain, Delete, Recycle
	Class    string   `careen:"name"`
	Capacity string   `careen:"keep"`
	Modes    []string `careen:"keep"`
	Mode     string   `careen:"keep"`
	Claim    Ref
	ClaimUID string `careen:"keep"`
	Source   string `careen:"text"` // "csi ebs.csi.aws.com", "hostPath /data"
	Since    time.Time
	Nodes    []NodeTerm // where it can be mounted: one of them must hold; empty for anywhere
}

// BoundTo reports whether the volume is a PVC's: both name each other. A PVC that is Lost names
// a volume that may be another's by now, and whose data are not this PVC's to keep or delete.
func (v *Volume) BoundTo(c *Claim) bool {
	return c.Volume == v.Name && v.Claim == c.Ref() && (v.ClaimUID == "" || v.ClaimUID == c.UID)
}

// StorageClass is a StorageClass.
type StorageClass struct {
	Meta
	Provisioner string `careen:"text"`
	Policy      string `careen:"keep"`
	BindingMode string `careen:"keep"`
	Default     bool
	Expansion   bool
	Topologies  []NodeTerm       // where it makes volumes: one of them must hold; empty for anywhere
	Secrets     []SecretTemplate // names of Secrets that hold a template of the PVC or PV
}

// SecretTemplate names a Secret by a template, as CSI provisioners take it in a
// class's parameters: "${pvc.name}" (external-provisioner, pkg/controller/controller.go).
type SecretTemplate struct {
	Name, Namespace string `careen:"template"`
}

// For fills the template in for a claim. What it does not know makes ok false.
func (t SecretTemplate) For(c *Claim) (ref Ref, ok bool) {
	fill := strings.NewReplacer("${pvc.name}", c.Name, "${pvc.namespace}", c.Namespace, "${pv.name}", c.Volume)
	ref = Ref{Kind: KindSecret, Namespace: fill.Replace(t.Namespace), Name: fill.Replace(t.Name)}
	for k, v := range c.Annotations {
		ref.Name = strings.ReplaceAll(ref.Name, "${pvc.annotations['"+k+"']}", v)
	}
	return ref, !strings.Contains(ref.Name+ref.Namespace, "${")
}

// Attachment is a VolumeAttachment.
type Attachment struct {
	Meta
	Attacher     string `careen:"text"`
	Node, Volume string `careen:"name"`
	Attached     bool
	Error        string `careen:"text"`
}
