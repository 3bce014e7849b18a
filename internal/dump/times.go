package dump

import "time"

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

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
