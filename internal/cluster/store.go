package cluster

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/careen-tui/careen/internal/model"
)

// Store holds the rows of a cluster in tables per namespace and kind, copy on
// write: what a snapshot shows is never changed afterwards. A change costs as
// much as its own table and namespace do, whatever the cluster's size.
type Store struct {
	now   func() time.Time
	dirty chan struct{}

	mu      sync.Mutex
	seq     uint64
	version uint64
	spaces  map[string]*space
	shown   map[string]*model.Space // of the last snapshot; never changed
	moves   *moves
	cluster model.Cluster
}

type space struct {
	tables map[model.Kind]*table
}

type table struct {
	rows   model.Table
	shared bool // a snapshot holds rows: clone before writing
}

// NewStore returns an empty store.
func NewStore() *Store {
	return &Store{
		now: time.Now, dirty: make(chan struct{}, 1),
		spaces: map[string]*space{}, shown: map[string]*model.Space{}, moves: newMoves(),
	}
}

// Dirty has a value when something moved since the last Snapshot.
func (s *Store) Dirty() <-chan struct{} { return s.dirty }

// Poke says that something beside the rows moved: a watch's state.
func (s *Store) Poke() {
	select {
	case s.dirty <- struct{}{}:
	default:
	}
}

// SetCluster says which cluster it is.
func (s *Store) SetCluster(change func(*model.Cluster)) {
	s.mu.Lock()
	change(&s.cluster)
	s.mu.Unlock()
	s.Poke()
}

// Put adds or replaces a row, and reports whether it is new. A row equal to the one
// it would replace changes nothing. The row belongs to the store from then on.
func (s *Store) Put(row model.Row) (added bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := row.Base()
	t := s.table(m.Namespace, m.Kind)
	i, found := t.rows.Search(m.Name)
	var old model.Row
	if found {
		old = t.rows[i]
		s.carry(old, row)
		if same(old, row) {
			return false
		}
	}
	if t.shared {
		t.rows, t.shared = slices.Clone(t.rows), false
	}
	if found {
		t.rows[i] = row
	} else {
		t.rows = slices.Insert(t.rows, i, row)
	}
	s.replaced(old, row)
	return !found
}

// Delete removes a row, and reports whether it was there.
func (s *Store) Delete(ref model.Ref, driver model.Kind) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	sp := s.spaces[ref.Namespace]
	if sp == nil || sp.tables[ref.Kind] == nil {
		return false
	}
	t := sp.tables[ref.Kind]
	i, found := t.rows.Search(ref.Name)
	if !found || !drivenBy(t.rows[i], driver) {
		return false
	}
	old := t.rows[i]
	if t.shared {
		t.rows, t.shared = slices.Clone(t.rows), false
	}
	t.rows = slices.Delete(t.rows, i, i+1)
	s.replaced(old, nil)
	return true
}

// scope is what one watch reads: a kind in one namespace or in all (""), for
// records those of one driver.
type scope struct {
	kind      model.Kind
	namespace string
	driver    model.Kind
}

