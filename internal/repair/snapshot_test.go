package repair

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	dynamicfake "k8s.io/client-go/dynamic/fake"
	clienttesting "k8s.io/client-go/testing"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

const csiClaim = `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data-db-0, namespace: shop, uid: u-claim, resourceVersion: "3"}
spec: {accessModes: [ReadWriteOnce], volumeName: pv-1, resources: {requests: {storage: 5Gi}}}
status: {phase: Bound}
`

const csiVolume = `apiVersion: v1
kind: PersistentVolume
metadata: {name: pv-1, uid: u-pv, resourceVersion: "4"}
spec: {persistentVolumeReclaimPolicy: Delete, capacity: {storage: 5Gi}, csi: {driver: disk.csi.example.com, volumeHandle: v1}, claimRef: {namespace: shop, name: data-db-0, uid: u-claim}}
status: {phase: Bound}
`

func snapshotClassOf(name, driver, more string) string {
	return "apiVersion: snapshot.storage.k8s.io/v1\nkind: VolumeSnapshotClass\nmetadata: {name: " + name + more + "}\ndriver: " + driver + "\ndeletionPolicy: Retain\n"
}

var snapshotResource = schema.GroupVersionResource{Group: "snapshot.storage.k8s.io", Version: "v1", Resource: "volumesnapshots"}

// storing is a Mender on a server that serves CSI snapshots.
func storing(t *testing.T, manifests ...string) *Mender {
	t.Helper()
	m := unit(t)
	mapper := meta.NewDefaultRESTMapper([]schema.GroupVersion{snapshotResource.GroupVersion()})
	lists := map[schema.GroupVersionResource]string{}
	for kind, scope := range map[string]meta.RESTScope{"VolumeSnapshot": meta.RESTScopeNamespace, "VolumeSnapshotClass": meta.RESTScopeRoot} {
		mapper.Add(schema.GroupVersionKind{Group: snapshotResource.Group, Version: "v1", Kind: kind}, scope)
	}
	lists[snapshotResource] = "VolumeSnapshotList"
	lists[schema.GroupVersionResource{Group: snapshotResource.Group, Version: "v1", Resource: "volumesnapshotclasses"}] = "VolumeSnapshotClassList"
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
	}
	c := dynamicfake.NewSimpleDynamicClientWithCustomListKinds(runtime.NewScheme(), lists, objects...)
	keepsNoDryRun(c)
	m.objects, m.mapper = c, mapper
	return m
}

// driver is a snapshot controller: it says of a new snapshot what status says.
func (m *Mender) driver(status map[string]any) {
	c := m.objects.(*dynamicfake.FakeDynamicClient)
	c.PrependReactor("create", "volumesnapshots", func(a clienttesting.Action) (bool, runtime.Object, error) {
		create := a.(clienttesting.CreateActionImpl)
		if len(create.CreateOptions.DryRun) > 0 {
			return true, create.Object, nil
		}
		u := create.Object.(*unstructured.Unstructured).DeepCopy()
		u.SetUID("u-snapshot")
		u.SetResourceVersion("9")
		u.Object["status"] = status
		return true, u, c.Tracker().Create(snapshotResource, u, u.GetNamespace())
	})
}

func snapshotSteps() []finding.Step {
	claim := ref(model.KindClaim, "data-db-0")
	return []finding.Step{
		{Verb: "create", Ref: model.Ref{Kind: finding.KindVolumeSnapshot, Namespace: "shop", Name: "data-db-0-1"}, Change: finding.TakeSnapshot{Of: claim}},
		{Verb: "delete", Ref: claim, Change: finding.Delete{}},
	}
}

