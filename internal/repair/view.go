package repair

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/model"
)

// seen is an object as it is, and as the plan's writes so far would leave it.
type seen struct {
	place
	ref  model.Ref
	live *unstructured.Unstructured // nil where there is none
	now  *unstructured.Unstructured
	by   int // the last write, from 1, that changes it; 0 for none
}

// view reads objects once and lays a plan's writes over them, so that a later step
// sees what an earlier one will have done.
type view struct {
	*Mender
	scrub *scrubber
	seen  map[key]*seen
}

func newView(m *Mender) *view {
	return &view{Mender: m, scrub: &scrubber{}, seen: map[key]*seen{}}
}

// look returns what is known of an object, reading it the first time.
func (v *view) look(ctx context.Context, ref model.Ref) (*seen, error) {
	p, err := v.placeOf(ref.Kind)
	if err != nil {
		return nil, refuse("%s cannot be read: %s.", ref, v.scrub.said(err))
	}
	return v.lookAt(ctx, p, ref)
}

func (v *view) lookAt(ctx context.Context, p place, ref model.Ref) (*seen, error) {
	k := key{p.GroupVersionResource, ref.Namespace, ref.Name}
	if s := v.seen[k]; s != nil {
		return s, nil
	}
	u, err := v.get(ctx, p.GroupVersionResource, ref.Namespace, ref.Name)
	if err != nil {
		return nil, &Refusal{Reason: fmt.Sprintf("%s cannot be read as %s: %s.", ref, v.identity(ctx), v.scrub.said(err)), Err: err}
	}
	v.scrub.learn(u)
	s := &seen{place: p, ref: ref, live: u, now: u}
	v.seen[k] = s
	return s, nil
}

// there is look for an object that must be there.
func (v *view) there(ctx context.Context, ref model.Ref) (*seen, error) {
	s, err := v.look(ctx, ref)
	if err != nil {
		return nil, err
	}
	if s.now == nil {
		return nil, refuse("%s is not there.", ref)
	}
	return s, nil
}
