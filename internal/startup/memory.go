// Package startup lets a program start without collecting garbage. What Kubernetes' and
// Helm's packages make when they initialise themselves stays for good, and to look through
// it three times before the first frame would cost a fifth of the time until then.
package startup

import (
	"os"
	"runtime"
	"runtime/debug"
	"sync"
)

// free is how much memory may be used before the first collection: a few times what
// initialising takes.
const free = 48 << 20

// It runs before the init functions of most other packages, which need more than this one.
func init() {
	// An operator who set these knows better.
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		begin()
	}
}

var (
	mu     sync.Mutex
	before struct {
		begun   bool
		percent int
		limit   int64
	}
)

func begin() {
	mu.Lock()
	defer mu.Unlock()
	before.begun, before.percent, before.limit = true, debug.SetGCPercent(-1), debug.SetMemoryLimit(free)
	runtime.AddCleanup(&marker{}, func(struct{}) { End() }, struct{}{})
}

// marker is what the first collection finds unused. It holds a pointer, so that it has a
// place of its own in memory.
type marker struct{ _ *byte }

// End has garbage collected as usual from now on, as the first collection does by itself.
// Whoever sets how garbage is collected calls it before.
func End() {
	mu.Lock()
	defer mu.Unlock()
	if before.begun {
		before.begun = false
		debug.SetGCPercent(before.percent)
		debug.SetMemoryLimit(before.limit)
	}
}
