package repair

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// heartbeat renews the lease on an entry while its plan is applied.
type heartbeat struct {
	m     *Mender
	entry *Entry

	mu   sync.Mutex
	last time.Time // when it was renewed last, by this host's wall clock: what a suspended host sleeps counts
	lost bool      // another careen took the entry over

	stop context.CancelFunc
	done chan struct{}
}

// beat begins to renew the lease that stands on an entry.
func (m *Mender) beat(ctx context.Context, e *Entry) *heartbeat {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	h := &heartbeat{m: m, entry: e, last: m.wall(), stop: stop, done: make(chan struct{})}
	go h.run(ctx)
	return h
}

// wall is the time by the host's wall clock, which goes on while the host is suspended.
func (m *Mender) wall() time.Time { return m.now().Round(0) }

// run is the goroutine "heartbeat": it ends with its context.
func (h *heartbeat) run(ctx context.Context) {
	defer close(h.done)
	defer func() {
		if v := recover(); v != nil {
			h.mu.Lock()
			h.lost = true // without a heartbeat nothing more may be written
			h.mu.Unlock()
		}
	}()
	ticks := time.NewTicker(h.m.every())
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
			_ = h.renew(context.WithoutCancel(ctx)) // a renewal cut short may have been done all the same
		}
	}
}

// renew renews the lease, if it is still this careen's and the entry still open.
func (h *heartbeat) renew(ctx context.Context) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.lost {
		return errMoved
	}
	was := h.entry.Lease
	next := was
	next.Beat = h.m.serverNow().UTC()
	next.raw = next.text()
	now := h.m.wall()
	err := h.m.note(ctx, h.entry, noting{was: Open, lease: was.raw, set: map[string]string{applyingNote: next.raw}})
	switch {
	case err == nil:
		h.entry.Lease, h.last = next, now
	case errors.Is(err, errMoved):
		h.lost = true
	}
	return err
}

// holds refuses the next write where the lease was lost, or may have been: where it could
// not be renewed for so long that others count this careen as dead.
func (h *heartbeat) holds(ctx context.Context) error {
	if h == nil {
		return nil
	}
	h.mu.Lock()
	silent, lost := h.m.wall().Sub(h.last).Abs(), h.lost
	h.mu.Unlock()
	if lost {
		return refuse("Another careen took journal entry %s over, so this one stops.", h.entry.ID)
	}
	if silent < h.m.stale()/2 {
		return nil
	}
	switch err := h.renew(ctx); {
	case errors.Is(err, errMoved):
		return refuse("Another careen took journal entry %s over while this one was silent for %s, so it stops.", h.entry.ID, silent.Round(time.Second))
	case err != nil:
		return &Refusal{Reason: fmt.Sprintf("Journal entry %s could not be renewed for %s, so others may count this careen as dead: it stops.", h.entry.ID, silent.Round(time.Second)), Err: err}
	}
	return nil
}

// end stops the heartbeat and returns the lease as it stands in the entry; empty where
// it is another's.
func (h *heartbeat) end() string {
	if h == nil {
		return ""
	}
	h.stop()
	<-h.done
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.lost {
		return ""
	}
	return h.entry.Lease.raw
}
