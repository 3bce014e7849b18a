package repair

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/careen-tui/careen/internal/model"
)

// watched is the object that a write waits for.
func (w *Write) watched() model.Ref {
	if w.Wait.Of.IsZero() {
		return w.Ref
	}
	return w.Wait.Of
}

// awaited is where that object is served.
func (m *Mender) awaited(w *Write) (schema.GroupVersionResource, model.Ref, error) {
	if w.Wait.Of.IsZero() {
		return w.Resource, w.Ref, nil
	}
	p, err := m.placeOf(w.Wait.Of.Kind)
	return p.GroupVersionResource, w.Wait.Of, err
}

// moves tells when the object that a write waits for changes or goes. It is closed when
// the watch ends, and nil where there is none: not every role may watch.
func (m *Mender) moves(ctx context.Context, w *Write) <-chan struct{} {
	resource, ref, err := m.awaited(w)
	if err != nil {
		return nil
	}
	one := fields.OneTermEqualSelector(metav1.ObjectNameField, ref.Name).String()
	watch, err := m.client(resource, ref.Namespace).Watch(ctx, metav1.ListOptions{FieldSelector: one})
	if err != nil {
		return nil
	}
	moved := make(chan struct{}, 1)
	go func() {
		defer close(moved)
		defer watch.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case _, ok := <-watch.ResultChan():
				if !ok {
					return
				}
			}
			select {
			case moved <- struct{}{}:
			default: // it is told already
			}
		}
	}()
	return moved
}
