package engine

import (
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// A fix that cannot be tried is not offered, and takes nothing else with it.
func TestAFixWhoseTrialCrashesIsWithheld(t *testing.T) {
	fix := finding.Fix{ID: "f", Title: "Do it", Steps: []finding.Step{{Ref: model.Ref{Kind: model.KindPod, Name: "p"}, Change: finding.Delete{}}}}
	e := &evaluator{} // without a snapshot nothing can be drawn
	got := e.offer(&finding.Finding{Fixes: []finding.Fix{fix}}, nil)
	if len(got.Fixes) != 0 || len(got.Withheld) != 1 || !strings.Contains(got.Withheld[0].Why, "could not try it") {
		t.Errorf("%+v", got)
	}
}
