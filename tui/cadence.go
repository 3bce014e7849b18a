package tui

import (
	"reflect"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
)

// cadence is when the renderer looks whether there is a frame to draw. Bubble Tea has it
// look at a fixed rate for as long as the program runs: what a key leads to waits for the
// next turn, and an interface in which nothing happens wakes sixty times a second, which
// costs more than all else that it does then. Here a frame is drawn at once, unless one
// was drawn a moment ago, and when no more come the renderer rests.
//
// The library has no option for that, so its ticker is taken out of it. Of a version that
// has none by that name the renderer ticks as ever.
type cadence struct {
	program *tea.Program
	frame   time.Duration // the least time between two frames

	mu     sync.Mutex
	ticker *time.Ticker // nil until the first frame
	due    time.Time    // when the renderer looks, or last looked, for a frame
	follow *time.Timer  // slows the ticker down
	rests  bool
	urgent bool      // the next frame answers a key
	keyed  time.Time // when the last such was due
}

const (
	// soon is how long a frame waits that is drawn at once: View returns before the
	// renderer has what it returned.
	soon = time.Millisecond
	// resting is how often the renderer looks where nothing happens: a frame that it
	// did not have in time, on a machine that does other things, waits for that.
	resting = time.Second
	// linger is for how many frames the renderer looks on after the last.
	linger = 4
)

// program makes the program that shows the model, of at most so many frames a second.
func (m *model) program(fps int, opts ...tea.ProgramOption) *tea.Program {
	p := tea.NewProgram(m, append(opts, tea.WithFPS(fps))...)
	m.cadence = &cadence{program: p, frame: time.Second / time.Duration(fps)}
	return p
}

// press says that the next frame answers a key. It waits only for what was drawn for the
// key before, not for what the cluster had drawn a moment ago.
func (c *cadence) press() {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.urgent = true
}

// drawn says that a frame was made. It is called where the program runs.
func (c *cadence) drawn() {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ticker == nil {
		if c.ticker = tickerOf(c.program); c.ticker == nil {
			return
		}
		c.follow = time.AfterFunc(time.Hour, c.slow)
	}
	now := time.Now()
	last, urgent := c.due, c.urgent
	if c.urgent = false; urgent {
		last = c.keyed
	}
	due := now.Add(max(soon, last.Add(c.frame).Sub(now)))
	if now.Before(c.due) && !due.Before(c.due) {
		return // it is drawn then
	}
	if urgent {
		c.keyed = due
	}
	wait := due.Sub(now)
	c.due, c.rests = due, false
	c.ticker.Reset(wait)
	c.follow.Reset(wait + soon)
}

// slow has the renderer look at its usual rate after a frame, and then rest.
func (c *cadence) slow() {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch after := time.Since(c.due); {
	case after < 0 || c.rests:
	case after < linger*c.frame:
		c.ticker.Reset(c.frame)
		c.follow.Reset(linger*c.frame - after)
	default:
		c.ticker.Reset(resting)
		c.rests = true
	}
}

// end ends it with its program.
func (c *cadence) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ticker != nil {
		c.follow.Stop()
		c.ticker.Stop()
	}
}

// tickerOf is what makes the renderer of a running program look; nil where there is none.
func tickerOf(p *tea.Program) *time.Ticker {
	f := reflect.ValueOf(p).Elem().FieldByName("ticker")
	if !f.IsValid() || f.Type() != reflect.TypeFor[*time.Ticker]() {
		return nil
	}
	return (*time.Ticker)(f.UnsafePointer())
}
