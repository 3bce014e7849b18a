package command

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"

	"github.com/careen-tui/careen/internal/startup"
)

// What a look may use over what it keeps: most of what passes through is garbage at once,
// and a heap that may always grow by half of itself would be collected too often while
// it is small, and too seldom once it is large.
const (
	paceLeast = 84 << 20 // below it nothing is collected
	paceSpare = 26 << 20 // stacks, buffers and what the runtime needs itself
	pacePart  = 40       // how many per cent of what is kept may be garbage
)

// paceMemory lets memory follow what is kept: after each collection the runtime's limit
// is set again, and after is called. It returns what ends that. An operator who set GOGC or
// GOMEMLIMIT knows better.
func paceMemory(after func()) (end func()) {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return func() {}
	}
	startup.End()
	before, limit := debug.SetGCPercent(-1), debug.SetMemoryLimit(paceLeast)
	p := &pacer{after: after}
	p.arm()
	return func() {
		if p.ended.CompareAndSwap(false, true) {
			debug.SetMemoryLimit(limit)
			debug.SetGCPercent(before)
		}
	}
}

type pacer struct {
	after func()
	ended atomic.Bool
}

// arm has next called after the next collection.
func (p *pacer) arm() {
	runtime.AddCleanup(&marker{}, func(p *pacer) { p.next() }, p)
}

// marker is what a collection finds unused. It holds a pointer, so that it has a place
// of its own in memory.
type marker struct{ _ *byte }

func (p *pacer) next() {
	if p.ended.Load() {
		return
	}
	p.after()
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	debug.SetMemoryLimit(paced(int64(sample[0].Value.Uint64())))
	p.arm()
}

// paced is how much memory there may be where that much of it is kept.
func paced(kept int64) int64 { return max(paceLeast, kept+kept/100*pacePart+paceSpare) }
