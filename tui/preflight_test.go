package tui

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	cluster "github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/repair"
	"github.com/careen-tui/careen/internal/report"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/views/viewtest"
)

// oracle foretells what the test says, one answer after the other; the last one stays.
type oracle struct {
	says  [][]*finding.Finding
	err   error
	asked []string
}

func (o *oracle) Foretell(_ context.Context, typed string, chosen []string) (*Foretold, error) {
	o.asked = append(o.asked, strings.Join(append([]string{typed}, chosen...), " | "))
	if o.err != nil {
		return nil, o.err
	}
	says := o.says[0]
	if len(o.says) > 1 {
		o.says = o.says[1:]
	}
	return &Foretold{
		Release: cluster.Ref{Kind: cluster.KindRelease, Namespace: "vault", Name: "raft"}, Chart: "./raft", Report: reportOf(viewtest.Snapshot(), says),
		Changes: []report.Planned{{Verb: "restart", Ref: cluster.Ref{Kind: cluster.KindStatefulSet, Namespace: "vault", Name: "raft"}, Summary: "its pods are replaced, by turns", Lines: []string{"spec.replicas: 1 -> 3"}}},
	}, nil
}

func foretoldAccount() *finding.Finding {
	account := cluster.Ref{Kind: cluster.KindServiceAccount, Namespace: "vault", Name: "raft"}
	return &finding.Finding{
		Probe: probes.ServiceAccountMissing.ID, Subject: cluster.Ref{Kind: cluster.KindStatefulSet, Namespace: "vault", Name: "raft"},
		Severity: finding.Critical, Grade: finding.Proved, Summary: "StatefulSet vault/raft needs ServiceAccount raft, which does not exist.",
		Fixes: []finding.Fix{{
			ID: "create-account", Title: "Create service account raft", Risk: finding.Safe, Undo: "deletes it",
			Steps: []finding.Step{{Verb: "create", Ref: account}},
		}},
	}
}

func TestAPreflightIsAskedForAndItsFixProvedByAnother(t *testing.T) {
	o := &oracle{says: [][]*finding.Finding{{foretoldAccount()}, nil}}
	plan := samplePlan()
	plan.Proof.Findings = []finding.ID{foretoldAccount().ID()}
	b := &bench{plan: plan, outcome: repair.Outcome{Confirmed: true, After: time.Second}}
	s := loadedShell(t, Options{Session: Session{Mender: b, Preflight: o}}, 98, 40)
	s.do(":")
	for _, k := range "preflight raft ./raft" {
		s.do(map[bool]string{true: "space", false: string(k)}[k == ' '])
	}
	s.sees("preflight raft ./raft")
	s.do("enter").sees("Preflight raft in vault, from ./raft 1 finding", "needs ServiceAccount raft", "The upgrade changes", "restart StatefulSet vault/raft", "spec.replicas: 1 -> 3")
	s.looksAs("preflight")
	s.do("enter").sees("Foretold of StatefulSet", "Create service account raft")
	s.do("f").sees("Plan StatefulSet vault/raft", "y apply")
	s.do("y").sees("proved after 1s", "Foretold no longer: service-account-missing:vault/StatefulSet/raft")
	if want := []string{"raft ./raft", "raft ./raft"}; strings.Join(o.asked, ", ") != strings.Join(want, ", ") {
		t.Errorf("preflights of %q", o.asked)
	}
	if len(b.consents) != 1 || b.planned[0] != "service-account-missing:vault/StatefulSet/raft create-account" {
		t.Errorf("planned %v, applied %d times", b.planned, len(b.consents))
	}
	s.do("esc").sees("This finding is resolved")
	s.do("esc").sees("0 findings", "Foretold no longer", "Nothing is foretold to go wrong.")
	s.do("P")
	if len(o.asked) != 3 {
		t.Errorf("the key does not look again: %q", o.asked)
	}
	s.do("esc")
	if len(s.pages) != 0 {
		t.Error("esc does not leave the preflight")
	}
}

// TestAPreventionForLaterIsNoFixOfWhatIsForetold has a plan whose proof names no finding:
// that what is foretold is still there is no failure of it, and nothing waits for it to go.
func TestAPreventionForLaterIsNoFixOfWhatIsForetold(t *testing.T) {
	f := foretoldAccount()
	f.Fixes, f.Preventions = nil, []finding.Fix{{ID: "prevent-deletion", Title: "Guard it", Risk: finding.Safe}}
	o := &oracle{says: [][]*finding.Finding{{f}}}
	plan := samplePlan()
	plan.Proof.Findings = nil
	b := &bench{plan: plan, outcome: repair.Outcome{Confirmed: true, After: time.Second}}
	s := loadedShell(t, Options{Session: Session{Mender: b, Preflight: o}}, 98, 40)
	s.do("P")
	for _, k := range "raft" {
		s.do(string(k))
	}
	s.do("enter").sees("1 finding")
	s.do("f").sees("y apply")
	s.do("y").sees("proved after 1s")
	if got := s.screen(); strings.Contains(got, "still foretold") || len(o.asked) != 2 {
		t.Errorf("preflights of %q\n%s", o.asked, got)
	}
}

func TestAPreflightThatCannotRunSaysWhy(t *testing.T) {
	o := &oracle{err: errors.New(`reading the chart: "./nowhere" is not there`)}
	s := loadedShell(t, Options{Session: Session{Preflight: o}}, 98, 40)
	s.do("P").sees("preflight RELEASE CHART:")
	for _, k := range "raft" {
		s.do(string(k))
	}
	s.do("enter").sees("Preflight raft", `Nothing can be foretold: reading the chart: "./nowhere" is not there.`)
	s.do("f").sees("fix: nothing is selected")
	o.err, o.says = nil, [][]*finding.Finding{{foretoldAccount()}}
	s.do("P").sees("1 finding")
	s.do("f").sees("Not applied here")
}

func TestWithoutAClusterThereIsNoPreflight(t *testing.T) {
	s := loadedShell(t, Options{}, 120, 40)
	s.do("P").sees("preflight: this needs a live cluster")
}
