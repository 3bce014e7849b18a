package project

import (
	"sync"

	"github.com/careen-tui/careen/internal/model"
)

const maxStandings = 1024

// standings keeps one copy of what conditions of many objects say alike.
type standings struct {
	sync.Mutex
	recent[model.Standing, *model.Standing]
}

func newStandings() *standings {
	return &standings{recent: recent[model.Standing, *model.Standing]{limit: maxStandings}}
}

// once returns the copy that is kept. A message is of its object alone, and is not kept here.
func (s *standings) once(one model.Standing) *model.Standing {
	if one.Message != "" {
		return new(one)
	}
	s.Lock()
	defer s.Unlock()
	kept, ok := s.get(one)
	if !ok {
		kept = new(one)
		s.put(one, kept)
	}
	return kept
}
