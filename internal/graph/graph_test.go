package graph_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/careen-tui/careen/internal/graph"
	"github.com/careen-tui/careen/internal/model"
)

// shop is a namespace with one release: a Deployment of two pods that mount a
// Secret, a StatefulSet of two with claims, and what stands around them.
func shop() []model.Row {
	shared := []model.Reference{{Type: model.EdgeMounts, To: ref("Secret shop/token"), Path: "spec.volumes[0].secret"}}
	template := func(m *model.Meta) { m.Refs = shared }
	db := workload("StatefulSet shop/db", labels("app", "db"))
	db.Desired, db.ServiceName = 2, "db-headless"
	db.ClaimTemplates = []model.ClaimTemplate{{Name: "data"}}
	web := workload("Deployment shop/web", labels("app", "web"), refers(model.EdgeMounts, "Secret shop/token"))
	web.Template.Containers = []model.Container{{Name: "c", Hosts: []model.HostList{{
		Path: "args[0]", Field: "--db", Members: []model.Host{{Set: "db", Ordinal: 0, Service: "db-headless"}, {Set: "db", Ordinal: 1, Service: "db-headless"}},
	}}}}
	return []model.Row{
		web, db,
		workload("ReplicaSet shop/web-1", labels("app", "web"), ownedBy("Deployment shop/web"), template),
		pod("Pod shop/web-1-a", ownedBy("ReplicaSet shop/web-1"), labelled("app", "web"), template),
		pod("Pod shop/web-1-b", ownedBy("ReplicaSet shop/web-1"), labelled("app", "web"), template),
		pod("Pod shop/db-0", ownedBy("StatefulSet shop/db"), labelled("app", "db"), refers(model.EdgeMounts, "PersistentVolumeClaim shop/data-db-0")),
		pod("Pod shop/db-1", ownedBy("StatefulSet shop/db"), labelled("app", "db")),
		&model.Claim{Meta: meta("PersistentVolumeClaim shop/data-db-0", refers(model.EdgeBinds, "PersistentVolume pv-1"))},
		&model.Claim{Meta: meta("PersistentVolumeClaim shop/data-db-7")},
		&model.Volume{Meta: meta("PersistentVolume pv-1", refers(model.EdgeBinds, "PersistentVolumeClaim shop/data-db-0"))},
		&model.Secret{Meta: meta("Secret shop/token", labelled("app.kubernetes.io/instance", "shop"))},
		service("Service shop/web", labels("app", "web")),
		service("Service shop/db-headless", labels("app", "db")),
		service("Service shop/external", map[string]string{}),
		&model.EndpointSlice{Meta: meta("EndpointSlice shop/web-x", ownedBy("Service shop/web")), Service: "web"},
		&model.NetworkPolicy{Meta: meta("NetworkPolicy shop/all"), Selector: &model.Selector{}},
		&model.DisruptionBudget{Meta: meta("PodDisruptionBudget shop/none")},
		record("shop", "shop", 1, "Secret shop/old"),
		record("shop", "shop", 2, "Deployment shop/web", "StatefulSet shop/db", "ClusterRole reader", "Issuer.x.io shop/wide", "Secret other/copy"),
		object("Issuer.x.io wide"),
		&model.Role{Meta: meta("ClusterRole reader")},
	}
}

