package project

import (
	"reflect"
	"sync"

	"github.com/careen-tui/careen/internal/model"
)

const maxShapes = 8192

// shapes keeps the newest projected shape of each owner, so that all the pods of
// one template, and all the ReplicaSets of one Deployment, hold the same labels,
// containers and references.
type shapes struct {
	sync.Mutex
	byOwner map[string]*shape
}

type shape struct {
	labels     map[string]string
	containers []model.Container
	refs       []model.Reference
}

func newShapes() *shapes { return &shapes{byOwner: map[string]*shape{}} }

// share replaces what t and refs have in common with the shape last seen of that
// owner, and remembers the newest. An empty owner shares nothing.
func (s *shapes) share(owner string, m *model.Meta, t *model.Template) {
	if owner == "" {
		return
	}
	s.Lock()
	last := s.byOwner[owner]
	s.Unlock()
	if last == nil {
		last = &shape{}
	}
	next := shape{labels: t.Labels, containers: t.Containers, refs: m.Refs}
	same := 0
	if reflect.DeepEqual(last.labels, next.labels) {
		next.labels = last.labels
		same++
	}
	if reflect.DeepEqual(last.containers, next.containers) {
		next.containers = last.containers
		same++
	}
	if reflect.DeepEqual(last.refs, next.refs) {
		next.refs = last.refs
		same++
	}
	t.Labels, t.Containers, m.Refs = next.labels, next.containers, next.refs
	if same == 3 {
		return
	}
	s.Lock()
	defer s.Unlock()
	if len(s.byOwner) >= maxShapes {
		s.byOwner = map[string]*shape{}
	}
	s.byOwner[owner] = &next
}
