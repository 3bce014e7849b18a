package tui

import (
	"context"
	"fmt"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
)

// work runs what takes long beside the interface. Each piece has a number, by
// which its replies are told from those of a piece that was given up. The end of
// the program waits for what is under way.
type work struct {
	ends <-chan struct{} // when the program does
	last int
	wg   sync.WaitGroup
}

// repliedMsg is a reply of a piece of work, and where the next comes from.
type repliedMsg struct {
	msg  tea.Msg
	from <-chan tea.Msg
}

// failedMsg says that a piece of work crashed.
type failedMsg struct {
	job int
	err error
}

// next numbers a piece of work.
func (w *work) next() int {
	w.last++
	return w.last
}

// run starts f now and returns the command that delivers its replies, one by one.
func (w *work) run(ctx context.Context, job int, f func(ctx context.Context, job int, reply func(tea.Msg))) tea.Cmd {
	out := make(chan tea.Msg, 16)
	reply := func(msg tea.Msg) {
		select {
		case out <- msg:
		case <-w.ends: // nobody is listening any more
		}
	}
	w.wg.Go(func() {
		defer close(out)
		defer func() {
			if v := recover(); v != nil {
				reply(failedMsg{job, fmt.Errorf("careen crashed at this: %v", v)})
			}
		}()
		f(ctx, job, reply)
	})
	return listen(out)
}

func listen(from <-chan tea.Msg) tea.Cmd {
	return func() tea.Msg {
		msg, ok := <-from
		if !ok {
			return nil
		}
		return repliedMsg{msg, from}
	}
}

// wait waits for all work to end, for at most d.
func (w *work) wait(d time.Duration) {
	done := make(chan struct{})
	go func() {
		w.wg.Wait()
		close(done)
	}()
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-done:
	case <-t.C:
	}
}
