package graph_test

import (
	"fmt"
	"testing"

	"github.com/careen-tui/careen/internal/model"
)

func TestOwnerAndWorkload(t *testing.T) {
	rows := append(
		shop(),
		workload("CronJob a/nightly", nil), workload("Job a/nightly-1", nil, ownedBy("CronJob a/nightly")), pod("Pod a/nightly-1-x", ownedBy("Job a/nightly-1")),
		object("Cluster.x.io a/pg"), workload("Deployment a/pg", nil, ownedBy("Cluster.x.io a/pg")),
		workload("ReplicaSet a/pg-1", nil, ownedBy("Deployment a/pg")), pod("Pod a/pg-1-x", ownedBy("ReplicaSet a/pg-1")),
		pod("Pod a/instance-0", ownedBy("InstanceSet.y.io a/instance")), // the owner is not read
		object("Node n1"), pod("Pod a/mirror", ownedBy("Node n1")),
		workload("Deployment a/new", nil), workload("ReplicaSet a/stale", nil, func(m *model.Meta) {
			m.Owners = []model.Owner{{Kind: model.KindDeployment, Name: "new", UID: "uid of one before", Controller: true}}
		}),
		object("Tenant.z.io acme"), object("Thing.z.io a/thing", ownedBy("Tenant.z.io acme")),
		&model.ConfigMap{Meta: meta("ConfigMap a/env", ownedBy("Cluster.x.io a/pg"))},
		pod("Pod a/self", ownedBy("Pod a/self")),
		object("Ring.z.io a/1", ownedBy("Ring.z.io a/2")), object("Ring.z.io a/2", ownedBy("Ring.z.io a/3")), object("Ring.z.io a/3", ownedBy("Ring.z.io a/1")),
		&model.Claim{Meta: meta("PersistentVolumeClaim a/c", func(m *model.Meta) { m.Owners = []model.Owner{{Kind: model.KindDeployment, Name: "pg"}} })},
	)
	g := of(rows...)
	for _, c := range []struct{ of, owner, workload string }{
		{"Pod shop/web-1-a", "Deployment shop/web", "Deployment shop/web"},
		{"Pod shop/db-0", "StatefulSet shop/db", "StatefulSet shop/db"},
		{"Deployment shop/web", "Deployment shop/web", "Deployment shop/web"},
		{"Pod a/nightly-1-x", "CronJob a/nightly", "CronJob a/nightly"},
		{"Pod a/pg-1-x", "Cluster.x.io a/pg", "Deployment a/pg"},
		{"Pod a/instance-0", "InstanceSet.y.io a/instance", "InstanceSet.y.io a/instance"},
		{"Pod a/mirror", "Pod a/mirror", "Pod a/mirror"},
		{"ReplicaSet a/stale", "ReplicaSet a/stale", "ReplicaSet a/stale"},
		{"Thing.z.io a/thing", "Tenant.z.io acme", "Thing.z.io a/thing"},
		{"ConfigMap a/env", "Cluster.x.io a/pg", "ConfigMap a/env"},
		{"Pod a/self", "Pod a/self", "Pod a/self"},
		{"Ring.z.io a/1", "Ring.z.io a/3", "Ring.z.io a/1"},
		{"PersistentVolumeClaim a/c", "Cluster.x.io a/pg", "PersistentVolumeClaim a/c"},
		{"Secret a/absent", "Secret a/absent", "Secret a/absent"},
	} {
		if got := g.Owner(ref(c.of)); got != ref(c.owner) {
			t.Errorf("owner of %s: got %s, want %s", c.of, got, c.owner)
		}
		if got := g.Workload(ref(c.of)); got != ref(c.workload) {
			t.Errorf("workload of %s: got %s, want %s", c.of, got, c.workload)
		}
	}
	if got := podNames(g.Pods(ref("Cluster.x.io a/pg"))); len(got) != 1 || got[0] != "pg-1-x" {
		t.Errorf("pods of the custom resource: %q", got)
	}
	if got := write(g.Out(ref("Tenant.z.io acme"))); len(got) != 1 || got[0] != "Tenant.z.io acme owns Thing.z.io a/thing" {
		t.Errorf("the cluster-scoped owner's edges: %q", got)
	}
	if got := g.Out(ref("Deployment a/new")); len(got) != 0 {
		t.Errorf("a Deployment owns what its predecessor left: %q", write(got))
	}
	if got := g.Pods(ref("Ring.z.io a/1")); len(got) != 0 {
		t.Errorf("pods of a ring: %d", len(got))
	}
}

func TestFiveThousandOwners(t *testing.T) {
	p := pod("Pod a/p")
	for i := range 5000 {
		p.Owners = append(p.Owners, model.Owner{Kind: model.KindReplicaSet, Name: fmt.Sprint("r", i)})
	}
	p.Owners[4321].Controller = true
	g := of(p)
	if got := g.Owner(p.Ref()); got != ref("ReplicaSet a/r4321") {
		t.Errorf("owner %s", got)
	}
	if n := len(g.In(p.Ref())); n != 65 {
		t.Errorf("%d edges in", n)
	}
	if got := podNames(g.Pods(ref("ReplicaSet a/r4321"))); len(got) != 1 {
		t.Errorf("pods of the controller: %q", got)
	}
}

func TestALongChainOfOwnersEnds(t *testing.T) {
	var rows []model.Row
	for i := range 1000 {
		rows = append(rows, object(fmt.Sprintf("Link.x.io a/%d", i), ownedBy(fmt.Sprintf("Link.x.io a/%d", i+1))))
	}
	if got := of(rows...).Owner(ref("Link.x.io a/0")); got != ref("Link.x.io a/31") {
		t.Errorf("owner %s", got)
	}
}
