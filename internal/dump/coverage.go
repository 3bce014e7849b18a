package dump

import (
	"fmt"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const notHeld = "the dump does not hold it"

// coverage says of every kind how much of it the dump holds.
func (c *collector) coverage() model.Coverage {
	listed := map[string]bool{}
	for name := range c.tables[""][model.KindNamespace] {
		listed[name] = true
	}
	c.scopes.settle(c.namespaces(listed), listed, c.defined)
	var out model.Coverage
	for i := range model.Builtin {
		info := &model.Builtin[i]
		out = append(out, c.covered(info.Kind, info.Kind, info.Resource, info.Within)...)
	}
	out = append(out, c.recordCoverage()...)
	out = append(out, c.logCoverage()...)
	out = append(out, c.customCoverage()...)
	if n := len(c.problems); n > 0 {
		w := model.Watch{Resource: "dump", State: model.Absent, Partial: true, Message: c.problems[0]}
		if n+c.more > 1 {
			w.Message += fmt.Sprintf(" (and %s more)", text.Count(n+c.more-1))
		}
		out = append(out, w)
	}
	out.Sort()
	return out
}

// namespaces are those that the dump knows.
func (c *collector) namespaces(listed map[string]bool) map[string]bool {
	out := maps.Clone(listed)
	for _, in := range c.scopes.held {
		for ns := range in {
			out[ns] = true
		}
	}
	delete(out, "")
	return out
}

// count is how many rows of a kind there are in a namespace, or in all.
func (c *collector) count(kind model.Kind, namespace string) (n int) {
	if namespace != "" {
		return len(c.tables[namespace][kind])
	}
	for _, tables := range c.tables {
		n += len(tables[kind])
	}
	return n
}

// covered is the coverage of a kind whose rows are of that name, in all namespaces or
// only within some.
func (c *collector) covered(kind, rows model.Kind, resource string, within []string) (out []model.Watch) {
	s := &c.scopes
	whole, failed := s.whole[kind], s.failed[kind]
	watch := func(namespace string, state model.WatchState, why string) {
		w := model.Watch{Kind: rows, Resource: resource, Namespace: namespace, State: state, Objects: c.count(rows, namespace), Message: why}
		w.Partial = state == model.Absent
		out = append(out, w)
	}
	why := notHeld
	switch {
	case failed[""] != "":
		why = notRead(failed[""])
	case len(whole) > 0:
		why = "the dump holds it of some namespaces only"
	case len(s.held[kind]) > 0:
		why = "the dump holds some of them only"
	}
	if within != nil {
		for _, ns := range within {
			if whole[""] || whole[ns] {
				watch(ns, model.Live, "")
			} else {
				watch(ns, model.Absent, why)
			}
		}
		return out
	}
	for _, ns := range slices.Sorted(maps.Keys(failed)) {
		if ns != "" {
			watch(ns, model.Forbidden, notRead(failed[ns]))
		}
	}
	if whole[""] && failed[""] == "" {
		watch("", model.Live, "")
		return out
	}
	for _, ns := range slices.Sorted(maps.Keys(whole)) {
		if ns != "" && failed[ns] == "" {
			watch(ns, model.Live, "")
		}
	}
	rest := model.Watch{Kind: rows, Resource: resource, State: model.Absent, Partial: true, Message: why}
	if len(whole) == 0 {
		rest.Objects = c.count(rows, "")
	}
	return append(out, rest)
}

func notRead(why string) string {
	return "whoever made the dump could not read it: " + mask.Line(firstLine(why), 300)
}

// recordCoverage is that of release records: known where both kinds are that may hold
// one, and the newest of each release came with what is in it.
func (c *collector) recordCoverage() []model.Watch {
	resource := model.Lookup(model.KindRecord).Resource
	secrets := c.covered(model.KindSecret, model.KindRecord, resource, nil)
	configs := c.scopes.whole[model.KindConfigMap]
	out := make([]model.Watch, 0, len(secrets))
	for _, w := range secrets {
		if w.State == model.Live && !configs[""] && !configs[w.Namespace] {
			w.State, w.Partial, w.Message = model.Absent, true, "ConfigMaps may hold release records, and the dump does not hold them"
		}
		out = append(out, w)
	}
	for ns := range c.emptied() {
		out = mark(out, ns, "the dump holds release records without what is in them")
	}
	return out
}

// mark makes a namespace unknown.
func mark(list []model.Watch, namespace, why string) []model.Watch {
	at := slices.IndexFunc(list, func(w model.Watch) bool { return w.Namespace == namespace })
	if at < 0 {
		w := list[0]
		w.Namespace, w.Objects = namespace, 0
		at, list = len(list), append(list, w)
	}
	list[at].State, list[at].Partial, list[at].Message = model.Absent, true, why
	return list
}

// logCoverage is that of the logs of containers that crash: known where the pods are,
// and the dump holds the log of each.
func (c *collector) logCoverage() []model.Watch {
	out := c.covered(model.KindPod, model.KindLogTail, model.Lookup(model.KindLogTail).Resource, nil)
	for _, ns := range slices.Sorted(maps.Keys(c.logs.missing)) {
		out = mark(out, ns, fmt.Sprintf("the dump does not hold the log of %s", text.Counted(c.logs.missing[ns], "crashing container")))
	}
	return out
}

// defined is where a custom resource is served.
type defined struct {
	resource   string
	namespaced bool
}

// define learns of custom resources from a definition.
func (c *collector) define(u *unstructured.Unstructured) {
	if u.GetKind() != string(model.KindCRD) {
		return
	}
	spec := below(u.Object, "spec")
	group, _ := spec["group"].(string)
	plural, _ := below(spec, "names")["plural"].(string)
	kind, _ := below(spec, "names")["kind"].(string)
	if group != "" && plural != "" && kind != "" {
		c.defined[model.Kind(kind+"."+group)] = defined{mask.Line(plural+"."+group, 300), spec["scope"] == "Namespaced"}
	}
}

// customCoverage: which custom resources a cluster has, only its definitions tell.
func (c *collector) customCoverage() (out []model.Watch) {
	all := model.Watch{Kind: model.KindCustom, Resource: model.Lookup(model.KindCustom).Resource, State: model.Live}
	if !c.scopes.whole[model.KindCRD][""] {
		all.State, all.Partial, all.Message = model.Absent, true, notHeld
		for _, tables := range c.tables {
			for kind, rows := range tables {
				if kind.IsCustom() {
					all.Objects += len(rows)
				}
			}
		}
		if all.Objects > 0 {
			all.Message = fmt.Sprintf("the dump holds %s; whether there are others it does not say", text.Counted(all.Objects, "custom resource"))
		}
		return append(out, all)
	}
	out = append(out, all)
	for kind, d := range c.defined {
		for _, w := range c.covered(kind, kind, d.resource, nil) {
			w.Kind = model.KindCustom
			out = append(out, w)
		}
	}
	return out
}
