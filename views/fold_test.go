package views

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/views/viewtest"
)

func TestSymptomsFoldUnderTheirCause(t *testing.T) {
	env := loadedEnv(t)
	p := paneOf[*Findings](env)
	p.Load()
	if got, want := p.table.Shown(), 8; got != want {
		t.Fatalf("%d rows, want %d", got, want)
	}
	if r, _ := p.table.Selected(); r.Probe != probes.ServiceAccountMissing.ID || len(r.below) != 2 || !r.impact.Down() {
		t.Fatalf("first is %s with %d symptoms: what is down comes first", r.Probe, len(r.below))
	}
	by, unknown, causes := p.Counts()
	if by[finding.Critical] != 2 || causes != 2 || unknown != 1 {
		t.Errorf("counts: %v, %d unknown, %d causes; a critical symptom must count though its cause is high", by, unknown, causes)
	}
	p.Do(keymap.Unfold)
	if got := p.table.Shown(); got != 10 {
		t.Errorf("unfolded: %d rows", got)
	}
	p.Do(keymap.Down)
	if s := p.Selected(); !strings.HasPrefix(string(s.Finding), "admission-refused:") {
		t.Errorf("below the cause: %v", s)
	}
	p.Do(keymap.Fold)
	if s := p.Selected(); !strings.HasPrefix(string(s.Finding), "service-account-missing:") || p.table.Shown() != 8 {
		t.Errorf("after folding: %v, %d rows", s, p.table.Shown())
	}
}

