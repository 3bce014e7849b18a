package graph_test

import (
	"reflect"
	"testing"

	"github.com/careen-tui/careen/internal/graph"
	"github.com/careen-tui/careen/internal/model"
)

func TestBelonging(t *testing.T) {
	helm := func(name, ns string) option {
		return func(m *model.Meta) {
			m.Labels = labels("app.kubernetes.io/managed-by", "Helm")
			m.Annotations = labels("meta.helm.sh/release-name", name, "meta.helm.sh/release-namespace", ns)
		}
	}
	rows := append(
		shop(),
		&model.Secret{Meta: meta("Secret other/copy", helm("twin", "other"))},
		&model.Secret{Meta: meta("Secret other/far", helm("shop", "shop"))},
		&model.Secret{Meta: meta("Secret other/annotated", annotated("meta.helm.sh/release-name", "x"))},
		&model.Claim{Meta: meta("PersistentVolumeClaim other/left", labelled("app.kubernetes.io/instance", "gone"))},
		object("Cluster.x.io other/pg", labelled("app.kubernetes.io/instance", "pg", "app.kubernetes.io/managed-by", "kubeblocks")),
		&model.Secret{Meta: meta("Secret other/plain")},
	)
	g := of(rows...)
	for _, c := range []struct {
		of   string
		want graph.Belongs
	}{
		{"Deployment shop/web", graph.Belongs{Release: ref("Release shop/shop"), How: "manifest", Stored: true}},
		{"Pod shop/web-1-a", graph.Belongs{Release: ref("Release shop/shop"), How: "owner", Stored: true}},
		{"PersistentVolumeClaim shop/data-db-7", graph.Belongs{Release: ref("Release shop/shop"), How: "owner", Stored: true}},
		{"Secret shop/token", graph.Belongs{Release: ref("Release shop/shop"), How: "label", Stored: true}},
		{"ClusterRole reader", graph.Belongs{Release: ref("Release shop/shop"), How: "manifest", Stored: true}},
		{"Record shop/sh.helm.release.v1.shop.v1", graph.Belongs{Release: ref("Release shop/shop"), How: "record", Stored: true}},
		{"Secret other/copy", graph.Belongs{Release: ref("Release other/twin"), How: "annotation"}},
		{"Secret other/far", graph.Belongs{Release: ref("Release shop/shop"), How: "annotation", Stored: true}},
		{"PersistentVolumeClaim other/left", graph.Belongs{Release: ref("Release other/gone"), How: "label"}},
		{"Secret other/annotated", graph.Belongs{}},
		{"Cluster.x.io other/pg", graph.Belongs{}},
		{"Secret other/plain", graph.Belongs{}},
		{"Secret other/absent", graph.Belongs{}},
	} {
		got, ok := g.Belonging(ref(c.of))
		if got != c.want || ok != (c.want != graph.Belongs{}) {
			t.Errorf("%s: got %+v, %v", c.of, got, ok)
		}
		if name, ok := g.Release(ref(c.of)); name != c.want.Release.Name || ok != (c.want.How != "") {
			t.Errorf("%s: release %q, %v", c.of, name, ok)
		}
	}
}

func TestDeclaring(t *testing.T) {
	g := of(record("a", "one", 1, "Secret a/s", "Secret a/s", "Secret a/t"), record("a", "one", 2, "Secret a/s"), record("b", "two", 1, "Secret a/s"))
	names := func(s string) (out []string) {
		for _, r := range g.Declaring(ref(s)) {
			out = append(out, r.Ref().Path())
		}
		return out
	}
	if got := names("Secret a/s"); !reflect.DeepEqual(got, []string{"a/one", "b/two"}) {
		t.Errorf("got %q", got)
	}
	if got := names("Secret a/t"); got != nil {
		t.Errorf("an older revision declares %q", got)
	}
}

func TestAbsentNeedsCompleteKnowledge(t *testing.T) {
	snap := world(&model.Secret{Meta: meta("Secret a/here")}, &model.Object{Meta: meta("Thing.x.io a/other")}, record("a", "rel", 1))
	set := func(kind model.Kind, state model.WatchState, message string) {
		for i := range snap.Coverage {
			if snap.Coverage[i].Kind == kind {
				snap.Coverage[i].State, snap.Coverage[i].Message = state, message
			}
		}
	}
	set(model.KindConfigMap, model.Forbidden, "forbidden to dev (list configmaps)")
	set(model.KindCustom, model.Syncing, "")
	set(model.KindVolume, model.Stale, "")
	g := (*graph.Graph)(nil).Update(snap)
	for _, c := range []struct {
		of     string
		absent bool
		why    string
	}{
		{"Secret a/here", false, ""},
		{"Secret a/gone", true, ""},
		{"Secret never/seen", true, ""},
		{"ConfigMap a/x", false, "configmaps: forbidden to dev (list configmaps)"},
		{"Thing.x.io a/x", false, "customresources: syncing"},
		{"Other.x.io a/x", false, "Other.x.io: no object of this kind was read, so it may be served by something else than the kinds that were"},
		{"PersistentVolume pv", true, ""},
		{"Release a/rel", false, ""},
		{"Release a/none", true, ""},
	} {
		if absent, why := g.Absent(ref(c.of)); absent != c.absent || why != c.why {
			t.Errorf("%s: absent %v, why %q", c.of, absent, why)
		}
	}
}

func TestSimilar(t *testing.T) {
	var rows []model.Row
	for _, n := range []string{"database", "databse", "data-base", "registry", "keep-vms-1", "keep-victoria-2", "x"} {
		rows = append(rows, &model.Secret{Meta: meta("Secret a/" + n)})
	}
	rows = append(rows, &model.Secret{Meta: meta("Secret b/databases")})
	g := of(rows...)
	if got := refs(g.Similar(ref("Secret a/databases"), 5)); !reflect.DeepEqual(got, []string{"Secret a/database", "Secret a/data-base", "Secret a/databse"}) {
		t.Errorf("got %q", got)
	}
	if got := refs(g.Similar(ref("Secret a/database"), 1)); !reflect.DeepEqual(got, []string{"Secret a/data-base"}) {
		t.Errorf("got %q", got)
	}
	if got := g.Similar(ref("Secret a/zzz"), 5); len(got) != 0 {
		t.Errorf("got %q", refs(got))
	}
}
