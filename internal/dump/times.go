package dump

import (
	"time"

	"github.com/careen-tui/careen/internal/model"
)

// stamped are the fields that tell when something happened, and never when it will.
var stamped = map[string]bool{
	"creationTimestamp": true, "firstTimestamp": true, "lastTimestamp": true, "eventTime": true, "startedAt": true, "finishedAt": true,
	"lastTransitionTime": true, "lastHeartbeatTime": true, "lastUpdateTime": true, "lastProbeTime": true, "renewTime": true, "time": true,
	"startTime": true, "completionTime": true, "lastScheduleTime": true, "lastSuccessfulTime": true, "lastObservedTime": true, "acquireTime": true,
	"lastScaleTime": true,
}

const maxTimeDepth = 24

// times is the newest time that an object tells of, up to a bound: nothing in a dump
// happened after it was read, whatever a clock that is wrong says.
func times(value any, bound time.Time, depth int) (newest time.Time) {
	if depth > maxTimeDepth {
		return newest
	}
	switch v := value.(type) {
	case map[string]any:
		for k, item := range v {
			text, ok := item.(string)
			if !ok {
				newest = later(newest, times(item, bound, depth+1))
			} else if stamped[k] {
				if t, err := time.Parse(time.RFC3339, text); err == nil && !t.After(bound) {
					newest = later(newest, t)
				}
			}
		}
	case []any:
		for _, item := range v {
			newest = later(newest, times(item, bound, depth+1))
		}
	}
	return newest
}

// dated notes when a file was written.
func (c *collector) dated(at time.Time) {
	if !at.After(c.read) {
		c.written = later(c.written, at)
	}
}

// maxSlack is how much later than the newest time in it a dump may seem to have been taken: its
// files may have been copied since.
const maxSlack = 150 * time.Second

// slack is how much later a dump may have been taken: none where it holds Leases, which are
// renewed every few seconds, or where the moment is given.
func (c *collector) slack() time.Duration {
	if !c.options.At.IsZero() || c.newest.IsZero() || c.count(model.KindLease, "") > 0 {
		return 0
	}
	return min(max(c.written.Sub(c.newest), 0), maxSlack)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
