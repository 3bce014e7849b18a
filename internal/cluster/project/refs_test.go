package project

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/careen-tui/careen/internal/model"
)

func load(t testing.TB, text string) model.Row {
	t.Helper()
	u := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(text), &u.Object); err != nil {
		t.Fatal(err)
	}
	row, ok := New([]byte("salt")).Object(u)
	if !ok {
		t.Fatalf("not projected: %s", text)
	}
	return row
}

func line(r model.Reference) string {
	s := fmt.Sprintf("%s %s", r.Type, r.To)
	if r.Key != "" {
		s += " key=" + r.Key
	}
	s += " at " + r.Path
	if r.Container != "" {
		s += " in " + r.Container
	}
	if r.Optional {
		s += " optional"
	}
	if r.SubPath {
		s += " subPath"
	}
	return s
}

const podSpecYAML = `
    serviceAccountName: runner
    priorityClassName: high
    runtimeClassName: gvisor
    imagePullSecrets: [{name: pull}]
    initContainers:
    - name: init
      image: i
      envFrom: [{secretRef: {name: init-secret}}]
    containers:
    - name: app
      image: a
      env:
      - {name: A, valueFrom: {secretKeyRef: {name: env-secret, key: k}}}
      - {name: B, valueFrom: {configMapKeyRef: {name: env-config, key: k, optional: true}}}
      - {name: C, value: "http://backend.other.svc:80/x"}
      - {name: TLS_SECRET_NAME, value: named-secret}
      - {name: CLIENT_SECRET, value: "plainvalue"}
      envFrom:
      - {configMapRef: {name: from-config, optional: true}}
      - {secretRef: {name: from-secret}}
      args: ["--node=vm-0.vm:1,vm-1.vm:1", "--default-ssl-certificate=web/cert"]
      volumeMounts:
      - {name: sec, mountPath: /a}
      - {name: sec, mountPath: /b, subPath: x}
      - {name: conf, mountPath: /c}
    - name: side
      image: s
      volumeMounts: [{name: conf, mountPath: /c}]
      volumeDevices: [{name: claim, devicePath: /dev/x}]
    ephemeralContainers:
    - name: debug
      image: d
      envFrom: [{secretRef: {name: debug-secret}}]
    volumes:
    - {name: sec, secret: {secretName: vol-secret, items: [{key: one, path: o}, {key: two, path: t}]}}
    - {name: conf, configMap: {name: vol-config, optional: true}}
    - name: proj
      projected:
        sources:
        - secret: {name: proj-secret}
        - configMap: {name: kube-root-ca.crt, items: [{key: ca.crt, path: ca.crt}]}
        - serviceAccountToken: {path: token}
    - {name: csi, csi: {driver: d, nodePublishSecretRef: {name: csi-secret}}}
    - {name: claim, persistentVolumeClaim: {claimName: data}}
    - name: eph
      ephemeral: {volumeClaimTemplate: {spec: {storageClassName: fast, accessModes: [ReadWriteOnce]}}}
    - {name: ceph, cephfs: {monitors: [m], secretRef: {name: ceph-secret}}}
    - {name: rbd, rbd: {monitors: [m], image: i, secretRef: {name: rbd-secret}}}
    - {name: iscsi, iscsi: {targetPortal: p, iqn: q, lun: 0, secretRef: {name: iscsi-secret}}}
    - {name: flex, flexVolume: {driver: d, secretRef: {name: flex-secret}}}
    - {name: azure, azureFile: {secretName: azure-secret, shareName: s}}
    - {name: scale, scaleIO: {gateway: g, system: s, secretRef: {name: scale-secret}}}
    - {name: os, storageos: {secretRef: {name: os-secret}}}
    - {name: cinder, cinder: {volumeID: v, secretRef: {name: cinder-secret}}}
`

