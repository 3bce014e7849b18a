package main

import (
	"io"
	"strings"
	"testing"
)

// TestTheTable makes one of what testing prints.
func TestTheTable(t *testing.T) {
	seen, err := read(strings.NewReader(`goos: linux
BenchmarkLook-2   	      10	 160000000 ns/op	 12 B/op	       3 allocs/op
BenchmarkSimulated/10000         	       1	      98.00 peak-MB	       1.100 floor-s	     206.0 floor-MB	 0.9500 x-floor
BenchmarkOther-2  	 garbage
PASS
`), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := write(&out, seen); err != nil {
		t.Fatal(err)
	}
	want := `BUDGET                                          SEEN          AT MOST      FLOOR OF THE SAME RUN
10,000 pods, simulated: time                    0.95 x floor  1.20 x floor  1.10 s
10,000 pods, simulated: peak, worst run         98 MB         130 MB       206 MB
the whole catalogue over 10,000 pods, one core  160 ms  OVER  150 ms
1 of 3 over
`
	if strings.Join(strings.Fields(out.String()), " ") != strings.Join(strings.Fields(want), " ") {
		t.Errorf("got:\n%s", out.String())
	}
}

// TestBudgetsAreNamedOnce holds the list to what can be looked up.
func TestBudgetsAreNamedOnce(t *testing.T) {
	named := map[string]bool{}
	for _, b := range list {
		if key := b.bench + " " + b.unit; named[key] || named[b.what] {
			t.Errorf("twice: %s", key)
		} else {
			named[key], named[b.what] = true, true
		}
	}
}
