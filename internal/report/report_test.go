package report

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/golden"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

func TestMain(m *testing.M) { os.Exit(golden.Main(m, "testdata/*.*")) }

// sample is the look that the interface contract prints.
func sample() *engine.Report {
	secret := model.Ref{Kind: "Secret", Namespace: "review", Name: "sh.helm.release.v1.review-app.v1"}
	cause := &finding.Finding{
		Probe: probes.HelmCannotUpdateRecords.ID, Subject: model.Ref{Kind: "ServiceAccount", Namespace: "review", Name: "ci"},
		Severity: finding.High, Grade: finding.Proved, Summary: "ci may create secrets in review, but not update them.",
	}
	stuck := &finding.Finding{
		Probe: probes.ReleaseStuck.ID, Subject: model.Ref{Kind: "Release", Namespace: "review", Name: "review-app"},
		Severity: finding.Critical, Grade: finding.Proved,
		Summary:  "Revision 1 has been pending-install for 22m, though all 3 of its objects are live and ready.",
		Since:    time.Date(2026, 1, 2, 14, 42, 0, 5e8, time.UTC),
		Evidence: []finding.Evidence{{Ref: secret, Path: "metadata.labels.status", Value: "pending-install", Note: "label and record agree"}},
		Causes:   []finding.ID{cause.ID()},
		Fixes: []finding.Fix{{
			ID: "mark-deployed", Title: "Mark revision 1 deployed", Risk: finding.Safe,
			Steps: []finding.Step{{Verb: "update", Ref: secret, Summary: "status pending-install -> deployed"}},
			Undo:  "restores the record as it was", Proof: finding.Proof{Text: "the record and its label read deployed"},
		}},
	}
	return &engine.Report{
		Snapshot: &model.Snapshot{
			Cluster:  model.Cluster{Context: "demo", Server: "https://127.0.0.1:6443", Version: "v1.36.3"},
			Coverage: model.Coverage{{Kind: "Secret", Resource: "secrets", State: model.Live, Objects: 3001}},
		},
		Findings: []*finding.Finding{stuck, cause},
	}
}

func document(r *engine.Report, least finding.Severity) *Document {
	at := time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)
	return New(r, at, at.Add(time.Second), least, nil)
}

func TestFormatsMatchTheirGoldens(t *testing.T) {
	partial := sample()
	partial.Snapshot = partial.Snapshot.With(model.Watch{Kind: "Node", Resource: "nodes", State: model.Forbidden, Message: "forbidden to oncall@corp (list nodes)"})
	foretold := document(&engine.Report{Snapshot: sample().Snapshot}, 0)
	web := model.Ref{Kind: "Deployment", Namespace: "shop", Name: "web"}
	foretold.Changes = []Planned{
		{Verb: "restart", Ref: web, Summary: "its pods are replaced, by turns", Lines: []string{"spec.replicas: 1 -> 2", "spec.template.spec.containers.0.args.0: changed"}},
		{Verb: "delete", Ref: model.Ref{Kind: "Secret", Namespace: "shop", Name: "`x`"}},
	}
	for name, d := range map[string]*Document{"sample": document(sample(), 0), "partial": document(partial, 0), "mixed": mixed(), "foretold": foretold} {
		for _, format := range Documents.Names() {
			var b bytes.Buffer
			if err := Documents.Write(&b, format, d, Options{Version: "v0.0.0", Probes: catalogue}); err != nil {
				t.Fatal(err)
			}
			golden.Equal(t, filepath.Join("testdata", name+"."+format), b.String())
		}
	}
}

func TestJSONHasNoNullWhereListsAreMeant(t *testing.T) {
	var b bytes.Buffer
	r := sample()
	r.Findings[1].Evidence, r.Snapshot.Coverage = nil, nil
	if err := Documents.Write(&b, "json", document(r, 0), Options{}); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(b.Bytes(), []byte("null")) {
		t.Error(b.String())
	}
	var back map[string]any
	if err := json.Unmarshal(b.Bytes(), &back); err != nil {
		t.Error(err)
	}
}

type everything struct{}

func (everything) Why(*finding.Finding) string { return "baseline" }

