package graph_test

import (
	"fmt"
	"reflect"
	"runtime"
	"sync"
	"testing"

	"github.com/careen-tui/careen/internal/graph"
	"github.com/careen-tui/careen/internal/model"
)

// cluster is n namespaces of ten pods and what goes with them: one Deployment, one
// release of three revisions, a Service, a claim on a volume, a Secret, a ConfigMap,
// an account and its binding to a cluster role.
func cluster(n int) *model.Snapshot {
	rows := []model.Row{&model.Role{Meta: meta("ClusterRole view")}, object("StorageClass standard")}
	for i := range n {
		rows = append(rows, namespace(fmt.Sprintf("ns-%d", i), 10)...)
		rows = append(rows, &model.Volume{Meta: meta(fmt.Sprintf("PersistentVolume pv-%d", i), refers(model.EdgeBinds, fmt.Sprintf("PersistentVolumeClaim ns-%d/data", i)))})
	}
	return world(rows...)
}

func namespace(ns string, pods int) []model.Row {
	at := func(kind, name string) string { return kind + " " + ns + "/" + name }
	shared := []model.Reference{
		{Type: model.EdgeAccount, To: ref(at("ServiceAccount", "app")), Path: "spec.template.spec.serviceAccountName"},
		{Type: model.EdgeMounts, To: ref(at("Secret", "app")), Path: "spec.template.spec.volumes[0].secret"},
		{Type: model.EdgeEnvFrom, To: ref(at("ConfigMap", "app")), Path: "spec.template.spec.containers[0].envFrom[0].configMapRef"},
		{Type: model.EdgeMounts, To: ref(at("PersistentVolumeClaim", "data")), Path: "spec.template.spec.volumes[1].persistentVolumeClaim"},
		{Type: model.EdgeMounts, To: ref(at("ConfigMap", "kube-root-ca.crt")), Path: "spec.template.spec.volumes[2].projected"},
	}
	template := func(m *model.Meta) { m.Refs = shared }
	tags := labels("app.kubernetes.io/name", "app", "app.kubernetes.io/instance", "app", "pod-template-hash", "1")
	tagged := func(m *model.Meta) { m.Labels = tags }
	rows := []model.Row{
		workload(at("Deployment", "app"), tags, template),
		workload(at("ReplicaSet", "app-1"), tags, template, ownedBy(at("Deployment", "app"))),
		service(at("Service", "app"), labels("app.kubernetes.io/name", "app")),
		&model.EndpointSlice{Meta: meta(at("EndpointSlice", "app-x"), ownedBy(at("Service", "app"))), Service: "app"},
		&model.Claim{Meta: meta(at("PersistentVolumeClaim", "data"), refers(model.EdgeClass, "StorageClass standard"), refers(model.EdgeBinds, "PersistentVolume pv-"+ns[3:]))},
		&model.Secret{Meta: meta(at("Secret", "app"))}, &model.ConfigMap{Meta: meta(at("ConfigMap", "app"))},
		&model.ConfigMap{Meta: meta(at("ConfigMap", "kube-root-ca.crt"))},
		&model.ServiceAccount{Meta: meta(at("ServiceAccount", "app"))},
		&model.Binding{Meta: meta(at("RoleBinding", "app"), refers(model.EdgeBinds, "ClusterRole view"), refers(model.EdgeAccount, at("ServiceAccount", "app")))},
		record(ns, "app", 1), record(ns, "app", 2),
		record(ns, "app", 3, at("Deployment", "app"), at("Service", "app"), at("Secret", "app"), at("ConfigMap", "app"), at("ServiceAccount", "app")),
	}
	for i := range pods {
		rows = append(rows, pod(at("Pod", fmt.Sprint("app-1-", i)), ownedBy(at("ReplicaSet", "app-1")), tagged, template))
	}
	return rows
}

// changed is snap with one namespace new.
func changed(snap *model.Snapshot, name string, version uint64) *model.Snapshot {
	next := &model.Snapshot{Seq: version, Spaces: make(map[string]*model.Space, len(snap.Spaces)), Coverage: snap.Coverage}
	for n, s := range snap.Spaces {
		next.Spaces[n] = s
	}
	next.Spaces[name] = model.NewSpace(name, version, snap.Spaces[name].Tables)
	return next
}

