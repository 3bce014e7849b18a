package command

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/report"
	"github.com/careen-tui/careen/views"
)

// The pace and the bounds of many clusters on the screen.
const (
	readEvery  = 2 * time.Minute        // those that are not watched, while they are shown
	tellEvery  = 250 * time.Millisecond // at most: causes of all clusters are joined each time
	maxShared  = 2000                   // causes in the list of all
	maxCluster = 2000                   // findings that are kept of one cluster
)

// fleet reads many clusters, as many at a time as --parallel says, keeps of each what is
// shown, and goes on watching those that may be kept; see admit. Close ends that.
type fleet struct {
	ss      *session
	places  []place
	every   time.Duration
	allowed int // see maxWatched

	ctx    context.Context // of what is watched
	cancel context.CancelFunc
	work   sync.WaitGroup // what is watched
	moved  chan struct{}  // has a value when something did that is shown

	mu      sync.Mutex
	looks   []views.ClusterLook
	docs    []*report.Document
	read    []time.Time
	watches map[int]*attended // by place
	closed  bool
}

func newFleet(ss *session, places []place) *fleet {
	f := &fleet{
		ss: ss, places: places, every: readEvery, allowed: maxWatched, moved: make(chan struct{}, 1), watches: map[int]*attended{},
		looks: make([]views.ClusterLook, len(places)), docs: make([]*report.Document, len(places)), read: make([]time.Time, len(places)),
	}
	f.ctx, f.cancel = context.WithCancel(ss.ctx)
	for i, p := range places {
		f.looks[i] = views.ClusterLook{Context: shown(p.context), Server: mask.Line(p.server, 500), Also: p.twins()}
	}
	return f
}

// Close ends what is watched, and returns when it has ended.
func (f *fleet) Close() {
	f.mu.Lock()
	f.closed = true
	f.mu.Unlock()
	f.cancel()
	f.work.Wait()
}

// Len is how many there are.
func (f *fleet) Len() int { return len(f.places) }

// Look reads the clusters once: those that are not watched and were not read lately, or
// all that are not watched with again.
func (f *fleet) Look(ctx context.Context, again bool, show func(views.Fleet)) {
	f.telling(ctx, show, func() { f.round(ctx, f.due(again), false) })
}

// Follow looks, goes on watching those of which that is allowed, and reads the others
// again whenever they were not read lately, until ctx ends. What is watched then is
// watched on until Close: who comes back from a cluster finds the others as they are.
func (f *fleet) Follow(ctx context.Context, again bool, show func(views.Fleet)) {
	f.telling(ctx, show, func() {
		for ctx.Err() == nil {
			f.round(ctx, f.due(again), true)
			again = false
			select {
			case <-ctx.Done():
			case <-time.After(f.wait()):
			}
		}
	})
}

// telling shows what is known at first, whenever that changes while work works, and at
// its end.
func (f *fleet) telling(ctx context.Context, show func(views.Fleet), work func()) {
	within, cancel := context.WithCancel(ctx)
	var told sync.WaitGroup
	told.Go(func() {
		for {
			show(f.known())
			waitFor(within, tellEvery)
			select {
			case <-within.Done():
				return
			case <-f.moved:
			}
		}
	})
	work()
	cancel()
	told.Wait()
	show(f.known())
}

// waitFor waits for d, or until ctx ends.
func waitFor(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// due are the clusters that are to be read now, by their place.
func (f *fleet) due(all bool) (out []int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, at := range f.read {
		if f.watches[i] == nil && (all || time.Since(at) >= f.every) {
			out = append(out, i)
		}
	}
	return out
}

// wait is how long it takes until one of them is due.
func (f *fleet) wait() time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	wait := f.every
	for i, at := range f.read {
		if f.watches[i] == nil {
			wait = min(wait, f.every-time.Since(at))
		}
	}
	return max(wait, min(time.Second, f.every))
}

// round reads some of the clusters. With keep, those that are admitted are watched on.
func (f *fleet) round(ctx context.Context, which []int, keep bool) {
	ss := *f.ss
	ss.ctx = ctx
	places := make([]place, len(which))
	for n, i := range which {
		places[n] = f.places[i]
		f.set(i, func(l *views.ClusterLook) { l.Stage = views.Connecting })
	}
	what := extent{mode: connect.ReadOnly, kinds: kindsOf(ss.probes)}
	met := func(n int) { f.set(which[n], func(l *views.ClusterLook) { l.Stage = views.Waiting }) }
	_, _ = ss.everywhere(places, met, func(n int, one *session) error {
		return f.visit(ctx, which[n], one, what, keep)
	})
	for _, i := range which { // those of which ctx ended before their turn
		f.set(i, func(l *views.ClusterLook) { l.Stage = views.Idle })
	}
}

// visit reads one of the clusters in its turn.
func (f *fleet) visit(ctx context.Context, i int, one *session, what extent, keep bool) (err error) {
	f.set(i, func(l *views.ClusterLook) { l.Stage = views.Reading })
	defer func() { // a crash too ends the reading
		if v := recover(); v != nil {
			err = crash(one.log, v)
		}
		f.set(i, func(l *views.ClusterLook) { l.Stage = views.Idle })
		if err != nil && ctx.Err() == nil {
			f.failed(i, err)
		}
	}()
	if keep {
		return f.attend(ctx, i, one, what)
	}
	r, err := one.look(what)
	if err == nil {
		f.took(i, one, r)
	}
	return err
}

func (f *fleet) set(i int, change func(*views.ClusterLook)) {
	f.mu.Lock()
	change(&f.looks[i])
	f.mu.Unlock()
	select {
	case f.moved <- struct{}{}:
	default:
	}
}

// errGone is why a cluster is not watched any more whose engine ended by itself.
func errGone(err error) error { return fmt.Errorf("it is not watched any more: %w", err) }
