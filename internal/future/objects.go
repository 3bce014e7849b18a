package future

import (
	"maps"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// create makes an object from a manifest.
func (d *Drawing) create(ref model.Ref, manifest string) {
	row, err := parse(manifest)
	if err != nil || row.Base().Ref() != ref {
		d.stub(ref)
		return
	}
	row.Base().Created = d.now
	d.Put(row)
}

// stub makes an object of which only the name is known, with the keys that others ask
// it for.
func (d *Drawing) stub(ref model.Ref) {
	m := model.Meta{Kind: ref.Kind, Namespace: ref.Namespace, Name: ref.Name, Created: d.now}
	switch ref.Kind {
	case model.KindSecret:
		d.secret(ref, d.wantedKeys(ref))
		return
	case model.KindConfigMap:
		d.Put(&model.ConfigMap{Meta: m, Keys: keysNamed(d.wantedKeys(ref)), Changed: d.now})
	case model.KindServiceAccount:
		d.Put(&model.ServiceAccount{Meta: m})
	case model.KindService:
		d.Put(&model.Service{Meta: m})
	case model.KindRole, model.KindClusterRole:
		d.Put(&model.Role{Meta: m})
	case model.KindClaim:
		d.Put(&model.Claim{Meta: m, Phase: "Pending"})
	default:
		d.Put(&model.Object{Meta: m})
	}
}

func keysNamed(names []string) []model.DataKey {
	out := make([]model.DataKey, 0, len(names))
	for _, n := range names {
		out = append(out, model.DataKey{Name: n, Size: 1})
	}
	slices.SortFunc(out, func(a, b model.DataKey) int { return strings.Compare(a.Name, b.Name) })
	return slices.Compact(out)
}

// wantedKeys are the keys that the objects of a namespace ask an object for.
func (d *Drawing) wantedKeys(ref model.Ref) (keys []string) {
	for _, table := range d.edit(ref.Namespace) {
		for _, row := range table {
			for _, r := range row.Base().Refs {
				if r.To == ref && r.Key != "" && !slices.Contains(keys, r.Key) {
					keys = append(keys, r.Key)
				}
			}
		}
	}
	return keys
}

func (d *Drawing) secret(ref model.Ref, keys []string) {
	d.Put(&model.Secret{
		Meta: model.Meta{Kind: ref.Kind, Namespace: ref.Namespace, Name: ref.Name, Created: d.now},
		Type: "Opaque", Keys: keysNamed(keys), Changed: d.now,
	})
}

func (d *Drawing) copySecret(ref, from model.Ref) {
	old, ok := Get[*model.Secret](d.Draft, from)
	if !ok {
		d.block("%s, which is to be copied, does not exist", from)
		return
	}
	s := *old
	s.Meta = model.Meta{Kind: ref.Kind, Namespace: ref.Namespace, Name: ref.Name, Created: d.now, Labels: old.Labels}
	s.Changed = d.now
	d.Put(&s)
}

// addRule adds verbs to a rule, and the rights with them.
func (d *Drawing) addRule(ref model.Ref, c finding.AddRule) {
	old, ok := Get[*model.Role](d.Draft, ref)
	if !ok || c.Rule < 0 || c.Rule >= len(old.Rules) {
		return
	}
	role := *old
	role.Rules = slices.Clone(old.Rules)
	rule := role.Rules[c.Rule]
	rule.Verbs = slices.Clone(rule.Verbs)
	for _, v := range c.Verbs {
		if !slices.Contains(rule.Verbs, v) {
			rule.Verbs = append(rule.Verbs, v)
		}
	}
	role.Rules[c.Rule] = rule
	d.Put(&role)
}

// delete removes an object. A PVC that a pod uses stays: it is protected.
func (d *Drawing) delete(ref model.Ref) {
	switch row := d.Row(ref).(type) {
	case *model.Claim:
		d.deleteClaim(row)
	case nil:
		return
	case *model.Pod:
		d.Remove(ref)
		if o, owned := row.Controller(); owned && o.Kind.IsWorkload() {
			d.roll(model.Ref{Kind: o.Kind, Namespace: ref.Namespace, Name: o.Name}) // it makes another
		}
	default:
		d.Remove(ref)
		if ref.Kind == model.KindSecret || ref.Kind == model.KindConfigMap {
			d.Remove(model.Ref{Kind: model.KindRecord, Namespace: ref.Namespace, Name: ref.Name})
		}
	}
}

// nudge has a controller look again: what refused it may be gone.
func (d *Drawing) nudge(ref model.Ref, c finding.Nudge) {
	if c.Moves.Name != "" {
		d.unsure("what the controller of %s then writes into %s", ref, c.Moves)
	}
	w, ok := Get[*model.Workload](d.Draft, ref)
	if !ok {
		return
	}
	if o, owned := w.Controller(); owned {
		d.roll(model.Ref{Kind: o.Kind, Namespace: w.Namespace, Name: o.Name})
		return
	}
	d.roll(ref)
}

// labelled returns labels with one set, or taken away where value is nil.
func labelled(old map[string]string, key string, value any) map[string]string {
	out := maps.Clone(old)
	if out == nil {
		out = map[string]string{}
	}
	if s, ok := value.(string); ok {
		out[key] = s
	} else {
		delete(out, key)
	}
	return out
}
