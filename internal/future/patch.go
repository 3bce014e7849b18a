package future

import (
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// patch changes the field of a row that a field of the object was projected to. A
// field that no row holds changes nothing that a probe reads.
func (d *Drawing) patch(ref model.Ref, f finding.FieldValue) {
	row := d.Row(ref)
	if row == nil {
		if holder := (model.Ref{Kind: model.KindRecord, Namespace: ref.Namespace, Name: ref.Name}); d.Row(holder) != nil && f.Path[0] == "metadata" {
			d.record(ref, func(r *model.Record) { setRecordLabel(r, f.Path[len(f.Path)-1], fmt.Sprint(orEmpty(f.Value))) })
		}
		return
	}
	next := clone(row)
	m := next.Base()
	if len(f.Path) == 3 && f.Path[0] == "metadata" && f.Path[1] == "labels" {
		m.Labels = labelled(m.Labels, f.Path[2], f.Value)
		d.Put(next)
		return
	}
	path := strings.Join(f.Path, ".")
	rolls := false
	switch o := next.(type) {
	case *model.Workload:
		rolls = d.patchWorkload(o, path, f.Value)
	case *model.Object:
		if on, isBool := f.Value.(bool); isBool && path == "spec.suspend" {
			o.Suspended = on
		}
		o.Routing = patchRoute(o.Routing, path, f.Value)
	case *model.Service:
		patchService(o, f)
	case *model.Ingress:
		patchIngress(o, f)
	case *model.DisruptionBudget:
		o.Selector = patchPodSelector(o.Selector, "selector", f)
	case *model.NetworkPolicy:
		o.Selector = patchPodSelector(o.Selector, "podSelector", f)
	case *model.Volume:
		d.patchVolume(o, path, f.Value)
	}
	rolls = rerefer(m, path, f.Value) || rolls
	d.Put(next)
	if w, ok := next.(*model.Workload); ok && rolls && w.Kind != model.KindCronJob {
		d.roll(ref)
	}
}

func orEmpty(v any) any {
	if v == nil {
		return ""
	}
	return v
}

// clone copies a row, but for what its fields point at.
func clone(row model.Row) model.Row {
	switch o := row.(type) {
	case *model.Workload:
		c := *o
		return &c
	case *model.Pod:
		c := *o
		return &c
	case *model.Claim:
		c := *o
		return &c
	case *model.Volume:
		c := *o
		return &c
	case *model.Secret:
		c := *o
		return &c
	case *model.ConfigMap:
		c := *o
		return &c
	case *model.ServiceAccount:
		c := *o
		return &c
	case *model.Service:
		c := *o
		return &c
	case *model.Role:
		c := *o
		return &c
	case *model.Binding:
		c := *o
		return &c
	case *model.Ingress:
		c := *o
		return &c
	case *model.NetworkPolicy:
		c := *o
		return &c
	case *model.DisruptionBudget:
		c := *o
		return &c
	case *model.Autoscaler:
		c := *o
		return &c
	case *model.Node:
		c := *o
		return &c
	case *model.Object:
		c := *o
		return &c
	case *model.Record:
		c := *o
		return &c
	}
	return row
}

// patchWorkload sets what a workload's row holds beside references, and reports
// whether its template changed.
func (d *Drawing) patchWorkload(w *model.Workload, path string, value any) (rolls bool) {
	switch {
	case strings.HasSuffix(path, "template.spec.dnsPolicy"):
		w.Template.DNSPolicy = fmt.Sprint(value)
		return true
	case path == "spec.paused":
		w.Paused, _ = value.(bool)
		return !w.Paused
	case path == "spec.persistentVolumeClaimRetentionPolicy.whenDeleted":
		w.RetainWhenDeleted = fmt.Sprint(value)
		return false
	case path == "spec.strategy.type":
		w.Strategy, _ = value.(string)
		d.unsure("when the pods of %s are made again", w.Ref())
		return false
	case patchSelector(&w.Template, path, value):
		return true
	case strings.HasSuffix(path, "template.spec.serviceAccountName"):
		old := w.Template.ServiceAccount
		w.Template.ServiceAccount = fmt.Sprint(value)
		w.Refs = slices.Clone(w.Refs)
		for i, r := range w.Refs {
			if r.Type == model.EdgeAccount && r.To.Name == old {
				w.Refs[i].To.Name = w.Template.ServiceAccount
			}
		}
		return true
	}
	patchContainer(w, path, value)
	return strings.Contains(path, "template.spec.") && !strings.HasPrefix(path, "metadata")
}

// rerefer changes the references whose field a path names, and reports whether there
// was one.
func rerefer(m *model.Meta, path string, value any) (changed bool) {
	refs := slices.Clone(m.Refs)
	var gone []int
	for i, r := range refs {
		field, ok := strings.CutPrefix(path, plain(r.Path)+".")
		if !ok && plain(r.Path) != path || ok && strings.Contains(field, ".") {
			continue // another field of the same structure: a backend's port
		}
		if !ok {
			field = ""
		}
		switch field {
		case "":
			if value == nil { // the field itself goes
				gone = append(gone, i)
				continue
			}
			refs[i].To.Name = fmt.Sprint(value)
		case "optional":
			refs[i].Optional, _ = value.(bool)
		case "key":
			refs[i].Key = fmt.Sprint(value)
		default: // name, secretName, claimName
			refs[i].To.Name = fmt.Sprint(value)
		}
		changed = true
	}
	for _, i := range slices.Backward(gone) {
		refs, changed = slices.Delete(refs, i, i+1), true
	}
	if changed {
		m.Refs = refs
	}
	return changed
}

// plain writes a field path with its indices as elements: containers[0] as
// containers.0, and leaves the items of a volume out.
func plain(path string) string {
	base, _, _ := strings.Cut(path, ".items[")
	return strings.ReplaceAll(strings.ReplaceAll(base, "[", "."), "]", "")
}

// rewrite replaces a list of hosts by another.
func (d *Drawing) rewrite(ref model.Ref, c finding.RewriteHosts) {
	row := d.Row(ref)
	if row == nil {
		return
	}
	next := clone(row)
	switch o := next.(type) {
	case *model.ConfigMap:
		o.Changed, o.Hosts = d.now, rehosted(o.Hosts, c)
	case *model.Workload:
		o.Template.Containers = slices.Clone(o.Template.Containers)
		for i := range o.Template.Containers {
			o.Template.Containers[i].Hosts = rehosted(o.Template.Containers[i].Hosts, c)
		}
		defer d.roll(ref)
	}
	d.Put(next)
}

// rehosted changes the list at the path of a change that is of its entries. A new
// entry is spelt in a way that the change alone knows: what it names is its number.
func rehosted(lists []model.HostList, c finding.RewriteHosts) []model.HostList {
	out := slices.Clone(lists)
	path := strings.Join(c.Path, ".")
	for i, l := range out {
		at := plain(l.Path)
		is := slices.EqualFunc(l.Members, c.From, func(h model.Host, raw string) bool { return h.Raw == raw })
		if !is || at != path && at+".value" != path && !strings.HasPrefix(at, path+".") {
			continue
		}
		out[i].Members = make([]model.Host, 0, len(c.To))
		kept, come := l.Members, c.Add
		for _, raw := range c.To {
			for len(kept) > 0 && slices.Contains(c.Remove, kept[0].Ordinal) {
				kept = kept[1:]
			}
			h := l.Members[0]
			switch {
			case len(kept) > 0 && kept[0].Raw == raw:
				h, kept = kept[0], kept[1:]
			case len(come) > 0:
				h.Raw, h.Ordinal, come = raw, come[0], come[1:]
			}
			out[i].Members = append(out[i].Members, h)
		}
		break
	}
	return out
}
