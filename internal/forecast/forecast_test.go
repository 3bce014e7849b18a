package forecast

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"

	"github.com/careen-tui/careen/internal/model"
)

const recordName = "sh.helm.release.v1.db.v1"

// stored is a record whose chart brings a definition along.
func stored(t *testing.T) *corev1.Secret {
	t.Helper()
	raw, err := json.Marshal(map[string]any{
		"name": "db", "info": map[string]any{"status": "deployed"},
		"chart": map[string]any{"files": []any{
			map[string]any{"name": "crds/backups.yaml", "data": base64.StdEncoding.EncodeToString([]byte("# comment\n---\nkind: CustomResourceDefinition\nmetadata: {name: backups.example.com}\n"))},
			map[string]any{"name": "README.md", "data": base64.StdEncoding.EncodeToString([]byte("kind: CustomResourceDefinition\nmetadata: {name: no.example.com}\n"))},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(raw); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: recordName}, Type: "helm.sh/release.v1",
		Data: map[string][]byte{"release": []byte(base64.StdEncoding.EncodeToString(b.Bytes()))},
	}
}

func meta(kind model.Kind, name string) model.Meta {
	return model.Meta{Kind: kind, Namespace: "shop", Name: name, UID: "uid-" + name, Created: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
}

func ref(kind model.Kind, name string) model.Ref {
	return model.Ref{Kind: kind, Namespace: "shop", Name: name}
}

// world is a release db: a StatefulSet with two claims, a claim of its own, an object
// that is kept, one that is gone, a claim that names another's volume, a hook that ran, and Secrets that programs made.
func world() *model.Snapshot {
	claim := func(name, volume string) *model.Claim {
		return &model.Claim{Meta: meta(model.KindClaim, name), Capacity: "5Gi", Volume: volume, Phase: "Bound"}
	}
	volume := func(name, policy, claim string) *model.Volume {
		m := meta(model.KindVolume, name)
		m.Namespace = ""
		return &model.Volume{Meta: m, Policy: policy, Claim: ref(model.KindClaim, claim)}
	}
	set := &model.Workload{Meta: meta(model.KindStatefulSet, "db"), Desired: 1, ClaimTemplates: []model.ClaimTemplate{{Name: "data"}}}
	labelled := &model.Secret{Meta: meta(model.KindSecret, "db-made")}
	labelled.Labels = map[string]string{"app.kubernetes.io/instance": "db"}
	rec := &model.Record{
		Meta: meta(model.KindRecord, recordName), Driver: model.KindSecret, Release: "db", Revision: 1, LabelOwner: "helm", LabelStatus: "deployed",
		Body: &model.Body{
			Name: "db", Status: "deployed",
			Objects: []model.Declared{
				{Ref: ref(model.KindStatefulSet, "db")},
				{Ref: ref(model.KindClaim, "own")},
				{Ref: ref(model.KindClaim, "lost")},
				{Ref: ref(model.KindConfigMap, "kept"), Keep: true},
				{Ref: ref(model.KindService, "gone")},
			},
			Hooks: []model.Hook{{Ref: ref(model.KindJob, "migrate"), Events: []string{"pre-install"}}, {Ref: ref(model.KindJob, "cleaned"), Events: []string{"post-install"}}},
		},
	}
	pod := &model.Pod{Template: &model.Template{}, Meta: meta(model.KindPod, "db-0")}
	pod.Owners = []model.Owner{{Kind: model.KindStatefulSet, Name: "db", UID: "uid-db", Controller: true}}
	crd := &model.Object{Meta: meta(model.KindCRD, "backups.example.com")}
	crd.Namespace = ""
	shop := map[model.Kind]model.Table{
		model.KindRecord: {rec}, model.KindStatefulSet: {set}, model.KindPod: {pod},
		model.KindClaim:     {claim("data-db-0", "pv-0"), claim("data-db-1", "pv-1"), claim("lost", "pv-x"), claim("own", "pv-own"), claim("stranger", "pv-x")},
		model.KindConfigMap: {&model.ConfigMap{Meta: meta(model.KindConfigMap, "kept")}},
		model.KindJob:       {&model.Workload{Meta: meta(model.KindJob, "migrate")}},
		model.KindSecret: {
			labelled,
			&model.Secret{Meta: meta(model.KindSecret, "db-user-0123456789abcdef0123456789abcdef")},
			&model.Secret{Meta: meta(model.KindSecret, "other")},
		},
	}
	return &model.Snapshot{
		Spaces: map[string]*model.Space{
			"shop": model.NewSpace("shop", 1, shop),
			"": model.NewSpace("", 1, map[model.Kind]model.Table{
				model.KindVolume: {volume("pv-0", "Retain", "data-db-0"), volume("pv-1", "Delete", "data-db-1"), volume("pv-own", "Delete", "own"), volume("pv-x", "Delete", "stranger")},
				model.KindCRD:    {crd},
			}),
		},
		Coverage: model.Coverage{{Kind: model.KindRecord, Resource: "releases", State: model.Live}, {Kind: model.KindService, Resource: "services", State: model.Live}},
	}
}

func holder(name string) *string { return &name }

func TestWhatStaysAndWhatIsDestroyed(t *testing.T) {
	client := fake.NewClientset(
		stored(t),
		&coordinationv1.Lease{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "db-leader"}, Spec: coordinationv1.LeaseSpec{HolderIdentity: holder("db-0_1234")}},
		&coordinationv1.Lease{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "else"}, Spec: coordinationv1.LeaseSpec{HolderIdentity: holder("other-0")}},
	)
	result, err := Run(t.Context(), Input{Snapshot: world(), Client: client, Release: "db", Namespace: "shop", Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	var found, planned []string
	for _, f := range result.Report.Findings {
		found = append(found, string(f.ID()))
		for _, x := range f.Fixes {
			if len(x.Steps) == 0 || x.Undo == "" || x.Proof.Text == "" || x.Proof.Within == 0 {
				t.Errorf("%s: fix %s is no plan: %+v", f.ID(), x.ID, x)
			}
		}
	}
	for _, c := range result.Changes {
		planned = append(planned, c.Verb+" "+c.Ref.String())
	}
	slices.Sort(found)
	slices.Sort(planned)
	wantFound := []string{
		"claim-orphan:shop/PersistentVolumeClaim/data-db-0",
		"claim-orphan:shop/PersistentVolumeClaim/data-db-1",
		"forecast-data-lost:shop/PersistentVolumeClaim/own",
		"release-leftovers:/CustomResourceDefinition/backups.example.com",
		"release-leftovers:shop/ConfigMap/kept",
		"release-leftovers:shop/Job/migrate",
		"release-leftovers:shop/Lease/db-leader",
		"release-leftovers:shop/Secret/db-made",
		"release-leftovers:shop/Secret/db-user-0123456789abcdef0123456789abcdef",
	}
	if !slices.Equal(found, wantFound) {
		t.Errorf("found\n%s", strings.Join(found, "\n"))
	}
	wantPlanned := []string{
		"delete PersistentVolumeClaim shop/lost", "delete PersistentVolumeClaim shop/own", "delete Service shop/gone", "delete StatefulSet shop/db",
		"keep ConfigMap shop/kept", "leave CustomResourceDefinition backups.example.com", "leave Job shop/migrate",
		"leave Lease shop/db-leader", "leave PersistentVolumeClaim shop/data-db-0", "leave PersistentVolumeClaim shop/data-db-1",
		"leave Secret shop/db-made", "leave Secret shop/db-user-0123456789abcdef0123456789abcdef",
	}
	if !slices.Equal(planned, wantPlanned) {
		t.Errorf("planned\n%s", strings.Join(planned, "\n"))
	}
}

func TestWhatMayNotBeRead(t *testing.T) {
	client := fake.NewClientset()
	refuse := func(clienttesting.Action) (bool, runtime.Object, error) {
		return true, nil, apierrors.NewForbidden(schema.GroupResource{Resource: "x"}, "", errors.New("no"))
	}
	client.PrependReactor("get", "secrets", refuse)
	client.PrependReactor("list", "leases", refuse)
	result, err := Run(t.Context(), Input{Snapshot: world(), Client: client, Release: "db", Namespace: "shop", Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(result.Report.Coverage(), func(w model.Watch) bool { return w.Resource == "leases" && w.State == model.Forbidden }) {
		t.Errorf("%+v", result.Report.Coverage())
	}
	unread := 0
	for _, f := range result.Report.Findings {
		if f.Probe == Unread.ID {
			unread++
		}
	}
	if unread != 1 {
		t.Errorf("%d things unread", unread)
	}
}

func TestNoSuchRelease(t *testing.T) {
	_, err := Run(t.Context(), Input{Snapshot: world(), Client: fake.NewClientset(), Release: "none", Namespace: "shop"})
	var none *NoReleaseError
	if !errors.As(err, &none) || none.Why != "" {
		t.Error(err)
	}
	snap := world()
	snap.Coverage[0].State, snap.Coverage[0].Message = model.Forbidden, "forbidden to me"
	_, err = Run(t.Context(), Input{Snapshot: snap, Client: fake.NewClientset(), Release: "none", Namespace: "shop"})
	if !errors.As(err, &none) || !strings.Contains(err.Error(), "forbidden to me") {
		t.Error(err)
	}
}
