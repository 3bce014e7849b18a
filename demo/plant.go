package demo

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"
	"k8s.io/client-go/rest"
)

// Plant plants every incident and the healthy neighbourhood, and returns when all of
// it stands in the API server: in about half a minute. all has the mistakes planted
// besides. progress may be nil.
func Plant(ctx context.Context, config *rest.Config, all bool, progress func(string)) error {
	p, err := NewPlanter(config, progress)
	if err != nil {
		return err
	}
	if err := p.PlantAll(ctx); err != nil || !all {
		return err
	}
	return p.PlantMistakes(ctx)
}

// PlantAll is Plant, with a planter that is there already.
func (p *Planter) PlantAll(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, incident := range Incidents {
		group.Go(guarded(incident.ID, func() error { return incident.Plant(ctx, p) }))
	}
	group.Go(func() error { return p.PlantHealthy(ctx) })
	return group.Wait()
}

// PlantHealthy plants the neighbourhood alone, where nothing is wrong.
func (p *Planter) PlantHealthy(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, h := range harbour {
		group.Go(guarded(h.namespace, func() error {
			if err := p.namespace(ctx, h.namespace, nil); err != nil {
				return err
			}
			return h.plant(ctx, p)
		}))
	}
	return group.Wait()
}

// guarded turns a panic of one incident, of Helm's code maybe, into its error.
func guarded(what string, run func() error) func() error {
	return func() (err error) {
		defer func() {
			if r := recover(); r != nil {
				err = fmt.Errorf("planting %s: %v", what, r)
			}
		}()
		if err := run(); err != nil {
			return fmt.Errorf("planting %s: %w", what, err)
		}
		return nil
	}
}
