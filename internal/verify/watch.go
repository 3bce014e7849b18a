package verify

import (
	"context"
	"time"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
)

const (
	every = time.Second
	// calm is for how long nothing may have moved before what is wrong counts as the end
	// of the deploy: controllers take a moment, and what one reports, another may mend.
	calm = 10 * time.Second
	// hold is for how long everything must be well.
	hold = 5 * time.Second
)

// Options say how to wait for a deploy.
type Options struct {
	Target
	Reader  Reader
	Latest  func() *engine.Report // the newest report of an engine that keeps looking; never nil
	Timeout time.Duration         // 0 to judge what is there at once
	Least   finding.Severity      // from which level a finding of a probe counts as wrong
	Tell    func(*Verdict)        // is told whenever something has moved; may be nil
}

// Wait looks until the deploy is known to be well or not, or until time is up: what was
// waited for in vain is wrong then. The revision that is the newest at first is the one that
// is judged: a release that somebody upgrades meanwhile is not well. Its error is ctx's.
func Wait(ctx context.Context, o Options) (*Verdict, error) {
	begun := time.Now()
	var last string
	moved := begun
	for {
		v, err := Look(ctx, o.Latest(), o.Reader, o.Target)
		if err != nil {
			return nil, err
		}
		if o.Revision == 0 {
			o.Revision = v.Judged // whoever upgrades meanwhile deploys something else
		}
		if key := v.key(); key != last {
			last, moved = key, time.Now()
			if o.Tell != nil {
				o.Tell(v)
			}
		}
		still := time.Since(moved)
		switch bad := v.bad(o.Least); {
		case bad && still >= calm, !bad && len(v.Waiting) == 0 && still >= hold:
			return v, nil
		case time.Since(begun) >= o.Timeout:
			v.Wrong, v.Waiting = append(v.Wrong, v.Waiting...), nil
			return v, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(every):
		}
	}
}
