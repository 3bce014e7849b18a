package tui

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/careen-tui/careen/internal/engine"
	cluster "github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/repair"
	"github.com/careen-tui/careen/views/viewtest"
)

// converse answers with lines, one a question, and returns all that was printed.
func converse(t *testing.T, o Options, r *engine.Report, answers ...string) (string, error) {
	t.Helper()
	var out strings.Builder
	var err error
	synctest.Test(t, func(t *testing.T) {
		feed := make(mailbox, 1)
		if r != nil {
			feed <- r
		}
		o.Feed, o.Context, o.AsOf = feed, "prod-eu", viewtest.Now
		o.Input, o.Output = strings.NewReader(strings.Join(answers, "\n")), &out
		err = RunPlain(t.Context(), o)
	})
	return out.String(), err
}

func contains(t *testing.T, text string, want ...string) {
	t.Helper()
	flat := strings.Join(strings.Fields(text), " ")
	for _, w := range want {
		if !strings.Contains(flat, w) {
			t.Errorf("%q was not said:\n%s", w, text)
		}
	}
}

func TestPlainPrintsLinesOnly(t *testing.T) {
	text, err := converse(t, Options{}, sampleReport(), "1", "4", "b", "/member", "b", "2", "1", "b", "b", "3", "b", "4", "b", "5", "deployment/nosuch", "7", "", "8", "9", "nonsense", "q")
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range text {
		if r != '\n' && (r < ' ' || r > '~') && !strings.ContainsRune("\t", r) {
			if r < 0xa0 {
				t.Fatalf("a control character %q at %d: …%q", r, i, text[max(0, i-40):i])
			}
		}
	}
	contains(
		t, text, "Looking at prod-eu.", "1. Findings", "2. Releases", "3. Secrets", "4. Volumes", "release-stuck", "Evidence", "Plan:",
		"there is no Deployment nosuch", "Findings are shown from medium on.", `"nonsense" is not one of the choices.`,
	)
}

func TestPlainSaysWhatItDoesNotKnow(t *testing.T) {
	waiting, err := converse(t, Options{}, nil, "1", "b", "5", "7", "9", "q")
	if err != nil {
		t.Fatal(err)
	}
	contains(t, waiting, "Connecting to prod-eu", "Nothing is known yet.", "No namespace is known yet.")
	refused := viewtest.Snapshot()
	refused.Spaces = map[string]*cluster.Space{}
	refused.Coverage = viewtest.With(refused.Coverage, cluster.KindSecret, cluster.Forbidden, 0, "forbidden to bob (list secrets)")
	text, err := converse(t, Options{}, reportOf(refused, nil), "3", "q")
	if err != nil {
		t.Fatal(err)
	}
	contains(t, text, "forbidden to bob (list secrets)")
	filtered, err := converse(t, Options{}, sampleReport(), "1", "/zzzzzz", "q")
	if err != nil {
		t.Fatal(err)
	}
	contains(t, filtered, "matches zzzzzz")
}

func TestPlainAppliesOnlyWhatIsAnsweredWithYes(t *testing.T) {
	mender := &bench{plan: samplePlan(), outcome: repair.Outcome{Confirmed: true}}
	text, err := converse(t, Options{Session: Session{Mender: mender}}, sampleReport(), "1", "1", "1", "n", "1", "y", "q")
	if err != nil {
		t.Fatal(err)
	}
	contains(t, text, "Mark revision 1 deployed", "y applies it", "Not applied.", "Step 1 of 1", "proved")
	if len(mender.consents) != 1 {
		t.Errorf("applied %d times, want once", len(mender.consents))
	}
	mender = &bench{plan: samplePlan(), outcome: repair.Outcome{Confirmed: true}}
	mender.plan.Confirm = "review-app"
	if _, err := converse(t, Options{Session: Session{Mender: mender}}, sampleReport(), "1", "1", "1", "y", "1", "review-app", "q"); err != nil {
		t.Fatal(err)
	}
	if len(mender.consents) != 1 || mender.consents[0].Confirm != "review-app" {
		t.Errorf("consents %+v, want one with the name", mender.consents)
	}
	mender = &bench{plan: samplePlan(), applyErr: errors.New("somebody changed it")}
	text, err = converse(t, Options{Session: Session{Mender: mender}}, sampleReport(), "1", "1", "1", "y", "q")
	if err != nil {
		t.Fatal(err)
	}
	contains(t, text, "Refused: somebody changed it")
}

func TestPlainTakesBackFromTheJournal(t *testing.T) {
	mender := &bench{
		plan: samplePlan(), outcome: repair.Outcome{Confirmed: true},
		journal: repair.Journal{Entries: []*repair.Entry{{ID: "e1", Title: "Mark revision 1 deployed", By: "oncall", Namespace: "review", At: viewtest.Now, State: repair.Open, Own: true, Progress: map[int]repair.Did{1: {}}, Writes: []*repair.Write{{}, {}}}}},
	}
	text, err := converse(t, Options{Session: Session{Mender: mender}}, sampleReport(), "6", "1", "2", "y", "b", "q")
	if err != nil {
		t.Fatal(err)
	}
	contains(t, text, "interrupted", "1 of 2 steps were done", "1 takes it back, 2 finishes it")
	if len(mender.planned) != 1 || mender.planned[0] != "finish e1" {
		t.Errorf("planned %q", mender.planned)
	}
}

func TestPlainCountsWhatChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		feed := make(mailbox, 1)
		feed <- sampleReport()
		in, answer := io.Pipe()
		var out strings.Builder
		done := make(chan error, 1)
		go func() {
			done <- RunPlain(t.Context(), Options{Session: Session{Feed: feed}, AsOf: viewtest.Now, Input: in, Output: &out})
		}()
		synctest.Wait()
		less := sampleReport()
		less.Findings = less.Findings[1:]
		feed <- less
		synctest.Wait()
		io.WriteString(answer, "\n")
		synctest.Wait()
		contains(t, out.String(), "Since the last count: 0 new, 1 resolved.")
		answer.Close()
		if err := <-done; err != nil {
			t.Errorf("the end of the input: %v", err)
		}
	})
}

func TestPlainEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		in, answer := io.Pipe()
		done := make(chan error, 1)
		go func() {
			done <- RunPlain(ctx, Options{Session: Session{Feed: make(mailbox)}, Input: in, Output: io.Discard})
		}()
		time.Sleep(2 * settleWithin)
		cancel()
		if err := <-done; !errors.Is(err, ErrInterrupted) {
			t.Errorf("ended with %v", err)
		}
		answer.Close()
	})
}
