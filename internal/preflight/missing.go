package preflight

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// missing runs the probes of overlaid over the cluster as it would be, and keeps
// what they find about the chart's objects, or find only then.
func (l *look) missing() {
	now := map[finding.ID]bool{}
	for _, f := range engine.Look(l.Snapshot, overlaid, l.Settings, l.Now).Findings {
		now[f.ID()] = true
	}
	then := future(l.Snapshot, l.rendered.Objects, l.removed(), l.Release, l.Namespace, l.Now)
	for _, f := range engine.Look(then, overlaid, l.Settings, l.Now).Findings {
		source := l.source(f.Subject)
		if f.Grade != finding.Unknown && now[f.ID()] && source == "" {
			continue
		}
		if l.willBeMade(f) {
			continue
		}
		g := *f
		g.Fixes, g.Withheld, g.Causes = slices.Concat(l.namedBefore(f), l.preventing(f.Fixes)), nil, nil
		if g.Preventions = nil; l.Snapshot.Row(f.Subject) != nil {
			g.Preventions = l.ahead(f.Preventions)
		}
		if source != "" {
			g.Evidence = append([]finding.Evidence{{Ref: f.Subject, Path: source, Note: "as the chart declares it"}}, f.Evidence...)
		}
		l.report(g)
	}
}

// source is the template that declares an object; empty where none does.
func (l *look) source(ref model.Ref) string {
	if o := l.declared(ref); o != nil {
		return o.Source
	}
	return ""
}

func (l *look) declared(ref model.Ref) *Object {
	for _, o := range l.rendered.Objects {
		if o.Ref == ref {
			return o
		}
	}
	return nil
}

// removed lists what the release declares today and no longer will: Helm deletes
// it, but for what its policy keeps.
func (l *look) removed() []model.Ref {
	if l.record == nil || l.record.Body == nil {
		return nil
	}
	var out []model.Ref
	for _, d := range l.record.Body.Objects {
		if !d.Keep && l.declared(d.Ref) == nil {
			out = append(out, d.Ref)
		}
	}
	return out
}

// willBeMade reports whether a custom resource of the chart names what a finding says
// is absent: its operator makes it, a certificate's Secret for example.
func (l *look) willBeMade(f *finding.Finding) bool {
	if f.Probe != probes.ReferenceMissing.ID {
		return false
	}
	for _, o := range l.rendered.Objects {
		if _, builtin := model.Info(o.Ref.Kind); builtin {
			continue
		}
		for _, name := range texts(o) {
			for _, e := range f.Evidence {
				if e.Value == name || e.Ref.Name == name && e.Ref != f.Subject {
					return true
				}
			}
		}
	}
	return false
}

// texts lists the strings in a custom resource's spec.
func texts(o *Object) (out []string) {
	var walk func(v any, depth int)
	walk = func(v any, depth int) {
		if depth > 20 {
			return
		}
		switch v := v.(type) {
		case string:
			out = append(out, v)
		case map[string]any:
			for _, x := range v {
				walk(x, depth+1)
			}
		case []any:
			for _, x := range v {
				walk(x, depth+1)
			}
		}
	}
	spec, _, _ := unstructured.NestedFieldNoCopy(o.Object, "spec")
	walk(spec, 0)
	return out
}

// kinds finds objects of kinds that the server does not serve.
func (l *look) kinds() {
	for _, o := range l.rendered.Objects {
		crds := o.GetKind() == "CustomResourceDefinition"
		if _, served := l.serving.kinds[served{o.GetAPIVersion(), o.GetKind()}]; served || crds || o.Resource != "" && l.definedBefore(o) {
			continue
		}
		f := finding.Finding{
			Probe: KindNotServed.ID, Subject: o.Ref, Severity: finding.High, Grade: finding.Proved,
			Summary:  fmt.Sprintf("The server does not serve %s of %s, so the release cannot be installed.", o.GetKind(), o.GetAPIVersion()),
			Evidence: []finding.Evidence{{Ref: o.Ref, Path: o.Source, Value: o.GetAPIVersion() + " " + o.GetKind()}},
		}
		var also []string
		for s := range l.serving.kinds {
			if s.kind == o.GetKind() {
				also = append(also, s.apiVersion)
			}
		}
		slices.Sort(also)
		switch {
		case len(also) > 0:
			f.Evidence = append(f.Evidence, finding.Evidence{Path: "served", Value: strings.Join(also, ", "), Note: "the kind is served under these"})
		case o.Resource != "":
			f.Evidence = append(f.Evidence, finding.Evidence{Path: "definition", Note: "the chart declares it among its templates; it has to stand in its crds folder to be there in time"})
		}
		if l.serving.partly {
			f.Grade = finding.Inferred
		}
		l.report(f)
	}
}

// definedBefore reports whether the chart's crds folder defines an object's kind.
func (l *look) definedBefore(o *Object) bool {
	for _, d := range l.rendered.Objects {
		name, _, _ := unstructured.NestedString(d.Object, "spec", "names", "kind")
		group, _, _ := unstructured.NestedString(d.Object, "spec", "group")
		if d.CRD && name == o.GetKind() && strings.HasPrefix(o.GetAPIVersion(), group+"/") {
			return true
		}
	}
	return false
}
