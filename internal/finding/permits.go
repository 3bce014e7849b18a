package finding

import (
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/model"
)

var (
	templated = []model.Kind{
		model.KindDeployment, model.KindStatefulSet, model.KindDaemonSet, model.KindReplicaSet, model.KindReplicationController,
		model.KindJob, model.KindCronJob,
	}
	rolling = []model.Kind{model.KindDeployment, model.KindStatefulSet, model.KindDaemonSet}
	claims  = []model.Kind{model.KindClaim}
	volumes = []model.Kind{model.KindVolume}
	pods    = []model.Kind{model.KindPod}
	records = []model.Kind{model.KindRecord}
	secrets = []model.Kind{model.KindSecret}

	// suspendable are the kinds of Flux that can be suspended, and resumed.
	suspendable = []model.Kind{
		"Kustomization.kustomize.toolkit.fluxcd.io", "HelmRelease.helm.toolkit.fluxcd.io", "GitRepository.source.toolkit.fluxcd.io",
		"OCIRepository.source.toolkit.fluxcd.io", "HelmRepository.source.toolkit.fluxcd.io", "HelmChart.source.toolkit.fluxcd.io", "Bucket.source.toolkit.fluxcd.io",
	}
)

// replacedPods are deleted so that an ordered rollout goes on: their controller makes
// others.
var replacedPods = Permit{Verb: ToDelete, Kinds: pods}

// keptVolume is a volume whose data is to outlive its claim.
var keptVolume = Permit{
	Verb: ToEdit, Kinds: volumes, Fields: []string{"spec/persistentVolumeReclaimPolicy"},
	Values: func(_, after any) bool { return after == "Retain" },
}

// cordoned is a node that takes new pods or none. Nothing else of a node is written: its
// labels and taints decide where everything runs.
var cordoned = Permit{Verb: ToEdit, Kinds: []model.Kind{model.KindNode}, Fields: []string{"spec/unschedulable"}, Values: switches}

// switches reports whether a field that is true or false, or is left out, is so afterwards.
func switches(_, after any) bool {
	_, ok := after.(bool)
	return ok || after == nil
}

// Permits of a Create: what the probes write out themselves.
func (Create) Permits() []Permit {
	return []Permit{{Verb: ToCreate, Kinds: []model.Kind{model.KindServiceAccount, model.KindService}}}
}

// Permits of a CreateFromRelease: whatever another object may refer to by name.
func (CreateFromRelease) Permits() []Permit {
	return []Permit{{Verb: ToCreate, Kinds: slices.Concat(templated, []model.Kind{
		model.KindSecret, model.KindConfigMap, model.KindServiceAccount, model.KindService, model.KindClaim,
		model.KindRole, model.KindClusterRole, model.KindStorageClass, model.KindIngressClass, model.KindPriorityClass, model.KindRuntimeClass,
	})}}
}

// Permits of a CopySecret.
func (CopySecret) Permits() []Permit { return []Permit{{Verb: ToCreate, Kinds: secrets}} }

// Permits of a FillSecret.
func (FillSecret) Permits() []Permit { return []Permit{{Verb: ToCreate, Kinds: secrets}} }

// Permits of a RestoreData.
func (RestoreData) Permits() []Permit {
	return []Permit{{
		Verb: ToEdit, Kinds: []model.Kind{model.KindSecret, model.KindConfigMap},
		Fields: []string{"data", "data/*", "binaryData", "binaryData/*"},
	}}
}

