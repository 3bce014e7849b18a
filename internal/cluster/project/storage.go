package project

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/careen-tui/careen/internal/model"
)

func (p *Projector) claim(o *corev1.PersistentVolumeClaim) *model.Claim {
	out := &model.Claim{
		Meta:      p.meta(model.KindClaim, &o.ObjectMeta),
		Phase:     p.word(string(o.Status.Phase)),
		Volume:    p.word(o.Spec.VolumeName),
		Requested: p.requested(&o.Spec),
		Modes:     modes(p, o.Spec.AccessModes),
	}
	if c := o.Spec.StorageClassName; c != nil {
		out.Class, out.ClassSet = p.word(*c), true
	}
	if q, ok := o.Status.Capacity[corev1.ResourceStorage]; ok {
		out.Capacity = p.quantity(q)
	}
	if m := o.Spec.VolumeMode; m != nil {
		out.VolumeMode = p.word(string(*m))
	}
	out.Selector = p.selector(o.Spec.Selector)
	out.Conditions = conditions(p, o.Namespace, o.Status.Conditions, func(c *corev1.PersistentVolumeClaimCondition) (typ, status, reason, text string, since metav1.Time) {
		return string(c.Type), string(c.Status), c.Reason, c.Message, c.LastTransitionTime
	})
	out.Refs = p.claimSpec(out.Refs, out.Namespace, "spec", &o.Spec, false)
	return out
}

func (p *Projector) requested(s *corev1.PersistentVolumeClaimSpec) string {
	q, ok := s.Resources.Requests[corev1.ResourceStorage]
	if !ok {
		return ""
	}
	return p.quantity(q)
}

func modes(p *Projector, in []corev1.PersistentVolumeAccessMode) []string {
	var out []string
	for _, m := range in {
		out = append(out, p.word(string(m)))
	}
	return out
}

func (p *Projector) volume(o *corev1.PersistentVolume) *model.Volume {
	out := &model.Volume{
		Meta:   p.meta(model.KindVolume, &o.ObjectMeta),
		Phase:  p.word(string(o.Status.Phase)),
		Reason: p.message(o.Namespace, o.Status.Reason),
		Policy: p.word(string(o.Spec.PersistentVolumeReclaimPolicy)),
		Class:  p.word(o.Spec.StorageClassName),
		Modes:  modes(p, o.Spec.AccessModes),
		Source: p.source(&o.Spec.PersistentVolumeSource),
		Since:  moment(o.Status.LastPhaseTransitionTime),
	}
	if out.Reason == "" {
		out.Reason = p.message(o.Namespace, o.Status.Message)
	}
	if q, ok := o.Spec.Capacity[corev1.ResourceStorage]; ok {
		out.Capacity = p.quantity(q)
	}
	if m := o.Spec.VolumeMode; m != nil {
		out.Mode = p.word(string(*m))
	}
	if c := o.Spec.ClaimRef; c != nil {
		out.Claim = model.Ref{Kind: model.KindClaim, Namespace: p.word(c.Namespace), Name: p.word(c.Name)}
		out.ClaimUID = name(string(c.UID))
		out.Refs = append(out.Refs, model.Reference{
			Type: model.EdgeBinds, To: out.Claim, Path: "spec.claimRef", Optional: o.Status.Phase != corev1.VolumeBound,
		})
	}
	if out.Class != "" {
		out.Refs = append(out.Refs, model.Reference{
			Type: model.EdgeClass, To: model.Ref{Kind: model.KindStorageClass, Name: out.Class}, Path: "spec.storageClassName", Optional: true,
		})
	}
	if a := o.Spec.NodeAffinity; a != nil {
		out.Nodes = p.nodeTerms(a.Required)
	}
	p.volumeSecrets(out, &o.Spec.PersistentVolumeSource)
	return out
}

func (p *Projector) volumeSecrets(out *model.Volume, s *corev1.PersistentVolumeSource) {
	draw := func(namespace, to, path string) {
		if to == "" {
			return
		}
		if namespace == "" {
			namespace = out.Claim.Namespace
		}
		out.Refs = append(out.Refs, model.Reference{
			Type: model.EdgeMounts, To: model.Ref{Kind: model.KindSecret, Namespace: p.word(namespace), Name: p.word(to)}, Path: "spec." + path,
		})
	}
	ref := func(r *corev1.SecretReference, path string) {
		if r != nil {
			draw(r.Namespace, r.Name, path)
		}
	}
	switch {
	case s.CSI != nil:
		ref(s.CSI.ControllerPublishSecretRef, "csi.controllerPublishSecretRef")
		ref(s.CSI.NodeStageSecretRef, "csi.nodeStageSecretRef")
		ref(s.CSI.NodePublishSecretRef, "csi.nodePublishSecretRef")
		ref(s.CSI.ControllerExpandSecretRef, "csi.controllerExpandSecretRef")
		ref(s.CSI.NodeExpandSecretRef, "csi.nodeExpandSecretRef")
	case s.CephFS != nil:
		ref(s.CephFS.SecretRef, "cephfs.secretRef")
	case s.RBD != nil:
		ref(s.RBD.SecretRef, "rbd.secretRef")
	case s.ISCSI != nil:
		ref(s.ISCSI.SecretRef, "iscsi.secretRef")
	case s.FlexVolume != nil:
		ref(s.FlexVolume.SecretRef, "flexVolume.secretRef")
	case s.ScaleIO != nil:
		ref(s.ScaleIO.SecretRef, "scaleIO.secretRef")
	case s.Cinder != nil:
		ref(s.Cinder.SecretRef, "cinder.secretRef")
	case s.StorageOS != nil:
		if r := s.StorageOS.SecretRef; r != nil {
			draw(r.Namespace, r.Name, "storageos.secretRef")
		}
	case s.AzureFile != nil:
		ns := ""
		if s.AzureFile.SecretNamespace != nil {
			ns = *s.AzureFile.SecretNamespace
		}
		draw(ns, s.AzureFile.SecretName, "azureFile")
	}
}

