package repair

import (
	"fmt"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// TestARollbackIsProvedByTheRevisionItLeadsTo plans going back from a revision that
// declares another workload.
func TestARollbackIsProvedByTheRevisionItLeadsTo(t *testing.T) {
	workload := func(kind, name string) string {
		return fmt.Sprintf("---\napiVersion: apps/v1\nkind: %s\nmetadata:\n  name: %s\n", kind, name)
	}
	old, _ := storedRevision(t, 1, "superseded", workload("Deployment", "api")+workload("StatefulSet", "db")+"---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n")
	now, _ := storedRevision(t, 2, "deployed", workload("Deployment", "renamed"))
	m := unit(t, old, now)
	m.readOnly = true
	table := model.Table{}
	for i := range 2 {
		name := fmt.Sprintf("sh.helm.release.v1.web.v%d", i+1)
		table = append(table, &model.Record{Meta: model.Meta{Kind: model.KindRecord, Namespace: "shop", Name: name}, Driver: model.KindSecret, Release: "web", Revision: i + 1})
	}
	report := &engine.Report{Snapshot: &model.Snapshot{Spaces: map[string]*model.Space{
		"shop": model.NewSpace("shop", 1, map[model.Kind]model.Table{model.KindRecord: table}),
	}}}
	p, err := m.PlanRollback(t.Context(), report, webRelease, 1)
	if err != nil {
		t.Fatal(err)
	}
	var ready []string
	for _, c := range p.Proof.Checks {
		ready = append(ready, c.Ref.Name+" "+c.Path)
	}
	if got := strings.Join(ready, ", "); got != "api ready, db ready" {
		t.Errorf("the proof watches %s", got)
	}
	if len(p.Choices)+len(p.Proof.Findings)+len(p.entry.Findings) > 0 {
		t.Errorf("a finding is said to call for it: %v %v", p.Choices, p.entry.Findings)
	}
	if p.Risk != finding.Disruptive || p.Confirm != "" || p.Journal.Namespace != "shop" || p.Title != "Roll release web back to revision 1" {
		t.Errorf("%s, risk %s, confirmed by %q, kept in %q", p.Title, p.Risk, p.Confirm, p.Journal.Namespace)
	}
	if w := p.Writes[0]; w.Verb != Rollback || w.Revision != 1 || w.Newest != 2 || w.Summary != "revision 2 -> 1" {
		t.Errorf("%s from %d to %d: %s", w.Verb, w.Newest, w.Revision, w.Summary)
	}
	gone := model.Ref{Kind: model.KindRelease, Namespace: "shop", Name: "gone"}
	for _, plan := range []func() (*Plan, error){
		func() (*Plan, error) { return m.PlanRollback(t.Context(), report, gone, 1) },
		func() (*Plan, error) { return m.PlanUninstall(t.Context(), report, gone) },
	} {
		if _, err := plan(); err == nil || !strings.Contains(err.Error(), "has no records") {
			t.Errorf("a release without records: %v", err)
		}
	}
}