// Permits of a Patch. None of its fields names an image, a command, a mount or a
// subject of RBAC.
func (Patch) Permits() []Permit {
	return []Permit{
		{Verb: ToEdit, Kinds: templated, Fields: patchedTemplate},
		{Verb: ToEdit, Kinds: rolling, Fields: patchedProbes},
		{Verb: ToEdit, Kinds: rolling, Fields: []string{
			"metadata/annotations/configmap.reloader.stakater.com~1reload", "metadata/annotations/secret.reloader.stakater.com~1reload",
			"metadata/annotations/wave.pusher.com~1update-on-config-change",
		}},
		{Verb: ToEdit, Kinds: rolling, Fields: []string{"{pod}/imagePullSecrets/*"}, Values: namesAlone},
		{Verb: ToEdit, Kinds: []model.Kind{model.KindStatefulSet}, Fields: []string{"spec/persistentVolumeClaimRetentionPolicy/whenDeleted"}},
		{Verb: ToEdit, Kinds: []model.Kind{model.KindIngress}, Fields: []string{
			"spec/tls/*/secretName", "spec/ingressClassName", "spec/rules/*/http/paths/*/backend/service/name", "spec/defaultBackend/service/name",
			"spec/rules/*/http/paths/*/backend/service/port/number", "spec/rules/*/http/paths/*/backend/service/port/name",
			"spec/defaultBackend/service/port/number", "spec/defaultBackend/service/port/name",
		}},
		{Verb: ToEdit, Kinds: []model.Kind{model.KindService}, Fields: []string{"spec/selector/*", "spec/ports/*/targetPort", "spec/ports/*/protocol"}},
		{Verb: ToEdit, Kinds: model.RouteKinds, Fields: []string{"spec/rules/*/backendRefs/*/name", "spec/rules/*/backendRefs/*/port"}},
		{Verb: ToEdit, Kinds: []model.Kind{model.KindPDB}, Fields: []string{"spec/selector/matchLabels/*"}},
		{Verb: ToEdit, Kinds: []model.Kind{model.KindNetworkPolicy}, Fields: []string{"spec/podSelector/matchLabels/*"}},
		{Verb: ToEdit, Kinds: []model.Kind{model.KindDeployment}, Fields: []string{"spec/paused"}, Values: switches},
		{Verb: ToEdit, Kinds: []model.Kind{model.KindCronJob}, Fields: []string{"spec/suspend"}, Values: switches},
		cordoned,
		{Verb: ToEdit, Kinds: []model.Kind{model.KindDeployment}, Fields: []string{"spec/strategy/type", "spec/strategy/rollingUpdate", "spec/strategy/rollingUpdate/*"}},
		{Verb: ToEdit, Kinds: volumes, Fields: []string{"spec/claimRef/uid", "spec/claimRef/resourceVersion"}},
		{Verb: ToEdit, Kinds: []model.Kind{model.KindHPA}, Fields: []string{"spec/scaleTargetRef/name"}},
		{Verb: ToEdit, Kinds: claims, Fields: []string{"metadata/labels/careen~1kept", "metadata/labels/app.kubernetes.io~1instance", "spec/storageClassName"}},
		{Verb: ToEdit, Kinds: secrets, Fields: []string{"metadata/labels/careen~1review"}},
		{Verb: ToEdit, Kinds: records, Fields: []string{"metadata/labels/owner"}},
		{
			Verb: ToEdit, Kinds: suspendable, Fields: []string{"spec/suspend"},
			Values: func(_, after any) bool { return after == false },
		},
		keptVolume,
		replacedPods,
	}
}

var patchedTemplate = []string{
	"{pod}/serviceAccountName", "{pod}/dnsPolicy", "{pod}/priorityClassName", "{pod}/runtimeClassName", "{pod}/imagePullSecrets/*/name",
	"{pod}/nodeSelector/*", "{pod}/*/*/resources/limits/memory",
	"{pod}/*/*/securityContext/allowPrivilegeEscalation", "{pod}/*/*/securityContext/capabilities/drop/*", "{pod}/*/*/securityContext/capabilities/drop",
	"{pod}/*/*/securityContext/runAsNonRoot", "{pod}/*/*/securityContext/seccompProfile/type",
	"{pod}/*/*/env/*/valueFrom/secretKeyRef/name", "{pod}/*/*/env/*/valueFrom/secretKeyRef/key", "{pod}/*/*/env/*/valueFrom/secretKeyRef/optional",
	"{pod}/*/*/env/*/valueFrom/configMapKeyRef/name", "{pod}/*/*/env/*/valueFrom/configMapKeyRef/key", "{pod}/*/*/env/*/valueFrom/configMapKeyRef/optional",
	"{pod}/*/*/envFrom/*/secretRef/name", "{pod}/*/*/envFrom/*/secretRef/optional",
	"{pod}/*/*/envFrom/*/configMapRef/name", "{pod}/*/*/envFrom/*/configMapRef/optional",
	"{pod}/volumes/*/secret/secretName", "{pod}/volumes/*/secret/optional", "{pod}/volumes/*/secret/items/*/key",
	"{pod}/volumes/*/configMap/name", "{pod}/volumes/*/configMap/optional", "{pod}/volumes/*/configMap/items/*/key",
	"{pod}/volumes/*/projected/sources/*/secret/name", "{pod}/volumes/*/projected/sources/*/secret/optional", "{pod}/volumes/*/projected/sources/*/secret/items/*/key",
	"{pod}/volumes/*/projected/sources/*/configMap/name", "{pod}/volumes/*/projected/sources/*/configMap/optional", "{pod}/volumes/*/projected/sources/*/configMap/items/*/key",
	"{pod}/volumes/*/persistentVolumeClaim/claimName", "{pod}/volumes/*/azureFile/secretName",
	"{pod}/volumes/*/*/secretRef/name", "{pod}/volumes/*/csi/nodePublishSecretRef/name",
}

