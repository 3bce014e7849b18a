package text

import (
	"testing"
	"time"
)

func TestStepsSayWhenTheyChange(t *testing.T) {
	cases := []struct {
		d    time.Duration
		text string
		next time.Duration
	}{
		{-time.Second, "under 1m", time.Minute},
		{30 * time.Second, "under 1m", 30 * time.Second},
		{90 * time.Second, "1m", 30 * time.Second},
		{12 * time.Minute, "10m", 3 * time.Minute},
		{61 * time.Minute, "1h", 59 * time.Minute},
		{26 * time.Hour, "1d2h", time.Hour},
		{48 * time.Hour, "2d", time.Hour},
		{100 * time.Hour, "4d", 20 * time.Hour},
	}
	for _, c := range cases {
		text, next := Steps(c.d)
		if text != c.text || next != c.next {
			t.Errorf("%s: %q, next in %s; want %q, %s", c.d, text, next, c.text, c.next)
		}
		if later, _ := Steps(max(c.d, 0) + next); later == text {
			t.Errorf("%s: still %q after %s", c.d, later, next)
		}
		if before, _ := Steps(max(c.d, 0) + next - time.Millisecond); before != text {
			t.Errorf("%s: %q already before %s", c.d, before, next)
		}
	}
}

func TestDurationsAreShort(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", 90 * time.Second: "1m30s", time.Minute: "1m", 10 * time.Minute: "10m", time.Hour: "1h", 90 * time.Minute: "1h30m",
		10*time.Hour + 5*time.Second: "10h0m5s", 100 * time.Hour: "100h", 2500 * time.Millisecond: "2.5s",
	} {
		if got := Duration(d); got != want {
			t.Errorf("%v is written %q, want %q", d, got, want)
		}
	}
}
