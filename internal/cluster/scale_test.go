//go:build !race

// Amounts, and no more concurrency than elsewhere: the race detector would take a minute.

package cluster

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/careen-tui/careen/internal/apitest"
	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/e2e/simulated"
	"github.com/careen-tui/careen/internal/model"
)

// readAll reads a simulated cluster until everything is known that will be.
func readAll(t *testing.T, s *simulated.Server, options Options) *model.Snapshot {
	t.Helper()
	flags, path := genericclioptions.NewConfigFlags(false), s.Kubeconfig(t)
	flags.KubeConfig = &path
	conn, err := connect.Open(flags, connect.Options{Mode: connect.ReadOnly})
	if err != nil {
		t.Fatal(err)
	}
	options.Timeout = 5 * time.Minute
	source, err := Open(t.Context(), conn, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(source.Close)
	if err := source.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	snap, _ := source.Snapshot()
	return snap
}

// TestAThousandNamespacesOneByOne may list nothing in all namespaces at once: the first
// two hundred are read one by one, and that there are more is said.
func TestAThousandNamespacesOneByOne(t *testing.T) {
	s := simulated.New(t, simulated.Size{Namespaces: 1000, Nodes: 10, Workloads: 1000, Pods: 1000})
	s.Refuse = func(w http.ResponseWriter, target connect.Target) bool {
		if target.Resource == "configmaps" && target.Namespace == "" {
			apitest.Status(w, http.StatusForbidden, "Forbidden", `configmaps is forbidden: User "tester" cannot list resource "configmaps" in API group "" at the cluster scope`)
			return true
		}
		return false
	}
	snap := readAll(t, s, onlyConfigMaps)
	if n := len(snap.Namespaces()); n != 1000 {
		t.Errorf("%d namespaces are known", n)
	}
	known := 0
	for i := range 1000 {
		ok, why := snap.Knows(model.KindConfigMap, simulated.Namespace(i))
		switch {
		case ok:
			known++
		case !strings.Contains(why, "one by one in the first 200 of 1,000 namespaces"):
			t.Fatalf("of namespace %d it is said: %s", i, why)
		}
	}
	if known != maxNarrow {
		t.Errorf("of %d namespaces the config maps are known", known)
	}
	if lists, _, _ := s.Served(); lists > maxNarrow+10 {
		t.Errorf("%d lists were asked for", lists)
	}
}

// TestManyCustomResources reads twice as many objects of a kind as an earlier bound, all
// of them; more than the bound of today are cut, which is said. Both as a stream and in
// pages.
func TestManyCustomResources(t *testing.T) {
	for _, pages := range []bool{false, true} {
		s := simulated.New(t, simulated.Size{Namespaces: 10, Nodes: 1, Definitions: 1, Custom: 10_000})
		s.Pages = pages
		snap := readAll(t, s, Options{Kinds: []model.Kind{model.KindCustom}})
		if w := watchOf(snap, simulated.CustomResource(0)); w.Objects != 10_000 || !w.Complete() {
			t.Errorf("in pages %v: %+v", pages, w)
		}
	}
	s := simulated.New(t, simulated.Size{Namespaces: 10, Nodes: 1, Definitions: 1, Custom: maxCustomObjects + 1})
	snap := readAll(t, s, Options{Kinds: []model.Kind{model.KindCustom}})
	if w := watchOf(snap, simulated.CustomResource(0)); w.Objects != maxCustomObjects || !w.Partial || !strings.Contains(w.Message, "only the first 50000") {
		t.Errorf("beyond the bound: %+v", w)
	}
	if ok, _ := snap.Knows(model.KindCustom, simulated.Namespace(0)); ok {
		t.Error("what was cut counts as known")
	}
}

// TestTwoThousandDefinitions reads as many kinds as are defined, up to a bound that is
// beyond two thousand; it is said how many are not read.
func TestTwoThousandDefinitions(t *testing.T) {
	s := simulated.New(t, simulated.Size{Namespaces: 2, Nodes: 1, Definitions: maxCustomKinds + 52, Custom: 2})
	snap := readAll(t, s, Options{Kinds: []model.Kind{model.KindCustom}})
	read := 0
	for _, w := range snap.Coverage {
		if w.Kind == model.KindCustom && w.Objects == 2 && w.Complete() {
			read++
		}
	}
	if read != maxCustomKinds || read < 2000 {
		t.Errorf("%d kinds are read", read)
	}
	if known, why := snap.Knows(model.KindCustom, simulated.Namespace(0)); known || !strings.Contains(why, "52 kinds not read") {
		t.Errorf("known: %v; it is said: %s", known, why)
	}
}

func watchOf(snap *model.Snapshot, resource string) (out model.Watch) {
	for _, w := range snap.Coverage {
		if w.Resource == resource {
			out = w
		}
	}
	return out
}
