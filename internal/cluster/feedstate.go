package cluster

import (
	"errors"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/model"
)

// again are the pauses after what only a change of rights or of the server's kinds
// mends: early ones for a server that is still starting.
var again = []time.Duration{2 * time.Second, 5 * time.Second, 15 * time.Second, 30 * time.Second, time.Minute}

// failed enters the state that an error means, and tells how long to wait. read
// reports whether the kind was read completely before the error came.
func (f *feed) failed(err error, failures int, read bool) (pause time.Duration, done bool) {
	slow := again[min(failures, len(again))-1]
	switch {
	case err == nil: // the watch's history was compacted, or its stream broke
		return min(time.Duration(failures)*200*time.Millisecond, 5*time.Second), false
	case apierrors.IsForbidden(err) && read && f.watching.Swap(false): // a right was withdrawn; the next list tells which
		f.entry.set(model.Stale, connect.Said(err))
		return again[0], false
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
		f.absent(err)
		return slow, false
	case apierrors.IsMethodNotSupported(err):
		f.lack("it cannot be watched: " + connect.Said(err))
		return again[len(again)-1], false
	case connect.TooLarge(err) && f.page.Load() > 1:
		f.page.Store(max(1, f.page.Load()/8))
		return 0, false
	case errors.Is(err, errEndless), errors.Is(err, errWireItem), connect.TooLarge(err):
		f.lack(connect.Said(err))
		return again[len(again)-1], false
	}
	f.source.log.Info("reading", "resource", f.resource, "namespace", f.namespace, "error", connect.Said(err))
	f.entry.set(f.without(model.Syncing), connect.Said(err))
	return min(time.Duration(failures)*500*time.Millisecond, 5*time.Second), false
}

// absent enters the state that HTTP 404 means: a kind that the server does not serve
// has no objects, but one that it says it serves, or that every server does, may
// have any.
func (f *feed) absent(err error) {
	if served, why := f.source.serves(f.info, f.kind == model.KindCustom); served {
		f.lack(why + ", and answers " + connect.Said(err))
		return
	}
	f.entry.setCount(0)
	f.sink.Replace(f.scope(), nil)
	f.synced.Store(true)
	f.entry.set(model.Absent, "the server does not serve it")
}

// lack enters the state of a kind that cannot be read: stale where it once was,
// else unknown.
func (f *feed) lack(message string) {
	if f.synced.Load() {
		f.entry.set(model.Stale, message)
		return
	}
	f.entry.setUnknown(message)
}

// without is the state of a feed that cannot read: stale where it once could.
func (f *feed) without(never model.WatchState) model.WatchState {
	if f.synced.Load() {
		return model.Stale
	}
	return never
}

// begin starts a reading: a first one, or one that replaces all.
func (f *feed) begin() {
	f.reading.Store(true)
	f.room.give(f.read.Swap(0))
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

// full reports whether no more objects of a reading are kept.
func (f *feed) full() bool {
	return f.limit > 0 && f.read.Load() >= int64(f.limit) || f.room != nil && f.capped.Load()
}

func (f *feed) note() string {
	if f.capped.Load() {
		return fmt.Sprintf("only the first %d are read", f.read.Load())
	}
	return ""
}
