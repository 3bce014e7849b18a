package views

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/text"
)

// many is how many lines of one section are written out; the rest are counted.
const many = 100

// lookup finds the row that ref names. Where it names the Secret or ConfigMap
// that a release record is kept in, that is the record.
func (e *Env) lookup(ref model.Ref) model.Row {
	snap := e.Report.Snapshot
	if row := snap.Row(ref); row != nil {
		return row
	}
	if ref.Kind == model.KindSecret || ref.Kind == model.KindConfigMap {
		return snap.Row(model.Ref{Kind: model.KindRecord, Namespace: ref.Namespace, Name: ref.Name})
	}
	return nil
}

// objectPage is what is known of one object.
func (e *Env) objectPage(ref model.Ref) []styled.Para {
	var out []styled.Para
	if ref.Kind == model.KindRelease {
		if rel := e.Report.Snapshot.Release(ref.Namespace, ref.Name); rel != nil {
			out = e.releasePage(rel)
		} else {
			out = e.absentPage(ref)
		}
		return append(append(out, e.findingsOn(ref)...), e.lookCloser(ref)...)
	}
	row := e.lookup(ref)
	if row == nil {
		return append(e.absentPage(ref), e.findingsOn(ref)...)
	}
	m := row.Base()
	out = append(out, fields(0, "facts", e.facts(row))...)
	out = append(out, e.findingsOn(ref)...)
	out = append(out, e.says(ref)...)
	out = append(out, conditions(e, row)...)
	out = append(out, e.references(m)...)
	out = append(out, e.usedBy(m.Ref())...)
	out = append(out, e.events(ref)...)
	out = append(out, e.written(m)...)
	return append(out, e.lookCloser(m.Ref())...)
}

// there reports whether an object, or a release, is known to be there.
func (e *Env) there(ref model.Ref) bool {
	if ref.Kind == model.KindRelease {
		return e.Report.Snapshot.Release(ref.Namespace, ref.Name) != nil
	}
	return e.lookup(ref) != nil
}

// absent reports whether an object, or a release, is known not to be there.
func (e *Env) absent(ref model.Ref) bool {
	if ref.Kind == model.KindRelease {
		known, _ := e.Report.Snapshot.Knows(model.KindRecord, ref.Namespace)
		return known && !e.there(ref)
	}
	return e.missing(ref)
}

// absentPage tells an object that is not there from one that cannot be seen.
func (e *Env) absentPage(ref model.Ref) []styled.Para {
	kind := model.Lookup(ref.Kind).Kind
	for model.Lookup(kind).Of != "" {
		kind = model.Lookup(kind).Of
	}
	ns := kind.In(ref.Namespace)
	if ref.Name == "*" {
		_, why := e.Report.Snapshot.Knows(kind, ns)
		return []styled.Para{styled.P(styled.Medium, "Not known: "+why)}
	}
	if ok, why := e.Report.Snapshot.Knows(kind, ns); !ok {
		return []styled.Para{styled.P(styled.Medium, "Not known to be there or not: "+why+".")}
	}
	return []styled.Para{styled.P(styled.Bad, fmt.Sprintf("%s is not there.", ref)), styled.P(styled.Muted, e.lookedAt(kind, ns))}
}

func (e *Env) lookedAt(kind model.Kind, namespace string) string {
	n, resource := 0, strings.ToLower(string(kind))+"s"
	for _, w := range e.Report.Coverage() {
		if w.Kind == kind && (w.Namespace == "" || w.Namespace == namespace) {
			n, resource = n+w.Objects, w.Resource
		}
	}
	return fmt.Sprintf("All %s %s that there are were looked at.", text.Count(n), resource)
}

// findingsOn lists what was found about an object; of a release, about what its
// newest revision declares as well.
func (e *Env) findingsOn(ref model.Ref) []styled.Para {
	list := e.Report.About(ref)
	if rel := e.Report.Snapshot.Release(ref.Namespace, ref.Name); ref.Kind == model.KindRelease && rel != nil {
		list = nil
		for _, r := range withObjects(rel) {
			list = append(list, e.Report.About(r)...)
		}
	}
	if len(list) == 0 {
		return nil
	}
	out := []styled.Para{styled.Blank(), styled.Heading("Findings")}
	for _, f := range worstOf(list) {
		l := styled.Line{styled.T(styled.Normal, "  "), severitySign(e.Theme, f), styled.T(styled.Normal, "  ")}
		if f.Subject != ref {
			l = append(l, styled.T(styled.Muted, refFrom(f.Subject, ref.Namespace)+": "))
		}
		out = append(out, styled.Para{
			Body: append(l, styled.T(styled.Normal, f.Summary)),
			Hang: 10, Key: stop{to: Subject{f.ID(), f.Subject}, mark: "finding"},
		})
	}
	return out
}

