package cluster

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

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
	lost      func(err error) bool // forbidden in all namespaces: reports whether others look instead

	noStream atomic.Bool // the server streams no first reading; see pageSize
	watching atomic.Bool // watching it was not refused, when that was tried last
	synced   atomic.Bool
	reading  atomic.Bool  // a first or repeated reading is under way
	read     atomic.Int64 // its objects so far
	capped   atomic.Bool  // there are more than limit
	readAt   atomic.Int64 // when the last reading ended, in nanoseconds
	page     atomic.Int64 // objects of a page: fewer where larger ones were too large
	pages    pages        // of the list under way

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
	ctx = connect.WithoutRetries(ctx)
	if f.options != nil {
		f.options(&opts)
	}
	if f.whole != nil {
		return f.listWhole(ctx, opts)
	}
	opts.Limit = min(opts.Limit, f.page.Load())
	if opts.ResourceVersion == "0" {
		opts.ResourceVersion = "" // the watch cache would answer with everything in one piece
	}
	if opts.Continue == "" {
		f.begin()
		f.pages = pages{}
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
	if left := in.GetRemainingItemCount(); left != nil {
		f.expect(f.read.Load() + *left)
	}
	if f.full() {
		out.Continue = ""
	}
	if err == nil {
		err = f.pages.next(out.Continue, len(out.Items))
	}
	return out, err
}

// listWhole reads the kind in one piece, projecting object by object.
func (f *feed) listWhole(ctx context.Context, opts metav1.ListOptions) (runtime.Object, error) {
	opts.Limit = 0
	f.begin()
	body, err := f.whole(connect.Streaming(ctx), f.namespace, opts)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	out := &internalversion.List{}
	out.ListMeta, err = readList(body, f.fresh, func(o runtime.Object, of part) bool {
		if it, ok := f.item(o); ok {
			out.Items = append(out.Items, it)
		}
		if n := f.read.Load(); n%progressStep == 0 && of.all > 0 {
			f.expect(n * of.all / of.read)
		}
		return !f.capped.Load()
	})
	return out, err
}

// expect says about how many objects a first reading will have read. What the server
// tells is not believed beyond what is kept.
func (f *feed) expect(n int64) {
	if f.limit > 0 {
		n = min(n, int64(f.limit))
	}
	if !f.synced.Load() {
		f.entry.expect(int(n))
	}
}

// WatchWithContext opens a stream whose objects are projected one by one.
func (f *feed) WatchWithContext(ctx context.Context, opts metav1.ListOptions) (watch.Interface, error) {
	ctx = connect.WithoutRetries(ctx)
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
	for pause := reopen; err != nil; pause = min(2*pause, 10*reopen) {
		f.broke(err, initial)
		var broken *connect.BrokenError
		if errors.As(err, &broken) {
			f.watching.Store(true) // nothing was refused
		}
		if initial || broken == nil || !sleep(ctx, pause) { // a server that refuses is asked again by the reflector
			return nil, err
		}
		stream, err = f.watch(ctx, f.namespace, opts)
	}
	f.watching.Store(true)
	if !initial {
		f.entry.set(model.Live, f.note())
	}
	return f.relay(stream, initial), nil
}

// reopen is the first pause before a watch is opened again whose connection broke; later
// ones are up to ten times as long.
const reopen = 500 * time.Millisecond

var errNoStream = errors.New("the server streams no first reading")

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
		if !f.room.take() {
			f.capped.Store(true)
			return nil, false
		}
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
