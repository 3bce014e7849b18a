package cluster

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/internalversion"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/model"
)

const (
	// pageSize is of lists that are not decoded object by object, where the server
	// does not stream. A page is projected before the next is asked for.
	pageSize = 500
	// quietFor is how long a stream may stand still before its end is given up and
	// the kind is listed instead.
	quietFor = 20 * time.Second
)

// sink takes the rows of a feed.
type sink interface {
	Put(row model.Row) (added bool)
	Delete(ref model.Ref, driver model.Kind) bool
	Replace(sc scope, rows []model.Row)
}

// feed is one watch: a kind in one namespace, or in all. It is the source and the
// store of a cache.Reflector, and projects between the two, so that the reflector
// never holds a full object.
//
// The first reading of a kind with a Go type is one list out of the server's watch
// cache, decoded object by object as it arrives: it costs server and client a
// third less than the same as a stream of events (WatchList), and holds no more at
// a time. Other kinds are streamed, or where the server does not stream, or no end
// of the stream comes, listed in pages.
type feed struct {
	reader
	namespace string
	entry     *entry
	sink      sink
	source    *Source
	lost      func(err error) bool // forbidden in all namespaces: tells whether others look instead

	noStream atomic.Bool // the server streams no first reading; see pageSize
	synced   atomic.Bool
	reading  atomic.Bool  // a first or repeated reading is under way
	read     atomic.Int64 // its objects so far
	capped   atomic.Bool  // there are more than limit
	readAt   atomic.Int64 // when the last reading ended, in nanoseconds

	decided chan struct{} // closed once the first reading ended, well or not
	decide  sync.Once
}

// run reads and watches until ctx ends.
func (f *feed) run(ctx context.Context) {
	reflector := cache.NewReflectorWithOptions(f, nil, f, cache.ReflectorOptions{
		Name: f.resource, TypeDescription: f.resource,
		Backoff: &wait.Backoff{Duration: 250 * time.Millisecond, Factor: 2, Jitter: 0.5, Steps: 6, Cap: 5 * time.Second},
	})
	reflector.WatchListPageSize = pageSize
	failures := 0
	for ctx.Err() == nil {
		started := time.Now()
		err := reflector.ListAndWatchWithContext(ctx)
		if ctx.Err() != nil {
			return
		}
		if err == nil && time.Since(started) > time.Minute {
			failures = 0
		}
		failures++
		pause, done := f.failed(err, failures, f.readAt.Load() > started.UnixNano())
		if state, _ := f.entry.get(); state != model.Syncing {
			f.decide.Do(func() { close(f.decided) })
		}
		if done || !sleep(ctx, pause) {
			return
		}
	}
}

// again are the pauses after what only a change of rights or of the server's kinds
// mends: early ones for a server that is still starting.
var again = []time.Duration{2 * time.Second, 5 * time.Second, 15 * time.Second, 30 * time.Second, time.Minute}

// failed enters the state that an error means, and tells how long to wait. read
// tells whether the kind was read completely before the error came.
func (f *feed) failed(err error, failures int, read bool) (pause time.Duration, done bool) {
	slow := again[min(failures, len(again))-1]
	switch {
	case err == nil: // the watch's history was compacted, or its stream broke
		return min(time.Duration(failures)*200*time.Millisecond, 5*time.Second), false
	case apierrors.IsForbidden(err) && read: // list is allowed, watch is not
		f.entry.set(model.Stale, "read once a minute, since watching is "+connect.Said(err))
		return again[len(again)-1], false
	case apierrors.IsForbidden(err):
		if f.lost != nil && f.lost(err) {
			return 0, true
		}
		f.entry.set(model.Forbidden, connect.Said(err))
		return slow, false
	case apierrors.IsUnauthorized(err):
		f.entry.set(f.without(model.Forbidden), "the credentials are not accepted: "+connect.Said(err))
		return slow, false
	case apierrors.IsNotFound(err), meta.IsNoMatchError(err):
		f.entry.setCount(0)
		f.sink.Replace(f.scope(), nil)
		f.synced.Store(true)
		f.entry.set(model.Absent, "the server does not serve it")
		return slow, false
	case apierrors.IsMethodNotSupported(err):
		f.entry.set(f.without(model.Absent), "it cannot be watched: "+connect.Said(err))
		return again[len(again)-1], false
	}
	f.source.log.Info("reading", "resource", f.resource, "namespace", f.namespace, "error", connect.Said(err))
	f.entry.set(f.without(model.Syncing), connect.Said(err))
	return min(time.Duration(failures)*500*time.Millisecond, 5*time.Second), false
}

// without is the state of a feed that cannot read: stale where it once could.
func (f *feed) without(never model.WatchState) model.WatchState {
	if f.synced.Load() {
		return model.Stale
	}
	return never
}

func (f *feed) scope() scope { return scope{f.rows, f.namespace, f.driver} }

// List is ListWithContext, for callers that know no context.
func (f *feed) List(opts metav1.ListOptions) (runtime.Object, error) {
	return f.ListWithContext(f.source.ctx, opts)
}

// Watch is WatchWithContext, for callers that know no context.
func (f *feed) Watch(opts metav1.ListOptions) (watch.Interface, error) {
	return f.WatchWithContext(f.source.ctx, opts)
}