func conditions(e *Env, row model.Row) []styled.Para {
	var list []model.Condition
	switch r := row.(type) {
	case *model.Workload:
		list = r.Conditions
	case *model.Pod:
		list = r.Conditions
	case *model.Claim:
		list = r.Conditions
	case *model.Object:
		list = r.Conditions
	}
	if len(list) == 0 {
		return nil
	}
	block := make([]field, 0, len(list))
	for _, c := range list {
		note := strings.TrimSpace(c.Reason + " " + c.Message)
		if age := e.Age(c.Since); age != "" {
			note = strings.TrimSpace(age + "  " + note)
		}
		block = append(block, field{name: c.Type, value: c.Status, role: styled.Normal, note: note})
	}
	return append([]styled.Para{styled.Blank(), styled.Heading("Conditions")}, fields(2, "condition", block)...)
}

// references lists what the object names. What is named and not there is marked
// with a word, where that can be known.
func (e *Env) references(m *model.Meta) []styled.Para {
	var out []styled.Para
	if len(m.Owners) > 0 {
		block := make([]field, 0, len(m.Owners))
		for _, o := range m.Owners[:min(len(m.Owners), many)] {
			ref := model.Ref{Kind: o.Kind, Namespace: o.Kind.In(m.Namespace), Name: o.Name}
			block = append(block, field{name: "owned by", value: refFrom(ref, m.Namespace), to: Subject{Ref: ref}})
		}
		out = append(append(out, styled.Blank(), styled.Heading("Owners")), fields(2, "owner", block)...)
		out = append(out, rest(len(m.Owners))...)
	}
	block := e.namedSets(m)
	for _, r := range m.Refs[:min(len(m.Refs), many)] {
		f := field{name: string(r.Type), value: refFrom(r.To, m.Namespace), note: r.Path, to: Subject{Ref: r.To}}
		if r.Key != "" {
			f.value += " key " + r.Key
		}
		if e.missing(r.To) {
			f.role, f.value = styled.Bad, f.value+" "+e.Theme.Missing+" not there"
			if r.Optional {
				f.role, f.value = styled.Muted, f.value+" (optional)"
			}
		}
		block = append(block, f)
	}
	if len(block) == 0 {
		return out
	}
	out = append(append(out, styled.Blank(), styled.Heading("Refers to")), fields(2, "ref", block)...)
	return append(out, rest(len(m.Refs))...)
}

// missing reports whether ref is known not to be there.
func (e *Env) missing(ref model.Ref) bool {
	if _, ok := model.Info(ref.Kind); !ok || e.lookup(ref) != nil {
		return false
	}
	known, _ := e.Report.Snapshot.Knows(ref.Kind, ref.Kind.In(ref.Namespace))
	return known
}

// rest counts what a section of n lines does not write out.
func rest(n int) []styled.Para {
	if n <= many {
		return nil
	}
	return []styled.Para{styled.P(styled.Muted, counted("  and %s more", n-many))}
}

func (e *Env) events(ref model.Ref) []styled.Para {
	space := e.Report.Snapshot.Space(ref.Namespace)
	var list []*model.Event
	for ev := range model.Each[*model.Event](space, model.KindEvent) {
		if ev.About == ref {
			list = append(list, ev)
		}
	}
	if len(list) == 0 {
		return nil
	}
	slices.SortFunc(list, func(a, b *model.Event) int { return cmp.Or(b.Last.Compare(a.Last), strings.Compare(a.Name, b.Name)) })
	out := []styled.Para{styled.Blank(), styled.Heading("Warnings")}
	for _, ev := range list[:min(len(list), 10)] {
		times := ""
		if ev.Count > 1 {
			times = fmt.Sprintf(" %s%d", e.Theme.Times, ev.Count)
		}
		out = append(out, styled.Para{
			Body: styled.Line{
				styled.T(styled.Muted, fmt.Sprintf("  %5s  ", e.Age(ev.Last))), styled.T(styled.Medium, ev.Reason+times),
				styled.T(styled.Normal, "  "+ev.Message),
			},
			Hang: 9, Key: stop{to: Subject{}, mark: ev.Name, copy: ev.Message},
		})
	}
	return out
}

// written lists who changed the object's main part, and when.
func (e *Env) written(m *model.Meta) []styled.Para {
	var block []field
	for _, w := range m.Writes {
		block = append(block, field{name: e.Clock(w.Time), value: w.Manager, note: strings.ToLower(w.Operation)})
	}
	if len(block) == 0 {
		return nil
	}
	return append([]styled.Para{styled.Blank(), styled.Heading("Written by")}, fields(2, "write", block)...)
}
