package repair

import (
	"context"
	"testing"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// TestAProofThatWasCutShortIsMadeLater: whoever quits while a fix is being proved finds it
// proved by the next session, or not confirmed.
func TestAProofThatWasCutShortIsMadeLater(t *testing.T) {
	m := unit(t, hostListPlain)
	p, err := planned(t, m, Inputs{}, rewriteNodes())
	if err != nil {
		t.Fatal(err)
	}
	r, err := m.Apply(t.Context(), p, Consent{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	broken := func() *engine.Report {
		return &engine.Report{Snapshot: &model.Snapshot{}, Findings: []*finding.Finding{p.Choices[0].Finding}}
	}
	quit, cancel := context.WithCancel(t.Context())
	cancel()
	if o, err := m.Verify(quit, r, broken, nil); err != nil || o.Confirmed {
		t.Fatalf("%+v, %v", o, err)
	}
	state := func() (State, int) {
		e, err := m.Entry(t.Context(), r.Entry)
		if err != nil {
			t.Fatal(err)
		}
		return e.State, len(Journal{Entries: []*Entry{e}}.Unproved())
	}
	if s, n := state(); s != Applied || n != 1 {
		t.Errorf("the entry is %s, %d wait for their proof", s, n)
	}
	well := func() *engine.Report { return &engine.Report{Snapshot: &model.Snapshot{}} }
	if o, err := m.Prove(t.Context(), r.Entry, well); err != nil || !o.Confirmed {
		t.Errorf("%+v, %v", o, err)
	}
	if s, n := state(); s != Confirmed || n != 0 {
		t.Errorf("the entry is %s, %d wait for their proof", s, n)
	}
	if _, err := m.Prove(t.Context(), r.Entry, well); err == nil {
		t.Error("it was proved twice")
	}
}
