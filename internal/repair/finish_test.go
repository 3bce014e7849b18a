package repair

import (
	"errors"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
)

// halfDone is a careen that was stopped after the first of two steps, the entry that it
// left, and a report in which the finding is still there.
func halfDone(t *testing.T) (m *Mender, id string, seen *engine.Report) {
	t.Helper()
	m = unit(t, hostListPlain, strings.Replace(hostListPlain, "name: nodes", "name: others", 1))
	second := rewriteNodes()
	second.Ref.Name = "others"
	p, err := planned(t, m, Inputs{}, rewriteNodes(), second)
	if err != nil {
		t.Fatal(err)
	}
	m.fault = func(at string) error {
		if at == "before write 2" {
			changed(t, m, "others", func(u *unstructured.Unstructured) { u.SetLabels(map[string]string{"somebody": "was-here"}) })
		}
		return nil
	}
	r, err := m.Apply(t.Context(), p, Consent{}, nil)
	if m.fault = nil; err == nil || len(r.Done) != 1 {
		t.Fatalf("%v: done %v", err, r.Done)
	}
	return m, r.Entry, &engine.Report{Snapshot: &model.Snapshot{}, Findings: []*finding.Finding{p.Choices[0].Finding}}
}

func changed(t *testing.T, m *Mender, name string, change func(*unstructured.Unstructured)) {
	t.Helper()
	client := m.client(resourceOf(model.KindConfigMap), "shop")
	u, err := client.Get(t.Context(), name, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	change(u)
	if _, err := client.Update(t.Context(), u, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
}

func set(path ...string) func(*unstructured.Unstructured) {
	return func(u *unstructured.Unstructured) {
		_ = unstructured.SetNestedField(u.Object, path[len(path)-1], path[:len(path)-1]...)
	}
}

// TestFinishingPlansAgain finishes a fix against what the cluster is by now: what was
// planned then is done only where it is still what the fix would do.
func TestFinishingPlansAgain(t *testing.T) {
	gone := func(r *engine.Report) { r.Findings = nil }
	for name, c := range map[string]struct {
		report func(*engine.Report)
		object string
		change func(*unstructured.Unstructured)
		want   string // of the refusal; empty where it is finished
	}{
		"as it was left, with a label of somebody's": {},
		"the finding is gone by what was done":       {report: gone},
		"another fix by now":                         {report: func(r *engine.Report) { r.Findings[0].Fixes[0].ID = "another" }, want: "another fix by now"},
		"another value by now": {report: func(r *engine.Report) {
			r.Findings[0].Fixes[0].Steps[1].Change = finding.RewriteHosts{Path: []string{"data", "NODES"}, From: []string{"db-0.db", "db-1.db"}, To: []string{"db-7.db"}, Add: []int{7}, Remove: []int{0, 1}}
		}, want: "another fix by now"},
		"fewer steps by now":           {report: func(r *engine.Report) { r.Findings[0].Fixes[0].Steps = r.Findings[0].Fixes[0].Steps[1:] }},
		"nothing is known":             {report: func(r *engine.Report) { r.Err = errors.New("no connection") }},
		"the rest is changed":          {object: "others", change: set("data", "NODES", "db-9.db"), want: "was changed by"},
		"what was done does not stand": {object: "nodes", change: set("data", "NODES", "db-0.db,db-1.db"), want: "does not stand any more"},
	} {
		t.Run(name, func(t *testing.T) {
			m, id, report := halfDone(t)
			if c.report != nil {
				c.report(report)
			}
			if c.change != nil {
				changed(t, m, c.object, c.change)
			}
			j, err := m.Entries(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if s := j.Entries[0].Standing(moment); s.State != "interrupted" || !s.Rest || !strings.Contains(s.Detail, "1 of 2 steps were done") || !strings.Contains(s.Detail, "was changed by") {
				t.Errorf("%+v", s)
			}
			p, err := m.FinishPlan(t.Context(), report, id)
			var refusal *Refusal
			if c.want != "" {
				if !errors.As(err, &refusal) || !strings.Contains(err.Error(), c.want) {
					t.Errorf("%v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, err := m.Apply(t.Context(), p, Consent{}, nil); err != nil {
				t.Fatal(err)
			}
			e, err := m.Entry(t.Context(), id)
			if err != nil || e.State != Applied || len(e.Progress) != 2 || e.Lease.Token != "" {
				t.Errorf("%v %+v", err, e)
			}
			for _, name := range []string{"nodes", "others"} {
				u, err := m.get(t.Context(), resourceOf(model.KindConfigMap), "shop", name)
				if err != nil || fieldText(u, "data.NODES") != "db-0.db,db-1.db,db-2.db" {
					t.Errorf("%s: %v %v", name, u, err)
				}
			}
			if p, err = m.UndoPlan(t.Context(), id); err != nil {
				t.Fatal(err)
			}
			if _, err := m.Apply(t.Context(), p, Consent{}, nil); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestTheLosersEntryIsClosed has another careen come first, between the journal entry and
// the first write: what was refused then is never applied later.
func TestTheLosersEntryIsClosed(t *testing.T) {
	m := unit(t, hostListPlain)
	p, err := planned(t, m, Inputs{}, rewriteNodes())
	if err != nil {
		t.Fatal(err)
	}
	report := &engine.Report{Snapshot: &model.Snapshot{}, Findings: []*finding.Finding{p.Choices[0].Finding}}
	m.fault = func(at string) error {
		if at == "before write 1" {
			changed(t, m, "nodes", set("data", "NODES", "db-0.db,db-1.db,db-2.db"))
		}
		return nil
	}
	r, err := m.Apply(t.Context(), p, Consent{}, nil)
	m.fault = nil
	if err == nil || len(r.Done) != 0 || r.Entry == "" || !strings.Contains(styled.Plain(r.Text()), "is closed") {
		t.Fatalf("%v\n%s", err, styled.Plain(r.Text()))
	}
	e, err := m.Entry(t.Context(), r.Entry)
	if err != nil || e.State != Closed || !strings.Contains(e.Reason, "was changed by") {
		t.Fatalf("%v %+v", err, e)
	}
	text := styled.Plain(Journal{Entries: []*Entry{e}}.Text(moment))
	if !strings.Contains(text, "refused") || !strings.Contains(text, "nothing of it was done: ConfigMap shop/nodes was changed by") || strings.Contains(text, "interrupted") || strings.Contains(text, "open") {
		t.Errorf("listed as\n%s", text)
	}
	changed(t, m, "nodes", set("data", "NODES", "db-0.db,db-1.db")) // and it could be applied now
	var refusal *Refusal
	if _, err := m.FinishPlan(t.Context(), report, r.Entry); !errors.As(err, &refusal) {
		t.Errorf("finish: %v", err)
	}
	if _, err := m.UndoPlan(t.Context(), r.Entry); !errors.As(err, &refusal) {
		t.Errorf("undo: %v", err)
	}
	if _, err := m.Entry(t.Context(), ""); !errors.Is(err, ErrUnknownEntry) {
		t.Errorf("it is taken back by default: %v", err)
	}
	m.options.Now = func() time.Time { return moment.Add(time.Hour) }
	if removed, err := m.Prune(t.Context(), time.Minute); err != nil || len(removed) != 1 {
		t.Errorf("pruned %v, %v", removed, err)
	}
}

// TestNothingBegunIsNothingToFinish kills a careen before its first write.
func TestNothingBegunIsNothingToFinish(t *testing.T) {
	m := unit(t, hostListPlain)
	now := moment
	m.options.Now = func() time.Time { return now }
	r := killedAt(t, m, "before write 1", rewriteNodes())
	now = now.Add(time.Hour)
	e, err := m.Entry(t.Context(), r.Entry)
	if err != nil {
		t.Fatal(err)
	}
	if s := e.Standing(now); s.State != "not begun" || s.Rest {
		t.Errorf("%+v", s)
	}
	if _, err := m.FinishPlan(t.Context(), &engine.Report{Snapshot: &model.Snapshot{}}, r.Entry); err == nil || !strings.Contains(err.Error(), "nothing to finish") {
		t.Errorf("finish: %v", err)
	}
	if _, err := m.UndoPlan(t.Context(), r.Entry); err == nil || !strings.Contains(err.Error(), "nothing to take back") {
		t.Errorf("undo: %v", err)
	}
}
