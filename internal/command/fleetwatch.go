package command

import (
	"context"
	"time"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/model"
)

// What may be watched of many clusters at once. An object that is watched costs some 4 kB
// with what the probes make of it, and the watches of a cluster as much as a thousand
// objects, however few there are: so all of them together cost some 400 MB at most.
const (
	maxWatched  = 75_000
	watchesCost = 1000
	toldEvery   = time.Second // at most, of one cluster
)

// attended is one of many clusters that is watched.
type attended struct {
	stop context.CancelFunc
	cost int // in objects
}

// cost is what a cluster that is watched costs, in objects.
func cost(c model.Coverage) (n int) {
	for _, w := range c {
		n += w.Objects
	}
	return n + watchesCost
}

// admit reports whether a cluster may be watched, at that cost. While all of them cost
// too much, the one that costs most is not watched any more: so most of them are.
func (f *fleet) admit(i int, w *attended) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return false
	}
	f.watches[i] = w
	f.shed()
	return f.watches[i] == w
}

// grew takes what a cluster costs now.
func (f *fleet) grew(w *attended, cost int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	w.cost = cost
	f.shed()
}

// shed lets go of the dearest while all cost too much; the caller holds mu.
func (f *fleet) shed() {
	for {
		total, dearest := 0, -1
		for i, w := range f.watches {
			total += w.cost
			if dearest < 0 || w.cost > f.watches[dearest].cost || w.cost == f.watches[dearest].cost && i > dearest {
				dearest = i
			}
		}
		if total <= f.allowed {
			return
		}
		f.watches[dearest].stop()
		delete(f.watches, dearest)
	}
}

// attend reads a cluster, and goes on watching it if it is admitted.
func (f *fleet) attend(ctx context.Context, i int, one *session, what extent) error {
	watched, stop := context.WithCancel(f.ctx)
	one.ctx = watched
	given := context.AfterFunc(ctx, stop) // until it is admitted it ends with the page
	err := one.read(what)
	if err != nil {
		stop()
		return err
	}
	w := &attended{stop, cost(one.live.Coverage())}
	if !given() || !f.admit(i, w) {
		stop()
		if err := ctx.Err(); err != nil {
			return err
		}
		f.took(i, one, engine.Look(one.whole().Only(one.namespaces), one.probes, one.settings, one.now()))
		return nil
	}
	eng := engine.Start(watched, one.live, engine.Options{Probes: one.probes, Settings: one.settings, Log: one.log})
	r, err := eng.First(watched) // the turn ends with the first look, which is what takes time
	kept := *one
	one.live, one.conn = nil, nil // they are closed when the watching ends
	f.work.Go(func() {
		defer kept.close()
		defer eng.Stop()
		defer f.left(i, w)
		if err == nil {
			f.follow(i, w, &kept, eng, r)
		}
		if err := eng.Err(); err != nil {
			f.failed(i, errGone(err))
		}
	})
	return nil
}

// follow takes every report of a cluster that is watched, until it is not any more.
func (f *fleet) follow(i int, w *attended, one *session, eng *engine.Engine, r *engine.Report) {
	for {
		f.watched(i, one, r)
		f.grew(w, cost(r.Coverage()))
		waitFor(one.ctx, toldEvery)
		select {
		case r = <-eng.Reports():
		case <-eng.Done():
			return
		}
	}
}

// left takes a cluster off those that are watched: from now on it is read again from time
// to time.
func (f *fleet) left(i int, w *attended) {
	w.stop()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.watches[i] == w {
		delete(f.watches, i)
	}
	if f.watches[i] != nil {
		return
	}
	if f.read[i] = time.Now(); !f.looks[i].Stale.IsZero() {
		f.read[i] = time.Time{} // what was known of it is not as it is now
	}
	f.looks[i].Live = false
}
