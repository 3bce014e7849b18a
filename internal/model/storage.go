package model

import (
	"strings"
	"time"
)

// Claim is a PersistentVolumeClaim.
type Claim struct {
	Meta
	Phase      string
	Volume     string
	Class      string // empty where none is named; see ClassSet
	ClassSet   bool   // storageClassName is present, maybe ""
	Requested  string
	Capacity   string
	Modes      []string
	VolumeMode string
	Conditions []Condition
}

// Volume is a PersistentVolume.
type Volume struct {
	Meta
	Phase    string
	Reason   string
	Policy   string // Retain, Delete, Recycle
	Class    string
	Capacity string
	Modes    []string
	Mode     string
	Claim    Ref
	ClaimUID string
	Source   string // "csi ebs.csi.aws.com", "hostPath /data"
	Since    time.Time
}

// StorageClass is a StorageClass.
type StorageClass struct {
	Meta
	Provisioner string
	Policy      string
	BindingMode string
	Default     bool
	Expansion   bool
	Secrets     []SecretTemplate // names of Secrets that hold a template of the PVC or PV
}

// SecretTemplate names a Secret by a template, as CSI provisioners take it in a
// class's parameters: "${pvc.name}" (external-provisioner, pkg/controller/controller.go).
type SecretTemplate struct{ Name, Namespace string }

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
	Attacher, Node, Volume string
	Attached               bool
	Error                  string
}