// ListWithContext reads one page of the kind and projects it.
func (f *feed) ListWithContext(ctx context.Context, opts metav1.ListOptions) (runtime.Object, error) {
	if f.options != nil {
		f.options(&opts)
	}
	if f.whole != nil {
		return f.listWhole(ctx, opts)
	}
	if opts.ResourceVersion == "0" {
		opts.ResourceVersion = "" // the watch cache would answer with everything in one piece
	}
	if opts.Continue == "" {
		f.begin()
	}
	full, err := f.list(ctx, f.namespace, opts)
	if err != nil {
		return nil, err
	}
	in, err := meta.ListAccessor(full)
	if err != nil {
		return nil, fmt.Errorf("reading a list of %s: %w", f.resource, err)
	}
	out := &internalversion.List{ListMeta: metav1.ListMeta{ResourceVersion: in.GetResourceVersion(), Continue: in.GetContinue()}}
	err = meta.EachListItem(full, func(o runtime.Object) error {
		if it, ok := f.item(o); ok {
			out.Items = append(out.Items, it)
		}
		return nil
	})
	if f.full() {
		out.Continue = ""
	}
	return out, err
}

// listWhole reads the kind in one piece, projecting object by object.
func (f *feed) listWhole(ctx context.Context, opts metav1.ListOptions) (runtime.Object, error) {
	opts.Limit = 0
	f.begin()
	body, err := f.whole(ctx, f.namespace, opts)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	out := &internalversion.List{}
	out.ListMeta, err = readList(body, f.fresh, func(o runtime.Object) {
		if it, ok := f.item(o); ok {
			out.Items = append(out.Items, it)
		}
	})
	return out, err
}

// WatchWithContext opens a stream whose objects are projected one by one.
func (f *feed) WatchWithContext(ctx context.Context, opts metav1.ListOptions) (watch.Interface, error) {
	initial := opts.SendInitialEvents != nil && *opts.SendInitialEvents
	if initial {
		if f.whole != nil || f.noStream.Load() {
			return nil, errNoStream
		}
		f.begin()
	}
	if f.options != nil {
		f.options(&opts)
	}
	stream, err := f.watch(ctx, f.namespace, opts)
	if err != nil {
		f.broke(err, initial)
		return nil, err
	}
	if !initial {
		f.entry.set(model.Live, f.note())
	}
	return f.relay(stream, initial), nil
}

var errNoStream = errors.New("the server streams no first reading")

// begin starts a reading: a first one, or one that replaces all.
func (f *feed) begin() {
	f.reading.Store(true)
	f.read.Store(0)
	f.capped.Store(false)
	if f.synced.Load() {
		f.entry.set(model.Stale, "reading it again")
		return
	}
	f.entry.setCount(0)
}

// broke says why a stream could not be opened. Rights are judged by failed.
func (f *feed) broke(err error, initial bool) {
	switch {
	case apierrors.IsForbidden(err), apierrors.IsUnauthorized(err), apierrors.IsNotFound(err):
	case initial && (apierrors.IsInvalid(err) || apierrors.IsBadRequest(err)):
		f.noStream.Store(true) // before 1.27, or WatchList is off
	case f.synced.Load():
		f.entry.set(model.Stale, connect.Said(err))
	default:
		f.entry.set(model.Syncing, connect.Said(err))
	}
}

func (f *feed) full() bool { return f.limit > 0 && f.read.Load() >= int64(f.limit) }

func (f *feed) note() string {
	if f.capped.Load() {
		return fmt.Sprintf("only the first %d are read", f.limit)
	}
	return ""
}

// item projects an object; ok is false beyond the limit and for what is no object
// of the kind.
func (f *feed) item(o runtime.Object) (*item, bool) {
	reading := f.reading.Load()
	if reading && f.full() {
		f.capped.Store(true)
		return nil, false
	}
	row, ok := f.projected(o)
	if !ok {
		return nil, false
	}
	if reading {
		f.read.Add(1)
		if !f.synced.Load() {
			f.entry.count(1)
		}
	}
	return &item{row: row}, true
}

func (f *feed) projected(o runtime.Object) (row model.Row, ok bool) {
	defer func() {
		if v := recover(); v != nil {
			f.source.log.Error("projecting crashed", "resource", f.resource, "panic", fmt.Sprint(v))
			row, ok = nil, false
		}
	}()
	row, ok = f.project(o)
	return row, ok && row.Base().Kind == f.rows
}

// Add, Update, Delete, Replace and Resync make the feed a cache.ReflectorStore.

// Add puts an item into the sink.
func (f *feed) Add(o any) error { return f.Update(o) }

// Update puts an item into the sink.
func (f *feed) Update(o any) error {
	if it, ok := o.(*item); ok && it.row != nil {
		if f.sink.Put(it.row) {
			f.entry.count(1)
		}
	}
	return nil
}

// Delete removes an item from the sink.
func (f *feed) Delete(o any) error {
	if it, ok := o.(*item); ok {
		if f.sink.Delete(it.ref(), f.driver) {
			f.entry.count(-1)
		}
	}
	return nil
}

// Replace ends a reading: the items are all there are.
func (f *feed) Replace(list []any, _ string) error {
	rows := make([]model.Row, 0, len(list))
	for _, o := range list {
		if it, ok := o.(*item); ok && it.row != nil {
			rows = append(rows, it.row)
		}
	}
	f.entry.setCount(len(rows))
	f.sink.Replace(f.scope(), rows)
	f.reading.Store(false)
	f.readAt.Store(time.Now().UnixNano())
	f.synced.Store(true)
	f.entry.set(model.Live, f.note())
	f.decide.Do(func() { close(f.decided) })
	return nil
}

// Resync does nothing: the store holds what it was given.
func (f *feed) Resync() error { return nil }

func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
