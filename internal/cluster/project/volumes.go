package project

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/careen-tui/careen/internal/model"
)

// volume draws a volume's references: one for each container that mounts it, or
// one without a container where none does.
func (c *podSpec) volume(v *corev1.Volume, path string) {
	mounts := c.mounts[v.Name]
	if len(mounts) == 0 {
		mounts = []mount{{}}
	}
	mounted := func(kind model.Kind, name, key, path string, optional bool) {
		for _, m := range mounts {
			c.add(model.Reference{
				Type: model.EdgeMounts, To: model.Ref{Kind: kind, Namespace: c.namespace, Name: c.word(name)},
				Key: c.word(key), Path: path, Container: m.container, Optional: optional, SubPath: m.subPath,
			})
		}
	}
	keyed := func(kind model.Kind, name, path string, items []corev1.KeyToPath, optional bool) {
		if len(items) == 0 {
			mounted(kind, name, "", path, optional)
		}
		for i := range items {
			mounted(kind, name, items[i].Key, at(path+".items", i), optional)
		}
	}
	secret := func(r *corev1.LocalObjectReference, path string) {
		if r != nil {
			mounted(model.KindSecret, r.Name, "", path, false)
		}
	}
	switch s := &v.VolumeSource; {
	case s.Secret != nil:
		keyed(model.KindSecret, s.Secret.SecretName, path+".secret", s.Secret.Items, isTrue(s.Secret.Optional))
	case s.ConfigMap != nil:
		keyed(model.KindConfigMap, s.ConfigMap.Name, path+".configMap", s.ConfigMap.Items, isTrue(s.ConfigMap.Optional))
	case s.Projected != nil:
		for i := range s.Projected.Sources {
			src, where := &s.Projected.Sources[i], at(path+".projected.sources", i)
			if r := src.Secret; r != nil {
				keyed(model.KindSecret, r.Name, where+".secret", r.Items, isTrue(r.Optional))
			}
			if r := src.ConfigMap; r != nil {
				keyed(model.KindConfigMap, r.Name, where+".configMap", r.Items, isTrue(r.Optional))
			}
		}
	case s.PersistentVolumeClaim != nil:
		mounted(model.KindClaim, s.PersistentVolumeClaim.ClaimName, "", path+".persistentVolumeClaim", false)
	case s.Ephemeral != nil:
		if c.pod != "" {
			mounted(model.KindClaim, c.pod+"-"+v.Name, "", path+".ephemeral", false)
		}
		if t := s.Ephemeral.VolumeClaimTemplate; t != nil {
			c.refs = c.claimSpec(c.refs, c.namespace, path+".ephemeral.volumeClaimTemplate.spec", &t.Spec, true)
		}
	case s.CSI != nil:
		secret(s.CSI.NodePublishSecretRef, path+".csi.nodePublishSecretRef")
	case s.CephFS != nil:
		secret(s.CephFS.SecretRef, path+".cephfs.secretRef")
	case s.RBD != nil:
		secret(s.RBD.SecretRef, path+".rbd.secretRef")
	case s.ISCSI != nil:
		secret(s.ISCSI.SecretRef, path+".iscsi.secretRef")
	case s.FlexVolume != nil:
		secret(s.FlexVolume.SecretRef, path+".flexVolume.secretRef")
	case s.ScaleIO != nil:
		secret(s.ScaleIO.SecretRef, path+".scaleIO.secretRef")
	case s.StorageOS != nil:
		secret(s.StorageOS.SecretRef, path+".storageos.secretRef")
	case s.Cinder != nil:
		secret(s.Cinder.SecretRef, path+".cinder.secretRef")
	case s.AzureFile != nil:
		mounted(model.KindSecret, s.AzureFile.SecretName, "", path+".azureFile", false)
	}
}

// claimSpec draws the references of a claim's spec, or of a template's. A class
// that is not an object may still match a volume made by hand, so a template's
// class, and that of a claim that has its volume, are optional; what a claim was
// filled from is needed only until it was.
func (p *Projector) claimSpec(refs []model.Reference, namespace, path string, s *corev1.PersistentVolumeClaimSpec, template bool) []model.Reference {
	bound := s.VolumeName != ""
	if s.StorageClassName != nil && *s.StorageClassName != "" {
		refs = append(refs, model.Reference{
			Type: model.EdgeClass, To: model.Ref{Kind: model.KindStorageClass, Name: p.word(*s.StorageClassName)},
			Path: path + ".storageClassName", Optional: template || bound,
		})
	}
	if bound {
		refs = append(refs, model.Reference{
			Type: model.EdgeBinds, To: model.Ref{Kind: model.KindVolume, Name: p.word(s.VolumeName)}, Path: path + ".volumeName",
		})
	}
	source, sourceNamespace, sourcePath := s.DataSource, namespace, path+".dataSource"
	if r := s.DataSourceRef; r != nil {
		source, sourcePath = &corev1.TypedLocalObjectReference{APIGroup: r.APIGroup, Kind: r.Kind, Name: r.Name}, path+".dataSourceRef"
		if r.Namespace != nil && *r.Namespace != "" {
			sourceNamespace = p.word(*r.Namespace)
		}
	}
	if source != nil && source.Name != "" {
		group := ""
		if source.APIGroup != nil {
			group = *source.APIGroup
		}
		refs = append(refs, model.Reference{
			Type: model.EdgeMentions, To: model.Ref{Kind: p.groupKind(group, source.Kind), Namespace: sourceNamespace, Name: p.word(source.Name)},
			Path: sourcePath, Optional: true,
		})
	}
	return refs
}
