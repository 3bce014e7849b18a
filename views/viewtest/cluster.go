package viewtest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/model"
)

// Now is the time at which the cluster is seen.
var Now = time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)

func ago(d time.Duration) time.Time { return Now.Add(-d) }

type builder struct {
	spaces map[string]map[model.Kind]model.Table
}

func (b *builder) put(rows ...model.Row) {
	for _, r := range rows {
		m := r.Base()
		if b.spaces[m.Namespace] == nil {
			b.spaces[m.Namespace] = map[model.Kind]model.Table{}
		}
		b.spaces[m.Namespace][m.Kind] = append(b.spaces[m.Namespace][m.Kind], r)
	}
}

func meta(kind model.Kind, namespace, name string, age time.Duration) model.Meta {
	return model.Meta{
		Kind: kind, Namespace: namespace, Name: name, UID: "uid-" + name, ResourceVersion: "48213", Created: ago(age),
		Writes: []model.Write{{Manager: "helm", Operation: "Update", Time: ago(age), Spec: true}},
	}
}

// Snapshot is the cluster.
func Snapshot() *model.Snapshot {
	b := &builder{spaces: map[string]map[model.Kind]model.Table{}}
	b.releases()
	b.workloads()
	b.config()
	b.storage()
	for _, ns := range []string{"review", "vault", "metrics", "keep", "shop", "devlake", "kube-system", "数据平台"} {
		b.put(&model.Namespace{Meta: meta(model.KindNamespace, "", ns, 400*time.Hour), Phase: "Active"})
	}
	snap := &model.Snapshot{Seq: 1, Spaces: map[string]*model.Space{}, Coverage: Live(), Cluster: model.Cluster{
		Context: "prod-eu", Server: "https://10.0.0.1:6443", Version: "v1.36.3", User: "oncall@corp",
	}}
	for ns, tables := range b.spaces {
		for _, t := range tables {
			slices.SortFunc(t, func(a, b model.Row) int { return strings.Compare(a.Base().Name, b.Base().Name) })
		}
		snap.Spaces[ns] = model.NewSpace(ns, 1, tables)
	}
	return snap
}

// read are the kinds that were read of the cluster. A kind that careen learns to read is
// not among them, so that the pictures of the cluster stay.
var read = []model.Kind{
	model.KindNamespace, model.KindServiceAccount, model.KindSecret, model.KindConfigMap, model.KindDeployment, model.KindStatefulSet,
	model.KindDaemonSet, model.KindReplicaSet, model.KindReplicationController, model.KindJob, model.KindCronJob, model.KindClaim,
	model.KindVolume, model.KindStorageClass, model.KindVolumeAttachment, model.KindService, model.KindEndpointSlice, model.KindIngress,
	model.KindIngressClass, model.KindNetworkPolicy, model.KindRole, model.KindRoleBinding, model.KindClusterRole, model.KindClusterRoleBinding,
	model.KindResourceQuota, model.KindLimitRange, model.KindPDB, model.KindHPA, model.KindPriorityClass, model.KindRuntimeClass,
	model.KindValidatingWebhook, model.KindMutatingWebhook, model.KindAPIService, model.KindCRD, model.KindNode, model.KindEvent, model.KindPod,
}

// Live is the coverage where each of them is read.
func Live() model.Coverage {
	var c model.Coverage
	for i, kind := range read {
		c = append(c, model.Watch{Kind: kind, Resource: model.Lookup(kind).Resource, State: model.Live, Objects: 10 + 37*i, Since: ago(time.Hour)})
	}
	c.Sort()
	return c
}

// With returns coverage in which the watch of a kind is in another state.
func With(c model.Coverage, kind model.Kind, state model.WatchState, objects int, message string) model.Coverage {
	out := slices.Clone(c)
	for i := range out {
		if out[i].Kind == kind {
			out[i].State, out[i].Objects, out[i].Message, out[i].Since = state, objects, message, ago(2*time.Minute)
		}
	}
	return out
}

func record(ns, release string, rev int, status string, age time.Duration, body *model.Body) *model.Record {
	return &model.Record{
		Meta: meta(model.KindRecord, ns, model.RecordName(release, rev), age), Driver: model.KindSecret, Release: release, Revision: rev,
		LabelName: release, LabelOwner: "helm", LabelStatus: status, LabelVersion: fmt.Sprint(rev), CreatedAt: ago(age), Body: body,
	}
}

