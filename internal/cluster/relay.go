package cluster

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"

	"github.com/careen-tui/careen/internal/model"
)

// item is a projected object in the form in which a reflector carries it: enough
// of metav1.Object to be keyed.
type item struct {
	metav1.Object
	row  model.Row
	gone model.Ref // of an item that was deleted, and that has no row
	rv   string
}

func (i *item) ref() model.Ref {
	if i.row != nil {
		return i.row.Base().Ref()
	}
	return i.gone
}

func (i *item) GetName() string      { return i.ref().Name }
func (i *item) GetNamespace() string { return i.ref().Namespace }

func (i *item) GetResourceVersion() string {
	if i.row != nil {
		return i.row.Base().ResourceVersion
	}
	return i.rv
}
func (i *item) GetAnnotations() map[string]string { return nil }
func (i *item) GetObjectKind() schema.ObjectKind  { return schema.EmptyObjectKind }
func (i *item) DeepCopyObject() runtime.Object    { c := *i; return &c }

// relayed is a stream of projected objects.
type relayed struct {
	from watch.Interface
	out  chan watch.Event
	stop chan struct{}
	once sync.Once
}

func (r *relayed) ResultChan() <-chan watch.Event { return r.out }

func (r *relayed) Stop() {
	r.once.Do(func() {
		close(r.stop)
		r.from.Stop()
	})
}

// relay projects the objects of a stream. Where the stream is a first reading, it
// ends with an error if its end does not come: proxies swallow the bookmark.
func (f *feed) relay(from watch.Interface, initial bool) watch.Interface {
	r := &relayed{from: from, out: make(chan watch.Event, 16), stop: make(chan struct{})}
	f.source.spawn("relay "+f.resource, func() {
		defer close(r.out)
		deadline := time.NewTimer(f.source.quietFor)
		defer deadline.Stop()
		if !initial {
			deadline.Stop()
		}
		for {
			select {
			case <-r.stop:
				return
			case <-deadline.C:
				f.noStream.Store(true)
				f.source.log.Info("no end of the first reading came; listing instead", "resource", f.resource, "namespace", f.namespace)
				r.send(gaveUp(fmt.Sprintf("the end of the first reading did not come in %s", f.source.quietFor)))
				return
			case ev, ok := <-from.ResultChan():
				if !ok {
					return
				}
				if initial {
					if isEnd(ev) {
						initial = false
						deadline.Stop()
					} else {
						deadline.Reset(f.source.quietFor)
					}
				}
				if initial && f.capped.Load() { // the rest of the stream would come for nothing
					f.noStream.Store(true)
					r.send(gaveUp(fmt.Sprintf("there are more than %d", f.read.Load())))
					return
				}
				if out, ok := f.event(ev); ok && !r.send(out) {
					return
				}
			}
		}
	})
	return r
}

// gaveUp ends a first reading, so that the kind is listed instead.
func gaveUp(why string) watch.Event {
	return watch.Event{Type: watch.Error, Object: &metav1.Status{
		Status: metav1.StatusFailure, Code: http.StatusGatewayTimeout, Reason: metav1.StatusReasonTimeout, Message: why,
	}}
}

func (r *relayed) send(ev watch.Event) bool {
	select {
	case r.out <- ev:
		return true
	case <-r.stop:
		return false
	}
}

func isEnd(ev watch.Event) bool {
	if ev.Type != watch.Bookmark {
		return false
	}
	m, err := meta.Accessor(ev.Object)
	return err == nil && m.GetAnnotations()[metav1.InitialEventsAnnotationKey] == "true"
}

func (f *feed) event(ev watch.Event) (watch.Event, bool) {
	switch ev.Type {
	case watch.Added, watch.Modified:
		it, ok := f.item(ev.Object)
		return watch.Event{Type: ev.Type, Object: it}, ok
	case watch.Deleted:
		m, err := meta.Accessor(ev.Object)
		if err != nil {
			return ev, false
		}
		ref := model.Ref{Kind: f.rows, Namespace: m.GetNamespace(), Name: m.GetName()}
		return watch.Event{Type: ev.Type, Object: &item{gone: ref, rv: m.GetResourceVersion()}}, true
	}
	return ev, true
}
