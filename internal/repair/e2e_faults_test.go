//go:build e2e

package repair

import (
	"errors"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/connect/connecttest"
	"github.com/careen-tui/careen/internal/controlplane"
	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/probes"
)

// TestTheServerDiesMidPlan takes the API server away between two writes.
func TestTheServerDiesMidPlan(t *testing.T) {
	b := newBed(t, "dying-server")
	plantSundry(b)
	was := b.state(sundryKinds...)
	p := b.plan(sundry(b)...)
	b.fault = func(point string) error {
		if point == "before write 3" {
			if err := plane.Cluster(t).Kill(t.Context(), controlplane.APIServer); err != nil {
				t.Error(err)
			}
		}
		return nil
	}
	r, err := b.Apply(t.Context(), p, Consent{}, nil)
	b.fault = nil
	if err == nil || len(r.Done) != 2 || len(r.NotDone) != 2 || !strings.Contains(err.Error(), "cannot be read again") {
		t.Errorf("%v: done %v, not done %v", err, r.Done, r.NotDone)
	}
	if _, err := b.UndoPlan(t.Context(), r.Entry); err == nil {
		t.Error("an undo was planned without a server")
	}
	if err := plane.Cluster(t).StartAgain(t.Context(), controlplane.APIServer); err != nil {
		t.Fatal(err)
	}
	b.undo(r.Entry)
	b.same(was, b.state(sundryKinds...))
}

// TestMarksOverTwoNamespaces plans two findings at once. What is kept of each Secret
// stays in the namespace that it is from.
func TestMarksOverTwoNamespaces(t *testing.T) {
	one, two := newBed(t, "marks-one"), newBed(t, "marks-two")
	plantSundry(one)
	plantSundry(two)
	was, wasTwo := one.state(sundryKinds...), two.state(sundryKinds...)
	found := func(b *bed) *finding.Finding {
		return &finding.Finding{
			Probe: probes.SecretOrphan.ID, Subject: b.ref(model.KindSecret, "orphan"), Severity: finding.Low, Grade: finding.Proved,
			Fixes: []finding.Fix{{ID: "delete", Title: "Delete it", Risk: finding.Destructive, Steps: []finding.Step{{Verb: "delete", Ref: b.ref(model.KindSecret, "orphan"), Change: finding.Delete{}}}}},
		}
	}
	report := &engine.Report{Snapshot: &model.Snapshot{}, Findings: []*finding.Finding{found(one), found(two)}}
	p, err := one.PlanMany(t.Context(), report, []Choice{{report.Findings[0], ""}, {report.Findings[1], ""}}, Inputs{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := one.Apply(t.Context(), p, Consent{Confirm: "orphan"}, nil); err == nil {
		t.Error("a destructive plan was applied without the right name")
	}
	r := one.apply(p)
	for _, b := range []*bed{one, two} {
		if b.live(model.KindSecret, "orphan") != nil {
			t.Errorf("the orphan of %s is still there", b.ns)
		}
		s, err := b.kube.CoreV1().Secrets(b.ns).Get(t.Context(), secretName(r.Entry, 1), metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if text := unzipped(t, s.Data[payloadKey]); strings.Count(text, spellings(sentinel)[2]) != 1 {
			t.Errorf("the journal in %s does not hold its own Secret alone", b.ns)
		}
		if _, err := b.kube.CoreV1().Secrets(b.ns).Update(t.Context(), &corev1.Secret{ObjectMeta: s.ObjectMeta, Type: s.Type, Data: map[string][]byte{payloadKey: []byte("x")}}, metav1.UpdateOptions{}); err == nil {
			t.Error("the journal's content can be changed in place")
		}
	}
	one.undo(r.Entry)
	one.same(was, one.state(sundryKinds...))
	two.same(wasTwo, two.state(sundryKinds...))
	one.noSentinel(p, r)
}

// TestAColleagueTakesItBack undoes from a host whose log does not know the entry.
func TestAColleagueTakesItBack(t *testing.T) {
	b := newBed(t, "colleague")
	plantSundry(b)
	was := b.state(sundryKinds...)
	r := b.apply(b.plan(sundry(b)...))
	conn := connecttest.To(t, plane.Config(t, ""), "demo", "colleague", connect.Options{Mode: connect.ReadWrite})
	other := New(conn, Options{LogPath: t.TempDir() + "/operations.jsonl"})
	b.Mender = other
	var refusal *Refusal
	if _, err := b.UndoPlan(t.Context(), ""); !errors.As(err, &refusal) {
		t.Errorf("by default: %v", err)
	}
	p, err := b.UndoPlan(t.Context(), r.Entry)
	if err != nil {
		t.Fatal(err)
	}
	if text := styled.Plain(p.Text()); !strings.Contains(text, "NOT applied from here") || p.Confirm != r.Entry {
		t.Errorf("the plan does not say that it came from elsewhere:\n%s", text)
	}
	if _, err := b.Apply(t.Context(), p, Consent{}, nil); err == nil {
		t.Error("applied without its id typed")
	}
	b.apply(p)
	b.same(was, b.state(sundryKinds...))
}

// TestUndoAfterSomeoneChangedIt wants a refusal, with the difference.
func TestUndoAfterSomeoneChangedIt(t *testing.T) {
	b := newBed(t, "changed-since")
	plantSundry(b)
	r := b.apply(b.plan(sundry(b)...))
	cm, err := b.kube.CoreV1().ConfigMaps(b.ns).Get(t.Context(), "subject", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	cm.Data["unrelated"] = "x"
	if cm, err = b.kube.CoreV1().ConfigMaps(b.ns).Update(t.Context(), cm, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.UndoPlan(t.Context(), r.Entry); err != nil {
		t.Errorf("a change elsewhere in the object: %v", err)
	}
	cm.Data["list"] = "a-7"
	b.must(b.kube.CoreV1().ConfigMaps(b.ns).Update(t.Context(), cm, metav1.UpdateOptions{FieldManager: "somebody"}))
	before := b.state(sundryKinds...)
	_, err = b.UndoPlan(t.Context(), r.Entry)
	var refusal *Refusal
	if !errors.As(err, &refusal) || !refusal.Conflict || !strings.Contains(Text(refusal.Difference), "a-7") {
		t.Errorf("%v", err)
	}
	b.same(before, b.state(sundryKinds...))
}
