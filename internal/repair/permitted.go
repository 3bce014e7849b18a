package repair

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// strays says what a write does that no change named by it may do; empty where there is
// nothing. With undo it is a write that takes one of theirs back.
func (w *Write) strays(undo bool) string {
	var permits []finding.Permit
	for _, name := range w.By {
		permits = append(permits, finding.PermitsOf(name)...)
	}
	if undo {
		permits = reversedPermits(permits)
	}
	permits = slices.DeleteFunc(permits, func(p finding.Permit) bool { return !p.Covers(w.Ref) })
	by := strings.Join(w.By, " and ")
	if by == "" {
		by = "nothing"
	}
	may := func(verb finding.Verb) bool {
		return slices.ContainsFunc(permits, func(p finding.Permit) bool { return p.Verb == verb })
	}
	switch w.Verb {
	case Update, Patch:
		for _, f := range fieldsBetween(content(w.Before), content(w.After)) {
			if !slices.ContainsFunc(permits, func(p finding.Permit) bool {
				return p.Verb == finding.ToEdit && p.Allows(f.path, f.before, f.after)
			}) {
				return fmt.Sprintf("%s may not change %.200s of %s so", by, dotted(f.path), w.Ref)
			}
		}
		return ""
	case Disown: // the object keeps its content
		if undo && sameContent(w.Before, w.After) {
			return ""
		}
	case Create, Delete, Rollback, Uninstall:
		if made := w.Verb == Delete && w.Ref.Kind == model.KindPod && !w.Passing; !made && may(permitVerbs[w.Verb]) {
			return ""
		}
	}
	return fmt.Sprintf("%s may not %s %s", by, w.Verb, w.Ref)
}

var permitVerbs = map[Verb]finding.Verb{
	Create: finding.ToCreate, Delete: finding.ToDelete, Rollback: finding.ToRollBack, Uninstall: finding.ToUninstall,
}

// reversedPermits are what taking back the permitted writes may do.
func reversedPermits(list []finding.Permit) (out []finding.Permit) {
	for _, p := range list {
		if p.Verb == finding.ToDelete && slices.Equal(p.Kinds, []model.Kind{model.KindPod}) {
			continue // its controller makes another
		}
		if p.Verb == finding.ToCreate && slices.Equal(p.Kinds, []model.Kind{finding.KindVolumeSnapshot}) {
			continue // it outlives the undo
		}
		onClaims := p.Verb != finding.ToEdit && slices.Contains(p.Kinds, model.KindClaim)
		back := p
		switch p.Verb {
		case finding.ToCreate:
			back.Verb = finding.ToDelete
		case finding.ToDelete:
			back.Verb = finding.ToCreate
		case finding.ToUninstall:
			back.Verb = finding.ToRollBack
		case finding.ToEdit:
			if p.Values != nil {
				back.Values = func(before, after any) bool { return p.Values(after, before) }
			}
		case finding.ToRollBack:
		}
		if out = append(out, back); onClaims {
			out = append(out, claimsUndone...)
		}
	}
	return out
}

// claimsUndone is what creating a PVC again takes: the one made since goes, with its
// data kept, and the volume that it had is freed for it.
var claimsUndone = []finding.Permit{
	{Verb: finding.ToDelete, Kinds: []model.Kind{model.KindClaim}},
	{
		Verb: finding.ToEdit, Kinds: []model.Kind{model.KindVolume}, Fields: []string{"spec/persistentVolumeReclaimPolicy"},
		Values: func(_, after any) bool { return after == "Retain" },
	},
	{
		Verb: finding.ToEdit, Kinds: []model.Kind{model.KindVolume}, Fields: []string{"spec/claimRef/uid", "spec/claimRef/resourceVersion"},
		Values: func(_, after any) bool { return after == nil },
	},
}

// field is one place where two objects differ, within lists too.
type field struct {
	path          []string
	before, after any // nil where absent
}

// fieldsBetween lists every place where two values differ, down to what is neither an
// object nor a list, or is empty. Of lists of texts that grew or shrank the list is the
// place: an entry in the middle moves all that follow.
func fieldsBetween(a, b any) (out []field) {
	walkFields(nil, a, b, &out)
	return out
}

func walkFields(at []string, a, b any, out *[]field) {
	if same(a, b) {
		return
	}
	am, aMap := a.(map[string]any)
	bm, bMap := b.(map[string]any)
	al, aList := a.([]any)
	bl, bList := b.([]any)
	switch {
	case len(al) > 0 && len(bl) > 0 && len(al) != len(bl) && texts(al) && texts(bl):
		*out = append(*out, field{slices.Clone(at), a, b})
	case (aMap || a == nil) && (bMap || b == nil) && len(am)+len(bm) > 0:
		keys := maps.Clone(am)
		if keys == nil {
			keys = map[string]any{}
		}
		maps.Copy(keys, bm)
		for _, k := range slices.Sorted(maps.Keys(keys)) {
			walkFields(append(slices.Clip(at), k), am[k], bm[k], out)
		}
	case (aList || a == nil) && (bList || b == nil) && len(al)+len(bl) > 0:
		for i := range max(len(al), len(bl)) {
			walkFields(append(slices.Clip(at), strconv.Itoa(i)), element(al, i), element(bl, i), out)
		}
	default:
		*out = append(*out, field{slices.Clone(at), a, b})
	}
}

func texts(list []any) bool {
	return !slices.ContainsFunc(list, func(v any) bool { _, ok := v.(string); return !ok })
}

func element(list []any, i int) any {
	if i >= len(list) {
		return nil
	}
	return list[i]
}
