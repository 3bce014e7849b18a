package release

import (
	"math/rand/v2"
	"testing"
)

func TestRunStopsWhereABytewiseScanDoes(t *testing.T) {
	slow := func(b []byte) int {
		for i, c := range b {
			if c < 0x20 || c == '"' || c == '\\' {
				return i
			}
		}
		return len(b)
	}
	for range 20_000 {
		b := make([]byte, rand.IntN(40))
		for i := range b {
			if b[i] = byte(rand.Uint32()); rand.IntN(20) > 0 {
				b[i] |= 0x80
			}
		}
		if got, want := run(b), slow(b); got != want {
			t.Fatalf("run(%q) = %d, want %d", b, got, want)
		}
	}
}
