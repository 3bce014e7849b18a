package connect

import (
	"net/http"
	"sync/atomic"
	"time"
)

// clock is how far the server's clock is ahead of ours, by the Date of its answers.
// What several hosts write into a cluster is compared by the server's time alone.
type clock struct{ ahead atomic.Int64 }

// slowest is how long a request may have taken to tell the time: its answer may have
// been dated at any moment of it.
const slowest = 5 * time.Second

// heard takes the time from an answer to a request that was sent at that moment. A Date
// has whole seconds, so that half a second either way is not a difference.
func (c *clock) heard(resp *http.Response, sent time.Time) {
	date, err := http.ParseTime(resp.Header.Get("Date"))
	took := time.Since(sent)
	if err != nil || took > slowest {
		return
	}
	ahead := date.Add(time.Second / 2).Sub(sent.Add(took / 2))
	if ahead.Abs() < time.Second {
		ahead = 0
	}
	c.ahead.Store(int64(ahead))
}

// Ahead is how far the server's clock was ahead of this host's when it last answered;
// 0 before that.
func (g *Guard) Ahead() time.Duration { return time.Duration(g.clock.ahead.Load()) }
