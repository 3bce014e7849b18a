package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/careen-tui/careen/internal/graph"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// Interval is the least time between two reports of a storm.
const Interval = 100 * time.Millisecond

// Source is where snapshots come from: a live cluster, or a file.
type Source interface {
	// Dirty has a value when something moved since the last Snapshot.
	Dirty() <-chan struct{}
	// Snapshot is the present state, and what moved since the last call.
	Snapshot() (*model.Snapshot, []model.Moved)
	// Err says why the source cannot be reached at present.
	Err() error
}

// Clocked is a Source that knows how far its clock is ahead of this host's. What it holds
// is dated by that clock, so it is judged by it.
type Clocked interface{ Ahead() time.Duration }

// Options say what an engine runs, and as of when.
type Options struct {
	Probes   []*probes.Probe
	Settings probes.Settings
	Log      *slog.Logger // nil for nowhere
	AsOf     time.Time    // judge as of this moment, for a source that shows the past; zero for now

	Observe func(took time.Duration) // is told how long each look took; nil for nobody
}

// Engine runs probes over a source, on a goroutine of its own, from Start until its
// context ends, Stop is called or it crashes.
type Engine struct {
	source  Source
	eval    *evaluator
	mailbox chan *Report
	latest  atomic.Pointer[Report]
	log     *slog.Logger
	frozen  time.Time
	observe func(time.Duration)

	cancel context.CancelFunc
	done   chan struct{}
	err    error // how it crashed; written before done is closed
}

// Start runs an engine.
func Start(ctx context.Context, source Source, o Options) *Engine {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Observe == nil {
		o.Observe = func(time.Duration) {}
	}
	e := &Engine{
		source: source, eval: newEvaluator(o.Probes, o.Settings), mailbox: make(chan *Report, 1),
		log: o.Log, frozen: o.AsOf, observe: o.Observe, done: make(chan struct{}),
	}
	e.eval.spare = 1 // for who looks at what it finds
	ctx, e.cancel = context.WithCancel(ctx)
	go func() {
		defer close(e.done)
		e.err = e.run(ctx)
	}()
	return e
}

// Stop ends the engine and waits until it has ended. It may be called again.
func (e *Engine) Stop() {
	e.cancel()
	<-e.done
}

// Done is closed once the engine has ended.
func (e *Engine) Done() <-chan struct{} { return e.done }

// Err is how the engine crashed; nil while it runs, and where it was told to end.
func (e *Engine) Err() error {
	select {
	case <-e.done:
		return e.err
	default:
		return nil
	}
}

// Reports is a mailbox of one: it holds the latest report that nobody took.
func (e *Engine) Reports() <-chan *Report { return e.mailbox }

// Latest is the newest report, whether it was taken or not; nil before the first.
func (e *Engine) Latest() *Report { return e.latest.Load() }

// First waits for the first report. It fails where the engine or ctx ends before.
func (e *Engine) First(ctx context.Context) (*Report, error) {
	select {
	case r := <-e.mailbox:
		return r, nil
	case <-e.done:
		return nil, errors.Join(e.err, ctx.Err())
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// now is the moment as of which is judged.
func (e *Engine) now() time.Time {
	if !e.frozen.IsZero() {
		return e.frozen
	}
	if c, ok := e.source.(Clocked); ok {
		return time.Now().Add(c.Ahead())
	}
	return time.Now()
}

// run works until ctx ends. Its error is a crash.
func (e *Engine) run(ctx context.Context) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("the engine crashed: %v", v)
			e.log.Error("engine crashed", "panic", v)
		}
	}()
	var seq uint64
	var last *model.Snapshot
	var lastErr error
	var g *graph.Graph
	wake := time.NewTimer(time.Hour)
	defer wake.Stop()
	for {
		now, began := e.now(), time.Now()
		snap, moved := e.source.Snapshot()
		if last == nil {
			g = g.Update(snap)
		} else {
			g = g.Follow(snap, moved)
		}
		changed := e.eval.run(snap, g, e.eval.due(snap, moved, last == nil, now), now)
		e.observe(time.Since(began))
		srcErr := e.source.Err()
		if last == nil || changed || len(moved) > 0 || !slices.Equal(snap.Coverage, last.Coverage) || !sameError(srcErr, lastErr) {
			seq++
			findings, symptoms := e.eval.findings()
			e.offer(&Report{
				Seq: seq, At: now, Snapshot: snap, Graph: e.eval.graph, Findings: findings,
				Symptoms: symptoms, Err: srcErr, trial: e.eval.trial,
			})
		}
		last, lastErr = snap, srcErr
		wake.Reset(untilWake(e.eval.earliest(), now))
		select {
		case <-ctx.Done():
			return nil
		case <-e.source.Dirty():
			if !pause(ctx, Interval-time.Since(began)) {
				return nil
			}
		case <-wake.C:
		}
	}
}

func sameError(a, b error) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Error() == b.Error()
}

// offer puts r in the mailbox, in place of an older one. There is one writer.
func (e *Engine) offer(r *Report) {
	select {
	case <-e.mailbox:
	default:
	}
	e.latest.Store(r)
	e.mailbox <- r
}

func untilWake(t, now time.Time) time.Duration {
	if t.IsZero() {
		return time.Hour
	}
	return max(t.Sub(now), 10*time.Millisecond)
}

// pause waits for d and reports whether ctx is still alive.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// Look runs every probe once over one snapshot.
func Look(snap *model.Snapshot, list []*probes.Probe, settings probes.Settings, now time.Time) *Report {
	eval := newEvaluator(list, settings)
	var g *graph.Graph
	eval.run(snap, g.Update(snap), eval.due(snap, nil, true, now), now)
	findings, symptoms := eval.findings()
	return &Report{
		Seq: 1, At: now, Snapshot: snap, Graph: eval.graph, Findings: findings,
		Symptoms: symptoms, trial: eval.trial,
	}
}
