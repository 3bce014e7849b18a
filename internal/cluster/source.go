package cluster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/klog/v2"

	"github.com/careen-tui/careen/internal/cluster/project"
	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/model"
)

// Options say what to read, and how.
type Options struct {
	Namespaces []string     // read these only; none for all that may be read
	Kinds      []model.Kind // read these only; none for everything
	Log        *slog.Logger // where what is nobody's state goes; nil for nowhere
	Once       bool         // give up when the server cannot be reached at first; else try on
	// Timeout bounds the first reading, 0 for a minute: what was not read by then is
	// unknown. With Once it is counted from Open, and is the whole look's.
	Timeout time.Duration
	// ReadyLogs has the logs of ready containers read as well, of one pod of each workload.
	ReadyLogs bool
	Met       *string // the server's version, where it was asked for it over this connection already
}

const readWithin = time.Minute

// Source is a cluster being read. It is what an engine reads snapshots from.
type Source struct {
	options Options
	log     *slog.Logger
	conn    *connect.Connection
	clients *clients
	project *project.Projector
	store   *Store
	board   *board
	bodies  *bodies
	logs    *logs
	rights  *rights

	quietFor time.Duration

	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup

	mu  sync.Mutex
	err error // of the first contact

	contacted    atomic.Bool     // the server answered once
	asking       atomic.Bool     // whether it is back
	planned      atomic.Bool     // all watches stand on the board
	namespaces   *feed           // of Namespaces; nil where they are not read
	narrowed     []reader        // kinds that are read namespace by namespace; see narrow
	looked       map[string]bool // namespaces in which they were tried
	allRead      chan struct{}
	firstRead    sync.Once
	settled      chan struct{}
	firstSettled sync.Once
	gaveUp       chan struct{}
}

// Open begins to read the cluster behind a connection. It waits for no reply; what
// happens shows in Err and in the coverage of snapshots. Close ends it.
func Open(ctx context.Context, conn *connect.Connection, options Options) (*Source, error) {
	return open(ctx, conn, options, quietFor)
}

func open(ctx context.Context, conn *connect.Connection, options Options, quietFor time.Duration) (*Source, error) {
	s := &Source{
		options: options, conn: conn, log: options.Log, quietFor: quietFor, project: project.New(project.NewSalt()),
		store: NewStore(), looked: map[string]bool{}, allRead: make(chan struct{}), settled: make(chan struct{}), gaveUp: make(chan struct{}),
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	var err error
	if s.clients, err = newClients(conn); err != nil {
		return nil, &connect.ConnectError{Reason: connect.ErrConfig, Err: err}
	}
	if s.options.Timeout <= 0 {
		s.options.Timeout = readWithin
	}
	s.board = &board{poke: s.moved}
	conn.Guard().OnMove(s.reachable)
	s.store.SetCluster(func(c *model.Cluster) { c.Context, c.Server = name(conn.Context), name(conn.Host()) })
	s.ctx, s.cancel = context.WithCancel(klog.NewContext(ctx, logr.FromSlogHandler(s.log.Handler())))
	s.rights = newRights(s)
	s.bodies = newBodies(s)
	s.logs = newLogs(s)
	plan := s.plan()
	s.planned.Store(true)
	s.spawn("connect", func() { s.connect(plan) })
	return s, nil
}

// connect makes the first contact, as often as it takes, and starts the feeds.
func (s *Source) connect(plan []planned) {
	opened := time.Now()
	for pause := 500 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		err := s.contact(s.ctx)
		s.mu.Lock()
		s.err = err
		s.mu.Unlock()
		s.store.Poke()
		if err == nil {
			s.contacted.Store(true)
			break
		}
		s.log.Error("connecting", "error", err)
		if s.options.Once {
			close(s.gaveUp)
			return
		}
		if errors.Is(err, connect.ErrAuth) {
			pause = max(pause, 5*time.Second) // a login takes its time, and plugins may ask for one
		}
		if !sleep(s.ctx, pause) {
			return
		}
	}
	var until time.Time
	if s.options.Once {
		until = opened.Add(s.options.Timeout)
	}
	s.board.begin(s.options.Timeout, until)
	s.spawn("identify", s.identify)
	s.start(plan)
	s.moved() // where there is nothing to read, all is known
}

