package objects

import "github.com/careen-tui/careen/internal/model"

// Claim is a PersistentVolumeClaim.
type Claim struct {
	Metadata Meta        `json:"metadata"`
	Spec     ClaimSpec   `json:"spec"`
	Status   ClaimStatus `json:"status"`
}

// ClaimSpec is the spec of a PVC.
type ClaimSpec struct {
	StorageClassName *string   `json:"storageClassName"`
	VolumeName       string    `json:"volumeName"`
	VolumeMode       string    `json:"volumeMode"`
	AccessModes      []string  `json:"accessModes"`
	Resources        Requested `json:"resources"`
	Selector         *Selector `json:"selector"`
}

// ClaimStatus is the status of a PVC.
type ClaimStatus struct {
	Phase      string            `json:"phase"`
	Capacity   map[string]string `json:"capacity"`
	Conditions []Condition       `json:"conditions"`
}

func claimOf(c *model.Claim) *Claim {
	out := &Claim{
		metaOf(&c.Meta),
		ClaimSpec{VolumeName: c.Volume, VolumeMode: c.VolumeMode, AccessModes: c.Modes, Resources: Requested{storage(c.Requested)}, Selector: selectorOf(c.Selector)},
		ClaimStatus{c.Phase, storage(c.Capacity), conditionsOf(c.Conditions)},
	}
	if c.ClassSet {
		out.Spec.StorageClassName = &c.Class
	}
	return out
}

// Volume is a PersistentVolume.
type Volume struct {
	Metadata Meta         `json:"metadata"`
	Spec     VolumeSpec   `json:"spec"`
	Status   VolumeStatus `json:"status"`
}

// VolumeSpec is the spec of a PV.
type VolumeSpec struct {
	PersistentVolumeReclaimPolicy string            `json:"persistentVolumeReclaimPolicy"`
	StorageClassName              string            `json:"storageClassName"`
	Capacity                      map[string]string `json:"capacity"`
	AccessModes                   []string          `json:"accessModes"`
	VolumeMode                    string            `json:"volumeMode"`
	ClaimRef                      ClaimRef          `json:"claimRef"`
}

// ClaimRef is the PVC of a PV.
type ClaimRef struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	UID       string `json:"uid"`
}

// VolumeStatus is the status of a PV.
type VolumeStatus struct {
	Phase  string `json:"phase"`
	Reason string `json:"reason"`
}

func volumeOf(v *model.Volume) *Volume {
	return &Volume{
		metaOf(&v.Meta),
		VolumeSpec{v.Policy, v.Class, storage(v.Capacity), v.Modes, v.Mode, ClaimRef{v.Claim.Namespace, v.Claim.Name, v.ClaimUID}},
		VolumeStatus{v.Phase, v.Reason},
	}
}

// StorageClass is a StorageClass.
type StorageClass struct {
	Metadata             Meta   `json:"metadata"`
	Provisioner          string `json:"provisioner"`
	ReclaimPolicy        string `json:"reclaimPolicy"`
	VolumeBindingMode    string `json:"volumeBindingMode"`
	AllowVolumeExpansion bool   `json:"allowVolumeExpansion"`
}

func storageClassOf(c *model.StorageClass) *StorageClass {
	return &StorageClass{metaOf(&c.Meta), c.Provisioner, c.Policy, c.BindingMode, c.Expansion}
}

// Attachment is a VolumeAttachment.
type Attachment struct {
	Metadata Meta             `json:"metadata"`
	Spec     AttachmentSpec   `json:"spec"`
	Status   AttachmentStatus `json:"status"`
}

// AttachmentSpec is the spec of a VolumeAttachment.
type AttachmentSpec struct {
	Attacher string           `json:"attacher"`
	NodeName string           `json:"nodeName"`
	Source   AttachmentSource `json:"source"`
}

// AttachmentSource is the volume of a VolumeAttachment.
type AttachmentSource struct {
	PersistentVolumeName string `json:"persistentVolumeName"`
}

// AttachmentStatus is the status of a VolumeAttachment.
type AttachmentStatus struct {
	Attached    bool        `json:"attached"`
	AttachError AttachError `json:"attachError"`
}

// AttachError is why a volume is not attached.
type AttachError struct {
	Message string `json:"message"`
}

func attachmentOf(a *model.Attachment) *Attachment {
	return &Attachment{
		metaOf(&a.Meta), AttachmentSpec{a.Attacher, a.Node, AttachmentSource{a.Volume}}, AttachmentStatus{a.Attached, AttachError{a.Error}},
	}
}
