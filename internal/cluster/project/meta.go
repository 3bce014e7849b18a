package project

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/sanitize"
)

const (
	maxLabels      = 128
	maxAnnotations = 64
	maxOwners      = 64
	maxFinalizers  = 32
	maxWrites      = 4
)

// leaderAnnotation changes with every heartbeat of a leader election.
const leaderAnnotation = "control-plane.alpha.kubernetes.io/leader"

func (p *Projector) meta(kind model.Kind, o *metav1.ObjectMeta) model.Meta {
	return p.metaLike(kind, o, nil)
}

// metaLike is meta for an object that may have the labels and annotations of a
// sibling.
func (p *Projector) metaLike(kind model.Kind, o *metav1.ObjectMeta, like *sibling) model.Meta {
	m := model.Meta{
		Kind:            kind,
		Namespace:       p.word(o.Namespace),
		Name:            name(o.Name),
		UID:             sanitize.Line(string(o.UID), 64),
		ResourceVersion: sanitize.Line(o.ResourceVersion, 64),
		Generation:      o.Generation,
		Created:         moment(&o.CreationTimestamp),
		Deleting:        moment(o.DeletionTimestamp),
		Finalizers:      p.words(o.Finalizers, maxFinalizers),
		Owners:          p.owners(o.OwnerReferences),
	}
	if like != nil {
		m.Labels, m.Annotations = alike(like.meta.Labels, o.Labels), alike(like.meta.Annotations, o.Annotations)
	}
	if m.Labels == nil {
		m.Labels = p.labels(o.Labels)
	}
	if m.Annotations == nil {
		m.Annotations = p.annotations(o.Namespace, o.Annotations)
	}
	_, leads := o.Annotations[leaderAnnotation]
	m.Writes = p.writes(o.ManagedFields, leads)
	m.Refs = p.annotated(m.Namespace, o.Annotations)
	return m
}

// moment is t in UTC, zero where t is absent.
func moment(t *metav1.Time) time.Time {
	if t == nil || t.IsZero() {
		return time.Time{}
	}
	return t.UTC()
}

func (p *Projector) labels(in map[string]string) map[string]string {
	if len(in) == 0 {
		return nil
	}
	if kept := p.pairs.like(in); kept != nil {
		return kept
	}
	out := make(map[string]string, min(len(in), maxLabels))
	for _, k := range first(in, maxLabels) {
		out[p.word(k)] = p.word(in[k])
	}
	return p.pairs.once(out)
}

// annotations leaves out what changes with every heartbeat, and of what repeats the
// object, or is named for a credential, everything but the key.
func (p *Projector) annotations(namespace string, in map[string]string) map[string]string {
	var out map[string]string
	for _, k := range first(in, maxAnnotations) {
		if k == leaderAnnotation {
			continue
		}
		v := in[k]
		if mask.Repeats(k, v) {
			continue
		}
		if out == nil {
			out = make(map[string]string, min(len(in), maxAnnotations))
		}
		switch {
		case len(v) > noteLimit:
			// Not even its beginning: tools keep whole objects in annotations.
			v = "(" + strconv.Itoa(len(v)) + " bytes)"
		case mask.Annotation(k, v):
			v = mask.Hidden
		}
		v = p.shared.get(sanitize.Text(v, noteLimit), mask.Text)
		out[p.word(k)] = p.known.Text(namespace, v)
	}
	return p.notes.once(out)
}

// first returns the first keys of m in order; all of them, in any order, where
// they are no more than limit.
func first(m map[string]string, limit int) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	if len(keys) > limit {
		slices.Sort(keys)
		keys = keys[:limit]
	}
	return keys
}

func (p *Projector) owners(in []metav1.OwnerReference) []model.Owner {
	if len(in) == 0 {
		return nil
	}
	out := make([]model.Owner, 0, min(len(in), maxOwners))
	for i := range in {
		o := &in[i]
		controls := o.Controller != nil && *o.Controller
		if len(out) == maxOwners {
			if controls { // what controls it is never cut off
				out[maxOwners-1] = p.owner(o)
			}
			continue
		}
		out = append(out, p.owner(o))
	}
	return out
}

func (p *Projector) owner(o *metav1.OwnerReference) model.Owner {
	return model.Owner{
		Kind:       p.kindOf(o.APIVersion, o.Kind),
		Name:       p.word(o.Name),
		UID:        p.word(string(o.UID)),
		Controller: o.Controller != nil && *o.Controller,
	}
}

// kindOf names a kind as model.Ref does: alone where it is built in, else with
// its group.
func (p *Projector) kindOf(apiVersion, kind string) model.Kind {
	group := ""
	if gv, err := schema.ParseGroupVersion(apiVersion); err == nil {
		group = gv.Group
	}
	return p.groupKind(group, kind)
}

func (p *Projector) groupKind(group, kind string) model.Kind {
	info, ok := model.Info(model.Kind(kind))
	if group == "" || ok && info.Group == group {
		return model.Kind(p.word(kind))
	}
	return model.Kind(p.word(kind + "." + group))
}

// writes summarises managedFields: the newest first, without those of the status,
// so that a heartbeat or a status change makes no change of the row. Where the
// object carries a leader election, only writes of its main part count.
func (p *Projector) writes(in []metav1.ManagedFieldsEntry, leads bool) []model.Write {
	if len(in) == 0 {
		return nil
	}
	var out []model.Write
	for i := range in {
		e := &in[i]
		if e.Subresource == statusPart || e.Time == nil {
			continue
		}
		w := model.Write{
			Manager:     p.word(e.Manager),
			Operation:   p.word(string(e.Operation)),
			Subresource: p.word(e.Subresource),
			Time:        moment(e.Time),
		}
		if e.FieldsV1 != nil {
			w.Data, w.Spec, w.Replicas = owned(e.FieldsV1.GetRawBytes())
		}
		if leads && !w.Data && !w.Spec {
			continue
		}
		at, _ := slices.BinarySearchFunc(out, w, newerWrite)
		if at < maxWrites {
			out = slices.Insert(out, at, w)
			out = out[:min(len(out), maxWrites)]
		}
	}
	return out
}

// newerWrite orders writes: the newest first.
func newerWrite(a, b model.Write) int {
	return cmp.Or(b.Time.Compare(a.Time), strings.Compare(a.Manager, b.Manager), strings.Compare(a.Operation, b.Operation))
}

// dataWrite is the newest write of the object's data.
func dataWrite(writes []model.Write) (at time.Time, by string) {
	for _, w := range writes {
		if w.Data {
			return w.Time, w.Manager
		}
	}
	return time.Time{}, ""
}

func conditions[T any](p *Projector, namespace string, in []T, read func(*T) (typ, status, reason, text string, since metav1.Time)) []model.Condition {
	if len(in) == 0 {
		return nil
	}
	out := make([]model.Condition, min(len(in), maxConditions))
	for i := range out {
		typ, status, reason, text, since := read(&in[i])
		out[i] = p.condition(namespace, typ, status, reason, text, moment(&since))
	}
	return out
}

const maxConditions = 32

func (p *Projector) condition(namespace, typ, status, reason, text string, since time.Time) model.Condition {
	return model.Condition{Standing: p.standings.once(model.Standing{
		Type: p.word(typ), Status: p.word(status), Reason: p.word(reason), Message: p.message(namespace, text),
	}), Since: since}
}