func TestASnapshotIsTakenBeforeItsClaimIsDeleted(t *testing.T) {
	m := storing(t, csiClaim, csiVolume, snapshotClassOf("other", "nfs.csi.example.com", ""), snapshotClassOf("slow", "disk.csi.example.com", ""),
		snapshotClassOf("usual", "disk.csi.example.com", `, annotations: {snapshot.storage.kubernetes.io/is-default-class: "true"}`))
	m.driver(map[string]any{"readyToUse": true})
	p, err := planned(t, m, Inputs{}, snapshotSteps()...)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Writes) != 2 || p.Writes[0].Wait.For != Usable || !p.Writes[0].Passing {
		t.Fatalf("%+v", p.Writes)
	}
	if class, _, _ := unstructured.NestedString(p.Writes[0].After.Object, "spec", "volumeSnapshotClassName"); class != "usual" {
		t.Errorf("class %q", class)
	}
	if notes := strings.Join(p.Notes, "\n"); !strings.Contains(notes, "To restore from the snapshot: create a PVC in namespace shop with spec.dataSource {apiGroup: snapshot.storage.k8s.io, kind: VolumeSnapshot, name: data-db-0-1} and at least 5Gi") {
		t.Errorf("it does not say how to restore:\n%s", notes)
	}
	r, err := m.Apply(t.Context(), p, Consent{}, nil)
	if err != nil || len(r.Done) != 2 {
		t.Fatalf("%v, %v", r.Done, err)
	}
	for _, c := range []struct {
		kind model.Kind
		name string
		left bool
	}{{model.KindClaim, "data-db-0", false}, {finding.KindVolumeSnapshot, "data-db-0-1", true}} {
		p, err := m.placeOf(c.kind)
		if err != nil {
			t.Fatal(err)
		}
		if u, err := m.get(t.Context(), p.GroupVersionResource, "shop", c.name); err != nil || (u != nil) != c.left {
			t.Errorf("%s: %v, %v", c.name, u, err)
		}
	}
}

func TestASnapshotThatIsNeverReadyStopsThePlan(t *testing.T) {
	for name, status := range map[string]map[string]any{
		"silent":    {"readyToUse": false},
		"no status": nil,
		"an error":  {"readyToUse": false, "error": map[string]any{"message": "disk is out of space"}},
	} {
		t.Run(name, func(t *testing.T) {
			m := storing(t, csiClaim, csiVolume, snapshotClassOf("disk", "disk.csi.example.com", ""))
			m.driver(status)
			synctest.Test(t, func(t *testing.T) {
				p, err := planned(t, m, Inputs{}, snapshotSteps()...)
				if err != nil {
					t.Fatal(err)
				}
				r, err := m.Apply(context.Background(), p, Consent{}, nil)
				if err == nil || len(r.Done) != 1 || !strings.Contains(err.Error(), "was not ready to use within 10m") {
					t.Fatalf("%v, %v", r.Done, err)
				}
				if name == "an error" && !strings.Contains(err.Error(), "disk is out of space") {
					t.Error(err)
				}
			})
			place, _ := m.placeOf(model.KindClaim)
			if u, err := m.get(t.Context(), place.GroupVersionResource, "shop", "data-db-0"); u == nil || err != nil {
				t.Errorf("the claim is gone: %v", err)
			}
		})
	}
}

func TestWhereNoSnapshotCanBeTakenNothingIsPlanned(t *testing.T) {
	disk := snapshotClassOf("disk", "disk.csi.example.com", "")
	for name, c := range map[string]struct {
		mender *Mender
		want   string
	}{
		"not served":        {unit(t, csiClaim, csiVolume), "No CSI snapshot can be taken"},
		"another's class":   {storing(t, csiClaim, csiVolume, snapshotClassOf("nfs", "nfs.csi.example.com", "")), "No VolumeSnapshotClass is of driver disk.csi.example.com"},
		"no CSI volume":     {storing(t, csiClaim, strings.Replace(csiVolume, "csi: {driver: disk.csi.example.com, volumeHandle: v1}", "hostPath: {path: /data}", 1), disk), "is no CSI volume"},
		"not bound":         {storing(t, strings.Replace(csiClaim, "volumeName: pv-1, ", "", 1), csiVolume, disk), "is bound to no volume"},
		"no claim":          {storing(t, csiVolume, disk), "is not there"},
		"taken once before": {storing(t, csiClaim, csiVolume, disk, "apiVersion: snapshot.storage.k8s.io/v1\nkind: VolumeSnapshot\nmetadata: {name: data-db-0-1, namespace: shop}\n"), "is there already"},
	} {
		_, err := planned(t, c.mender, Inputs{}, snapshotSteps()...)
		var refusal *Refusal
		if !errors.As(err, &refusal) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", name, err, c.want)
		}
	}
}