// contact makes the first request of all, and keeps what it tells.
func (s *Source) contact(ctx context.Context) error {
	if s.options.Met != nil && !s.contacted.Load() {
		s.store.SetCluster(func(c *model.Cluster) { c.Version = *s.options.Met })
		return nil
	}
	if s.options.Once {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, s.options.Timeout, fmt.Errorf("no answer in %s", s.options.Timeout))
		defer cancel()
	}
	version, err := s.conn.Contact(ctx)
	if err == nil {
		s.store.SetCluster(func(c *model.Cluster) { c.Version = version })
	}
	return err
}

// identify asks who the server takes us for. Where it does not say, nothing is known.
func (s *Source) identify() {
	user, err := s.conn.Identify(s.ctx)
	if err != nil {
		s.log.Info("asking who we are", "error", name(connect.Said(err)))
		return
	}
	s.store.SetCluster(func(c *model.Cluster) { c.User = user })
}

// reachable follows whether the server answers. Once it does not, it is asked again
// until it does: in a quiet cluster no other request might ever tell.
func (s *Source) reachable() {
	s.store.Poke()
	if _, failing := s.conn.Guard().Failing(); failing == nil || !s.contacted.Load() || !s.asking.CompareAndSwap(false, true) {
		return
	}
	s.spawn("ask again", func() {
		defer s.asking.Store(false)
		for sleep(s.ctx, askAgain) {
			if _, failing := s.conn.Guard().Failing(); failing == nil {
				return
			}
			_ = s.contact(s.ctx) // what it meets is what Failing says
		}
	})
}

const askAgain = time.Second

// moved follows every change of a watch's state.
func (s *Source) moved() {
	s.store.Poke()
	if s.planned.Load() && s.board.settled(false) {
		s.firstRead.Do(func() { close(s.allRead) })
		if s.board.settled(true) {
			s.firstSettled.Do(func() { close(s.settled) })
		}
	}
}

// spawn runs a named goroutine that ends with the source and cannot take the
// process down.
func (s *Source) spawn(name string, run func()) {
	s.work.Add(1)
	go func() {
		defer s.work.Done()
		defer func() {
			if v := recover(); v != nil {
				s.log.Error("goroutine crashed", "name", name, "panic", fmt.Sprint(v))
			}
		}()
		run()
	}()
}

// Dirty has a value when something moved since the last Snapshot.
func (s *Source) Dirty() <-chan struct{} { return s.store.Dirty() }

// Snapshot is the present state, and what moved since the call before.
func (s *Source) Snapshot() (*model.Snapshot, []model.Moved) {
	snap, moved := s.store.Snapshot()
	snap.Coverage = s.board.coverage()
	return snap, moved
}

// Coverage is the state of every watch at present.
func (s *Source) Coverage() model.Coverage { return s.board.coverage() }

// Err says why the cluster cannot be reached at present, as a *ConnectError; nil
// where it can, and before the first answer came or failed to come.
func (s *Source) Err() error {
	s.mu.Lock()
	err := s.err
	s.mu.Unlock()
	if err != nil {
		return err
	}
	return s.conn.Err()
}

// Ahead is how far the server's clock is ahead of this host's: objects, conditions and
// events are dated by servers' clocks. Less than a minute is no difference, so that what
// time makes true does not come and go with the seconds that an answer takes.
func (s *Source) Ahead() time.Duration {
	if ahead := s.conn.Guard().Ahead(); ahead.Abs() >= time.Minute {
		return ahead
	}
	return 0
}

// Settled is closed once everything that will be known is known: no watch is
// syncing, and the follow-ups of the first reading are done.
func (s *Source) Settled() <-chan struct{} { return s.settled }

// Wait returns when everything that will be known is known, or with why that will
// not be: ctx ended, the server does not answer, or turned us away.
func (s *Source) Wait(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-s.settled:
			return nil
		case <-s.gaveUp:
			return s.Err()
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
			if since, _ := s.conn.Guard().Failing(); s.options.Once && !since.IsZero() && time.Since(since) > giveUpAfter {
				return s.Err()
			}
		}
	}
}

// giveUpAfter is how long a server may be gone in the middle of one look.
const giveUpAfter = 20 * time.Second

// Close ends all watches. It waits no longer than a moment for them.
func (s *Source) Close() {
	s.cancel()
	s.board.stop()
	done := make(chan struct{})
	go func() {
		s.work.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(closeWithin):
	}
	s.conn.Close()
}

const closeWithin = 2 * time.Second

// reads reports whether a kind was asked for.
func (s *Source) reads(kind model.Kind) bool {
	return len(s.options.Kinds) == 0 || slices.Contains(s.options.Kinds, kind)
}
