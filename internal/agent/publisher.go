package agent

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/metadata"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/text"
)

// The pace of writing.
const (
	passEvery = 2 * time.Second // at most
	ageEvery  = time.Hour       // an object of which only ages changed, at most
)

// ownedKey and owner mark the objects that are careen's.
const (
	ownedKey = "app.kubernetes.io/managed-by"
	owner    = "careen"
)

// publisher keeps report objects as looks want them. All but poke and its counters is
// for the goroutine that runs it.
type publisher struct {
	conn     *connect.Connection
	metadata metadata.Interface
	scope    []string // namespaces
	log      *slog.Logger
	poked    chan struct{}
	latest   func() *look // the newest complete one; nil before the first
	leader   *leader
	services []*service
	shelves  map[string]*shelf // by APIVersion
	seen     seen
	stats    stats
	failures string // as they were said last
	failedAt time.Time
	every    time.Duration // see passEvery
	to       string        // what was said last of where objects go
}

// stats are what metrics tell of the publisher.
type stats struct {
	created, updated, deleted, failed atomic.Int64
	objects                           atomic.Int64
	target                            atomic.Pointer[string] // the APIVersion that is written; nil for none
}

// poke has the publisher look again. It never waits.
func (p *publisher) poke() {
	select {
	case p.poked <- struct{}{}:
	default:
	}
}

// run works until ctx ends.
func (p *publisher) run(ctx context.Context) {
	defer func() {
		for _, s := range p.shelves {
			s.close()
		}
	}()
	for ctx.Err() == nil {
		var next time.Time
		if l := p.latest(); l != nil {
			next = p.step(ctx, l, time.Now())
		}
		wait := time.Hour
		if !next.IsZero() {
			wait = time.Until(next)
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-p.poked:
			pause(ctx, p.every)
		case <-timer.C:
			pause(ctx, p.every)
		}
		timer.Stop()
	}
}

// step follows which APIs are served, leads where there is anything to write, and
// writes. It returns when to come again without being poked; zero for never.
func (p *publisher) step(ctx context.Context, l *look, now time.Time) (next time.Time) {
	next = p.follow(ctx, l, now)
	term := p.leader.term()
	if term == nil {
		return next
	}
	target, targeted := p.target()
	var failed []error
	for _, s := range p.shelves {
		if !s.ready() {
			continue
		}
		want := map[string]object{}
		if targeted && s.variant.APIVersion == target {
			want = p.seen.wanted(s.variant, l.objects, len(p.scope) > 0)
			p.stats.objects.Store(int64(len(want)))
		}
		failed = append(failed, p.pass(term, s, want, now)...)
		next = soonest(next, s.retries.next())
	}
	p.tell(failed, now)
	return next
}

// follow asks what is served, and opens and closes shelves by it.
func (p *publisher) follow(ctx context.Context, l *look, now time.Time) (next time.Time) {
	client := p.conn.Kube().Discovery().RESTClient()
	for _, s := range p.services {
		if err := s.follow(ctx, client, l.snapshot, now); err != nil && ctx.Err() == nil {
			p.log.Warn("report APIs", "error", err)
		}
		next = soonest(next, s.next)
		open := p.shelves[s.variant.APIVersion]
		switch {
		case s.served && open == nil:
			p.shelves[s.variant.APIVersion] = openShelf(ctx, p.metadata, s.variant, p.scope, p.log, p.poke)
		case !s.served && open != nil:
			open.close()
			delete(p.shelves, s.variant.APIVersion)
		}
	}
	p.announce()
	p.leader.want(len(p.shelves) > 0)
	return next
}

// target is the API that is written: of those that are served the one that is liked best.
func (p *publisher) target() (version string, ok bool) {
	for _, s := range p.services {
		if s.served {
			return s.variant.APIVersion, true
		}
	}
	return "", false
}

