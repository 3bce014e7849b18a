package startup

import (
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"
)

// settings are the collector's percentage and the memory limit of the process.
func settings() (percent, limit uint64) {
	samples := []metrics.Sample{{Name: "/gc/gogc:percent"}, {Name: "/gc/gomemlimit:bytes"}}
	metrics.Read(samples)
	return samples[0].Value.Uint64(), samples[1].Value.Uint64()
}

// off is the percentage of a collector that only the limit starts.
const off = math.MaxUint64

func TestTheFirstCollectionEndsIt(t *testing.T) {
	End() // what init began
	begin()
	if percent, limit := settings(); percent != off || limit != free {
		t.Fatalf("%d %%, %d bytes while it starts", percent, limit)
	}
	runtime.GC()
	deadline := time.Now().Add(10 * time.Second)
	for percent, limit := settings(); percent != 100 || limit != math.MaxInt64; percent, limit = settings() {
		if time.Now().After(deadline) {
			t.Fatalf("%d %%, %d bytes after a collection", percent, limit)
		}
		runtime.Gosched()
	}
}

func TestWhatWasSetAfterItsEndStays(t *testing.T) {
	End()
	begin()
	End()
	defer debug.SetGCPercent(debug.SetGCPercent(37))
	runtime.GC()
	End()
	if percent, _ := settings(); percent != 37 {
		t.Errorf("%d %%, though 37 was set", percent)
	}
}