// What is down at present stands above what is worse on paper and hurts nobody yet, and
// what blocks the next deploy above what does not.
func TestWhatIsDownComesFirst(t *testing.T) {
	var got []string
	for _, r := range folded(loadedEnv(t).Report, alwaysCounts) {
		got = append(got, string(r.Probe)+" "+r.impact.String())
	}
	want := []string{
		"service-account-missing 0/2 down", "api-read-secret-missing 0/1 down", "container-failing 0/1 down",
		"helm-cannot-update-records ", "member-list-stale ", "claim-older-than-owner ", "secret-orphan ", "certificate-expiring ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestAKnownSeverityOutdoesAnUnknownOne(t *testing.T) {
	cause := &finding.Finding{Probe: "a", Subject: model.Ref{Kind: "Pod", Name: "x"}, Severity: finding.Critical, Grade: finding.Unknown}
	symptom := &finding.Finding{Probe: "b", Subject: model.Ref{Kind: "Pod", Name: "x"}, Severity: finding.Medium, Grade: finding.Proved, Causes: []finding.ID{cause.ID()}}
	other := &finding.Finding{Probe: "c", Subject: model.Ref{Kind: "Pod", Name: "x"}, Severity: finding.High, Grade: finding.Proved}
	rows := folded(sampleReport(viewtest.Snapshot(), []*finding.Finding{cause, symptom, other}), alwaysCounts)
	if len(rows) != 2 || rows[0].Probe != "c" || rows[1].worst != finding.Medium || !rows[1].hides {
		t.Errorf("%+v", rows)
	}
}

func TestSymptomsFollowTheirCauseWhenSorted(t *testing.T) {
	env := loadedEnv(t)
	p := paneOf[*Findings](env)
	p.Load()
	p.Do(keymap.Unfold)
	for range 5 {
		p.Do(keymap.Sort)
		p.Do(keymap.Top)
		for range p.table.Shown() {
			r, _ := p.table.Selected()
			p.Do(keymap.Down)
			if next, _ := p.table.Selected(); r.Probe == probes.ServiceAccountMissing.ID && next.depth != 1 {
				t.Errorf("by %s its symptoms stand elsewhere: next is %s", p.table.SortedBy(), next.Probe)
			}
		}
	}
}

func TestCirclesOfCausesLoseNoFinding(t *testing.T) {
	a := &finding.Finding{Probe: "a", Subject: model.Ref{Kind: "Pod", Name: "x"}, Severity: finding.High}
	b := &finding.Finding{Probe: "b", Subject: model.Ref{Kind: "Pod", Name: "x"}, Severity: finding.Low, Causes: []finding.ID{a.ID()}}
	a.Causes = []finding.ID{b.ID()}
	w := sampleReport(viewtest.Snapshot(), []*finding.Finding{a, b})
	if rows := folded(w, alwaysCounts); len(rows) != 2 {
		t.Errorf("%d rows", len(rows))
	}
}

func TestWhatSaysTheSameIsOneRow(t *testing.T) {
	var list []*finding.Finding
	for _, name := range []string{"a", "b", "c"} {
		list = append(list, &finding.Finding{
			Probe: probes.ImageUnpullable.ID, Subject: model.Ref{Kind: "Deployment", Namespace: "shop", Name: name},
			Severity: finding.High, Grade: finding.Proved, Summary: "The registry does not answer.", Fixes: []finding.Fix{{ID: "x", Title: "X"}},
		})
	}
	other := *list[0]
	other.Subject.Namespace = "elsewhere"
	env := loadedEnv(t)
	env.Report = sampleReport(viewtest.Snapshot(), append(list, &other))
	p := paneOf[*Findings](env)
	p.Load()
	if got := p.table.Shown(); got != 2 {
		t.Fatalf("%d rows, not one for each namespace", got)
	}
	if by, _, causes := p.Counts(); by[finding.High] != 4 || causes != 0 {
		t.Errorf("counts %v, %d causes: each of them counts, and none explains another", by, causes)
	}
	p.Show(Subject{Finding: list[0].ID()})
	if got := shown(p); !strings.Contains(got, "shop/a x3") || !strings.Contains(got, "2 more say the same: b, c") {
		t.Error(got)
	}
	if plan, ok := p.Do(keymap.Fix).(Plan); !ok || len(plan.Findings) != 3 {
		t.Errorf("its plan is for %v", plan)
	}
	p.Do(keymap.Unfold)
	if plan, ok := p.Do(keymap.Fix).(Plan); !ok || len(plan.Findings) != 1 || p.table.Shown() != 4 {
		t.Errorf("unfolded: %d rows, and a plan for %v", p.table.Shown(), plan)
	}
	p.Show(Subject{Finding: list[2].ID()})
	if s := p.Selected(); s.Finding != list[2].ID() {
		t.Errorf("shown: %v", s)
	}
}

// TestSymptomsOfWhatSaysTheSameStandUnderIt has two workloads that are refused alike, each
// with a rollout that is stuck because of it.
func TestSymptomsOfWhatSaysTheSameStandUnderIt(t *testing.T) {
	var list []*finding.Finding
	for _, ref := range []model.Ref{{Kind: model.KindDeployment, Namespace: "shop", Name: "a"}, {Kind: model.KindStatefulSet, Namespace: "shop", Name: "b"}} {
		cause := &finding.Finding{Probe: probes.AdmissionRefused.ID, Subject: ref, Severity: finding.Medium, Grade: finding.Proved, Summary: "Pods are refused."}
		list = append(list, cause, &finding.Finding{
			Probe: probes.RolloutStuck.ID, Subject: ref, Severity: finding.High, Grade: finding.Proved, Summary: "It is stuck.", Causes: []finding.ID{cause.ID()},
		})
	}
	env := loadedEnv(t)
	env.Report = sampleReport(viewtest.Snapshot(), list)
	p := paneOf[*Findings](env)
	p.Load()
	if by, _, causes := p.Counts(); p.table.Shown() != 1 || by[finding.High] != 2 || causes != 1 {
		t.Fatalf("%d rows, counts %v, %d causes", p.table.Shown(), by, causes)
	}
	if got := shown(p); !strings.Contains(got, "1 more says the same: b; 2 symptoms: rollout-stuck") {
		t.Error(got)
	}
	p.Show(Subject{Finding: list[3].ID()})
	if s := p.Selected(); s.Finding != list[3].ID() || p.table.Shown() != 4 {
		t.Errorf("shown: %v of %d rows", s, p.table.Shown())
	}
}

// TestWhatAFilterLeavesSaysItsSentence filters a list that has no room for the sentence of
// each row: the few that are left have.
func TestWhatAFilterLeavesSaysItsSentence(t *testing.T) {
	var list []*finding.Finding
	for i := range 30 {
		list = append(list, &finding.Finding{
			Probe: probes.ReferenceMissing.ID, Subject: model.Ref{Kind: model.KindClaim, Namespace: "shop", Name: fmt.Sprintf("data-%d", i)}, Severity: finding.High, Grade: finding.Proved,
			Summary: fmt.Sprintf("It needs StorageClass fast-%d, which does not exist.", i),
		})
	}
	env := loadedEnv(t)
	env.Report = sampleReport(viewtest.Snapshot(), list)
	p := paneOf[*Findings](env)
	p.Load()
	drawn := func() string { return strings.Join(p.Draw(80, 20, true), "\n") }
	if got := drawn(); strings.Contains(got, "StorageClass") {
		t.Errorf("there is no room for it:\n%s", got)
	}
	p.Filter("data-17")
	if got := drawn(); !strings.Contains(got, "It needs StorageClass fast-17") {
		t.Errorf("it does not say its sentence:\n%s", got)
	}
}

// TestAPreventionIsPlannedForOne has two findings that say the same and have no fix: no
// plan is for both.
func TestAPreventionIsPlannedForOne(t *testing.T) {
	var list []*finding.Finding
	for _, name := range []string{"a", "b"} {
		list = append(list, &finding.Finding{
			Probe: probes.ReferenceMissing.ID, Subject: model.Ref{Kind: model.KindDeployment, Namespace: "shop", Name: name}, Severity: finding.High, Grade: finding.Proved,
			Summary: "It needs Secret x, which does not exist.", Preventions: []finding.Fix{{ID: "prevent-deletion", Title: "Guard it"}},
		})
	}
	env := loadedEnv(t)
	env.Report = sampleReport(viewtest.Snapshot(), list)
	p := paneOf[*Findings](env)
	p.Load()
	if plan, ok := p.Do(keymap.Fix).(Plan); !ok || len(plan.Findings) != 1 {
		t.Errorf("its plan is for %v", plan.Findings)
	}
}

// alwaysCounts is for findings of which each counts.
func alwaysCounts(*finding.Finding) string { return "" }
