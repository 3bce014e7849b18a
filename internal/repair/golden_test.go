package repair

import (
	"encoding/base64"
	"path/filepath"
	"strings"
	"testing"
	"time"

	authorizationv1 "k8s.io/api/authorization/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	dynamicfake "k8s.io/client-go/dynamic/fake"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/golden"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/release"
	"github.com/careen-tui/careen/internal/styled"
)

// goldens are the plans that people have reviewed.
const goldens = "testdata/*.golden"

var moment = time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)

const secretValue = "hunter2-golden-sentinel"

// unit is a Mender on objects that stand in no cluster. It may everything.
func unit(t testing.TB, manifests ...string) *Mender {
	t.Helper()
	lists := map[schema.GroupVersionResource]string{}
	for _, i := range model.Builtin {
		lists[schema.GroupVersionResource{Group: i.Group, Version: i.Version, Resource: i.Resource}] = string(i.Kind) + "List"
	}
	var objects []runtime.Object
	for _, text := range manifests {
		u, err := parseManifest([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		objects = append(objects, u)
		resource, _ := meta.UnsafeGuessKindToResource(u.GroupVersionKind())
		if _, known := lists[resource]; !known {
			lists[resource] = u.GetKind() + "List"
		}
	}
	kube := fake.NewClientset()
	testsPatches(kube)
	kube.PrependReactor("create", "selfsubjectaccessreviews", func(a clienttesting.Action) (bool, runtime.Object, error) {
		r := a.(clienttesting.CreateAction).GetObject().(*authorizationv1.SelfSubjectAccessReview)
		r.Status.Allowed = true
		return true, r, nil
	})
	now := func() time.Time { return moment }
	dynamic := dynamicfake.NewSimpleDynamicClientWithCustomListKinds(runtime.NewScheme(), lists, objects...)
	keepsNoDryRun(dynamic)
	return &Mender{
		options: Options{Version: "test", Now: now}, context: "unit", server: "https://unit", cluster: "unit https://unit", host: "laptop", kube: kube, who: "oncall",
		objects: dynamic,
		mapper:  meta.NewDefaultRESTMapper(nil),
		log:     &operations{path: filepath.Join(t.TempDir(), "operations.jsonl"), now: now},
	}
}

func ref(kind model.Kind, name string) model.Ref {
	if info, ok := model.Info(kind); ok && !info.Namespaced {
		return model.Ref{Kind: kind, Name: name}
	}
	return model.Ref{Kind: kind, Namespace: "shop", Name: name}
}

// planned is the plan of one fix with these steps.
func planned(t testing.TB, m *Mender, in Inputs, steps ...finding.Step) (*Plan, error) {
	t.Helper()
	f := &finding.Finding{
		Probe: "made-up", Subject: ref(model.KindDeployment, "web"), Severity: finding.High, Grade: finding.Proved,
		Fixes: []finding.Fix{{ID: "mend", Title: "Mend it", Risk: finding.Disruptive, Steps: steps, Undo: "puts it back", Proof: finding.Proof{Text: "it is mended", Within: time.Minute}}},
	}
	return plannedOfFinding(t, m, f, "", in)
}

func plannedOfFinding(t testing.TB, m *Mender, f *finding.Finding, fix string, in ...Inputs) (*Plan, error) {
	t.Helper()
	in = append(in, Inputs{})
	records := model.Table{&model.Record{Meta: model.Meta{Kind: model.KindRecord, Namespace: "shop", Name: recordName}, Driver: model.KindSecret, Release: "web", Revision: 1}}
	snap := &model.Snapshot{Spaces: map[string]*model.Space{"shop": model.NewSpace("shop", 1, map[model.Kind]model.Table{model.KindRecord: records})}}
	return m.Plan(t.Context(), &engine.Report{Snapshot: snap, Findings: []*finding.Finding{f}}, f, fix, in[0])
}

const recordName = "sh.helm.release.v1.web.v1"

func record(t testing.TB, manifest string) string {
	t.Helper()
	stored, err := release.Encode([]byte(`{"name":"web","namespace":"shop","version":1,"info":{"status":"pending-install","description":"Initial install underway","x":1},"chart":{"values":{"password":"`+secretValue+`"}},"manifest":`+quoteJSON(manifest)+`}`), true)
	if err != nil {
		t.Fatal(err)
	}
	return "apiVersion: v1\nkind: Secret\nmetadata: {name: " + recordName + ", namespace: shop, uid: u-rec, resourceVersion: '7', labels: {name: web, owner: helm, status: pending-install, version: '1', createdAt: '1767366000', team: shop}}\ntype: helm.sh/release.v1\ndata: {release: " +
		base64.StdEncoding.EncodeToString(stored) + "}\n"
}

func quoteJSON(s string) string {
	r := strings.NewReplacer("\n", `\n`, `"`, `\"`)
	return `"` + r.Replace(s) + `"`
}

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, uid: u-web, resourceVersion: "11", generation: 4, labels: {kustomize.toolkit.fluxcd.io/name: shop, kustomize.toolkit.fluxcd.io/namespace: flux-system}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}, annotations: {licence: ` + secretValue + `}}
    spec:
      serviceAccountName: gone
      containers:
      - name: web
        image: web:1
        env:
        - {name: PASSWORD, value: ` + secretValue + `}
        - {name: NODES, value: "db-0.db:5432,db-1.db:5432"}
