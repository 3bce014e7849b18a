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
	case *model.Volume:
		if path == "spec.persistentVolumeReclaimPolicy" {
			o.Policy = fmt.Sprint(f.Value)
		}
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
	case *model.Policy:
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
	case path == "spec.persistentVolumeClaimRetentionPolicy.whenDeleted":
		w.RetainWhenDeleted = fmt.Sprint(value)
		return false
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
	return strings.Contains(path, "template.spec.") && !strings.HasPrefix(path, "metadata")
}

// rerefer changes the references whose field a path names, and reports whether there
// was one.
func rerefer(m *model.Meta, path string, value any) (changed bool) {
	refs := slices.Clone(m.Refs)
	for i, r := range refs {
		field, ok := strings.CutPrefix(path, plain(r.Path)+".")
		if !ok && plain(r.Path) != path {
			continue
		}
		switch field {
		case "optional":
			refs[i].Optional, _ = value.(bool)
		case "key":
			refs[i].Key = fmt.Sprint(value)
		default: // name, secretName, claimName, or the field itself
			refs[i].To.Name = fmt.Sprint(value)
		}
		changed = true
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
	path := strings.Join(c.Path, ".")
	switch o := next.(type) {
	case *model.ConfigMap:
		o.Changed, o.Hosts = d.now, rehosted(o.Hosts, path, c)
	case *model.Workload:
		o.Template.Containers = slices.Clone(o.Template.Containers)
		for i := range o.Template.Containers {
			o.Template.Containers[i].Hosts = rehosted(o.Template.Containers[i].Hosts, path, c)
		}
		defer d.roll(ref)
	}
	d.Put(next)
}

// rehosted keeps of a list the members that stay, and takes those that come as
// siblings of the first.
func rehosted(lists []model.HostList, path string, c finding.RewriteHosts) []model.HostList {
	out := slices.Clone(lists)
	for i, l := range out {
		if plain(l.Path) != path || len(l.Members) == 0 {
			continue
		}
		members := make([]model.Host, 0, len(c.To))
		for _, raw := range c.To {
			at := slices.IndexFunc(l.Members, func(h model.Host) bool { return h.Raw == raw })
			if at >= 0 {
				members = append(members, l.Members[at])
				continue
			}
			h := l.Members[0]
			h.Raw, h.Ordinal = raw, ordinal(raw, h.Set)
			members = append(members, h)
		}
		out[i].Members = members
	}
	return out
}

// ordinal is the number of a member of a set in a host's text.
func ordinal(raw, set string) (n int) {
	i := strings.Index(raw, set+"-")
	if i < 0 {
		return 0
	}
	for _, c := range raw[i+len(set)+1:] {
		if c < '0' || c > '9' {
			break
		}
		n = n*10 + int(c-'0')
	}
	return n
}
