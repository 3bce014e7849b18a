package cluster

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/model"
)

// moves gathers what moved between two snapshots. It knows which namespaces hold rows
// that are tied to a node or a volume, so that a move of one costs the namespaces that
// it concerns and no search.
type moves struct {
	spaces  map[string]*move
	renewed map[string]bool // namespaces with renewals: see model.Renewal
	ties    map[anchor][]tied
}

// move is what moved in one namespace, or concerns it.
type move struct {
	kinds map[model.Kind]bool
	first time.Time
	rows  bool // its own rows changed, or it came or went
}

// anchor is a cluster-scoped object to which rows are tied.
type anchor struct {
	kind model.Kind
	name string
}

// tied is how many rows of a namespace are tied to an anchor.
type tied struct {
	namespace string
	rows      int
}

func newMoves() *moves {
	return &moves{spaces: map[string]*move{}, renewed: map[string]bool{}, ties: map[anchor][]tied{}}
}

// add notes that a row moved: in its namespace, and in those that it concerns.
func (m *moves) add(row model.Row, now time.Time) {
	b := row.Base()
	m.of(b.Namespace, b.Kind, now).rows = true
	for _, ns := range model.Concerned(row, m.tiedTo) {
		v := m.of(ns, b.Kind, now)
		v.rows = v.rows || b.Kind == model.KindNamespace
	}
}

func (m *moves) of(ns string, kind model.Kind, now time.Time) *move {
	v := m.spaces[ns]
	if v == nil {
		v = &move{kinds: map[model.Kind]bool{}, first: now}
		m.spaces[ns] = v
	}
	v.kinds[kind] = true
	return v
}

// tie notes to what row is tied in the place of old; either may be nil.
func (m *moves) tie(old, row model.Row) {
	if old != nil {
		m.count(old, -1)
	}
	if row != nil {
		m.count(row, 1)
	}
}

func (m *moves) count(row model.Row, n int) {
	to, ok := model.Tie(row)
	if !ok {
		return
	}
	key, ns := anchor{to.Kind, to.Name}, row.Base().Namespace
	list := m.ties[key]
	i, found := slices.BinarySearchFunc(list, ns, func(t tied, ns string) int { return strings.Compare(t.namespace, ns) })
	if !found {
		list = slices.Insert(list, i, tied{namespace: ns})
	}
	if list[i].rows += n; list[i].rows == 0 {
		list = slices.Delete(list, i, i+1)
	}
	if m.ties[key] = list; len(list) == 0 {
		delete(m.ties, key)
	}
}

// tiedTo lists the namespaces that hold rows tied to an object.
func (m *moves) tiedTo(ref model.Ref) []string {
	list := m.ties[anchor{ref.Kind, ref.Name}]
	out := make([]string, len(list))
	for i, t := range list {
		out[i] = t.namespace
	}
	return out
}

// take returns what moved, and the namespaces whose rows changed or were renewed, and
// begins again.
func (m *moves) take() (moved []model.Moved, changed, renewed []string) {
	for _, ns := range slices.Sorted(maps.Keys(m.spaces)) {
		v := m.spaces[ns]
		moved = append(moved, model.Moved{Namespace: ns, Kinds: slices.Sorted(maps.Keys(v.kinds)), First: v.first})
		if v.rows {
			changed = append(changed, ns)
			delete(m.renewed, ns)
		}
	}
	renewed = slices.Collect(maps.Keys(m.renewed))
	clear(m.spaces)
	clear(m.renewed)
	return moved, changed, renewed
}
