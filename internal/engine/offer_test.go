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
	got := e.offer(&finding.Finding{Fixes: []finding.Fix{fix}}, nil).finding
	if len(got.Fixes) != 0 || len(got.Withheld) != 1 || !strings.Contains(got.Withheld[0].Why, "could not try it") {
		t.Errorf("%+v", got)
	}
}

// What a fix was withheld for may be found a moment later without it, and stands in its way
// no more: the fix is tried again, though its own finding did not move.
func TestAWithheldFixIsTriedAgainOnceWhatItWouldBringAboutIsThere(t *testing.T) {
	f := &finding.Finding{Fixes: []finding.Fix{{ID: "f"}}}
	kept := offered{&finding.Finding{Withheld: []finding.Withheld{{Why: "it would bring about x"}}}, []finding.ID{"x"}}
	e := &evaluator{}
	e.offered = map[*finding.Finding]offered{f: kept}
	if got := e.offer(f, map[finding.ID]bool{"y": true}); got.finding != kept.finding {
		t.Errorf("it was tried again for nothing: %+v", got.finding)
	}
	if got := e.offer(f, map[finding.ID]bool{"x": true}); got.finding == kept.finding {
		t.Error("it is still withheld for what is there anyway")
	}
}
