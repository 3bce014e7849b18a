package logtail

import (
	"time"

	"github.com/careen-tui/careen/internal/model"
)

// CrashMemory is for how long a bad end counts when the container runs again: a
// program without a readiness probe is ready as soon as it was started.
const CrashMemory = 10 * time.Minute

// endedFor is for how long the log of a container that ended for good is of interest.
const endedFor = time.Hour

// Crashed reports whether the log of a container's last run is to be read: it waits to
// be started again, has just ended badly, or was started again a while ago. The last run is the present one where it has ended, else the one
// before.
func Crashed(c *model.ContainerStatus, now time.Time) bool {
	switch {
	case c.Waiting != nil:
		return c.Waiting.Reason == "CrashLoopBackOff" || c.LastExit != nil && c.LastExit.Code != 0 && c.Restarts > 0
	case c.Exit != nil:
		return c.Exit.Code != 0 && (c.Restarts > 0 || now.Sub(c.Exit.Finished) < endedFor)
	}
	return c.Restarts > 0 && c.LastExit != nil && c.LastExit.Code != 0 && now.Sub(c.LastExit.Finished) < CrashMemory
}

// UnreadyAfter is for how long a container may run without being ready until its log is
// asked why.
const UnreadyAfter = time.Minute

// Unready reports whether a container runs and is not ready, or an init container runs on.
func Unready(c *model.ContainerStatus) bool { return !c.Running.IsZero() && !c.Ready }

// UnreadySince is when a container was started, or its pod ceased to be ready, where that
// came later: a container whose readiness comes and goes is not asked each time.
func UnreadySince(pod *model.Pod, c *model.ContainerStatus) time.Time {
	if ready := model.FindCondition(pod.Conditions, "Ready"); ready != nil && ready.Status != "True" && ready.Since.After(c.Running) {
		return ready.Since
	}
	return c.Running
}
