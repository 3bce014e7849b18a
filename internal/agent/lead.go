package agent

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/go-logr/logr"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1"
	coordinationv1 "k8s.io/client-go/kubernetes/typed/coordination/v1"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
	"k8s.io/klog/v2"

	"github.com/careen-tui/careen/internal/connect"
)

// tempo is how long a Lease is held, how long it is tried to renew it, and how often.
type tempo struct{ held, renewing, every time.Duration }

// leaseTempo has another agent write half a minute after the first was killed, and at
// once after it was told to end.
var leaseTempo = tempo{30 * time.Second, 20 * time.Second, 5 * time.Second}

// leader takes part in the election of who writes, while there is anything to write.
type leader struct {
	lock  *lock
	log   *slog.Logger
	tempo tempo
	poke  func()

	mu      sync.Mutex
	ctx     context.Context // of the term; nil where this agent does not lead
	stop    context.CancelFunc
	running sync.WaitGroup
	within  context.Context
}

func newLeader(ctx context.Context, o Options, tempo tempo, poke func()) (*leader, error) {
	config := o.Conn.Config()
	config.ContentType = "application/json" // the guard reads what is created
	client, err := coordinationv1.NewForConfigAndClient(config, o.Conn.HTTP())
	if err != nil {
		return nil, fmt.Errorf("preparing the client of the Lease: %w", err)
	}
	return &leader{
		lock: &lock{LeaseLock: resourcelock.LeaseLock{
			LeaseMeta: v1.ObjectMeta{Namespace: o.Namespace, Name: Lease}, Client: client,
			LockConfig: resourcelock.ResourceLockConfig{Identity: identity()},
		}, log: o.Log},
		log: o.Log, tempo: tempo, poke: poke, within: ctx,
	}, nil
}

// identity tells this agent from all others: the pod's name, and what is drawn.
func identity() string {
	host, err := os.Hostname()
	if err != nil {
		host = "agent"
	}
	return host + "_" + strings.ToLower(rand.Text()[:8])
}

// want begins to take part in the election, or ceases to.
func (l *leader) want(yes bool) {
	l.mu.Lock()
	stop := l.stop
	l.mu.Unlock()
	switch {
	case yes && stop == nil:
		ctx, cancel := context.WithCancel(l.within)
		l.mu.Lock()
		l.stop = cancel
		l.mu.Unlock()
		l.running.Go(func() { l.run(ctx) })
	case !yes && stop != nil:
		l.end()
	}
}

// end gives the Lease up, and returns when that was done.
func (l *leader) end() {
	l.mu.Lock()
	stop := l.stop
	l.stop = nil
	l.mu.Unlock()
	if stop != nil {
		stop()
	}
	l.running.Wait()
}

// run takes part until ctx ends. Who loses the Lease tries to get it again.
func (l *leader) run(ctx context.Context) {
	ctx = klog.NewContext(ctx, logr.Discard()) // lock says what goes wrong
	for ctx.Err() == nil {
		leaderelection.RunOrDie(ctx, leaderelection.LeaderElectionConfig{
			Lock: l.lock, LeaseDuration: l.tempo.held, RenewDeadline: l.tempo.renewing, RetryPeriod: l.tempo.every, ReleaseOnCancel: true, Name: Lease,
			Callbacks: leaderelection.LeaderCallbacks{
				OnStartedLeading: func(ctx context.Context) {
					l.lead(ctx)
					l.log.Info("this agent writes now", "lease", l.lock.Describe())
				},
				OnStoppedLeading: func() {
					if l.term() != nil {
						l.log.Info("this agent does not write any more", "lease", l.lock.Describe())
					}
					l.rest()
				},
				OnNewLeader: func(who string) {
					if who != l.lock.Identity() {
						l.log.Info("another agent writes", "agent", who, "lease", l.lock.Describe())
					}
				},
			},
		})
	}
}

// lead begins a term, which ends with ctx.
func (l *leader) lead(ctx context.Context) {
	if ctx.Err() != nil {
		l.rest()
		return
	}
	l.mu.Lock()
	l.ctx = ctx
	l.mu.Unlock()
	l.poke()
}

// rest ends the term.
func (l *leader) rest() {
	l.mu.Lock()
	l.ctx = nil
	l.mu.Unlock()
	l.poke()
}

// lock is a Lease that says what goes wrong with it, each failure once until another
// comes or it is well again.
type lock struct {
	resourcelock.LeaseLock
	log  *slog.Logger
	said string
}

func (l *lock) Get(ctx context.Context) (*resourcelock.LeaderElectionRecord, []byte, error) {
	record, raw, err := l.LeaseLock.Get(ctx)
	if !apierrors.IsNotFound(err) {
		l.say(ctx, err)
	}
	return record, raw, err
}

func (l *lock) Create(ctx context.Context, r resourcelock.LeaderElectionRecord) error {
	err := l.LeaseLock.Create(ctx, r)
	l.say(ctx, err)
	return err
}

func (l *lock) Update(ctx context.Context, r resourcelock.LeaderElectionRecord) error {
	err := l.LeaseLock.Update(ctx, r)
	l.say(ctx, err)
	return err
}

func (l *lock) say(ctx context.Context, err error) {
	text := ""
	if err != nil && ctx.Err() == nil && !apierrors.IsConflict(err) {
		text = connect.Said(err)
	}
	if text != l.said && text != "" {
		l.log.Warn("the Lease cannot be used, without which nothing is written", "lease", l.Describe(), "error", text)
	}
	l.said = text
}

// term ends when this agent does not lead any more; nil where it does not lead.
func (l *leader) term() context.Context {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ctx == nil || l.ctx.Err() != nil {
		return nil
	}
	return l.ctx
}
