package model

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// Table holds the rows of one kind and namespace, sorted by name.
type Table []Row

// Find returns the row of that name, or nil.
func (t Table) Find(name string) Row {
	i, ok := t.Search(name)
	if !ok {
		return nil
	}
	return t[i]
}

// Search returns where name stands, or would stand.
func (t Table) Search(name string) (int, bool) {
	return slices.BinarySearchFunc(t, name, func(r Row, n string) int { return strings.Compare(r.Base().Name, n) })
}

// Space is what is known of one namespace; the Space named "" holds the
// cluster-scoped objects.
type Space struct {
	Name    string
	Version uint64 // grows with every change; equal versions mean equal content
	Tables  map[Kind]Table

	releases func() []*Release
	root     *Space   // that this one repeats but for renewals; see Renewed
	derived  sync.Map // *Derived -> its value
}

// NewSpace builds a Space. The tables belong to it from then on.
func NewSpace(name string, version uint64, tables map[Kind]Table) *Space {
	s := &Space{Name: name, Version: version, Tables: tables}
	s.releases = sync.OnceValue(func() []*Release { return releasesOf(name, s.Tables[KindRecord]) })
	s.root = s
	return s
}

// Renewed is s after renewals of leases, which are no change: see Renewal.
func (s *Space) Renewed(tables map[Kind]Table) *Space {
	return &Space{Name: s.Name, Version: s.Version, Tables: tables, releases: s.releases, root: s.root}
}

// Same reports whether two spaces are one but for renewals of leases.
func (s *Space) Same(o *Space) bool {
	return s == o || s != nil && o != nil && s.root != nil && s.root == o.root
}

// Releases are the Helm releases that have records here, sorted by name.
func (s *Space) Releases() []*Release {
	if s == nil {
		return nil
	}
	return s.releases()
}

// Release returns one release, or nil.
func (s *Space) Release(name string) *Release {
	list := s.Releases()
	i, ok := slices.BinarySearchFunc(list, name, func(r *Release, n string) int { return strings.Compare(r.Name, n) })
	if !ok {
		return nil
	}
	return list[i]
}

// Kinds lists the kinds that have rows here, sorted.
func (s *Space) Kinds() []Kind {
	if s == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(s.Tables))
}

// Snapshot is the whole cluster at one moment.
type Snapshot struct {
	Seq      uint64
	Spaces   map[string]*Space
	Coverage Coverage
	Cluster  Cluster

	// Slack is how much later than the moment that a snapshot speaks of it may have been taken:
	// where nothing happens in a cluster, nothing in a dump of it tells the time. Zero of a live one.
	Slack time.Duration

	indexOnce sync.Once
	index     map[Kind]Coverage
}

// State is the state of the watch that covers a kind in a namespace: that of the
// namespace where each is read by itself, else that of the whole cluster. A kind
// that nobody reads is Absent with read false.
func (s *Snapshot) State(kind Kind, namespace string) (w Watch, read bool) {
	s.indexOnce.Do(func() {
		s.index = make(map[Kind]Coverage, len(Builtin))
		for _, w := range s.Coverage {
			s.index[w.Kind] = append(s.index[w.Kind], w)
		}
		for _, c := range s.index {
			c.Sort()
		}
	})
	list := s.index[kind]
	i, ok := slices.BinarySearchFunc(list, namespace, func(w Watch, n string) int { return strings.Compare(w.Namespace, n) })
	switch {
	case ok:
		return list[i], true
	case len(list) > 0 && list[0].Namespace == "":
		return list[0], true
	}
	return Watch{Kind: kind, State: Absent}, false
}

// Knows reports whether the objects of a kind in a namespace are completely known,
// and if not, why; see Coverage.Knows.
func (s *Snapshot) Knows(kind Kind, namespace string) (ok bool, why string) {
	w, read := s.State(kind, namespace)
	if !read || namespace == "" || kind == KindCustom { // custom resources: many watches under one kind
		return s.Coverage.Knows(kind, namespace)
	}
	if w.Known() {
		return true, ""
	}
	return false, w.Resource + ": " + cmp.Or(w.Message, string(w.State))
}

// Cluster says which cluster it is, and who looks.
type Cluster struct {
	Context, Server string `careen:"name"`
	Version         string `careen:"keep"`
	User            string `careen:"name"` // as the server named it; empty until it is known
}

// Space returns a namespace's space; nil where nothing is known of it. A nil
// *Space has no rows.
func (s *Snapshot) Space(namespace string) *Space { return s.Spaces[namespace] }

// Namespaces lists the namespaces that have a space, sorted, without "".
func (s *Snapshot) Namespaces() []string {
	out := make([]string, 0, len(s.Spaces))
	for n := range s.Spaces {
		if n != "" {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out
}

// Only is the snapshot of some namespaces and of the cluster-scoped objects, without
// what little is known of the other namespaces, such as their volumes. No namespaces
// mean all.
func (s *Snapshot) Only(namespaces []string) *Snapshot {
	if len(namespaces) == 0 {
		return s
	}
	spaces := make(map[string]*Space, len(namespaces)+1)
	for _, n := range append([]string{""}, namespaces...) {
		if sp := s.Spaces[n]; sp != nil {
			spaces[n] = sp
		}
	}
	return &Snapshot{Seq: s.Seq, Spaces: spaces, Coverage: s.Coverage, Cluster: s.Cluster}
}

// With is the snapshot of which some more was read: list says how those watches
// stand.
func (s *Snapshot) With(list ...Watch) *Snapshot {
	if len(list) == 0 {
		return s
	}
	return &Snapshot{Seq: s.Seq, Spaces: s.Spaces, Coverage: slices.Concat(s.Coverage, list), Cluster: s.Cluster}
}

// Row returns the row that ref names, or nil. A Release has no row: see Release.
func (s *Snapshot) Row(ref Ref) Row {
	sp := s.Spaces[ref.Namespace]
	if sp == nil {
		return nil
	}
	return sp.Tables[ref.Kind].Find(ref.Name)
}

// Release returns the release that ref names, or nil.
func (s *Snapshot) Release(namespace, name string) *Release { return s.Spaces[namespace].Release(name) }

// Each yields the rows of a kind in a space, as their type. A row of another type
// is passed over.
func Each[T Row](s *Space, kind Kind) iter.Seq[T] {
	return func(yield func(T) bool) {
		if s == nil {
			return
		}
		for _, r := range s.Tables[kind] {
			if t, ok := r.(T); ok && !yield(t) {
				return
			}
		}
	}
}

// Get returns the row that ref names as its type; ok is false where there is none.
func Get[T Row](s *Snapshot, ref Ref) (t T, ok bool) {
	t, ok = s.Row(ref).(T)
	return t, ok
}

// Workloads yields every workload of a space, kind by kind.
func Workloads(s *Space) iter.Seq[*Workload] {
	return func(yield func(*Workload) bool) {
		for _, k := range WorkloadKinds {
			for w := range Each[*Workload](s, k) {
				if !yield(w) {
					return
				}
			}
		}
	}
}
