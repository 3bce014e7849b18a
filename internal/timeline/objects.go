package timeline

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/model"
)

type maker struct {
	Input
	near    map[model.Ref]bool
	entries []Entry
}

func (m *maker) add(e Entry) {
	if !e.At.IsZero() {
		m.entries = append(m.entries, e)
	}
}

// made reports whether a controller made the object in consequence of something else.
func made(row model.Row) bool {
	b := row.Base()
	if _, owned := b.Controller(); owned {
		return true
	}
	return b.Annotations["pv.kubernetes.io/provisioned-by"] != "" || model.Lookup(b.Kind).Made
}

// object adds what an object's own record tells.
func (m *maker) object(ref model.Ref) {
	if ref.Kind == model.KindRelease {
		if rel := m.Snapshot.Release(ref.Namespace, ref.Name); rel != nil {
			m.release(rel)
		}
		return
	}
	row := m.Snapshot.Row(ref)
	if row == nil || model.Lookup(ref.Kind).Part {
		return
	}
	switch r := row.(type) {
	case *model.Pod:
		m.pod(r)
	case *model.Workload:
		if r.Kind == model.KindReplicaSet {
			if o, ok := r.Controller(); ok && m.near[model.Ref{Kind: o.Kind, Namespace: r.Namespace, Name: o.Name}] {
				return // told as a revision of its Deployment
			}
		}
		if r.Kind == model.KindDeployment {
			m.revisions(r)
		}
	}
	m.born(row)
	m.writes(row)
}

// born adds an object's creation, and that its deletion was asked for.
func (m *maker) born(row model.Row) {
	b := row.Base()
	by := ""
	if o, ok := b.Controller(); ok {
		by = string(o.Kind) + " " + o.Name
	} else {
		for _, w := range b.Writes {
			if sameMoment(w.Time, b.Created) {
				by = w.Manager
			}
		}
	}
	m.add(Entry{At: b.Created, Ref: b.Ref(), What: "created", By: by, Source: Fields, Change: !made(row) && !controller(by), weight: 1})
	if !b.Deleting.IsZero() {
		m.add(Entry{At: b.Deleting, Ref: b.Ref(), What: "deletion asked for", Source: Fields, Change: !made(row), weight: 4})
	}
}

func sameMoment(a, b time.Time) bool { return a.Sub(b).Abs() <= time.Second }

// controllers are field managers of the control plane: what they write follows from
// what somebody else did.
func controller(manager string) bool {
	return strings.HasPrefix(manager, "kube-controller-manager") || strings.HasPrefix(manager, "kube-scheduler") ||
		strings.HasPrefix(manager, "kubelet") || manager == "kwok" || strings.HasPrefix(manager, "kwok-") || manager == "k3s"
}

// writes adds the newest changes of an object's main part. A write of the moment of
// its creation is that.
func (m *maker) writes(row model.Row) {
	b := row.Base()
	var data time.Time
	var dataBy string
	switch r := row.(type) {
	case *model.ConfigMap:
		data, dataBy = r.Changed, r.ChangedBy
	case *model.Secret:
		data, dataBy = r.Changed, r.ChangedBy
	}
	for _, w := range b.Writes {
		if sameMoment(w.Time, b.Created) {
			continue
		}
		e := Entry{At: w.Time, Ref: b.Ref(), By: w.Manager, Source: Fields, Change: !controller(w.Manager) && !made(row)}
		if w.Subresource != "" {
			e.By += " (" + w.Subresource + ")"
		}
		switch {
		case w.Data:
			e.What, e.weight = "data changed", 4
			if w.Time.Equal(data) {
				data = time.Time{}
			}
		case w.Replicas && w.Subresource == "scale":
			e.What, e.weight = "spec.replicas changed", 5
		case w.Spec:
			e.What, e.weight = "spec changed", 3
		default:
			e.What, e.Change = "metadata changed", false
		}
		m.add(e)
	}
	if !data.IsZero() && !sameMoment(data, b.Created) {
		m.add(Entry{At: data, Ref: b.Ref(), What: "data changed", By: dataBy, Source: Fields, Change: true, weight: 4})
	}
}

// revisions adds the rollouts of a Deployment, and what each changed.
func (m *maker) revisions(d *model.Workload) {
	var sets []*model.Workload
	for rs := range model.Each[*model.Workload](m.Snapshot.Space(d.Namespace), model.KindReplicaSet) {
		if o, ok := rs.Controller(); ok && o.Kind == model.KindDeployment && o.Name == d.Name {
			sets = append(sets, rs)
		}
	}
	slices.SortFunc(sets, func(a, b *model.Workload) int { return a.Created.Compare(b.Created) })
	for i, rs := range sets {
		if sameMoment(rs.Created, d.Created) {
			continue
		}
		what := "a new revision"
		if rs.Revision != "" {
			what = "revision " + rs.Revision
		}
		if i > 0 {
			if d := templateChanges(&sets[i-1].Template, &rs.Template); d != "" {
				what += ": " + d
			}
		}
		by := ""
		for _, w := range d.Writes {
			if w.Spec && w.Time.Sub(rs.Created).Abs() <= 2*time.Second {
				by = w.Manager
			}
		}
		m.add(Entry{At: rs.Created, Ref: d.Ref(), What: what, By: by, Source: Rollout, Change: true, weight: 5})
	}
}

