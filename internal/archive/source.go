package archive

import "github.com/careen-tui/careen/internal/model"

// Source is a file in the place of a cluster: it never moves.
type Source struct {
	snap  *model.Snapshot
	taken bool
}

// Source returns the file's snapshot, of some namespaces or of all, as a source for an
// engine.
func (f *File) Source(namespaces []string) *Source { return &Source{snap: f.Snapshot.Only(namespaces)} }

// Dirty never has a value: nothing moves.
func (*Source) Dirty() <-chan struct{} { return nil }

// Snapshot is the file's. At the first call all of it has moved.
func (s *Source) Snapshot() (*model.Snapshot, []model.Moved) {
	if s.taken {
		return s.snap, nil
	}
	s.taken = true
	var moved []model.Moved
	for _, name := range append([]string{""}, s.snap.Namespaces()...) {
		if sp := s.snap.Space(name); sp != nil {
			moved = append(moved, model.Moved{Namespace: name, Kinds: sp.Kinds()})
		}
	}
	return s.snap, moved
}

// Err is nil: a file is always there.
func (*Source) Err() error { return nil }