// Replace makes rows the only ones of a scope: the end of a first or repeated
// reading. Rows that did not change stay, and move nothing.
func (s *Store) Replace(sc scope, rows []model.Row) {
	by := map[string][]model.Row{}
	for _, r := range rows {
		by[r.Base().Namespace] = append(by[r.Base().Namespace], r)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if sc.namespace == "" {
		for ns, sp := range s.spaces {
			if sp.tables[sc.kind] != nil && by[ns] == nil {
				by[ns] = nil
			}
		}
	} else if _, ok := by[sc.namespace]; !ok {
		by[sc.namespace] = nil
	}
	for ns, list := range by {
		s.merge(ns, sc, list)
	}
}

func (s *Store) merge(ns string, sc scope, list []model.Row) {
	byName := func(a, b model.Row) int { return strings.Compare(a.Base().Name, b.Base().Name) }
	slices.SortFunc(list, byName)
	list = slices.CompactFunc(list, func(a, b model.Row) bool { return byName(a, b) == 0 })
	t := s.table(ns, sc.kind)
	out := make(model.Table, 0, len(list))
	changed := false
	i := 0
	for _, old := range t.rows {
		if !drivenBy(old, sc.driver) {
			for i < len(list) && list[i].Base().Name < old.Base().Name {
				out, changed = append(out, list[i]), true
				s.replaced(nil, list[i])
				i++
			}
			out = append(out, old)
			continue
		}
		for i < len(list) && list[i].Base().Name < old.Base().Name {
			out, changed = append(out, list[i]), true
			s.replaced(nil, list[i])
			i++
		}
		if i == len(list) || list[i].Base().Name != old.Base().Name {
			changed = true
			s.replaced(old, nil)
			continue
		}
		s.carry(old, list[i])
		if same(old, list[i]) {
			out = append(out, old)
		} else {
			out, changed = append(out, list[i]), true
			s.replaced(old, list[i])
		}
		i++
	}
	for ; i < len(list); i++ {
		out, changed = append(out, list[i]), true
		s.replaced(nil, list[i])
	}
	if changed {
		t.rows, t.shared = out, false
	}
}

func drivenBy(row model.Row, driver model.Kind) bool {
	if driver == "" {
		return true
	}
	r, ok := row.(*model.Record)
	return ok && r.Driver == driver
}

// same reports whether a row says nothing new. A record's body follows its version,
// so there a new version is news.
func same(old, row model.Row) bool {
	if _, ok := row.(*model.Record); ok && old.Base().ResourceVersion != row.Base().ResourceVersion {
		return false
	}
	return model.Same(old, row)
}

// carry dates a change of data that our own watch saw.
func (s *Store) carry(old, row model.Row) {
	switch n := row.(type) {
	case *model.ConfigMap:
		if o, ok := old.(*model.ConfigMap); ok {
			if n.Seen = o.Seen; o.Hash != n.Hash {
				n.Seen = s.now().UTC()
			}
		}
	case *model.Secret:
		if o, ok := old.(*model.Secret); ok {
			if n.Seen = o.Seen; o.Hash != n.Hash {
				n.Seen = s.now().UTC()
			}
		}
	}
}

func (s *Store) table(ns string, kind model.Kind) *table {
	sp := s.spaces[ns]
	if sp == nil {
		sp = &space{tables: map[model.Kind]*table{}}
		s.spaces[ns] = sp
	}
	t := sp.tables[kind]
	if t == nil {
		t = &table{}
		sp.tables[kind] = t
	}
	return t
}

// replaced notes that row took the place of old; either may be nil. A renewal is
// shown by the next snapshot, but makes none.
func (s *Store) replaced(old, row model.Row) {
	if old != nil && row != nil && model.Renewal(old, row) {
		s.moves.renewed[row.Base().Namespace] = true
		return
	}
	now := s.now()
	for _, r := range []model.Row{old, row} {
		if r != nil {
			s.moves.add(r, now)
		}
	}
	s.moves.tie(old, row)
	s.Poke()
}

// Snapshot is the present state, and what moved since the call before, sorted by
// namespace. Namespaces of which no row changed keep their Space. Coverage is left to
// the caller.
func (s *Store) Snapshot() (*model.Snapshot, []model.Moved) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.dirty:
	default:
	}
	s.seq++
	moved, changed, renewed := s.moves.take()
	if len(changed)+len(renewed) == 0 {
		return &model.Snapshot{Seq: s.seq, Spaces: s.shown, Cluster: s.cluster}, moved
	}
	shown := maps.Clone(s.shown)
	for _, ns := range changed {
		tables := s.tables(ns)
		if len(tables) == 0 && !s.exists(ns) {
			delete(shown, ns)
			continue
		}
		s.version++
		shown[ns] = model.NewSpace(ns, s.version, tables)
	}
	for _, ns := range renewed {
		if sp := shown[ns]; sp != nil {
			shown[ns] = sp.Renewed(s.tables(ns))
		}
	}
	s.shown = shown
	return &model.Snapshot{Seq: s.seq, Spaces: shown, Cluster: s.cluster}, moved
}

// tables are those of a namespace, which the caller shows.
func (s *Store) tables(ns string) map[model.Kind]model.Table {
	tables := map[model.Kind]model.Table{}
	if sp := s.spaces[ns]; sp != nil {
		for kind, t := range sp.tables {
			if len(t.rows) == 0 {
				delete(sp.tables, kind)
				continue
			}
			t.shared = true
			tables[kind] = t.rows
		}
		if len(sp.tables) == 0 {
			delete(s.spaces, ns)
		}
	}
	return tables
}

func (s *Store) exists(ns string) bool {
	scope := s.spaces[""]
	if ns == "" || scope == nil || scope.tables[model.KindNamespace] == nil {
		return false
	}
	_, found := scope.tables[model.KindNamespace].rows.Search(ns)
	return found
}

// Names lists the rows of a kind in a namespace by name.
func (s *Store) Names(ns string, kind model.Kind) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	sp := s.spaces[ns]
	if sp == nil || sp.tables[kind] == nil {
		return nil
	}
	out := make([]string, 0, len(sp.tables[kind].rows))
	for _, r := range sp.tables[kind].rows {
		out = append(out, r.Base().Name)
	}
	return out
}

// Get returns a row, or nil.
func (s *Store) Get(ref model.Ref) model.Row {
	s.mu.Lock()
	defer s.mu.Unlock()
	sp := s.spaces[ref.Namespace]
	if sp == nil || sp.tables[ref.Kind] == nil {
		return nil
	}
	return sp.tables[ref.Kind].rows.Find(ref.Name)
}