func body(chart, version, status string, age time.Duration, objects ...model.Ref) *model.Body {
	b := &model.Body{Status: status, Chart: chart, ChartVersion: version, AppVersion: "1.0", FirstDeployed: ago(age), LastDeployed: ago(age)}
	for _, o := range objects {
		b.Objects = append(b.Objects, model.Declared{Ref: o})
	}
	return b
}

func (b *builder) releases() {
	deploy := func(ns, name string) model.Ref {
		return model.Ref{Kind: model.KindDeployment, Namespace: ns, Name: name}
	}
	b.put(
		record("review", "review-app", 1, "pending-install", 22*time.Minute, body("app", "1.4.0", "pending-install", 22*time.Minute,
			deploy("review", "review-app"), model.Ref{Kind: model.KindService, Namespace: "review", Name: "review-app"},
			model.Ref{Kind: model.KindServiceAccount, Namespace: "review", Name: "review-app"})),
		record("vault", "common-vault", 2, "superseded", 90*time.Hour, nil),
		record("vault", "common-vault", 3, "deployed", 4*time.Minute, body("vault", "5.1.0", "deployed", 4*time.Minute,
			deploy("vault", "common-vault"), model.Ref{Kind: model.KindServiceAccount, Namespace: "vault", Name: "vault-svc"})),
		record("metrics", "vm", 7, "deployed", 30*time.Hour, body("vm", "0.9.1", "deployed", 30*time.Hour, deploy("metrics", "vminsert"))),
		record("devlake", "devlake", 1, "deployed", 2*time.Hour, body("devlake", "1.0.2", "deployed", 2*time.Hour,
			model.Ref{Kind: model.KindStatefulSet, Namespace: "devlake", Name: "devlake-mysql"})),
		record("数据平台", "分析", 12, "failed", 300*time.Hour, body("分析-chart", "2.0.0", "failed", 300*time.Hour)),
	)
}

func (b *builder) workloads() {
	workload := func(kind model.Kind, ns, name string, ready, desired int32, age time.Duration, refs ...model.Reference) *model.Workload {
		w := &model.Workload{Meta: meta(kind, ns, name, age), Desired: desired, Ready: ready, Current: ready, Strategy: "RollingUpdate"}
		w.Refs = refs
		w.Template = model.Template{ServiceAccount: "default", Containers: []model.Container{{Name: name, Image: "registry.example/" + name + ":1.4.0"}}}
		return w
	}
	ref := func(t model.EdgeType, kind model.Kind, ns, name, path string) model.Reference {
		return model.Reference{Type: t, To: model.Ref{Kind: kind, Namespace: ns, Name: name}, Path: path}
	}
	b.put(
		workload(model.KindDeployment, "review", "review-app", 3, 3, 22*time.Minute),
		workload(model.KindDeployment, "vault", "common-vault", 0, 2, 4*time.Minute,
			ref(model.EdgeAccount, model.KindServiceAccount, "vault", "vault-svc", "spec.template.spec.serviceAccountName")),
		workload(model.KindDeployment, "metrics", "vminsert", 2, 2, 30*time.Hour,
			ref(model.EdgeEnvFrom, model.KindConfigMap, "metrics", "vm-vmstorage-env", "spec.template.spec.containers[0].envFrom[0]")),
		workload(model.KindStatefulSet, "metrics", "vmstorage", 3, 3, 30*time.Hour),
		workload(model.KindDeployment, "keep", "keep-backend", 0, 1, 50*time.Hour),
		workload(model.KindDeployment, "shop", "worker", 0, 1, 9*time.Hour),
		workload(model.KindStatefulSet, "devlake", "devlake-mysql", 1, 1, 2*time.Hour),
		&model.ServiceAccount{Meta: meta(model.KindServiceAccount, "review", "ci", 500*time.Hour)},
		&model.Role{Meta: meta(model.KindRole, "review", "ci", 500*time.Hour), Rules: []model.Rule{{Verbs: []string{"get", "list", "create"}, Resources: []string{"secrets"}}}},
		&model.Event{
			Meta: meta(model.KindEvent, "vault", "common-vault.1", 3*time.Minute), About: model.Ref{Kind: model.KindDeployment, Namespace: "vault", Name: "common-vault"},
			Reason: "FailedCreate", Message: `pods "common-vault-6c787c5cb5-" is forbidden: error looking up service account vault/vault-svc`, Count: 14, Last: ago(time.Minute),
		},
	)
	for i := range 3 {
		p := &model.Pod{
			Meta: meta(model.KindPod, "metrics", fmt.Sprintf("vmstorage-%d", i), 30*time.Hour), Phase: "Running", Ready: true, Node: "node-1",
			Template: &model.Template{ServiceAccount: "default"},
		}
		p.Owners = []model.Owner{{Kind: model.KindStatefulSet, Name: "vmstorage", UID: "uid-vmstorage", Controller: true}}
		b.put(p)
	}
}

