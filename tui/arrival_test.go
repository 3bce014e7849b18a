package tui

import (
	"errors"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/engine"
	cluster "github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/views"
	"github.com/careen-tui/careen/views/viewtest"
)

// TestTheRealClusterTakesThePlaceOfItsRecording keeps what is selected, filtered and open.
func TestTheRealClusterTakesThePlaceOfItsRecording(t *testing.T) {
	ended := false
	s := newShell(t, Options{Session: Session{End: func() { ended = true }}, AsOf: viewtest.Now, Recording: "is starting", Coming: make(chan Arrival)}, 160, 45)
	s.send(reportMsg{sampleReport()})
	s.sees("RECORDING the real control plane is starting", "complete")
	s.send(arrivalMsg{Arrival{Text: "is being built: 42 %"}})
	s.sees("RECORDING the real control plane is being built: 42 %")
	s.press("j", "j", "f")
	s.press("esc")
	s.press("j", "f")
	s.press("esc").press("enter")
	selected, right := s.subject(), s.right

	live := mailbox(make(chan *engine.Report))
	cmd := s.take(arrivalMsg{Arrival{Session: &Session{Context: "demo", Feed: live}}})
	s.send(nil)
	s.sees("RECORDING the real control plane is there: it is being read")
	syncing := sampleReport()
	syncing.Findings = nil
	syncing.Snapshot.Coverage = viewtest.With(viewtest.Live(), cluster.KindSecret, cluster.Syncing, 3, "")
	s.send(fedMsg{live, reportMsg{syncing}})
	if s.subject() != selected || !strings.Contains(s.screen(), "RECORDING") {
		t.Error("what is not read yet took the place", s.screen())
	}
	s.send(fedMsg{live, reportMsg{sampleReport()}})
	if s.subject() != selected || s.right != right {
		t.Errorf("%+v is not selected, but %+v", selected, s.subject())
	}
	if strings.Contains(s.screen(), "RECORDING") || !strings.Contains(s.screen(), "read-write") || !s.env.AsOf.IsZero() {
		t.Error(s.screen())
	}
	s.sees("this is the real cluster now")
	close(live)
	s.pump(cmd)
	s.work.wg.Wait()
	if !ended {
		t.Error("the recording goes on")
	}
}

func TestARecordingStaysWhereTheClusterDoesNotCome(t *testing.T) {
	s := newShell(t, Options{AsOf: viewtest.Now, Recording: "is starting", Coming: make(chan Arrival)}, 120, 40)
	s.send(reportMsg{sampleReport()})
	s.press("f")
	s.sees("Not applied here: this is a recording: the real")
	s.send(arrivalMsg{Arrival{Err: errors.New("no Go toolchain")}})
	s.sees("this stays a recording: no Go toolchain")
	s.press("j").sees("RECORDING could not be started")
}

var _ views.Waivers = (*ledger)(nil)