func podSpecRefs(path, pod string) []string {
	ephemeral := []string{}
	if pod != "" {
		ephemeral = []string{"mounts PersistentVolumeClaim ns/" + pod + "-eph at " + path + ".volumes[5].ephemeral"}
	}
	return append(ephemeral, strings.Split(strings.ReplaceAll(`account ServiceAccount ns/runner at $.serviceAccountName
class PriorityClass high at $.priorityClassName
class RuntimeClass gvisor at $.runtimeClassName
pulls Secret ns/pull at $.imagePullSecrets[0]
envFrom Secret ns/init-secret at $.initContainers[0].envFrom[0].secretRef in init
env Secret ns/env-secret key=k at $.containers[0].env[0].valueFrom.secretKeyRef in app
env ConfigMap ns/env-config key=k at $.containers[0].env[1].valueFrom.configMapKeyRef in app optional
names Service other/backend at $.containers[0].env[2] in app optional
mentions Secret ns/named-secret at $.containers[0].env[3] in app optional
envFrom ConfigMap ns/from-config at $.containers[0].envFrom[0].configMapRef in app optional
envFrom Secret ns/from-secret at $.containers[0].envFrom[1].secretRef in app
names Service ns/vm at $.containers[0].args[0] in app optional
mentions Secret web/cert at $.containers[0].args[1] in app optional
envFrom Secret ns/debug-secret at $.ephemeralContainers[0].envFrom[0].secretRef in debug
mounts Secret ns/vol-secret key=one at $.volumes[0].secret.items[0] in app subPath
mounts Secret ns/vol-secret key=two at $.volumes[0].secret.items[1] in app subPath
mounts ConfigMap ns/vol-config at $.volumes[1].configMap in app optional
mounts ConfigMap ns/vol-config at $.volumes[1].configMap in side optional
mounts Secret ns/proj-secret at $.volumes[2].projected.sources[0].secret
mounts ConfigMap ns/kube-root-ca.crt key=ca.crt at $.volumes[2].projected.sources[1].configMap.items[0]
mounts Secret ns/csi-secret at $.volumes[3].csi.nodePublishSecretRef
mounts PersistentVolumeClaim ns/data at $.volumes[4].persistentVolumeClaim in side
class StorageClass fast at $.volumes[5].ephemeral.volumeClaimTemplate.spec.storageClassName optional
mounts Secret ns/ceph-secret at $.volumes[6].cephfs.secretRef
mounts Secret ns/rbd-secret at $.volumes[7].rbd.secretRef
mounts Secret ns/iscsi-secret at $.volumes[8].iscsi.secretRef
mounts Secret ns/flex-secret at $.volumes[9].flexVolume.secretRef
mounts Secret ns/azure-secret at $.volumes[10].azureFile
mounts Secret ns/scale-secret at $.volumes[11].scaleIO.secretRef
mounts Secret ns/os-secret at $.volumes[12].storageos.secretRef
mounts Secret ns/cinder-secret at $.volumes[13].cinder.secretRef`, "$", path), "\n")...)
}