func TestExitCodes(t *testing.T) {
	at := time.Now()
	live, partial := model.Coverage{{State: model.Live}}, model.Coverage{{State: model.Forbidden}}
	cases := []struct {
		name     string
		severity finding.Severity
		grade    finding.Grade
		cover    model.Coverage
		failOn   string
		known    Known
		want     int
	}{
		{"at the level", finding.High, finding.Proved, live, "high", nil, 1},
		{"below the level", finding.Medium, finding.Proved, live, "high", nil, 0},
		{"found, though partial", finding.High, finding.Proved, partial, "high", nil, 1},
		{"below, and partial", finding.Medium, finding.Proved, partial, "high", nil, 4},
		{"none", finding.Critical, finding.Proved, live, "none", nil, 0},
		{"none, and partial", finding.Critical, finding.Proved, partial, "none", nil, 4},
		{"unknown does not count", finding.Critical, finding.Unknown, partial, "low", nil, 4},
		{"known does not count", finding.Critical, finding.Proved, live, "low", everything{}, 0},
	}
	for _, c := range cases {
		f, err := ParseFailOn(c.failOn)
		if err != nil {
			t.Fatal(err)
		}
		r := &engine.Report{Snapshot: &model.Snapshot{Coverage: c.cover}, Findings: []*finding.Finding{{Severity: c.severity, Grade: c.grade}}}
		if got := New(r, at, at, 0, c.known).ExitCode(f); got != c.want {
			t.Errorf("%s: exit code %d, want %d", c.name, got, c.want)
		}
	}
}

func TestAReadThatStoppedAtABoundIsPartial(t *testing.T) {
	r := sample()
	r.Coverage()[0].Message, r.Coverage()[0].Partial = "only the first 5000 are read", true
	if ok, why := r.Coverage().Knows("Secret", ""); ok || why != "secrets: only the first 5000 are read" {
		t.Errorf("known: %v, %q", ok, why)
	}
	if !document(r, 0).Partial() {
		t.Error("the look counts as complete")
	}
}

func TestSeverityLeavesOutWhatIsBelow(t *testing.T) {
	if d := document(sample(), finding.Critical); len(d.Findings) != 1 || d.Summary.High != 0 {
		t.Errorf("%d findings, %+v", len(d.Findings), d.Summary)
	}
}

func TestWhatIsNotShownStillFailsTheLook(t *testing.T) {
	r := sample()
	r.Findings = r.Findings[1:] // the high one
	d := document(r, finding.Critical)
	if len(d.Findings) != 0 || d.Summary != (Summary{}) {
		t.Errorf("shown: %+v, counted: %+v", d.Findings, d.Summary)
	}
	for level, want := range map[string]int{"high": 1, "medium": 1, "critical": 0, "none": 0} {
		failOn, err := ParseFailOn(level)
		if err != nil {
			t.Fatal(err)
		}
		if code := d.ExitCode(failOn); code != want {
			t.Errorf("--fail-on %s: exit code %d, want %d", level, code, want)
		}
	}
}

func TestAnUnknownFindingMakesALookPartial(t *testing.T) {
	r := sample()
	r.Findings = []*finding.Finding{{
		Probe: probes.ReleaseStuck.ID, Subject: model.Ref{Kind: "Release", Name: "*"}, Severity: finding.Critical, Grade: finding.Unknown, Summary: "Unknown.",
	}}
	if code := document(r, 0).ExitCode(FailOn{Level: finding.High}); code != 4 {
		t.Errorf("exit code %d, want 4", code)
	}
}

func TestThatTimePassesIsNoChange(t *testing.T) {
	before := document(sample(), 0)
	later := sample()
	stuck := *later.Findings[0]
	stuck.Summary = "Revision 1 has been pending-install for 1d4h, though all 3 of its objects are live and ready."
	later.Findings[0] = &stuck
	if lines := Changes(before, document(later, 0)); len(lines) != 0 {
		t.Errorf("lines for an age: %+v", lines)
	}
	stuck.Summary = "Revision 1 has been pending-install for 1d4h, though 2 of its 3 objects are live and ready."
	if lines := Changes(before, document(later, 0)); len(lines) != 1 || lines[0].Change != Altered {
		t.Errorf("lines for a change: %+v", lines)
	}
	stuck.Summary = sample().Findings[0].Summary
	stuck.Evidence = append(stuck.Evidence[:0:0], stuck.Evidence...)
	stuck.Evidence[0].Value = "500m"
	other := document(later, 0)
	stuck.Evidence = append(stuck.Evidence[:0:0], stuck.Evidence...)
	stuck.Evidence[0].Value = "250m"
	if lines := Changes(other, document(later, 0)); len(lines) != 1 {
		t.Errorf("lines for a quantity: %+v", lines)
	}
}
