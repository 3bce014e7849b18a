package cluster

import (
	"cmp"
	"fmt"
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
	within  time.Duration // how long a first reading may take; 0 before begin
	until   time.Time     // when all of them must have ended; zero for never
}

// entry is the state of one watch, or of one part of what coverage shows as one:
// release records are read from Secrets, from ConfigMaps and body by body.
type entry struct {
	board     *board
	kind      model.Kind
	resource  string
	namespace string

	follower *entry // cannot be known where this one is forbidden or absent

	state    model.WatchState
	message  string
	since    time.Time
	objects  int
	expected int  // while it is syncing; see model.Watch
	unsure   bool // what was read is not all there is
	late     bool // its deadline has passed; see expire
	timer    *time.Timer
}

func (b *board) add(kind model.Kind, resource, namespace string) *entry {
	e := &entry{board: b, kind: kind, resource: resource, namespace: namespace, state: model.Syncing, since: time.Now().UTC()}
	b.mu.Lock()
	b.entries = append(b.entries, e)
	if b.within > 0 {
		b.time(e)
	}
	b.mu.Unlock()
	b.poke()
	return e
}

func (b *board) remove(e *entry) {
	b.mu.Lock()
	b.entries = slices.DeleteFunc(b.entries, func(have *entry) bool { return have == e })
	if e.timer != nil {
		e.timer.Stop()
	}
	b.mu.Unlock()
	b.poke()
}

// set enters a state. Since stays where the state does. A live watch has a message
// only where it reached a bound. One that is past its deadline does not go back to
// syncing: what it waits for is not known.
func (e *entry) set(state model.WatchState, message string) {
	e.enter(state, message, state == model.Live && message != "")
}

// setUnknown enters the state of a kind that could not be read, though the server
// may well have objects of it.
func (e *entry) setUnknown(message string) { e.enter(model.Absent, message, true) }

func (e *entry) enter(state model.WatchState, message string, unsure bool) {
	b := e.board
	b.mu.Lock()
	if state == model.Syncing && e.late {
		state, unsure = model.Absent, true
		message = cmp.Or(message, e.message)
	}
	moved := e.state != state || e.message != message || e.unsure != unsure
	if e.state != state {
		e.since = time.Now().UTC()
	}
	e.state, e.message, e.unsure = state, message, unsure
	if state != model.Syncing {
		e.expected = 0
	}
	follower := e.follower
	b.mu.Unlock()
	if moved {
		b.poke()
	}
	if follower != nil && (state == model.Forbidden || state == model.Absent) {
		follower.enter(state, e.resource+": "+message, unsure)
	}
}

// begin starts the deadlines: of what is read, and of what is added from now on.
// until, where it is not zero, is one for all.
func (b *board) begin(within time.Duration, until time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.within, b.until = within, until
	for _, e := range b.entries {
		b.time(e)
	}
}

// time gives an entry its deadline; the caller holds mu.
func (b *board) time(e *entry) {
	d := b.within
	if !b.until.IsZero() {
		d = max(0, min(d, time.Until(b.until)))
	}
	e.timer = time.AfterFunc(d, e.expire)
}

// expire makes unknown what is still syncing: its reading goes on, and nobody waits
// for it.
func (e *entry) expire() {
	b := e.board
	b.mu.Lock()
	e.late = true
	syncing, message, n := e.state == model.Syncing, e.message, e.objects
	b.mu.Unlock()
	if !syncing {
		return
	}
	text := fmt.Sprintf("not read within %s", b.within)
	if n > 0 {
		text += fmt.Sprintf(", %d so far", n)
	}
	if message != "" {
		text += ": " + message
	}
	e.setUnknown(text)
}

// stop ends the deadlines.
func (b *board) stop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.entries {
		if e.timer != nil {
			e.timer.Stop()
		}
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

// expect sets about how many objects there will be. count says so.
func (e *entry) expect(n int) {
	e.board.mu.Lock()
	defer e.board.mu.Unlock()
	if e.state == model.Syncing {
		e.expected = n
	}
}

func (e *entry) setCount(n int) {
	e.board.mu.Lock()
	e.objects = n
	e.board.mu.Unlock()
}

// rank orders the states of parts: the whole is as its worst part is.
var rank = map[model.WatchState]int{model.Absent: 0, model.Live: 1, model.Stale: 3, model.Forbidden: 4, model.Syncing: 6}

func (e *entry) rank() int {
	switch {
	case e.unsure && e.state == model.Absent:
		return 5
	case e.unsure:
		return 2
	}
	return rank[e.state]
}

// coverage is the state of every watch, its parts joined.
func (b *board) coverage() model.Coverage {
	type key struct {
		kind                model.Kind
		resource, namespace string
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	at, worst := make(map[key]int, len(b.entries)), make(map[key]*entry, len(b.entries))
	out := make(model.Coverage, 0, len(b.entries))
	for _, e := range b.entries {
		k := key{e.kind, e.resource, e.namespace}
		i, ok := at[k]
		if !ok {
			at[k] = len(out)
			out = append(out, model.Watch{
				Kind: e.kind, Resource: e.resource, Namespace: e.namespace, State: e.state, Message: e.message, Since: e.since, Objects: e.objects,
				Expected: e.expected, Partial: e.unsure,
			})
			worst[k] = e
			continue
		}
		w := &out[i]
		if w.Expected+e.expected > 0 {
			w.Expected = max(w.Expected, w.Objects) + max(e.expected, e.objects)
		}
		w.Objects += e.objects
		if e.rank() > worst[k].rank() {
			worst[k] = e
			w.State, w.Message, w.Since, w.Partial = e.state, e.message, e.since, e.unsure
		}
	}
	out.Sort()
	return out
}

// settled reports whether nothing is syncing, custom resources left aside where
// they are not to count.
func (b *board) settled(custom bool) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return !slices.ContainsFunc(b.entries, func(e *entry) bool {
		return e.state == model.Syncing && (custom || e.kind != model.KindCustom)
	})
}