func (b *builder) config() {
	secret := func(ns, name, typ string, age time.Duration, keys ...model.DataKey) *model.Secret {
		return &model.Secret{Meta: meta(model.KindSecret, ns, name, age), Type: typ, Keys: keys}
	}
	b.put(
		secret("keep", "keep-vms-0a1b2c3d4e5f60718293a4b5c6d7e8f9", "Opaque", 1200*time.Hour, model.DataKey{Name: "value", Size: 311}),
		secret("shop", "worker-credentials", "Opaque", 200*time.Hour, model.DataKey{Name: "password", Size: 24}, model.DataKey{Name: "user", Size: 6}),
		secret("shop", "tls", "kubernetes.io/tls", 900*time.Hour, model.DataKey{Name: "tls.crt", Size: 1700}, model.DataKey{Name: "tls.key", Size: 1675}),
		secret("数据平台", "分析-凭证", "Opaque", 10*time.Hour, model.DataKey{Name: "密码", Size: 12}),
		&model.ConfigMap{
			Meta: meta(model.KindConfigMap, "metrics", "vm-vmstorage-env", 30*time.Hour), Changed: ago(62 * time.Minute), ChangedBy: "kubeblocks",
			Keys: []model.DataKey{{Name: "VMSTORAGE_ADDR", Size: 94}},
			Hosts: []model.HostList{{Path: "data.VMSTORAGE_ADDR", Field: "VMSTORAGE_ADDR", Members: []model.Host{
				{Raw: "vmstorage-0:8400", Set: "vmstorage"}, {Raw: "vmstorage-1:8400", Set: "vmstorage", Ordinal: 1},
			}}},
		},
	)
}

func (b *builder) storage() {
	claim := func(ns, name, volume, size string, age time.Duration, phase string) *model.Claim {
		return &model.Claim{
			Meta: meta(model.KindClaim, ns, name, age), Phase: phase, Volume: volume, Class: "standard", ClassSet: true, Requested: size, Capacity: size,
			Modes: []string{"ReadWriteOnce"},
		}
	}
	b.put(
		claim("devlake", "data-devlake-mysql-0", "pv-7", "10Gi", 94*time.Hour, "Bound"),
		claim("metrics", "data-vmstorage-0", "pv-1", "50Gi", 30*time.Hour, "Bound"),
		claim("shop", "uploads", "", "5Gi", 6*time.Minute, "Pending"),
		&model.Volume{
			Meta: meta(model.KindVolume, "", "pv-7", 94*time.Hour), Phase: "Bound", Policy: "Delete", Class: "standard", Capacity: "10Gi",
			Claim: model.Ref{Kind: model.KindClaim, Namespace: "devlake", Name: "data-devlake-mysql-0"}, Source: "csi ebs.csi.aws.com",
		},
		&model.Volume{
			Meta: meta(model.KindVolume, "", "pv-1", 30*time.Hour), Phase: "Bound", Policy: "Retain", Class: "standard", Capacity: "50Gi",
			Claim: model.Ref{Kind: model.KindClaim, Namespace: "metrics", Name: "data-vmstorage-0"}, Source: "csi ebs.csi.aws.com",
		},
		&model.Volume{Meta: meta(model.KindVolume, "", "pv-old", 2000*time.Hour), Phase: "Released", Policy: "Retain", Class: "standard", Capacity: "1Ti", Source: "hostPath /data"},
		&model.StorageClass{Meta: meta(model.KindStorageClass, "", "standard", 2000*time.Hour), Provisioner: "ebs.csi.aws.com", Default: true, Policy: "Delete"},
	)
}
