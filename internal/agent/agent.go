package agent

import (
	"context"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/client-go/metadata"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/report"
)

// Options say what an agent looks at and what it makes of it.
type Options struct {
	Source     Source
	Start      func(ctx context.Context, observe func(time.Duration)) *engine.Engine // begins to look
	Document   func(*engine.Report) *report.Document
	Report     report.Options
	Conn       *connect.Connection
	Publish    Publish
	Scope      []string // namespaces; none for all
	Namespace  string   // of the Lease
	Version    string
	Log        *slog.Logger
	CheckEvery time.Duration // how often waivers are looked at again where nothing moves; 0 for an hour
}

// Agent serves what is found, and publishes it.
type Agent struct {
	o      Options
	tempo  tempo
	looks  prometheus.Histogram
	pub    *publisher
	latest atomic.Pointer[look]
	ended  atomic.Bool
}

// Run serves on l and publishes until ctx ends, or the engine or the server fails, whose
// error it returns.
func Run(ctx context.Context, l net.Listener, o Options) error {
	a, err := newAgent(o)
	if err != nil {
		_ = l.Close()
		return err
	}
	return a.run(ctx, l)
}

func newAgent(o Options) (*Agent, error) {
	if o.CheckEvery == 0 {
		o.CheckEvery = time.Hour
	}
	a := &Agent{o: o, tempo: leaseTempo, looks: newLooks()}
	client, err := metadata.NewForConfigAndClient(o.Conn.Config(), o.Conn.HTTP())
	if err != nil {
		return nil, err
	}
	a.pub = &publisher{
		conn: o.Conn, metadata: client, scope: o.Scope, log: o.Log, poked: make(chan struct{}, 1), latest: a.latest.Load,
		shelves: map[string]*shelf{}, every: passEvery,
	}
	for _, v := range o.Publish.Variants() {
		a.pub.services = append(a.pub.services, newService(v))
	}
	return a, nil
}

func (a *Agent) run(ctx context.Context, l net.Listener) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	leader, err := newLeader(ctx, a.o, a.tempo, a.pub.poke)
	if err != nil {
		_ = l.Close()
		return err
	}
	a.pub.leader = leader
	var work sync.WaitGroup
	var served, looked error
	work.Go(func() {
		defer cancel()
		served = a.serve(ctx, l)
	})
	if len(a.pub.services) > 0 {
		work.Go(func() { a.pub.run(ctx) })
	} else {
		a.o.Log.Info("no report objects are written, as was asked: metrics alone are served")
	}
	work.Go(func() {
		defer cancel()
		defer a.ended.Store(true)
		looked = a.look(ctx)
	})
	<-ctx.Done()
	work.Wait()
	a.release(leader)
	if looked != nil {
		return looked
	}
	return served
}

// release gives the Lease up, for which a server that does not answer has a moment.
func (a *Agent) release(l *leader) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		l.end()
	}()
	select {
	case <-done:
	case <-time.After(endWithin):
		a.o.Log.Warn("the Lease could not be given up: the next agent waits until it has run out")
	}
}

// look waits until all was read, and takes every report of the engine. Its error is a
// crash.
func (a *Agent) look(ctx context.Context) error {
	select {
	case <-a.o.Source.Settled():
	case <-ctx.Done():
		return nil
	}
	eng := a.o.Start(ctx, a.observe)
	defer eng.Stop()
	again := time.NewTicker(a.o.CheckEvery)
	defer again.Stop()
	for {
		select {
		case r := <-eng.Reports():
			a.took(r)
		case <-again.C: // a waiver may have ended
			if r := eng.Latest(); r != nil {
				a.took(r)
			}
		case <-eng.Done():
			return eng.Err()
		}
	}
}

func (a *Agent) took(r *engine.Report) {
	before := a.latest.Load()
	switch {
	case r.Err != nil && (before == nil || before.reachable):
		a.o.Log.Warn("the cluster does not answer: what was found stays as it is", "error", r.Err)
	case r.Err == nil && before != nil && !before.reachable:
		a.o.Log.Info("the cluster answers again")
	}
	a.latest.Store(newLook(r, a.o.Document(r), a.o.Report))
	a.pub.poke()
}

// alive reports whether it looks, or waits for what it is to look at.
func (a *Agent) alive() bool { return !a.ended.Load() }

// read reports whether all was read once.
func (a *Agent) read() bool {
	select {
	case <-a.o.Source.Settled():
		return true
	default:
		return false
	}
}

// looked reports whether there is a look.
func (a *Agent) looked() bool { return a.latest.Load() != nil }

// waiting says why there is none.
func (a *Agent) waiting() string {
	if a.o.Source.Err() != nil {
		return "the cluster does not answer" // what it said is in the log
	}
	return "the first look is not complete"
}
