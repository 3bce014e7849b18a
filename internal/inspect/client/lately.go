package client

import (
	"context"
	"errors"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/sanitize"
	"github.com/careen-tui/careen/internal/timeline"
)

const (
	maxNamespaces = 3  // whose events are read for one time line
	maxScaled     = 16 // workloads whose managed fields are read
)

// Lately reads what the watches do not keep of what happened around objects: the
// events of their namespaces, of every type, and who scaled their workloads. What
// could be read is returned with the error.
func (c *Client) Lately(ctx context.Context, refs []model.Ref) (timeline.Asked, error) {
	var (
		mu   sync.Mutex
		out  timeline.Asked
		errs []error
	)
	fail := func(err error) {
		mu.Lock()
		defer mu.Unlock()
		if err != nil && !errors.Is(err, inspect.ErrGone) {
			errs = append(errs, err)
		}
	}
	var group errgroup.Group
	group.SetLimit(atOnce)
	var namespaces []string
	scaled := 0
	for _, r := range refs {
		if !slices.Contains(namespaces, r.Namespace) && len(namespaces) < maxNamespaces {
			namespaces = append(namespaces, r.Namespace)
			group.Go(func() error {
				list, err := c.events(ctx, model.Ref{Namespace: r.Namespace}, "")
				if list != nil {
					mu.Lock()
					out.Events = append(out.Events, list.List...)
					mu.Unlock()
				}
				fail(err)
				return nil
			})
		}
		if r.Kind != model.KindStatefulSet && r.Kind != model.KindDeployment || scaled >= maxScaled {
			continue
		}
		scaled++
		group.Go(func() error {
			list, err := c.untimed(ctx, r)
			mu.Lock()
			out.Untimed = append(out.Untimed, list...)
			mu.Unlock()
			fail(err)
			return nil
		})
	}
	_ = group.Wait() // what failed is in errs
	if len(errs) > 0 {
		return out, errs[0]
	}
	return out, ctx.Err()
}

// untimed reads the entries of an object's managed fields that carry no time.
func (c *Client) untimed(ctx context.Context, ref model.Ref) ([]timeline.Untimed, error) {
	u, err := c.get(ctx, ref)
	if err != nil {
		return nil, err
	}
	var out []timeline.Untimed
	for _, f := range u.GetManagedFields() {
		if f.Time == nil {
			out = append(out, timeline.Untimed{Ref: ref, Manager: sanitize.Line(f.Manager, 100), Subresource: sanitize.Line(f.Subresource, 30)})
		}
	}
	return out, nil
}