// ask is what probes ask of a namespace.
func ask(g *graph.Graph, ns string) (n int) {
	space := g.Snapshot().Space(ns)
	for _, kind := range []model.Kind{model.KindSecret, model.KindConfigMap, model.KindClaim, model.KindServiceAccount} {
		for _, row := range space.Tables[kind] {
			n += len(g.Users(row.Base().Ref()))
		}
	}
	for p := range model.Each[*model.Pod](space, model.KindPod) {
		g.Workload(p.Ref())
	}
	for s := range model.Each[*model.Service](space, model.KindService) {
		n += len(g.Pods(s.Ref()))
	}
	g.Belonging(ref("PersistentVolumeClaim " + ns + "/data"))
	return n
}

func TestManyAskAtOnce(t *testing.T) {
	snap := cluster(20)
	first := (*graph.Graph)(nil).Update(snap)
	second := first.Follow(changed(snap, "ns-3", 2), []model.Moved{{Namespace: "ns-3"}})
	want := ask((*graph.Graph)(nil).Update(snap), "ns-3")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 20 {
				if got := ask([]*graph.Graph{first, second}[(i+n)%2], fmt.Sprint("ns-", n)); got != want {
					t.Errorf("%d answers, want %d", got, want)
				}
			}
			if got := len(first.In(ref("ClusterRole view"))); got != 20 {
				t.Errorf("%d bindings of the cluster role", got)
			}
		})
	}
	wg.Wait()
}

// TestAnOldGraphKeepsItsEdges takes away, behind a graph's back, more edges between
// namespaces than are remembered.
func TestAnOldGraphKeepsItsEdges(t *testing.T) {
	rows := []model.Row{}
	for i := range 3000 {
		rows = append(rows, pod(fmt.Sprintf("Pod a/p-%d", i), refers(model.EdgeMentions, fmt.Sprintf("Node n-%d", i))))
	}
	snap := world(rows...)
	old := (*graph.Graph)(nil).Update(snap)
	want := old.In(ref("Node n-7"))
	if len(want) != 1 {
		t.Fatalf("%d edges", len(want))
	}
	next := &model.Snapshot{Spaces: map[string]*model.Space{"a": model.NewSpace("a", 2, nil)}}
	fresh := old.Follow(next, []model.Moved{{Namespace: "a"}})
	if got := fresh.In(ref("Node n-7")); len(got) != 0 {
		t.Errorf("the new graph has %d edges", len(got))
	}
	if got := old.In(ref("Node n-7")); !reflect.DeepEqual(got, want) {
		t.Errorf("the old graph has %d edges", len(got))
	}
}

func TestIndicesStaySmall(t *testing.T) {
	snap := cluster(1000)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	g := (*graph.Graph)(nil).Update(snap)
	for n := range 1000 {
		ask(g, fmt.Sprint("ns-", n))
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	kept := int64(after.HeapAlloc) - int64(before.HeapAlloc)
	t.Logf("%d KiB for 10,000 pods in 1,000 namespaces", kept>>10)
	if kept > 12<<20 {
		t.Errorf("the graph of 10,000 pods keeps %d KiB", kept>>10)
	}
	runtime.KeepAlive(g)
}

func BenchmarkChange(b *testing.B) {
	for _, n := range []int{100, 1000} {
		for _, how := range []string{"follow", "update"} {
			b.Run(fmt.Sprintf("%s/%d", how, n), func(b *testing.B) {
				snap := cluster(n)
				g := (*graph.Graph)(nil).Update(snap)
				for i := range n {
					ask(g, fmt.Sprint("ns-", i))
				}
				snaps := []*model.Snapshot{changed(snap, "ns-7", 3), changed(snap, "ns-7", 4)}
				moved := []model.Moved{{Namespace: "ns-7"}}
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					next := snaps[i%2]
					next.Spaces["ns-7"] = model.NewSpace("ns-7", uint64(i+5), snap.Spaces["ns-7"].Tables)
					if how == "follow" {
						g = g.Follow(next, moved)
					} else {
						g = g.Update(next)
					}
					ask(g, "ns-7")
				}
			})
		}
	}
}

func BenchmarkWhole(b *testing.B) {
	for _, n := range []int{100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			snap := cluster(n)
			b.ReportAllocs()
			for b.Loop() {
				g := (*graph.Graph)(nil).Update(snap)
				for i := range n {
					ask(g, fmt.Sprint("ns-", i))
				}
			}
		})
	}
}

func BenchmarkOneLargeNamespace(b *testing.B) {
	snap := world(namespace("ns-0", 10_000)...)
	b.ReportAllocs()
	for b.Loop() {
		g := (*graph.Graph)(nil).Update(snap)
		g.Users(ref("Secret ns-0/none"))
	}
}