status: {observedGeneration: 4, replicas: 2, updatedReplicas: 2, availableReplicas: 2}
`

const replicaSet = `apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: web-5d, namespace: shop, uid: u-rs, resourceVersion: "12", labels: {app: web}, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: u-web, controller: true}]}
spec: {replicas: 2}
`

const claimAndVolume = `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data-db-0, namespace: shop, uid: u-claim, resourceVersion: "21", finalizers: [kubernetes.io/pvc-protection], annotations: {pv.kubernetes.io/bind-completed: "yes"}}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}, storageClassName: fast, volumeName: pv-1}
status: {phase: Bound}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: pv-1, uid: u-pv, resourceVersion: "22"}
spec: {persistentVolumeReclaimPolicy: Delete, claimRef: {kind: PersistentVolumeClaim, namespace: shop, name: data-db-0, uid: u-claim}}
status: {phase: Bound}
`

const ownedPod = `apiVersion: v1
kind: Pod
metadata: {name: db-0, namespace: shop, uid: u-db-0, resourceVersion: "71", ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: db, uid: u-db, controller: true}]}
spec: {containers: [{name: db, image: "db:1"}]}
status: {phase: Pending}
`

func TestEachChangeHasAGolden(t *testing.T) {
	secret := "apiVersion: v1\nkind: Secret\nmetadata: {name: sibling, namespace: shop, uid: u-s, resourceVersion: '31', labels: {app: web, app.kubernetes.io/managed-by: Helm}, annotations: {kubectl.kubernetes.io/last-applied-configuration: " + secretValue + "}}\ntype: Opaque\ndata: {value: " + base64.StdEncoding.EncodeToString([]byte(secretValue)) + "}\n"
	role := "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: ci, namespace: shop, uid: u-role, resourceVersion: '41', annotations: {meta.helm.sh/release-name: web, meta.helm.sh/release-namespace: shop}}\nrules:\n- {apiGroups: [''], resources: [secrets], verbs: [get, list, create]}\n"
	list := "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: nodes, namespace: shop, uid: u-cm, resourceVersion: '51', labels: {app.kubernetes.io/managed-by: kubeblocks}}\ndata: {NODES: 'postgres://app:" + secretValue + "@db-0.db:5432,db-1.db:5432', OTHER: " + secretValue + "}\n"
	reader := "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: reader, namespace: shop, uid: u-reader, resourceVersion: '61'}\nspec: {replicas: 1, template: {spec: {containers: [{name: c, args: ['--peer=db-0.db:1', -v, '--peer=db-1.db:1']}]}}}\n"
	declared := "---\napiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: gone\n  labels:\n    app: web\n---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: declared\nstringData:\n  value: " + secretValue + "\n"
	values := Inputs{Values: map[Ask]string{{ref(model.KindSecret, "made"), "value"}: secretValue}}
	for _, c := range []struct {
		name    string
		objects []string
		in      Inputs
		steps   []finding.Step
	}{
		{"create", nil, Inputs{}, []finding.Step{{Ref: ref(model.KindServiceAccount, "gone"), Summary: "bare", Change: finding.Create{Manifest: "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: gone\n  namespace: shop\nautomountServiceAccountToken: false\n"}}}},
		{"create-from-release", []string{record(t, declared)}, Inputs{}, []finding.Step{
			{Ref: ref(model.KindServiceAccount, "gone"), Change: finding.CreateFromRelease{Release: ref(model.KindRelease, "web")}},
			{Ref: ref(model.KindSecret, "declared"), Change: finding.CreateFromRelease{Release: ref(model.KindRelease, "web")}},
		}},
		{"copy-secret", []string{secret}, Inputs{}, []finding.Step{{Ref: ref(model.KindSecret, "made"), Change: finding.CopySecret{From: ref(model.KindSecret, "sibling")}}}},
		{"fill-secret", nil, Inputs{}, []finding.Step{{Ref: ref(model.KindSecret, "made"), Change: finding.FillSecret{Keys: []string{"value"}}}}},
		{"fill-secret-typed", nil, values, []finding.Step{{Ref: ref(model.KindSecret, "made"), Change: finding.FillSecret{Keys: []string{"value"}}}}},
		{"restore-data", []string{record(t, strings.ReplaceAll("---\napiVersion: v1\nkind: Secret\nmetadata: {name: sibling}\ndata: {other: eA==}\nstringData: {value: SENT-before}\n", "SENT", secretValue)), secret}, Inputs{}, []finding.Step{
			{Ref: ref(model.KindSecret, "sibling"), Change: finding.RestoreData{Release: ref(model.KindRelease, "web"), Revision: 1}},
		}},
		{"patch", []string{deployment}, Inputs{}, []finding.Step{
			{Ref: ref(model.KindDeployment, "web"), Summary: "another account", Change: finding.Patch{Set: []finding.FieldValue{{Path: []string{"spec", "template", "spec", "serviceAccountName"}, Value: "default"}}}},
			{Ref: ref(model.KindDeployment, "web"), Summary: "one member less", Change: finding.RewriteHosts{Path: []string{"spec", "template", "spec", "containers", "0", "env", "1", "value"}, From: []string{"db-0.db:5432", "db-1.db:5432"}, To: []string{"db-0.db:5432"}, Remove: []int{1}}},
		}},
		{"patch-secret", []string{secret}, Inputs{}, []finding.Step{{Ref: ref(model.KindSecret, "sibling"), Change: finding.Patch{Set: []finding.FieldValue{{Path: []string{"metadata", "labels", "careen/review"}, Value: "yes"}}}}}},
		{"rewrite-hosts", []string{list}, Inputs{}, []finding.Step{{Ref: ref(model.KindConfigMap, "nodes"), Change: finding.RewriteHosts{Path: []string{"data", "NODES"}, From: []string{"db-0.db:5432", "db-1.db:5432"}, To: []string{"db-0.db:5432", "db-1.db:5432", "db-2.db:5432"}, Add: []int{2}}}}},
		{"rewrite-args", []string{reader}, Inputs{}, []finding.Step{{Ref: ref(model.KindDeployment, "reader"), Change: finding.RewriteHosts{
			Path: []string{"spec", "template", "spec", "containers", "0", "args"}, From: []string{"db-0.db:1", "db-1.db:1"}, To: []string{"db-0.db:1", "db-1.db:1", "db-2.db:1"}, Add: []int{2},
		}}}},
		{"add-rule", []string{role}, Inputs{}, []finding.Step{{Ref: ref(model.KindRole, "ci"), Change: finding.AddRule{Rule: 0, Verbs: []string{"update", "get"}}}}},
		{"edit-record", []string{record(t, "")}, Inputs{}, []finding.Step{{Ref: ref(model.KindSecret, recordName), Change: finding.EditRecord{Status: "deployed", Description: "Marked deployed"}}}},
		{"rewrite-api", []string{record(t, "---\n# Source: web\napiVersion: policy/v1beta1 # old\nkind: PodDisruptionBudget\nmetadata:\n  name: web\n---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: web\nstringData:\n  password: "+secretValue+"\n")}, Inputs{}, []finding.Step{{Ref: ref(model.KindSecret, recordName), Change: finding.RewriteAPI{Changes: []finding.APIChange{{Kind: model.KindPDB, From: "policy/v1beta1", To: "policy/v1"}}}}}},
		{"relabel-record", []string{record(t, "")}, Inputs{}, []finding.Step{{Ref: ref(model.KindRecord, recordName), Change: finding.RelabelRecord{Labels: map[string]string{"status": "failed"}}}}},
		{"set-record-aside", []string{record(t, "")}, Inputs{}, []finding.Step{{Ref: ref(model.KindSecret, recordName), Change: finding.Patch{Set: []finding.FieldValue{{Path: []string{"metadata", "labels", "owner"}}}}}}},
		{"delete", []string{secret}, Inputs{}, []finding.Step{{Ref: ref(model.KindSecret, "sibling"), Change: finding.Delete{}}}},
		{"delete-claim", strings.Split(claimAndVolume, "---\n"), Inputs{}, []finding.Step{{Ref: ref(model.KindClaim, "data-db-0"), Change: finding.Delete{}}}},
		{"delete-pod", []string{ownedPod}, Inputs{}, []finding.Step{{Ref: ref(model.KindPod, "db-0"), Summary: "it is not ready", Change: finding.Delete{}}}},
		{"recreate-claim", strings.Split(claimAndVolume, "---\n"), Inputs{}, []finding.Step{{Ref: ref(model.KindClaim, "data-db-0"), Change: finding.Recreate{}}}},
		{"restart", []string{deployment}, Inputs{}, []finding.Step{{Ref: ref(model.KindDeployment, "web"), Change: finding.Restart{}}}},
		{"repoint-and-restart", []string{deployment}, Inputs{}, []finding.Step{
			{Ref: ref(model.KindDeployment, "web"), Change: finding.Patch{Set: []finding.FieldValue{{Path: []string{"spec", "template", "spec", "serviceAccountName"}, Value: "default"}}}},
			{Ref: ref(model.KindDeployment, "web"), Change: finding.Restart{}},
		}},
		{"scale-down-and-up", []string{deployment}, Inputs{}, []finding.Step{
			{Ref: ref(model.KindDeployment, "web"), Change: finding.Scale{Replicas: 0}},
			{Ref: ref(model.KindDeployment, "web"), Change: finding.Scale{Replicas: 2}},
		}},
		{"nudge", []string{deployment, replicaSet}, Inputs{}, []finding.Step{{Ref: ref(model.KindDeployment, "web"), Change: finding.Nudge{}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := unit(t, c.objects...)
			m.readOnly = true
			p, err := planned(t, m, c.in, c.steps...)
			if err != nil {
				t.Fatal(err)
			}
			text := styled.Plain(p.Text()) + "\n" + strings.Join(p.Commands(), "\n") + "\n"
			for _, s := range spellings(secretValue) {
				if strings.Contains(text, s) {
					t.Errorf("%q is seen", s)
				}
			}
			golden.Equal(t, filepath.Join("testdata", c.name+".golden"), text)
		})
	}
}

func TestWhatCannotBePlanned(t *testing.T) {
	for _, c := range []struct {
		name, want string
		objects    []string
		step       finding.Step
	}{
		{"an object that is gone", "is not there", nil, finding.Step{Ref: ref(model.KindConfigMap, "x"), Change: finding.Patch{Set: []finding.FieldValue{{Path: []string{"data", "a"}, Value: "b"}}}}},
		{"an object that is there already", "is there already", []string{deployment}, finding.Step{Ref: ref(model.KindDeployment, "web"), Change: finding.Create{Manifest: deployment}}},
		{"a manifest that is none", "cannot be read", nil, finding.Step{Ref: ref(model.KindConfigMap, "x"), Change: finding.Create{Manifest: "- a\n- b"}}},
		{"a rule that is gone", "no rule 3 any more", []string{"apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: ci, namespace: shop}\nrules: []\n"}, finding.Step{Ref: ref(model.KindRole, "ci"), Change: finding.AddRule{Rule: 3, Verbs: []string{"update"}}}},
		{"a record that cannot be decoded", "not base64", []string{strings.Replace(record(t, ""), "data: {release: ", "data: {release: AAAA", 1)}, finding.Step{Ref: ref(model.KindSecret, recordName), Change: finding.EditRecord{Status: "failed"}}},
		{"a manifest without the version that is to be rewritten", "declares none", []string{record(t, "apiVersion: v1\nkind: Secret\nmetadata: {name: web}\n")}, finding.Step{Ref: ref(model.KindSecret, recordName), Change: finding.RewriteAPI{Changes: []finding.APIChange{{Kind: model.KindPDB, From: "policy/v1beta1", To: "policy/v1"}}}}},
		{"a paused deployment", "is paused", []string{strings.Replace(deployment, "replicas: 2", "paused: true", 1)}, finding.Step{Ref: ref(model.KindDeployment, "web"), Change: finding.Restart{}}},
		{"a restart of a pod", "cannot be restarted", []string{"apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: shop}\n"}, finding.Step{Ref: ref(model.KindPod, "p"), Change: finding.Restart{}}},
		{"nothing to do", "nothing to write", []string{deployment}, finding.Step{Ref: ref(model.KindDeployment, "web"), Change: finding.Scale{Replicas: 2}}},
		{"a release without a record of it", "No usable record", []string{record(t, "")}, finding.Step{Ref: ref(model.KindServiceAccount, "x"), Change: finding.CreateFromRelease{Release: ref(model.KindRelease, "web")}}},
		{"hosts that moved", "does not have the form", []string{"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: nodes, namespace: shop}\ndata: {A: x}\n"}, finding.Step{Ref: ref(model.KindConfigMap, "nodes"), Change: finding.RewriteHosts{Path: []string{"data", "A"}, From: []string{"db-0", "db-1"}, To: []string{"db-0"}, Remove: []int{1}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := planned(t, unit(t, c.objects...), Inputs{}, c.step)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestAPlaceInAListOfAnotherVersion(t *testing.T) {
	role := "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: ci, namespace: shop, resourceVersion: '9'}\nrules: [{resources: [pods], verbs: [get]}, {resources: [secrets], verbs: [get]}]\n"
	f := &finding.Finding{Probe: "p", Subject: ref(model.KindRole, "ci"), Fixes: []finding.Fix{{ID: "a", Steps: []finding.Step{{Ref: ref(model.KindRole, "ci"), Change: finding.AddRule{Rule: 0, Verbs: []string{"update"}}}}}}}
	for version, refused := range map[string]bool{"8": true, "9": false} {
		row := &model.Role{Meta: model.Meta{Kind: model.KindRole, Namespace: "shop", Name: "ci", ResourceVersion: version}}
		snap := &model.Snapshot{Spaces: map[string]*model.Space{"shop": model.NewSpace("shop", 1, map[model.Kind]model.Table{model.KindRole: {row}})}}
		_, err := unit(t, role).Plan(t.Context(), &engine.Report{Snapshot: snap, Findings: []*finding.Finding{f}}, f, "", Inputs{})
		if refused != (err != nil && strings.Contains(err.Error(), "look again")) {
			t.Errorf("looked at in version %s: %v", version, err)
		}
	}
}

func TestUnknownFixesAndGoneFindings(t *testing.T) {
	m := unit(t)
	f := &finding.Finding{Probe: "p", Subject: ref(model.KindDeployment, "web"), Fixes: []finding.Fix{{ID: "a"}, {ID: "b"}}}
	if _, err := m.Plan(t.Context(), &engine.Report{Snapshot: &model.Snapshot{}, Findings: []*finding.Finding{f}}, f, "c", Inputs{}); err == nil || !strings.Contains(err.Error(), "a, b") {
		t.Errorf("an unknown fix: %v", err)
	}
	if _, err := m.Plan(t.Context(), &engine.Report{Snapshot: &model.Snapshot{}}, f, "", Inputs{}); err == nil || !strings.Contains(err.Error(), "is gone") {
		t.Errorf("a finding that is gone: %v", err)
	}
}