// patchedProbes are what a probe asks over the network, and when; what one executes is
// none of it.
var patchedProbes = func() (out []string) {
	for _, probe := range []string{"livenessProbe", "readinessProbe", "startupProbe"} {
		for _, field := range []string{
			"httpGet/port", "httpGet/path", "httpGet/scheme", "tcpSocket/port", "grpc/port",
			"initialDelaySeconds", "periodSeconds", "timeoutSeconds", "failureThreshold",
		} {
			out = append(out, "{pod}/*/*/"+probe+"/"+field)
		}
	}
	return out
}()

// namesAlone reports whether an entry of a list comes or goes that is a name and nothing
// else.
func namesAlone(before, after any) bool {
	for _, v := range []any{before, after} {
		entry, ok := v.(map[string]any)
		if v != nil && (!ok || len(entry) != 1 || entry["name"] == nil) {
			return false
		}
	}
	return true
}

// Permits of a RewriteHosts: texts that list hosts, of which nothing but hosts may
// change.
func (RewriteHosts) Permits() []Permit {
	return []Permit{
		{Verb: ToEdit, Kinds: []model.Kind{model.KindConfigMap}, Fields: []string{"data/*"}, Values: hostsAlone},
		{Verb: ToEdit, Kinds: templated, Fields: []string{"{pod}/*/*/env/*/value", "{pod}/*/*/args", "{pod}/*/*/args/*", "{pod}/*/*/command", "{pod}/*/*/command/*"}, Values: hostsAlone},
		replacedPods,
	}
}

// Permits of an AddRule: verbs of a rule that is there, but none that gives more than
// access to what the rule names.
func (AddRule) Permits() []Permit {
	return []Permit{{
		Verb: ToEdit, Kinds: []model.Kind{model.KindRole, model.KindClusterRole}, Fields: []string{"rules/*/verbs"},
		Values: addsVerbs,
	}}
}

// Permits of an EditRecord.
func (EditRecord) Permits() []Permit {
	return []Permit{{Verb: ToEdit, Kinds: records, Fields: []string{"data/release", "metadata/labels/status", "metadata/labels/modifiedAt"}}}
}

// Permits of a RewriteAPI.
func (RewriteAPI) Permits() []Permit {
	return []Permit{{Verb: ToEdit, Kinds: records, Fields: []string{"data/release", "metadata/labels/modifiedAt"}}}
}

// Permits of a RelabelRecord.
func (RelabelRecord) Permits() []Permit {
	return []Permit{{Verb: ToEdit, Kinds: records, Fields: []string{
		"metadata/labels/status", "metadata/labels/version", "metadata/labels/name", "metadata/labels/owner",
	}}}
}

// Permits of a Delete: what holds data or settings. Taking a delete back creates the
// object again, so nothing is among them that runs a program or grants a right, but for
// pods that their controller makes again, whose deletion is not taken back.
func (Delete) Permits() []Permit {
	return []Permit{{Verb: ToDelete, Kinds: []model.Kind{model.KindSecret, model.KindConfigMap, model.KindLease, model.KindClaim, model.KindVolume}}, replacedPods}
}