func TestReferenceIndex(t *testing.T) {
	indent := func(s, by string) string { return strings.ReplaceAll(s, "\n", "\n"+by) }
	workload := func(api, kind, extra string) string {
		return "apiVersion: " + api + "\nkind: " + kind + "\nmetadata: {name: w, namespace: ns, uid: u}\nspec:\n" + extra +
			"  template:\n    metadata: {}\n    spec:" + indent(podSpecYAML, "  ")
	}
	for _, tt := range []struct {
		name, in string
		want     []string
	}{
		{"pod", "apiVersion: v1\nkind: Pod\nmetadata: {name: w-0, namespace: ns}\nspec:" + podSpecYAML, podSpecRefs("spec", "w-0")},
		{"deployment", workload("apps/v1", "Deployment", ""), podSpecRefs("spec.template.spec", "")},
		{"replica set", workload("apps/v1", "ReplicaSet", ""), podSpecRefs("spec.template.spec", "")},
		{"daemon set", workload("apps/v1", "DaemonSet", ""), podSpecRefs("spec.template.spec", "")},
		{"job", workload("batch/v1", "Job", ""), podSpecRefs("spec.template.spec", "")},
		{"replication controller", workload("v1", "ReplicationController", ""), podSpecRefs("spec.template.spec", "")},
		{
			"stateful set", workload("apps/v1", "StatefulSet", "  serviceName: head\n  volumeClaimTemplates:\n  - metadata: {name: data}\n    spec: {storageClassName: fast}\n"),
			append(podSpecRefs("spec.template.spec", ""),
				"serves Service ns/head at spec.serviceName",
				"class StorageClass fast at spec.volumeClaimTemplates[0].spec.storageClassName optional"),
		},
		{
			"cron job", "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: w, namespace: ns, uid: u}\nspec:\n  jobTemplate:\n    spec:\n      template:\n        spec:" + indent(podSpecYAML, "      "),
			podSpecRefs("spec.jobTemplate.spec.template.spec", ""),
		},
		{"default account", "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: ns}\nspec: {containers: [{name: c, image: i}]}", []string{"account ServiceAccount ns/default at spec.serviceAccountName"}},
		{
			"annotations", `{apiVersion: v1, kind: Service, metadata: {name: s, namespace: ns, annotations: {example.com/auth-secret: other/auth, secret.reloader.stakater.com/reload: "a,b", configmap.reloader.stakater.com/reload: c, reloader.stakater.com/secret-auto: "true"}}}`,
			[]string{
				"mentions Secret other/auth at metadata.annotations[example.com/auth-secret] optional",
				"mentions Secret ns/a at metadata.annotations[secret.reloader.stakater.com/reload] optional",
				"mentions Secret ns/b at metadata.annotations[secret.reloader.stakater.com/reload] optional",
				"mentions ConfigMap ns/c at metadata.annotations[configmap.reloader.stakater.com/reload] optional",
			},
		},
		{
			"annotations that look like credentials", `{apiVersion: v1, kind: Service, metadata: {name: s, namespace: ns, annotations: {example.com/needs-secret: keep-grafana-e44307bec48549e0b67d3c4586965749, example.com/secret: e44307bec48549e0b67d3c4586965749}}}`,
			[]string{"mentions Secret ns/keep-grafana-e44307bec48549e0b67d3c4586965749 at metadata.annotations[example.com/needs-secret] optional"},
		},
		{
			"ingress", `{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i, namespace: ns}, spec: {ingressClassName: nginx, defaultBackend: {service: {name: d, port: {number: 80}}}, tls: [{secretName: cert}], rules: [{host: h, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}}`,
			[]string{
				"class IngressClass nginx at spec.ingressClassName", "routes Service ns/d at spec.defaultBackend.service",
				"tls Secret ns/cert at spec.tls[0]", "routes Service ns/web at spec.rules[0].http.paths[0].backend.service",
			},
		},
		{
			"service account", `{apiVersion: v1, kind: ServiceAccount, metadata: {name: a, namespace: ns}, secrets: [{name: tok}], imagePullSecrets: [{name: pull}]}`,
			[]string{"token Secret ns/tok at secrets[0] optional", "pulls Secret ns/pull at imagePullSecrets[0]"},
		},
		{
			"claim", `{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: c, namespace: ns}, spec: {storageClassName: fast, dataSource: {kind: PersistentVolumeClaim, name: old}}}`,
			[]string{"class StorageClass fast at spec.storageClassName", "mentions PersistentVolumeClaim ns/old at spec.dataSource optional"},
		},
		{
			"bound claim", `{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: c, namespace: ns}, spec: {storageClassName: manual, volumeName: pv, dataSourceRef: {apiGroup: snapshot.storage.k8s.io, kind: VolumeSnapshot, name: s, namespace: other}}}`,
			[]string{
				"class StorageClass manual at spec.storageClassName optional", "binds PersistentVolume pv at spec.volumeName",
				"mentions VolumeSnapshot.snapshot.storage.k8s.io other/s at spec.dataSourceRef optional",
			},
		},
		{
			"volume", `{apiVersion: v1, kind: PersistentVolume, metadata: {name: v}, spec: {storageClassName: fast, claimRef: {namespace: ns, name: c}, csi: {driver: d, volumeHandle: h, controllerPublishSecretRef: {name: s1, namespace: k}, nodeStageSecretRef: {name: s2, namespace: k}, nodePublishSecretRef: {name: s3, namespace: k}, controllerExpandSecretRef: {name: s4, namespace: k}, nodeExpandSecretRef: {name: s5, namespace: k}}}, status: {phase: Bound}}`,
			[]string{
				"binds PersistentVolumeClaim ns/c at spec.claimRef", "class StorageClass fast at spec.storageClassName optional",
				"mounts Secret k/s1 at spec.csi.controllerPublishSecretRef", "mounts Secret k/s2 at spec.csi.nodeStageSecretRef",
				"mounts Secret k/s3 at spec.csi.nodePublishSecretRef", "mounts Secret k/s4 at spec.csi.controllerExpandSecretRef", "mounts Secret k/s5 at spec.csi.nodeExpandSecretRef",
			},
		},
		{
			"azure volume", `{apiVersion: v1, kind: PersistentVolume, metadata: {name: v}, spec: {claimRef: {namespace: ns, name: c}, azureFile: {secretName: az, shareName: s}}, status: {phase: Released}}`,
			[]string{"binds PersistentVolumeClaim ns/c at spec.claimRef optional", "mounts Secret ns/az at spec.azureFile"},
		},
		{
			"storage class", `{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: c}, provisioner: p, parameters: {csi.storage.k8s.io/provisioner-secret-name: s, csi.storage.k8s.io/provisioner-secret-namespace: k, csi.storage.k8s.io/node-publish-secret-name: "${pvc.name}", csi.storage.k8s.io/node-publish-secret-namespace: k}}`,
			[]string{"mounts Secret k/s at parameters[csi.storage.k8s.io/provisioner-secret-name]"},
		},
		{
			"attachment", `{apiVersion: storage.k8s.io/v1, kind: VolumeAttachment, metadata: {name: a}, spec: {attacher: d, nodeName: node-1, source: {persistentVolumeName: pv}}}`,
			[]string{"binds PersistentVolume pv at spec.source.persistentVolumeName", "binds Node node-1 at spec.nodeName"},
		},
		{
			"autoscaler", `{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: h, namespace: ns}, spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}}`,
			[]string{"scales Deployment ns/web at spec.scaleTargetRef"},
		},
		{
			"role", `{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: r, namespace: ns}, rules: [{apiGroups: [""], resources: [secrets], verbs: [get], resourceNames: [s]}]}`,
			[]string{"mentions Secret ns/s at rules[0].resourceNames optional"},
		},
		{
			"binding", `{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: b, namespace: ns}, roleRef: {kind: Role, name: r}, subjects: [{kind: ServiceAccount, name: a}, {kind: User, name: u}]}`,
			[]string{"binds Role ns/r at roleRef", "account ServiceAccount ns/a at subjects[0] optional"},
		},
		{
			"cluster binding", `{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: b}, roleRef: {kind: ClusterRole, name: r}, subjects: [{kind: ServiceAccount, name: a, namespace: ns}]}`,
			[]string{"binds ClusterRole r at roleRef", "account ServiceAccount ns/a at subjects[0] optional"},
		},
		{
			"webhook", `{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: {name: w}, webhooks: [{name: h, clientConfig: {service: {name: s, namespace: ns}}}]}`,
			[]string{"serves Service ns/s at webhooks[0].clientConfig.service"},
		},
		{
			"api service", `{apiVersion: apiregistration.k8s.io/v1, kind: APIService, metadata: {name: v1.x}, spec: {group: x, service: {name: s, namespace: ns}}}`,
			[]string{"serves Service ns/s at spec.service"},
		},
		{
			"definition", `{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: d}, spec: {group: g, names: {kind: K}, conversion: {strategy: Webhook, webhook: {clientConfig: {service: {name: s, namespace: ns}}}}}}`,
			[]string{"serves Service ns/s at spec.conversion.webhook.clientConfig.service"},
		},
		{
			"token", `{apiVersion: v1, kind: Secret, type: kubernetes.io/service-account-token, metadata: {name: t, namespace: ns, annotations: {kubernetes.io/service-account.name: a}}}`,
			[]string{"token ServiceAccount ns/a at metadata.annotations[kubernetes.io/service-account.name]"},
		},
		{
			"configmap", `{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: ns}, data: {NODES: "vm-0.vm:1,vm-1.vm:1", url: "http://web:80", b: "https://api.prod:8443/x", c: "https://github.com/x https://10.0.0.1 http://localhost"}}`,
			[]string{"names Service ns/vm at data.NODES optional", "names Service ns/web at data.url optional", "names Service prod/api at data.b optional"},
		},
		{
			"custom", `{apiVersion: x.io/v1, kind: Thing, metadata: {name: t, namespace: ns}, spec: {auth: {secretKeyRef: {name: s1, key: k}}, tlsSecretName: s2, clientSecretKey: notaname, configMapRef: {name: c, namespace: other}, target: {kind: Deployment, apiVersion: apps/v1, name: web}, existingClaim: pvc, serviceAccountName: sa, storageClassName: fast, list: [{secretRef: {name: s3}}], backendRefs: [{name: svc, port: 80}], certificateRefs: [{name: cert}], password: hunter}}`,
			[]string{
				"mentions Secret ns/s1 key=k at spec.auth.secretKeyRef optional", "mentions Secret ns/s2 at spec.tlsSecretName optional",
				"mentions ConfigMap other/c at spec.configMapRef optional", "mentions Deployment ns/web at spec.target optional",
				"mentions PersistentVolumeClaim ns/pvc at spec.existingClaim optional", "mentions ServiceAccount ns/sa at spec.serviceAccountName optional",
				"mentions StorageClass fast at spec.storageClassName optional", "mentions Secret ns/s3 at spec.list[0].secretRef optional",
				"routes Service ns/svc at spec.backendRefs[0] optional", "tls Secret ns/cert at spec.certificateRefs[0] optional",
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, r := range load(t, tt.in).Base().Refs {
				got = append(got, line(r))
			}
			want := slices.Sorted(slices.Values(tt.want))
			slices.Sort(got)
			for _, l := range want {
				if !slices.Contains(got, l) {
					t.Errorf("missing %s", l)
				}
			}
			for _, l := range got {
				if !slices.Contains(want, l) {
					t.Errorf("unexpected %s", l)
				}
			}
		})
	}
}
