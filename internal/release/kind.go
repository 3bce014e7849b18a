package release

import (
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

// clusterScoped are the kinds of Kubernetes itself that stand in no namespace and
// that careen does not read.
var clusterScoped = map[model.Kind]bool{
	"CSIDriver.storage.k8s.io":                                      true,
	"CSINode.storage.k8s.io":                                        true,
	"VolumeAttributesClass.storage.k8s.io":                          true,
	"CertificateSigningRequest.certificates.k8s.io":                 true,
	"ClusterTrustBundle.certificates.k8s.io":                        true,
	"FlowSchema.flowcontrol.apiserver.k8s.io":                       true,
	"PriorityLevelConfiguration.flowcontrol.apiserver.k8s.io":       true,
	"ValidatingAdmissionPolicy.admissionregistration.k8s.io":        true,
	"ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io": true,
	"MutatingAdmissionPolicy.admissionregistration.k8s.io":          true,
	"MutatingAdmissionPolicyBinding.admissionregistration.k8s.io":   true,
	"DeviceClass.resource.k8s.io":                                   true,
	"ResourceSlice.resource.k8s.io":                                 true,
	"IPAddress.networking.k8s.io":                                   true,
	"ServiceCIDR.networking.k8s.io":                                 true,
	"PodSecurityPolicy.policy":                                      true,
}

var words = func() map[string]string {
	words := map[string]string{}
	share := func(s string) { words[s] = s }
	for _, i := range model.Builtin {
		share(string(i.Kind))
		share(strings.TrimPrefix(i.Group+"/"+i.Version, "/"))
	}
	for _, w := range []string{
		"deployed", "superseded", "failed", "uninstalling", "uninstalled", "unknown",
		"pending-install", "pending-upgrade", "pending-rollback", "Install complete", "Upgrade complete",
		"pre-install", "post-install", "pre-upgrade", "post-upgrade", "pre-delete", "post-delete",
		"pre-rollback", "post-rollback", "test", "Succeeded", "Failed", "Running", "Unknown", "default",
	} {
		share(w)
	}
	return words
}()

// KindOf is careen's kind for an apiVersion and kind as a manifest writes them:
// the plain kind for those that careen reads, in whatever version, and Kind.group
// for the others. The group extensions, which old charts name, counts as the group
// that its kinds moved to.
func KindOf(apiVersion, kind string) model.Kind {
	group, _, found := strings.Cut(apiVersion, "/")
	if !found {
		group = ""
	}
	info, ok := model.Info(model.Kind(kind))
	if ok && (info.Group == group || group == "extensions" || apiVersion == "") || group == "" {
		return model.Kind(kind)
	}
	return model.Kind(kind + "." + group)
}

// within is the namespace of a manifest's object: none for a cluster-scoped kind of
// Kubernetes, else the one it names, else the release's.
func within(kind model.Kind, named, release string) string {
	switch {
	case clusterScoped[kind]:
		return ""
	case named == "" || named == release:
		return kind.In(release)
	}
	return kind.In(named)
}