func TestOutAndIn(t *testing.T) {
	g := of(shop()...)
	for _, c := range []struct {
		of   string
		out  []string
		in   []string
		user []string
	}{
		{
			of: "Deployment shop/web",
			out: []string{
				"owns ReplicaSet shop/web-1", "mounts Secret shop/token", "names StatefulSet shop/db",
			},
			in: []string{"NetworkPolicy shop/all selects", "Release shop/shop declares", "Service shop/web selects"},
		},
		{
			of:   "Secret shop/token",
			in:   []string{"Deployment shop/web mounts", "Pod shop/web-1-a mounts", "Pod shop/web-1-b mounts", "ReplicaSet shop/web-1 mounts"},
			user: []string{"Deployment shop/web mounts", "Pod shop/web-1-a mounts", "Pod shop/web-1-b mounts", "ReplicaSet shop/web-1 mounts"},
		},
		{
			of: "StatefulSet shop/db",
			out: []string{
				"mounts PersistentVolumeClaim shop/data-db-0", "mounts PersistentVolumeClaim shop/data-db-1",
				"mounts PersistentVolumeClaim shop/data-db-7", "owns Pod shop/db-0", "owns Pod shop/db-1",
			},
			in: []string{
				"Deployment shop/web names", "NetworkPolicy shop/all selects", "Release shop/shop declares", "Service shop/db-headless selects",
			},
			user: []string{"Deployment shop/web names"},
		},
		{of: "PersistentVolumeClaim shop/data-db-1", in: []string{"StatefulSet shop/db mounts"}, user: []string{"StatefulSet shop/db mounts"}},
		{of: "PersistentVolumeClaim shop/data-db-9"},
		{
			of:   "PersistentVolume pv-1",
			out:  []string{"binds PersistentVolumeClaim shop/data-db-0"},
			in:   []string{"PersistentVolumeClaim shop/data-db-0 binds"},
			user: []string{"PersistentVolumeClaim shop/data-db-0 binds"},
		},
		{
			of:   "Service shop/web",
			out:  []string{"selects Deployment shop/web", "owns EndpointSlice shop/web-x", "selects Pod shop/web-1-a", "selects Pod shop/web-1-b"},
			in:   []string{"EndpointSlice shop/web-x serves"},
			user: []string{"EndpointSlice shop/web-x serves"},
		},
		{of: "Service shop/external"},
		{of: "PodDisruptionBudget shop/none"},
		{
			of: "Release shop/shop",
			out: []string{
				"declares ClusterRole reader", "declares Issuer.x.io wide", "declares Secret other/copy", "declares Deployment shop/web",
				"owns Record shop/sh.helm.release.v1.shop.v1", "owns Record shop/sh.helm.release.v1.shop.v2", "declares StatefulSet shop/db",
			},
		},
		{of: "ClusterRole reader", in: []string{"Release shop/shop declares"}},
		{of: "Issuer.x.io wide", in: []string{"Release shop/shop declares"}},
		{of: "Issuer.x.io shop/wide"},
		{of: "Secret other/copy", in: []string{"Release shop/shop declares"}},
		{of: "Secret shop/old"},
		{of: "Record shop/sh.helm.release.v1.shop.v1", in: []string{"Release shop/shop owns"}},
	} {
		t.Run(c.of, func(t *testing.T) {
			check := func(what string, edges []graph.Edge, want []string, text func(graph.Edge) string) {
				t.Helper()
				var got []string
				for _, e := range edges {
					got = append(got, text(e))
				}
				if !reflect.DeepEqual(got, want) {
					t.Errorf("%s: got %q, want %q", what, got, want)
				}
			}
			to := func(e graph.Edge) string { return fmt.Sprint(e.Type, " ", e.To) }
			from := func(e graph.Edge) string { return fmt.Sprint(e.From, " ", e.Type) }
			check("out", g.Out(ref(c.of)), c.out, to)
			check("in", g.In(ref(c.of)), c.in, from)
			check("users", g.Users(ref(c.of)), c.user, from)
		})
	}
}

func TestNothingIsAGraphToo(t *testing.T) {
	for _, g := range []*graph.Graph{nil, {}, of()} {
		if g.Out(ref("Pod a/b")) != nil || g.In(ref("Pod a/b")) != nil || g.Exists(ref("Pod a/b")) || g.Similar(ref("Pod a/b"), 3) != nil {
			t.Error("an empty graph has edges")
		}
		if got := g.Owner(ref("Pod a/b")); got != ref("Pod a/b") {
			t.Errorf("owner %s", got)
		}
		if n := g.Neighbourhood(ref("Pod a/b"), 2, 10); len(n.Edges) > 0 || n.Truncated {
			t.Errorf("neighbourhood %+v", n)
		}
		if g.Pods(ref("Deployment a/b")) != nil || g.Declaring(ref("Pod a/b")) != nil {
			t.Error("an empty graph has objects")
		}
	}
}