// source names a volume's kind of storage and where it stands.
func (p *Projector) source(s *corev1.PersistentVolumeSource) string {
	switch {
	case s.CSI != nil:
		return p.word("csi " + s.CSI.Driver)
	case s.HostPath != nil:
		return name("hostPath " + s.HostPath.Path)
	case s.Local != nil:
		return name("local " + s.Local.Path)
	case s.NFS != nil:
		return name("nfs " + s.NFS.Server + ":" + s.NFS.Path)
	case s.ISCSI != nil:
		return name("iscsi " + s.ISCSI.IQN)
	case s.RBD != nil:
		return "rbd"
	case s.CephFS != nil:
		return "cephfs"
	case s.FC != nil:
		return "fc"
	case s.AWSElasticBlockStore != nil:
		return name("awsElasticBlockStore " + s.AWSElasticBlockStore.VolumeID)
	case s.GCEPersistentDisk != nil:
		return name("gcePersistentDisk " + s.GCEPersistentDisk.PDName)
	case s.AzureDisk != nil:
		return name("azureDisk " + s.AzureDisk.DiskName)
	case s.AzureFile != nil:
		return name("azureFile " + s.AzureFile.ShareName)
	case s.Cinder != nil:
		return name("cinder " + s.Cinder.VolumeID)
	case s.FlexVolume != nil:
		return name("flexVolume " + s.FlexVolume.Driver)
	case s.VsphereVolume != nil:
		return name("vsphereVolume " + s.VsphereVolume.VolumePath)
	}
	return "other"
}

func (p *Projector) storageClass(o *storagev1.StorageClass) *model.StorageClass {
	out := &model.StorageClass{
		Meta: p.meta(model.KindStorageClass, &o.ObjectMeta), Provisioner: p.word(o.Provisioner), Expansion: isTrue(o.AllowVolumeExpansion),
	}
	out.Default = o.Annotations["storageclass.kubernetes.io/is-default-class"] == "true" ||
		o.Annotations["storageclass.beta.kubernetes.io/is-default-class"] == "true"
	if o.ReclaimPolicy != nil {
		out.Policy = p.word(string(*o.ReclaimPolicy))
	}
	if o.VolumeBindingMode != nil {
		out.BindingMode = p.word(string(*o.VolumeBindingMode))
	}
	for i := range o.AllowedTopologies[:min(len(o.AllowedTopologies), maxTerms)] {
		term := model.NodeTerm{}
		for _, l := range o.AllowedTopologies[i].MatchLabelExpressions {
			term.Labels = append(term.Labels, model.Term{Key: p.word(l.Key), Op: "In", Values: p.words(l.Values, maxValues)})
		}
		out.Topologies = append(out.Topologies, term)
	}
	for _, k := range slices.Sorted(maps.Keys(o.Parameters)) {
		base, ok := strings.CutSuffix(k, "-name")
		if !ok || !strings.HasSuffix(base, "secret") {
			continue
		}
		to, ns := o.Parameters[k], o.Parameters[base+"-namespace"]
		if strings.Contains(to+ns, "${") && len(out.Secrets) < maxMentions {
			out.Secrets = append(out.Secrets, model.SecretTemplate{Name: p.word(to), Namespace: p.word(ns)})
		}
		if !isName(to) || !isName(ns) {
			continue
		}
		out.Refs = append(out.Refs, model.Reference{
			Type: model.EdgeMounts, To: model.Ref{Kind: model.KindSecret, Namespace: p.word(ns), Name: p.word(to)}, Path: "parameters[" + p.word(k) + "]",
		})
	}
	return out
}

func (p *Projector) attachment(o *storagev1.VolumeAttachment) *model.Attachment {
	out := &model.Attachment{
		Meta: p.meta(model.KindVolumeAttachment, &o.ObjectMeta), Attacher: p.word(o.Spec.Attacher),
		Node: p.word(o.Spec.NodeName), Attached: o.Status.Attached,
	}
	if v := o.Spec.Source.PersistentVolumeName; v != nil {
		out.Volume = p.word(*v)
		out.Refs = append(out.Refs, model.Reference{
			Type: model.EdgeBinds, To: model.Ref{Kind: model.KindVolume, Name: out.Volume}, Path: "spec.source.persistentVolumeName",
		})
	}
	if o.Spec.NodeName != "" {
		out.Refs = append(out.Refs, model.Reference{
			Type: model.EdgeBinds, To: model.Ref{Kind: model.KindNode, Name: out.Node}, Path: "spec.nodeName",
		})
	}
	for _, e := range []*storagev1.VolumeError{o.Status.AttachError, o.Status.DetachError} {
		if e != nil && out.Error == "" {
			out.Error = p.message("", e.Message)
		}
	}
	return out
}
