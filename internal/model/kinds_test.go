package model

import (
	"reflect"
	"strings"
	"testing"
)

func TestTheTableOfKindsIsSound(t *testing.T) {
	names := map[string]Kind{}
	for _, list := range [][]KindInfo{Builtin, own} {
		for i := range list {
			info := &list[i]
			if Lookup(info.Kind) != info {
				t.Errorf("%s is in the table twice", info.Kind)
			}
			if info.Short == "" || info.Resource == "" {
				t.Errorf("%s has no short name or resource", info.Kind)
			}
			if info.Namespaced && info.Concerns != Everywhere || !info.Namespaced && info.Within != nil {
				t.Errorf("%s: only a cluster-scoped kind concerns namespaces, only others are read within some", info.Kind)
			}
			if info.Kind == KindCustom || info.Shown != "" {
				continue // not asked for by name
			}
			for _, n := range []string{strings.ToLower(string(info.Kind)), info.Resource, info.Short, info.Alias} {
				if other, taken := names[n]; n != "" && taken && other != info.Kind {
					t.Errorf("%q means %s and %s", n, other, info.Kind)
				}
				names[n] = info.Kind
			}
		}
	}
}

func TestKindsAreFound(t *testing.T) {
	for word, want := range map[string]Kind{
		"po": KindPod, "pod": KindPod, "Pods": KindPod, "deploy": KindDeployment, "sts": KindStatefulSet, "pvc": KindClaim, "no": KindNode,
		"release": KindRelease, "releases": KindRelease, "crd": KindCRD, "record": "", "podlogs": "", "customresource": "", "": "",
	} {
		if got, ok := KindNamed(word); got != want || ok != (want != "") {
			t.Errorf("%q names %q", word, got)
		}
	}
	for kind, want := range map[Kind]struct {
		row             Kind
		builtin, custom bool
		short, in       string
	}{
		KindPod:            {KindPod, true, false, "pod", "ns"},
		KindNode:           {KindNode, true, false, "node", ""},
		KindRecord:         {KindRecord, false, false, "record", "ns"},
		KindRelease:        {KindRelease, false, false, "release", "ns"},
		KindCustom:         {KindCustom, false, true, "custom", "ns"},
		"Widget.acme.test": {KindCustom, false, true, "Widget.acme.test", "ns"},
	} {
		_, builtin := Info(kind)
		if Lookup(kind).Kind != want.row || builtin != want.builtin || kind.IsCustom() != want.custom || kind.Short() != want.short || kind.In("ns") != want.in {
			t.Errorf("%s: row of %s, builtin %v, custom %v, short %q, in %q", kind, Lookup(kind).Kind, builtin, kind.IsCustom(), kind.Short(), kind.In("ns"))
		}
	}
	if want := []Kind{KindDeployment, KindStatefulSet, KindDaemonSet, KindReplicaSet, KindReplicationController, KindJob, KindCronJob}; !reflect.DeepEqual(WorkloadKinds, want) {
		t.Errorf("workloads are %v", WorkloadKinds)
	}
}

// A kind that the table says to be tied is one for which Concerned knows how.
func TestTiedKindsAreTied(t *testing.T) {
	for _, info := range Builtin {
		row := reflect.New(reflect.TypeOf(info.Row).Elem()).Interface().(Row)
		row.Base().Kind, row.Base().Name = info.Kind, "x"
		asked := false
		list := Concerned(row, func(Ref) []string { asked = true; return []string{"n"} })
		if asked != (info.Concerns == Tied) || (len(list) > 0) != (info.Concerns != Everywhere) {
			t.Errorf("%s concerns %q, its row says %d", info.Kind, list, info.Concerns)
		}
	}
}

func TestKindsReadInSomeNamespacesAreKnownThere(t *testing.T) {
	one := Coverage{{Kind: KindLease, Resource: "leases", Namespace: "kube-system", State: Live}}
	if ok, why := one.Knows(KindLease, ""); !ok {
		t.Error(why)
	}
	if ok, _ := one.Knows(KindLease, "shop"); ok {
		t.Error("where it is not read, it is known")
	}
	one[0].State, one[0].Message = Forbidden, "forbidden to bob (list leases)"
	if ok, why := one.Knows(KindLease, ""); ok || why != "leases: forbidden to bob (list leases)" {
		t.Errorf("%v %q", ok, why)
	}
}
