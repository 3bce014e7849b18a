package graph_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/careen-tui/careen/internal/model"
)

func TestNeighbourhood(t *testing.T) {
	g := of(shop()...)
	n := g.Neighbourhood(ref("ReplicaSet shop/web-1"), 1, 100)
	var nodes []string
	for _, x := range n.Nodes {
		nodes = append(nodes, fmt.Sprint(x.Depth, " ", x.Ref))
	}
	want := []string{
		"0 ReplicaSet shop/web-1", "1 Deployment shop/web", "1 Pod shop/web-1-a", "1 Pod shop/web-1-b", "1 Secret shop/token",
	}
	if !reflect.DeepEqual(nodes, want) || n.Truncated {
		t.Errorf("nodes %q, truncated %v", nodes, n.Truncated)
	}
	edges := []string{
		"ReplicaSet shop/web-1 owns Pod shop/web-1-a", "ReplicaSet shop/web-1 owns Pod shop/web-1-b", "ReplicaSet shop/web-1 mounts Secret shop/token",
		"Deployment shop/web owns ReplicaSet shop/web-1", "Deployment shop/web mounts Secret shop/token",
		"Pod shop/web-1-a mounts Secret shop/token", "Pod shop/web-1-b mounts Secret shop/token",
	}
	if got := write(n.Edges); !reflect.DeepEqual(got, edges) {
		t.Errorf("edges %q", got)
	}
}

// TestNeighbourhoodDoesNotPassThroughWhatEverythingMounts: over kube-root-ca.crt every pod
// of a namespace would be beside every other.
func TestNeighbourhoodDoesNotPassThroughWhatEverythingMounts(t *testing.T) {
	ca := refers(model.EdgeMounts, "ConfigMap shop/kube-root-ca.crt")
	g := of(pod("Pod shop/a", ca), pod("Pod shop/b", ca))
	if n := g.Neighbourhood(ref("Pod shop/a"), 3, 100); len(n.Nodes) != 1 || len(n.Edges) != 0 {
		t.Errorf("%+v", n)
	}
	if n := g.Neighbourhood(ref("ConfigMap shop/kube-root-ca.crt"), 1, 100); len(n.Nodes) != 3 {
		t.Errorf("around itself: %+v", n)
	}
}

func TestNeighbourhoodIsBounded(t *testing.T) {
	rows := []model.Row{&model.ServiceAccount{Meta: meta("ServiceAccount a/default")}}
	for i := range 2000 {
		rows = append(rows, pod(fmt.Sprintf("Pod a/p-%d", i), refers(model.EdgeAccount, "ServiceAccount a/default"), refers(model.EdgeMounts, fmt.Sprintf("Secret a/s-%d", i))))
	}
	g := of(rows...)
	for _, c := range []struct{ depth, limit, nodes int }{{1, 1000, 65}, {2, 1000, 129}, {3, 100, 100}, {2, 1, 1}} {
		n := g.Neighbourhood(ref("ServiceAccount a/default"), c.depth, c.limit)
		if len(n.Nodes) != c.nodes || !n.Truncated {
			t.Errorf("depth %d, limit %d: %d nodes, truncated %v", c.depth, c.limit, len(n.Nodes), n.Truncated)
		}
	}
	if n := g.Neighbourhood(ref("Pod a/p-0"), 0, 10); len(n.Nodes) != 1 || len(n.Edges) != 0 || n.Truncated {
		t.Errorf("depth 0: %+v", n)
	}
	if n := g.Neighbourhood(ref("Pod a/p-0"), 1, 10); len(n.Nodes) != 3 || n.Truncated {
		t.Errorf("depth 1: %d nodes, truncated %v", len(n.Nodes), n.Truncated)
	}
}
