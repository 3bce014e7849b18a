package views

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/views/widget"
)

// logLine is a line of a log, and the container that wrote it.
type logLine struct {
	from int // of logPage.containers
	at   time.Time
	text string
}

func readLogLines(from int, list []string) []logLine {
	out := make([]logLine, len(list))
	for i, l := range list {
		at, text := inspect.Stamped(l)
		if at.IsZero() && i > 0 {
			at = out[i-1].at // the rest of a line before
		}
		out[i] = logLine{from, at, text}
	}
	return out
}

// sinces are how far back a log is read; 0 for all that is kept.
var sinces = []time.Duration{0, time.Hour, 10 * time.Minute, 2 * time.Minute}

// logsAtOnce is how many logs are read at a time, and mostTogether how many lines all of
// them together have at first, leastEach how many of one.
const (
	logsAtOnce   = 8
	mostTogether = 4000
	leastEach    = 50
)

// line draws a line: with its time, and where several containers write, with its own.
func (p *logPage) line(l logLine) styled.Line {
	var out styled.Line
	if p.stamps && !l.at.IsZero() {
		out = append(out, styled.T(styled.Muted, l.at.In(p.env.Zone).Format("2006-01-02 15:04:05.000")+"  "))
	}
	if p.together {
		c := p.containers[l.from]
		name := c.pod.Name
		if p.several(c) {
			name += "/" + c.container
		}
		out = append(out, styled.T(styled.Accent, widget.CutMiddle(name, 32, p.env.Theme.Cut)+"  "))
	}
	return append(out, styled.T(styled.Normal, l.text))
}

// several reports whether the pod of a container has others.
func (p *logPage) several(c logChoice) bool {
	n := 0
	for _, other := range p.containers {
		if other.pod == c.pod {
			n++
		}
	}
	return n > 1
}

// drawLines writes all lines again.
func (p *logPage) drawLines() {
	list := make([]styled.Line, len(p.kept))
	for i, l := range p.kept {
		list[i] = p.line(l)
	}
	p.text.put(list)
}

// take appends lines, letting the oldest go.
func (p *logPage) take(list []logLine) {
	p.kept = append(p.kept, list...)
	gone := max(len(p.kept)-inspect.MaxLogLines, 0)
	p.kept = slices.Delete(p.kept, 0, gone)
	p.dropped += gone
	p.set(struct{}{}, nil)
	all := p.text.all
	for _, l := range list {
		all = append(all, p.line(l))
	}
	p.text.put(slices.Delete(all, 0, gone))
	if gone > 0 && !p.text.Following() {
		p.text.Shift(gone)
	}
}

// readAll reads the logs of all containers beside each other: what is there is put in the
// order in which it was written, what comes after that in the order in which it comes.
func (p *logPage) readAll() Request {
	inspector, n := p.env.Inspector, len(p.containers)
	asks := make([]inspect.LogAsk, n)
	for i, c := range p.containers {
		asks[i] = inspect.LogAsk{Pod: c.pod, Container: c.container, Since: p.since, Follow: p.follow, Tail: max(mostTogether/n, leastEach)}
	}
	follow := p.follow
	return Fetch{
		Slot: "log",
		Read: func(ctx context.Context, show func(func() Request)) {
			var (
				mu    sync.Mutex
				wait  sync.WaitGroup
				found []logLine
				errs  []error
			)
			slots := make(chan struct{}, logsAtOnce)
			if follow {
				slots = make(chan struct{}, n) // each of them goes on for as long as the page is open
			}
			for i, ask := range asks {
				slots <- struct{}{}
				wait.Go(func() {
					defer func() { <-slots }()
					err := inspector.Logs(ctx, ask, func(list []string) {
						lines := readLogLines(i, list)
						if follow {
							show(func() Request { p.take(lines); return nil })
							return
						}
						mu.Lock()
						defer mu.Unlock()
						found = append(found, lines...)
					})
					if err != nil && ctx.Err() == nil {
						mu.Lock()
						defer mu.Unlock()
						errs = append(errs, err)
					}
				})
			}
			wait.Wait()
			slices.SortStableFunc(found, func(a, b logLine) int { return cmp.Or(a.at.Compare(b.at), a.from-b.from) })
			show(func() Request { p.take(found); p.endAll(errs, n); return nil })
		},
		Fail: p.end,
	}
}

// endAll says what of many logs could not be read.
func (p *logPage) endAll(errs []error, of int) {
	switch {
	case len(errs) == of && of > 0:
		p.end(errs[0])
		return
	case len(errs) > 0:
		p.partial = fmt.Sprintf("%s of %d could not be read: %s", text.Counted(len(errs), "log"), of, errs[0])
	}
	p.end(nil)
}
