package graph_test

import (
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/graph"
	"github.com/careen-tui/careen/internal/model"
)

// world builds a snapshot from rows, every kind fully known.
func world(rows ...model.Row) *model.Snapshot {
	tables := map[string]map[model.Kind]model.Table{}
	for _, r := range rows {
		m := r.Base()
		if tables[m.Namespace] == nil {
			tables[m.Namespace] = map[model.Kind]model.Table{}
		}
		tables[m.Namespace][m.Kind] = append(tables[m.Namespace][m.Kind], r)
	}
	snap := &model.Snapshot{Seq: 1, Spaces: map[string]*model.Space{}}
	for ns, kinds := range tables {
		for _, t := range kinds {
			slices.SortFunc(t, func(a, b model.Row) int { return strings.Compare(a.Base().Name, b.Base().Name) })
		}
		snap.Spaces[ns] = model.NewSpace(ns, 1, kinds)
	}
	for _, i := range model.Builtin {
		snap.Coverage = append(snap.Coverage, model.Watch{Kind: i.Kind, Resource: i.Resource, State: model.Live})
	}
	snap.Coverage = append(snap.Coverage,
		model.Watch{Kind: model.KindCustom, Resource: "customresources", State: model.Live},
		model.Watch{Kind: model.KindRecord, Resource: "records", State: model.Live})
	return snap
}

func of(rows ...model.Row) *graph.Graph { return (*graph.Graph)(nil).Update(world(rows...)) }

// ref reads "Kind namespace/name" or "Kind name".
func ref(s string) model.Ref {
	kind, path, _ := strings.Cut(s, " ")
	ns, name, ok := strings.Cut(path, "/")
	if !ok {
		ns, name = "", path
	}
	return model.Ref{Kind: model.Kind(kind), Namespace: ns, Name: name}
}

type option func(*model.Meta)

func meta(s string, opts ...option) model.Meta {
	r := ref(s)
	m := model.Meta{Kind: r.Kind, Namespace: r.Namespace, Name: r.Name, UID: "uid-" + s}
	for _, o := range opts {
		o(&m)
	}
	return m
}

// ownedBy adds the controller reference to an object named as in ref.
func ownedBy(s string) option {
	return func(m *model.Meta) {
		r := ref(s)
		m.Owners = append(m.Owners, model.Owner{Kind: r.Kind, Name: r.Name, UID: "uid-" + s, Controller: true})
	}
}

func refers(typ model.EdgeType, to string) option {
	return func(m *model.Meta) {
		m.Refs = append(m.Refs, model.Reference{Type: typ, To: ref(to), Path: "spec." + string(typ)})
	}
}

func labelled(pairs ...string) option {
	return func(m *model.Meta) { m.Labels = labels(pairs...) }
}

func annotated(pairs ...string) option {
	return func(m *model.Meta) { m.Annotations = labels(pairs...) }
}

func labels(pairs ...string) map[string]string {
	out := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i]] = pairs[i+1]
	}
	return out
}

func object(s string, opts ...option) *model.Object { return &model.Object{Meta: meta(s, opts...)} }

func pod(s string, opts ...option) *model.Pod {
	return &model.Pod{Template: &model.Template{}, Meta: meta(s, opts...)}
}

func workload(s string, template map[string]string, opts ...option) *model.Workload {
	return &model.Workload{Meta: meta(s, opts...), Desired: 1, Template: model.Template{Labels: template}}
}

func service(s string, selector map[string]string) *model.Service {
	return &model.Service{Meta: meta(s), Selector: selector}
}

// record is the newest record of a release that declares objects; their namespace
// is that of the release, as the decoder fills it in.
func record(ns, release string, revision int, declares ...string) *model.Record {
	r := &model.Record{
		Meta:    model.Meta{Kind: model.KindRecord, Namespace: ns, Name: model.RecordName(release, revision)},
		Release: release, Revision: revision, Body: &model.Body{Name: release},
	}
	for _, d := range declares {
		r.Body.Objects = append(r.Body.Objects, model.Declared{Ref: ref(d)})
	}
	return r
}

func write(edges []graph.Edge) []string {
	out := []string{}
	for _, e := range edges {
		out = append(out, e.From.String()+" "+string(e.Type)+" "+e.To.String())
	}
	return out
}

func refs(list []model.Ref) (out []string) {
	for _, r := range list {
		out = append(out, r.String())
	}
	return out
}

func podNames(list []*model.Pod) (out []string) {
	for _, p := range list {
		out = append(out, p.Name)
	}
	return out
}