// templateChanges says in a few words how two templates differ.
func templateChanges(a, b *model.Template) string {
	var out []string
	was := map[string]model.Container{}
	for _, c := range a.Containers {
		was[c.Name] = c
	}
	for _, c := range b.Containers {
		old, ok := was[c.Name]
		switch {
		case !ok:
			out = append(out, "container "+c.Name+" added")
		case old.Image != c.Image:
			out = append(out, "image "+shortImage(old.Image, c.Image)+" -> "+shortImage(c.Image, old.Image))
		case !slices.Equal(old.EnvNames, c.EnvNames):
			out = append(out, "variables of "+c.Name)
		}
		delete(was, c.Name)
	}
	for _, name := range slices.Sorted(keys(was)) {
		out = append(out, "container "+name+" removed")
	}
	if a.ServiceAccount != b.ServiceAccount {
		out = append(out, fmt.Sprintf("account %s -> %s", a.ServiceAccount, b.ServiceAccount))
	}
	var notes []string
	for k, v := range b.Annotations {
		if a.Annotations[k] != v {
			notes = append(notes, k)
		}
	}
	slices.Sort(notes)
	if len(out) == 0 && len(notes) > 0 {
		out = append(out, "annotation "+notes[0])
	}
	return strings.Join(out, ", ")
}

func keys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// shortImage leaves out of an image what another has as well: its registry and
// repository.
func shortImage(image, other string) string {
	i, j := strings.LastIndexByte(image, ':'), strings.LastIndexByte(other, ':')
	if i > 0 && j > 0 && image[:i] == other[:j] {
		return image[i+1:]
	}
	return image
}

// release adds the revisions of a release.
func (m *maker) release(rel *model.Release) {
	for i, r := range rel.Records {
		at := r.Created
		what := fmt.Sprintf("revision %d", r.Revision)
		if r.Body != nil && r.Body.Problem == "" {
			at = r.Body.LastDeployed
			if v := strings.TrimSpace(r.Body.Chart + " " + r.Body.ChartVersion); v != "" {
				what += " (" + v + ")"
			}
		}
		if at.IsZero() {
			at = r.Created
		}
		kind := "upgrade"
		if i == 0 && r.Revision == 1 {
			kind = "install"
		}
		what = fmt.Sprintf("%s: %s, %s", kind, what, cmp.Or(r.LabelStatus, "status unknown"))
		m.add(Entry{At: at, Ref: rel.Ref(), What: what, By: "helm", Source: Record, Change: true, weight: 6})
	}
}

// applies is how long after its beginning a release's operation may still write.
const applies = 15 * time.Second

// absorb takes what a release's operation wrote for what followed from it: objects
// that it created are counted only.
func (m *maker) absorb() {
	for i := range m.entries {
		r := &m.entries[i]
		if r.Source != Record {
			continue
		}
		created := 0
		hands := m.hands(r)
		for j := range m.entries {
			e := &m.entries[j]
			after := e.At.Sub(r.At)
			if e.Source != Fields && e.Source != Rollout || after < -slack || after > applies || !hands[e.By] || !m.belongs(e.Ref, r.Ref) {
				continue
			}
			e.Change = false
			if e.What == "created" && e.Ref != m.About {
				e.At = time.Time{}
				created++
			}
		}
		if created == 1 {
			r.What += "; created 1 object"
		} else if created > 1 {
			r.What += fmt.Sprintf("; created %d objects", created)
		}
	}
	m.entries = slices.DeleteFunc(m.entries, func(e Entry) bool { return e.At.IsZero() })
}

// hands are the managers by which a release's operation wrote: those that created,
// or first changed, what is of the release.
func (m *maker) hands(r *Entry) map[string]bool {
	out := map[string]bool{"": true, "helm": true}
	for _, e := range m.entries {
		if after := e.At.Sub(r.At); e.What == "created" && after >= -slack && after <= applies && m.belongs(e.Ref, r.Ref) {
			out[e.By] = true
		}
	}
	return out
}

// belongs reports whether an object says that it is of a release.
func (m *maker) belongs(ref, release model.Ref) bool {
	row := m.Snapshot.Row(ref)
	if row == nil {
		return false
	}
	a := row.Base().Annotations
	return a["meta.helm.sh/release-name"] == release.Name && a["meta.helm.sh/release-namespace"] == release.Namespace
}

// pod adds what the containers of a pod did.
func (m *maker) pod(p *model.Pod) {
	for _, c := range p.Containers {
		if !c.Running.IsZero() {
			m.add(Entry{At: c.Running, Ref: p.Ref(), What: "container " + c.Name + " started", Source: Status})
		}
		exit := c.LastExit
		if c.Exit != nil {
			exit = c.Exit
		}
		if exit != nil && (exit.Code != 0 || c.Restarts > 0) {
			m.add(Entry{
				At: exit.Finished, Ref: p.Ref(), Warning: exit.Code != 0, Source: Status, Times: c.Restarts,
				What: strings.TrimSpace(fmt.Sprintf("container %s ended with exit code %d %s", c.Name, exit.Code, exit.Reason)),
			})
		}
	}
	if c := model.FindCondition(p.Conditions, "Ready"); c != nil && c.Status == "False" && p.Deleting.IsZero() {
		m.add(Entry{At: c.Since, Ref: p.Ref(), What: "not ready", By: c.Reason, Source: Status, Warning: true})
	}
}
