package preflight

import (
	"fmt"
	"slices"
	"testing"

	"github.com/careen-tui/careen/internal/model"
)

// TestListsOfAChart looks at a ConfigMap of a chart that has a StatefulSet of three,
// and a Deployment that reads the ConfigMap once.
func TestListsOfAChart(t *testing.T) {
	set := object(model.KindStatefulSet, map[string]any{
		"metadata": map[string]any{"name": "node", "namespace": "ns"},
		"spec":     map[string]any{"replicas": int64(3), "serviceName": "node"},
	})
	set.Ref.Name = "node"
	reader := object(model.KindDeployment, map[string]any{"spec": map[string]any{"template": map[string]any{"spec": map[string]any{
		"containers": []any{map[string]any{"name": "c", "envFrom": []any{map[string]any{"configMapRef": map[string]any{"name": "x"}}}}},
	}}}})
	for name, c := range map[string]struct {
		data map[string]any
		want []string
	}{
		"two of three":             {map[string]any{"PEERS": "node-0.node,node-1.node"}, []string{"high proved PEERS/node"}},
		"three of three":           {map[string]any{"PEERS": "node-0.node,node-1.node,node-2.node"}, []string{"high inferred PEERS/node"}},
		"one beyond":               {map[string]any{"PEERS": "node-0.node,node-1.node,node-2.node,node-3.node"}, []string{"high proved PEERS/node"}},
		"one that is asked first":  {map[string]any{"PRIMARY": "node-0.node:80"}, nil},
		"one that is gone":         {map[string]any{"PRIMARY": "node-7.node:80"}, []string{"high proved PRIMARY/node"}},
		"a role":                   {map[string]any{"STANDBYS": "node-1.node,node-2.node"}, nil},
		"with a variable":          {map[string]any{"PEERS": "node-0.node:1,node-1.node:1,$(MORE)"}, nil},
		"founders":                 {map[string]any{"INITIAL_CLUSTER": "node-0.node,node-1.node"}, nil},
		"founders in a file":       {map[string]any{"app.yml": "initial_master_nodes:\n- node-0\n- node-1\n"}, nil},
		"keys of a file":           {map[string]any{"zoo.cfg": "server.1=node-0.node:1\nserver.2=node-1.node:1\n"}, []string{"high proved zoo.cfg/server.N/node"}},
		"a set of another place":   {map[string]any{"PEERS": "node-0.node.other.svc,node-1.node.other.svc"}, nil},
		"a set that is not there":  {map[string]any{"PEERS": "none-0.none,none-1.none"}, nil},
		"spelt in different ways":  {map[string]any{"PEERS": "node-0.node:1,node-1.node.ns.svc:1,node-2.node.ns.svc:1"}, []string{"high inferred PEERS/node"}},
		"two lists under one name": {map[string]any{"a.yml": "peers: [node-0.node, node-1.node]\n", "b.yml": "peers: [node-0.node, node-1.node]\n"}, []string{"high proved a.yml/peers/node", "high proved b.yml/peers/node"}},
	} {
		l := &look{rendered: &Rendered{Objects: []*Object{object(model.KindConfigMap, map[string]any{"data": c.data}), set, reader}}}
		l.lists()
		var got []string
		for _, f := range l.findings {
			got = append(got, fmt.Sprintf("%s %s %s", f.Severity, f.Grade, f.Slot))
		}
		slices.Sort(got)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
