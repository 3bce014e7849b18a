package model

import "time"

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
}

// Attachment is a VolumeAttachment.
type Attachment struct {
	Meta
	Attacher, Node, Volume string
	Attached               bool
	Error                  string
}