// Permits of a Rollback.
func (Rollback) Permits() []Permit {
	return []Permit{{Verb: ToRollBack, Kinds: []model.Kind{model.KindRelease}}}
}

// Permits of an Uninstall.
func (Uninstall) Permits() []Permit {
	return []Permit{{Verb: ToUninstall, Kinds: []model.Kind{model.KindRelease}}}
}

// Permits of a Restart.
func (Restart) Permits() []Permit {
	return []Permit{{Verb: ToEdit, Kinds: rolling, Fields: []string{"spec/template/metadata/annotations/kubectl.kubernetes.io~1restartedAt"}}, replacedPods}
}

// Permits of a Nudge: one annotation, on whatever has a controller.
func (Nudge) Permits() []Permit {
	return []Permit{{Verb: ToEdit, Fields: []string{"metadata/annotations/careen~1nudged"}}}
}

// Permits of a Scale.
func (Scale) Permits() []Permit {
	return []Permit{{Verb: ToEdit, Kinds: templated, Fields: []string{"spec/replicas"}}}
}

// KindVolumeSnapshot is the kind of CSI snapshots.
const KindVolumeSnapshot model.Kind = "VolumeSnapshot.snapshot.storage.k8s.io"

// SnapshotWithin is how long a CSI snapshot may take to become usable.
const SnapshotWithin = 10 * time.Minute

// Permits of a TakeSnapshot.
func (TakeSnapshot) Permits() []Permit {
	return []Permit{{Verb: ToCreate, Kinds: []model.Kind{KindVolumeSnapshot}}}
}

// The kinds of a Guard.
const (
	KindGuard        model.Kind = "ValidatingAdmissionPolicy.admissionregistration.k8s.io"
	KindGuardBinding model.Kind = "ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io"
)

// GuardPrefix begins the names of careen's own policies: it writes no other.
const GuardPrefix = "careen-guard-"

// Permits of a Guard: policies of careen's own, which warn or refuse and do nothing else.
func (Guard) Permits() []Permit {
	own := func(name string) bool { return strings.HasPrefix(name, GuardPrefix) }
	return []Permit{
		{Verb: ToCreate, Kinds: []model.Kind{KindGuard, KindGuardBinding}, Named: own},
		{Verb: ToEdit, Kinds: []model.Kind{KindGuardBinding}, Fields: []string{"spec/validationActions/0"}, Named: own, Values: func(before, after any) bool {
			word := func(v any) bool { return v == "Warn" || v == "Deny" }
			return word(before) && word(after)
		}},
	}
}

// Permits of a Recreate.
func (Recreate) Permits() []Permit {
	return []Permit{{Verb: ToDelete, Kinds: claims}, {Verb: ToCreate, Kinds: claims}, keptVolume}
}

// hostsAlone reports whether two texts are the same but for what a list of hosts is
// made of: no shell, no template and no expression comes or goes.
func hostsAlone(before, after any) bool {
	a, ok := plainText(before)
	b, also := plainText(after)
	if !ok || !also {
		return false
	}
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return strings.IndexFunc(a+b, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && !strings.ContainsRune("-_.:,;@=/[]\"' \n\t", r)
	}) < 0
}

// plainText is a text, or a list of texts line by line.
func plainText(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case []any:
		lines := make([]string, len(v))
		for i := range v {
			line, ok := v[i].(string)
			if !ok {
				return "", false
			}
			lines[i] = line
		}
		return strings.Join(lines, "\n"), true
	}
	return "", false
}

// addsVerbs reports whether a list of verbs became one with more, of those that give no
// more than access to what the rule names.
func addsVerbs(before, after any) bool {
	was, ok := before.([]any)
	is, also := after.([]any)
	if !ok || !also || len(is) <= len(was) {
		return false
	}
	for _, v := range was {
		if !slices.Contains(is, v) {
			return false
		}
	}
	return !slices.ContainsFunc(is, func(v any) bool {
		verb, _ := v.(string)
		return !slices.Contains(was, v) && !slices.Contains([]string{"get", "list", "watch", "create", "update", "patch", "delete"}, verb)
	})
}
