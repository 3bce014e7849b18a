package apitest

import (
	"testing"
	"time"
)

// patience is how long a test waits for what must come, on a machine that does other
// things too.
const patience = time.Minute

// Await returns when something holds, and fails the test after a minute, with what there
// is instead.
func Await(t testing.TB, what string, holds func() (bool, string)) {
	t.Helper()
	every := time.NewTicker(5 * time.Millisecond)
	defer every.Stop()
	for deadline := time.Now().Add(patience); ; <-every.C {
		ok, have := holds()
		if ok {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("waiting for %s: %s", what, have)
		}
	}
}
