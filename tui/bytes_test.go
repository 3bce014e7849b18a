package tui

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	cluster "github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/views/viewtest"
	"github.com/careen-tui/careen/views/widget"
)

// wire counts what is sent to the terminal.
type wire struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (w *wire) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.buf.Write(p)
}

// taken is the number of bytes since the last call.
func (w *wire) taken() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := w.buf.Len()
	w.buf.Reset()
	return n
}

// running runs the program, renderer and all, on a wire, inside a synctest bubble.
func running(t *testing.T, w, h int, run func(m *model, p *tea.Program, feed mailbox, out *wire)) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		feed, out := make(mailbox, 1), &wire{}
		m := newModel(ctx, Options{Session: Session{Feed: feed, Context: "prod-eu"}}, terminal{colours: widget.Many})
		start := time.Now()
		m.env.Now = func() time.Time { return viewtest.Now.Add(time.Since(start)) }
		m.env.Zone = time.UTC
		p := m.program(fast, tea.WithContext(ctx), tea.WithInput(nil), tea.WithOutput(out), tea.WithoutSignalHandler(),
			tea.WithWindowSize(w, h), tea.WithColorProfile(m.profile()), tea.WithEnvironment([]string{"TERM=xterm-256color"}))
		done := make(chan error, 1)
		go func() {
			_, err := p.Run()
			done <- err
		}()
		time.Sleep(200 * time.Millisecond)
		run(m, p, feed, out)
		p.Quit()
		if err := <-done; err != nil {
			t.Error(err)
		}
		m.cadence.end()
		cancel()
		synctest.Wait()
	})
}

// settle lets a few frames pass.
func settle() {
	synctest.Wait()
	time.Sleep(100 * time.Millisecond)
	synctest.Wait()
}

var reviewApp = cluster.Ref{Kind: cluster.KindDeployment, Namespace: "review", Name: "review-app"}

// withReady is a report without wide characters, which object names cannot hold:
// the renderer repaints a line that has any with each frame.
func withReady(ready int32) *engine.Report {
	snap := viewtest.Snapshot()
	delete(snap.Spaces, "数据平台")
	row, _ := cluster.Get[*cluster.Workload](snap, reviewApp)
	row.Ready = ready
	return reportOf(snap, narrowFindings())
}

func narrowFindings() []*finding.Finding {
	return slices.DeleteFunc(viewtest.Findings(), func(f *finding.Finding) bool { return f.Subject.Namespace == "数据平台" })
}

func TestBytesToTheTerminal(t *testing.T) {
	running(t, 160, 45, func(_ *model, p *tea.Program, feed mailbox, out *wire) {
		feed <- withReady(3)
		settle()
		out.taken()

		p.Send(tea.ClearScreen())
		settle()
		full := out.taken()

		feed <- withReady(2)
		settle()
		cell := out.taken()

		inserted := &finding.Finding{
			Probe: probes.ReferenceMissing.ID, Subject: cluster.Ref{Kind: "Deployment", Namespace: "shop", Name: "checkout"}, Severity: finding.Critical,
			Grade: finding.Proved, Summary: "A reference is missing.",
		}
		list := append([]*finding.Finding{inserted}, narrowFindings()...)
		r := withReady(2)
		feed <- reportOf(r.Snapshot, list)
		settle()
		row := out.taken()

		t.Logf("full repaint %d bytes, one cell %d, one row %d", full, cell, row)
		for _, c := range []struct {
			what        string
			n, at, most int
		}{{"a full repaint", full, 3000, 16_000}, {"one changed cell", cell, 1, 100}, {"one inserted row", row, 20, 2500}} {
			if c.n < c.at || c.n > c.most {
				t.Errorf("%s takes %d bytes, want %d to %d", c.what, c.n, c.at, c.most)
			}
		}
	})
}

func TestNothingIsSentWhileNothingChanges(t *testing.T) {
	running(t, 160, 45, func(m *model, p *tea.Program, feed mailbox, out *wire) {
		feed <- withReady(3)
		settle()
		out.taken()
		// The youngest age on the screen is 4m, and reads 5m a minute later.
		time.Sleep(59 * time.Second)
		synctest.Wait()
		if n := out.taken(); n != 0 {
			t.Errorf("%d bytes were sent while nothing changed", n)
		}
		feed <- withReady(3) // the same again
		settle()
		if n := out.taken(); n != 0 {
			t.Errorf("%d bytes were sent for a report that says the same", n)
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if n := out.taken(); n == 0 || n > 300 {
			t.Errorf("an age that reads differently took %d bytes", n)
		}
	})
}

func TestAStormIsDrawnInTimeAndKeysAreAnswered(t *testing.T) {
	running(t, 160, 45, func(m *model, p *tea.Program, feed mailbox, out *wire) {
		feed <- withReady(3)
		settle()
		for i := range 50 {
			select {
			case <-feed: // latest wins, as in the engine
			default:
			}
			feed <- withReady(int32(i % 4))
			p.Send(keyPress([]string{"j", "k"}[i%2]))
			time.Sleep(2 * time.Millisecond)
		}
		settle()
		if got := m.env.Report.Snapshot.Row(reviewApp).(*cluster.Workload).Ready; got != 49%4 {
			t.Errorf("the last report is not the one that is shown: %d ready", got)
		}
		if at, _ := m.findings.Place(); at != 1 {
			t.Errorf("after as many downs as ups row %d is selected", at)
		}
	})
}
