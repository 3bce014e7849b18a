package engine

import (
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/careen-tui/careen/probes"
)

// An engine that looks while somebody works with what it finds leaves a processor to them;
// one look that everything waits for takes all.
func TestALookBesideTheInterfaceLeavesAProcessor(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	var mu sync.Mutex
	at, most := 0, 0
	probe := perSecret(map[string]int{})
	probe.Run = func(*probes.Pass) {
		mu.Lock()
		at++
		most = max(most, at)
		mu.Unlock()
		time.Sleep(time.Second)
		mu.Lock()
		at--
		mu.Unlock()
	}
	list := []*probes.Probe{probe}
	synctest.Test(t, func(t *testing.T) {
		e := Start(t.Context(), newTable(40), Options{Probes: list, Settings: probes.Defaults})
		<-e.Reports()
		e.Stop()
	})
	if most != 2 {
		t.Errorf("on three processors an engine works on %d", most)
	}
	most = 0
	synctest.Test(t, func(*testing.T) {
		snap, _ := newTable(40).Snapshot()
		Look(snap, list, probes.Defaults, time.Now())
	})
	if most != 3 {
		t.Errorf("on three processors one look works on %d", most)
	}
}