func TestPodsAndSelected(t *testing.T) {
	g := of(shop()...)
	for _, c := range []struct {
		of   string
		want []string
	}{
		{"Deployment shop/web", []string{"web-1-a", "web-1-b"}},
		{"StatefulSet shop/db", []string{"db-0", "db-1"}},
		{"Service shop/web", []string{"web-1-a", "web-1-b"}},
		{"Service shop/external", nil},
		{"NetworkPolicy shop/all", []string{"db-0", "db-1", "web-1-a", "web-1-b"}},
		{"PodDisruptionBudget shop/none", nil},
		{"Pod shop/db-0", []string{"db-0"}},
		{"Secret shop/token", nil},
	} {
		if got := podNames(g.Pods(ref(c.of))); !reflect.DeepEqual(got, c.want) {
			t.Errorf("pods of %s: got %q, want %q", c.of, got, c.want)
		}
	}
	workloads, _ := g.Selected(ref("Service shop/web"))
	if len(workloads) != 1 || workloads[0].Name != "web" {
		t.Errorf("the service selects %d workloads", len(workloads))
	}
	if got := refs(g.Selecting(ref("Pod shop/db-0"))); !reflect.DeepEqual(got, []string{"NetworkPolicy shop/all", "Service shop/db-headless"}) {
		t.Errorf("selecting: %q", got)
	}
}

func TestExpressionsSelect(t *testing.T) {
	policy := &model.DisruptionBudget{Meta: meta("PodDisruptionBudget a/p"), Selector: &model.Selector{
		Labels: labels("app", "x"), Terms: []model.Term{{Key: "tier", Op: "NotIn", Values: []string{"test"}}},
	}}
	g := of(policy, pod("Pod a/one", labelled("app", "x")), pod("Pod a/two", labelled("app", "x", "tier", "test")), pod("Pod a/three", labelled("app", "y")), pod("Pod b/four", labelled("app", "x")))
	if got := podNames(g.Pods(ref("PodDisruptionBudget a/p"))); !reflect.DeepEqual(got, []string{"one"}) {
		t.Errorf("got %q", got)
	}
}

func TestMembers(t *testing.T) {
	rows := append(
		shop(),
		pod("Pod vm/c-store-0", ownedBy("InstanceSet.workloads.x.io vm/c-store"), labelled("app", "store")),
		pod("Pod vm/c-store-10", ownedBy("InstanceSet.workloads.x.io vm/c-store"), labelled("app", "store")),
		pod("Pod vm/c-store-2", ownedBy("InstanceSet.workloads.x.io vm/c-store"), labelled("app", "store")),
		pod("Pod vm/c-store-x", ownedBy("InstanceSet.workloads.x.io vm/c-store"), labelled("app", "store")),
		pod("Pod vm/lone-0"),
		service("Service vm/c-store-headless", labels("app", "store")),
	)
	g := of(rows...)
	for _, c := range []struct {
		name string
		ns   string
		host model.Host
		set  string
		pods []string
	}{
		{"a StatefulSet", "shop", model.Host{Set: "db"}, "StatefulSet shop/db", []string{"db-0", "db-1"}},
		{"its service", "shop", model.Host{Set: "db", Service: "db-headless"}, "StatefulSet shop/db", []string{"db-0", "db-1"}},
		{"from another namespace", "vm", model.Host{Set: "db", Service: "db-headless", Namespace: "shop"}, "StatefulSet shop/db", []string{"db-0", "db-1"}},
		{"another service", "shop", model.Host{Set: "db", Service: "web"}, "", nil},
		{"pods of an operator", "vm", model.Host{Set: "c-store", Service: "c-store-headless"}, "InstanceSet.workloads.x.io vm/c-store", []string{"c-store-0", "c-store-2", "c-store-10"}},
		{"a service that is not there", "vm", model.Host{Set: "c-store", Service: "gone"}, "", nil},
		{"a pod that nobody owns", "vm", model.Host{Set: "lone"}, "", nil},
		{"nothing", "shop", model.Host{Set: "utf"}, "", nil},
	} {
		set, pods, ok := g.Members(c.ns, c.host)
		var want model.Ref
		if c.set != "" {
			want = ref(c.set)
		}
		if set != want || ok != (c.set != "") || !reflect.DeepEqual(podNames(pods), c.pods) {
			t.Errorf("%s: got %s, %q, %v", c.name, set, podNames(pods), ok)
		}
	}
}

func TestGenerates(t *testing.T) {
	g := of(shop()...)
	for name, want := range map[string]int{"data-db-0": 0, "data-db-7": 7, "data-db-01": -1, "data-db": -1, "logs-db-0": -1, "data-other-0": -1} {
		set, _, ordinal, ok := g.Generates(ref("PersistentVolumeClaim shop/" + name))
		if ok != (want >= 0) || ok && (ordinal != want || set.Name != "db") {
			t.Errorf("%s: ordinal %d, %v", name, ordinal, ok)
		}
	}
}
