package mcp

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/timeline"
)

// look keeps the newest report, and what changed while careen looked.
type look struct {
	mu     sync.Mutex
	report *engine.Report
	ready  bool // everything was read once
	seen   []timeline.Entry
	moved  chan struct{} // closed when a report came
}

func newLook() *look { return &look{moved: make(chan struct{})} }

// follow takes reports until ctx ends.
func (l *look) follow(ctx context.Context, reports <-chan *engine.Report) {
	var witness timeline.Witness
	for {
		select {
		case r := <-reports:
			witness.Observe(r.Snapshot, r.At)
			seen := witness.Seen()
			l.mu.Lock()
			l.report, l.seen = r, seen
			l.ready = l.ready || len(r.Coverage()) > 0 && r.Coverage().Settled()
			close(l.moved)
			l.moved = make(chan struct{})
			l.mu.Unlock()
		case <-ctx.Done():
			return
		}
	}
}

// present is what is known now, whether everything was read once, and when more is known.
func (l *look) present() (r *engine.Report, seen []timeline.Entry, ready bool, moved <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.report, l.seen, l.ready, l.moved
}

// settled waits until the cluster was read, or until it is known that it cannot be: at
// most for that long, after which what is known has to do.
func (l *look) settled(ctx context.Context, within time.Duration) (*engine.Report, []timeline.Entry, error) {
	timer := time.NewTimer(within)
	defer timer.Stop()
	for {
		r, seen, ready, moved := l.present()
		switch {
		case ready:
			return r, seen, nil
		case r != nil && r.Err != nil:
			return nil, nil, fmt.Errorf("nothing is known of the cluster: %w", r.Err)
		}
		select {
		case <-moved:
		case <-timer.C:
			if r == nil || len(r.Coverage()) == 0 {
				return nil, nil, errors.New("the cluster was not read in time: ask again")
			}
			return r, seen, nil
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		}
	}
}
