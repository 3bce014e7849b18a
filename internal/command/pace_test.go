package command

import (
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/careen-tui/careen/internal/startup"
)

// TestMemoryFollowsWhatIsKept collects by hand, and wants the limit to be what is kept
// and a part of it; and the runtime as it was before, in the end.
func TestMemoryFollowsWhatIsKept(t *testing.T) {
	t.Setenv("GOGC", "")
	t.Setenv("GOMEMLIMIT", "")
	startup.End()
	limit, percent := debug.SetMemoryLimit(-1), debug.SetGCPercent(100)
	debug.SetGCPercent(percent)
	end := paceMemory(func() {})
	defer end()
	kept := make([]byte, 200<<20)
	for debug.SetMemoryLimit(-1) < paced(int64(len(kept))) {
		runtime.GC() // what follows a collection runs on a goroutine of its own
		runtime.Gosched()
	}
	runtime.KeepAlive(kept)
	end()
	if now := debug.SetMemoryLimit(-1); now != limit {
		t.Errorf("the limit is %d afterwards, and was %d", now, limit)
	}
	if now := debug.SetGCPercent(percent); now != percent {
		t.Errorf("the percentage is %d afterwards, and was %d", now, percent)
	}
}

// TestAnOperatorsLimitStays leaves alone what somebody has set.
func TestAnOperatorsLimitStays(t *testing.T) {
	t.Setenv("GOMEMLIMIT", "1GiB")
	limit := debug.SetMemoryLimit(-1)
	defer paceMemory(func() {})()
	if now := debug.SetMemoryLimit(-1); now != limit {
		t.Errorf("the limit is %d, and was %d", now, limit)
	}
}