// announce says where objects go, whenever that changes.
func (p *publisher) announce() {
	version, ok := p.target()
	says := "report objects are written to " + version
	p.stats.target.Store(&version)
	if !ok {
		p.stats.target.Store(nil)
		p.stats.objects.Store(0)
		var why []string
		for _, s := range p.services {
			why = append(why, s.variant.Resource+"."+s.variant.Group()+": "+s.why)
		}
		says = "no report objects are written, metrics alone are served: " + text.Joined(why, len(why))
	}
	if says != p.to {
		p.to = says
		p.log.Info(says)
	}
}

// pass writes what differs from what is wanted, and returns what could not be written.
func (p *publisher) pass(ctx context.Context, s *shelf, want map[string]object, now time.Time) (failed []error) {
	w := writer{s, p.conn.Objects()}
	names := s.namespaces()
	for ns := range want {
		names = append(names, ns)
	}
	slices.Sort(names)
	for _, ns := range slices.Compact(names) {
		if ctx.Err() != nil || p.conn.Err() != nil {
			return failed // what it meets is said by whoever watches the cluster
		}
		did, err := p.one(ctx, w, ns, want, now)
		switch {
		case err == nil && did != nil:
			did.Add(1)
			delete(s.retries, ns)
		case err == nil:
		case vanishing(err), apierrors.IsConflict(err), apierrors.IsAlreadyExists(err):
			s.retries.failed(ns, now) // the watch tells what has become of it
		case ctx.Err() == nil:
			s.retries.failed(ns, now)
			p.stats.failed.Add(1)
			failed = append(failed, fmt.Errorf("%s: %s", s.place(ns), connect.Said(err)))
		}
	}
	return failed
}

// one brings the object of a namespace up to date where it is not. did counts what was
// done; nil for nothing.
func (p *publisher) one(ctx context.Context, w writer, ns string, want map[string]object, now time.Time) (did *atomic.Int64, err error) {
	o, wanted := want[ns]
	was, last, contests := w.has(ns)
	if !wanted && was == nil {
		return nil, nil
	}
	if contests > w.fought[ns] {
		w.fought[ns] = contests
		p.log.Warn("somebody else changes a report object, which is written again", "object", w.place(ns), "times", contests)
		w.retries.contested(ns, contests, now)
	}
	if w.retries.waits(ns, now) {
		return nil, nil
	}
	switch {
	case was != nil && was.Labels[ownedKey] != owner:
		if !wanted {
			return nil, nil
		}
		return nil, errForeign
	case was != nil && was.DeletionTimestamp != nil:
		return nil, nil
	case !wanted:
		return &p.stats.deleted, w.remove(ctx, ns, was)
	case was == nil:
		return &p.stats.created, w.put(ctx, ns, o, nil)
	case was.Annotations[digestKey] != o.digest:
		return &p.stats.updated, w.put(ctx, ns, o, was)
	case last.whole != "" && last.whole != o.whole && now.Sub(last.at) >= ageEvery:
		return &p.stats.updated, w.put(ctx, ns, o, was)
	}
	delete(w.retries, ns)
	return nil, nil
}

var errForeign = errors.New("there is one of that name that is not careen's (it lacks the label " + ownedKey + ": " + owner + "), which is left as it is")

// saidAgain is how often the same failure is said.
const saidAgain = 10 * time.Minute

// tell says what could not be written: the first of them, and how many more.
func (p *publisher) tell(failed []error, now time.Time) {
	if len(failed) == 0 {
		return
	}
	first := failed[0].Error()
	if first == p.failures && now.Sub(p.failedAt) < saidAgain {
		return
	}
	p.failures, p.failedAt = first, now
	p.log.Warn("a report object was not written", "error", first, "more", len(failed)-1)
}

// soonest is the earlier of two times, of which zero is never.
func soonest(a, b time.Time) time.Time {
	if a.IsZero() || b.IsZero() {
		return cmp.Or(a, b)
	}
	if b.Before(a) {
		return b
	}
	return a
}

// pause waits for d, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
