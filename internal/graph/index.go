package graph

import (
	"iter"
	"sync"
	"unsafe"

	"github.com/careen-tui/careen/internal/model"
)

// index says which rows of one Space refer to an object.
type index struct {
	space *model.Space
	once  sync.Once

	rows     []model.Row
	alike    []int32 // the next row with the very same references, or -1
	releases []*model.Release
	entries  []entry
	here     map[local]int32     // newest entry for an object of this namespace
	away     map[model.Ref]int32 // newest entry for any other object

	wordOnce sync.Once
	words    map[uint32]bool
	cut      []model.Ref // custom resources of which not all was looked at

	labelOnce sync.Once
	labels    *labels
}

// local names an object within a namespace.
type local struct {
	kind model.Kind
	name string
}

// entry is one place where an object is referred to; entries of one object are
// chained, newest first. A row is counted from 0, a release from -1 downwards.
type entry struct {
	row  int32
	at   int32 // index into the references or declared objects, or one of the below
	next int32
}

const (
	asOwner   int32 = -1 // an owner reference: the edge goes from the object to the row
	asDerived int32 = -2 // see derived
)

func newIndex(space *model.Space) *index { return &index{space: space} }

// ready builds the index when it is first used.
func (x *index) ready() *index {
	x.once.Do(x.build)
	return x
}

func (x *index) build() {
	x.here, x.away = map[local]int32{}, map[model.Ref]int32{}
	for _, kind := range x.space.Kinds() {
		if kind == model.KindEvent {
			continue
		}
		shared := map[*model.Reference]int32{}
		for _, row := range x.space.Tables[kind] {
			x.add(row, shared)
		}
	}
	x.releases = x.space.Releases()
	for i, rel := range x.releases {
		body := rel.Newest().Body
		if body == nil {
			continue
		}
		for at := range body.Objects {
			x.guess(body.Objects[at].Ref, int32(-1-i), int32(at))
		}
	}
}

func (x *index) add(row model.Row, shared map[*model.Reference]int32) {
	m := row.Base()
	derived := derivedTargets(row)
	if len(m.Refs) == 0 && len(m.Owners) == 0 && len(derived) == 0 {
		return
	}
	n := int32(len(x.rows))
	x.rows, x.alike = append(x.rows, row), append(x.alike, -1)
	if len(m.Refs) > 0 {
		first := unsafe.SliceData(m.Refs)
		if head, ok := shared[first]; ok && len(x.rows[head].Base().Refs) == len(m.Refs) {
			x.alike[n], x.alike[head] = x.alike[head], n
		} else {
			shared[first] = n
			for i := range m.Refs {
				x.refer(m.Refs[i].To, n, int32(i))
			}
		}
	}
	for _, o := range owners(m) {
		x.guess(ownerRef(m, o), n, asOwner)
	}
	for _, to := range derived {
		x.refer(to, n, asDerived)
	}
}

func (x *index) refer(to model.Ref, row, at int32) {
	if to.Name == "" {
		return
	}
	if to.Namespace == x.space.Name {
		key := local{to.Kind, to.Name}
		x.here[key] = x.chain(x.here[key], row, at)
	} else {
		x.away[to] = x.chain(x.away[to], row, at)
	}
}

// guess is refer for an object whose kind may turn out to be cluster-scoped: see
// settle.
func (x *index) guess(to model.Ref, row, at int32) {
	x.refer(to, row, at)
	if to.Namespace != "" && to.Kind.IsCustom() {
		to.Namespace = ""
		x.refer(to, row, at)
	}
}

// chain appends an entry and returns its number, from 1, so that the zero of a map
// ends a chain.
func (x *index) chain(next, row, at int32) int32 {
	if next > 0 && x.entries[next-1].row == row && x.entries[next-1].at == at {
		return next
	}
	x.entries = append(x.entries, entry{row, at, next})
	return int32(len(x.entries))
}

// referring yields the places where ref is referred to.
func (x *index) referring(ref model.Ref) iter.Seq[entry] {
	return func(yield func(entry) bool) {
		if x == nil {
			return
		}
		at := int32(0)
		if ref.Namespace == x.space.Name {
			at = x.here[local{ref.Kind, ref.Name}]
		} else {
			at = x.away[ref]
		}
		for ; at > 0; at = x.entries[at-1].next {
			if !yield(x.entries[at-1]) {
				return
			}
		}
	}
}

// ownerRef is where an owner reference leads: the object's own namespace, or none
// for a cluster-scoped kind.
func ownerRef(m *model.Meta, o model.Owner) model.Ref {
	return model.Ref{Kind: o.Kind, Namespace: o.Kind.In(m.Namespace), Name: o.Name}
}

// settle corrects the scope of a reference that had to be guessed: a kind that is
// not built in counts as namespaced unless the cluster scope alone holds the object.
func (g *Graph) settle(ref model.Ref) model.Ref {
	if ref.Namespace == "" || !ref.Kind.IsCustom() || g.row(ref) != nil {
		return ref
	}
	if wide := (model.Ref{Kind: ref.Kind, Name: ref.Name}); g.row(wide) != nil {
		return wide
	}
	return ref
}
