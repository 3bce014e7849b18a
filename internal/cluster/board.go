package cluster

import (
	"slices"
	"sync"
	"time"

	"github.com/careen-tui/careen/internal/model"
)

// board holds the state of every watch.
type board struct {
	poke func()

	mu      sync.Mutex
	entries []*entry
}

// entry is the state of one watch, or of one part of what coverage shows as one:
// release records are read from Secrets, from ConfigMaps and body by body.
type entry struct {
	board     *board
	kind      model.Kind
	resource  string
	namespace string

	follower *entry // cannot be known where this one is forbidden or absent

	state   model.WatchState
	message string
	since   time.Time
	objects int
}

func (b *board) add(kind model.Kind, resource, namespace string) *entry {
	e := &entry{board: b, kind: kind, resource: resource, namespace: namespace, state: model.Syncing, since: time.Now().UTC()}
	b.mu.Lock()
	b.entries = append(b.entries, e)
	b.mu.Unlock()
	b.poke()
	return e
}

func (b *board) remove(e *entry) {
	b.mu.Lock()
	b.entries = slices.DeleteFunc(b.entries, func(have *entry) bool { return have == e })
	b.mu.Unlock()
	b.poke()
}

// set enters a state. Since stays where the state does.
func (e *entry) set(state model.WatchState, message string) {
	b := e.board
	b.mu.Lock()
	moved := e.state != state || e.message != message
	if e.state != state {
		e.since = time.Now().UTC()
	}
	e.state, e.message = state, message
	follower := e.follower
	b.mu.Unlock()
	if moved {
		b.poke()
	}
	if follower != nil && (state == model.Forbidden || state == model.Absent) {
		follower.set(state, e.resource+": "+message)
	}
}

func (e *entry) get() (model.WatchState, string) {
	e.board.mu.Lock()
	defer e.board.mu.Unlock()
	return e.state, e.message
}

// progressStep is how many objects of a first reading go by between two signs of
// progress.
const progressStep = 256

// count adds to the number of objects and says so while they are being read.
func (e *entry) count(n int) {
	e.board.mu.Lock()
	before := e.objects
	e.objects += n
	tell := e.state == model.Syncing && before/progressStep != e.objects/progressStep
	e.board.mu.Unlock()
	if tell {
		e.board.poke()
	}
}

func (e *entry) setCount(n int) {
	e.board.mu.Lock()
	e.objects = n
	e.board.mu.Unlock()
}

// rank orders the states of parts: the whole is as its worst part is.
var rank = map[model.WatchState]int{model.Absent: 0, model.Live: 1, model.Stale: 2, model.Forbidden: 3, model.Syncing: 4}

// coverage is the state of every watch, its parts joined.
func (b *board) coverage() model.Coverage {
	type key struct {
		kind                model.Kind
		resource, namespace string
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	at := make(map[key]int, len(b.entries))
	out := make(model.Coverage, 0, len(b.entries))
	for _, e := range b.entries {
		k := key{e.kind, e.resource, e.namespace}
		i, ok := at[k]
		if !ok {
			at[k] = len(out)
			out = append(out, model.Watch{
				Kind: e.kind, Resource: e.resource, Namespace: e.namespace, State: e.state, Message: e.message, Since: e.since, Objects: e.objects,
				Partial: e.partial(),
			})
			continue
		}
		w := &out[i]
		w.Objects += e.objects
		if rank[e.state] > rank[w.State] {
			w.State, w.Message, w.Since, w.Partial = e.state, e.message, e.since, e.partial()
		}
	}
	out.Sort()
	return out
}

// partial tells whether a watch is live only up to a bound: then, and only then, a
// live one has a message.
func (e *entry) partial() bool { return e.state == model.Live && e.message != "" }

// settled tells whether nothing is syncing, custom resources left aside where
// they are not to count.
func (b *board) settled(custom bool) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return !slices.ContainsFunc(b.entries, func(e *entry) bool {
		return e.state == model.Syncing && (custom || e.kind != model.KindCustom)
	})
}
