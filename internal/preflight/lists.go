package preflight

import (
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// reader is a workload of the chart that reads an object of configuration once,
// when it starts, and that nothing rolls when the object changes.
type reader struct {
	object *Object
	path   string
}

// readers lists the chart's workloads that read configuration once and do not roll
// with it.
func (l *look) readers(config model.Ref) (out []reader) {
	for _, o := range l.rendered.Objects {
		w, ok := l.row(o).(*model.Workload)
		if !ok || o.Hook != nil || rolls(w) {
			continue
		}
		for _, r := range w.Refs {
			once := r.Type == model.EdgeEnv || r.Type == model.EdgeEnvFrom || r.Type == model.EdgeMounts && r.SubPath
			if r.To == config && once {
				out = append(out, reader{o, r.Path})
				break
			}
		}
	}
	return out
}

func (l *look) row(o *Object) model.Row { return projected(o, l.Release, l.Namespace, l.Now) }

// rolls reports whether a workload's template changes with its configuration, or a
// reloader is asked to roll it.
func rolls(w *model.Workload) bool {
	for _, notes := range []map[string]string{w.Annotations, w.Template.Annotations} {
		for key, value := range notes {
			key = strings.ToLower(key)
			if strings.Contains(key, "checksum") || strings.Contains(key, "hash") || len(value) == 64 && strings.Trim(value, "0123456789abcdef") == "" {
				return true
			}
			if strings.Contains(key, "reloader.stakater.com/") || strings.Contains(key, "wave.pusher.com/") {
				return true
			}
		}
	}
	return false
}

// lists finds lists of a StatefulSet's members that stand in a ConfigMap of the
// chart, and are read once: when the set is scaled, the readers run on with the
// members that were.
func (l *look) lists() {
	for _, o := range l.rendered.Objects {
		cm, ok := l.row(o).(*model.ConfigMap)
		if !ok {
			continue
		}
		for _, list := range cm.Hosts {
			set := l.setOf(list, o.Ref.Namespace)
			if set == nil || list.Role == model.ListsFounders {
				continue
			}
			if f := l.list(o, list, set); f != nil {
				l.report(*f)
			}
		}
	}
}

// setOf is the StatefulSet of the chart that a list names the members of.
func (l *look) setOf(list model.HostList, namespace string) *model.Workload {
	if len(list.Members) == 0 {
		return nil
	}
	host := list.Members[0]
	if host.Namespace != "" {
		namespace = host.Namespace
	}
	for _, o := range l.rendered.Objects {
		if o.Ref.Kind == model.KindStatefulSet && o.Ref.Namespace == namespace && o.Ref.Name == host.Set {
			w, _ := l.row(o).(*model.Workload)
			return w
		}
	}
	return nil
}

func (l *look) list(o *Object, list model.HostList, set *model.Workload) *finding.Finding {
	members, beyond := map[int]bool{}, 0
	for _, m := range list.Members {
		if n := int32(m.Ordinal) - set.OrdinalStart; !members[m.Ordinal] && (n < 0 || n >= set.Desired) {
			beyond++
		}
		members[m.Ordinal] = true
	}
	f := &finding.Finding{
		Probe: probes.MemberListStale.ID, Subject: o.Ref, Slot: listSlot(list), Severity: finding.High,
		Evidence: []finding.Evidence{
			{Ref: o.Ref, Path: list.Path, Value: fmt.Sprintf("%d members", len(members)), Note: "as " + o.Source + " declares it"},
			{Ref: set.Ref(), Path: "spec.replicas", Value: fmt.Sprint(set.Desired)},
		},
	}
	readers := l.readers(o.Ref)
	for _, r := range readers {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: r.object.Ref, Path: r.path, Note: "reads it once, when it starts, and its template does not change with it"})
	}
	all := list.Role == model.ListsAll && !list.Open && len(members) > 1
	switch {
	case beyond > 0 || all && len(members) < int(set.Desired):
		f.Grade = finding.Proved
		f.Summary = fmt.Sprintf("ConfigMap %s lists %d members of StatefulSet %s, which will have %d.", o.Ref.Path(), len(members), set.Name, set.Desired)
	case all && len(readers) > 0:
		f.Grade = finding.Inferred
		f.Summary = fmt.Sprintf("%s read the members of StatefulSet %s once from ConfigMap %s, and run on with the old list when it is scaled.", names(readers), set.Name, o.Ref.Path())
	default:
		return nil
	}
	return f
}

// listSlot tells the lists of one ConfigMap apart.
func listSlot(list model.HostList) string {
	slot := strings.TrimPrefix(list.Path, "data.")
	if list.Field != "" && list.Field != slot {
		slot += "/" + list.Field
	}
	return slot + "/" + list.Members[0].Set
}

func names(list []reader) string {
	var out []string
	for _, r := range list {
		out = append(out, r.object.Ref.Name)
	}
	slices.Sort(out)
	out = slices.Compact(out)
	if len(out) == 1 {
		return "The containers of " + out[0]
	}
	return "The containers of " + strings.Join(out[:len(out)-1], ", ") + " and " + out[len(out)-1]
}

// hooks finds hooks that run before the release's objects are made and need one of
// them.
func (l *look) hooks() {
	for _, o := range l.rendered.Objects {
		if o.Hook == nil || !early(o) {
			continue
		}
		row := l.row(o)
		if row == nil {
			continue
		}
		for _, r := range row.Base().Refs {
			d := l.declared(r.To)
			if d == nil || r.Optional || d.CRD || d.Hook != nil && early(d) && d.Hook.Weight <= o.Hook.Weight || l.Snapshot.Row(r.To) != nil {
				continue
			}
			l.report(finding.Finding{
				Probe: HookOrder.ID, Subject: o.Ref, Slot: r.To.Name, Severity: finding.High, Grade: finding.Proved,
				Summary: fmt.Sprintf("Hook %s %s runs before %s %s is created, and needs it.", o.Ref.Kind, o.Ref.Name, r.To.Kind, r.To.Name),
				Evidence: []finding.Evidence{
					{Ref: o.Ref, Path: r.Path, Value: r.To.Name, Note: "in " + o.Source},
					{Ref: r.To, Path: d.Source, Note: "declared here, and created after the hooks"},
				},
				Fixes: l.earlyFixes(d),
			})
		}
	}
}

func early(o *Object) bool {
	for _, e := range o.Hook.Events {
		if strings.HasPrefix(e, "pre-install") || strings.HasPrefix(e, "pre-upgrade") {
			return true
		}
	}
	return false
}
