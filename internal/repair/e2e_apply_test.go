//go:build e2e

package repair

import (
	"context"
	"errors"
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/careen-tui/careen/internal/controlplane"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
)

const sentinel = "hunter2-sentinel-of-repair"

// sundry are steps of each simple kind: a patch, a create, a copy of a Secret, a
// delete.
func sundry(b *bed) []finding.Step {
	return []finding.Step{
		b.rewrite(),
		{Verb: "create", Ref: b.ref(model.KindServiceAccount, "made"), Change: finding.Create{Manifest: "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: made\nautomountServiceAccountToken: false\n"}},
		{Verb: "create", Ref: b.ref(model.KindSecret, "copy"), Change: finding.CopySecret{From: b.ref(model.KindSecret, "sibling")}},
		{Verb: "delete", Ref: b.ref(model.KindSecret, "orphan"), Change: finding.Delete{}},
	}
}

// rewrite adds a member to the list of the subject.
func (b *bed) rewrite() finding.Step {
	return finding.Step{Verb: "patch", Ref: b.ref(model.KindConfigMap, "subject"), Change: finding.RewriteHosts{
		Path: []string{"data", "list"}, From: []string{"a-0", "a-1"}, To: []string{"a-0", "a-1", "a-2"}, Add: []int{2},
	}}
}

func plantSundry(b *bed) {
	b.make(
		configMap("subject", "list='a-0,a-1'", "other=untouched"),
		"apiVersion: v1\nkind: Secret\nmetadata: {name: sibling, labels: {app: keep}}\nstringData: {value: "+sentinel+"}\n",
		"apiVersion: v1\nkind: Secret\nmetadata: {name: orphan, annotations: {a: b}}\nstringData: {value: "+sentinel+"}\n",
	)
}

var sundryKinds = []model.Kind{model.KindConfigMap, model.KindSecret, model.KindServiceAccount}

func TestSundryFixesAreAppliedAndUndone(t *testing.T) {
	b := newBed(t, "sundry")
	plantSundry(b)
	was := b.state(sundryKinds...)
	p := b.plan(sundry(b)...)
	text := styled.Plain(p.Text())
	t.Log("\n" + text)
	for _, want := range []string{"dry run passed", "-  list: a-0,a-1", "+  list: a-0,a-1,a-2", "(masked)", "as system:masters", "patch configmaps sundry/subject: yes", "create secrets in sundry: yes, to save the undo"} {
		if want == "as system:masters" {
			want = "as admin"
		}
		if !strings.Contains(text, want) {
			t.Errorf("the plan does not say %q", want)
		}
	}
	if len(p.Blocked()) > 0 {
		t.Fatal(p.Blocked())
	}
	r := b.apply(p)
	if got := b.live(model.KindSecret, "copy"); got == nil || got.GetLabels()["app"] != "keep" {
		t.Errorf("the copy: %v", got)
	}
	if b.live(model.KindSecret, "orphan") != nil {
		t.Error("the orphan is still there")
	}
	j, err := b.Entries(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	e := entryOf(t, j, r.Entry)
	if e.State != Applied || len(e.Progress) != 4 || e.Problem != "" || e.By == "" {
		t.Errorf("entry: %+v", e)
	}
	undo := b.undo(r.Entry)
	b.same(was, b.state(sundryKinds...))
	j, _ = b.Entries(t.Context())
	if e := entryOf(t, j, r.Entry); e.State != Undone {
		t.Errorf("the undone entry is %s", e.State)
	}
	if e := entryOf(t, j, undo.Entry); e.State != Confirmed || e.UndoOf != r.Entry {
		t.Errorf("the undo's entry is %s of %s", e.State, e.UndoOf)
	}
	if _, err := b.UndoPlan(t.Context(), r.Entry); err == nil || !strings.Contains(err.Error(), "taken back already") {
		t.Errorf("a second undo: %v", err)
	}
	log, err := b.VerifyLog()
	if err != nil || log.Bad != 0 || log.Lines < 16 {
		t.Errorf("log: %+v %v", log, err)
	}
	b.noSentinel(p, r)
}

func entryOf(t *testing.T, j Journal, id string) *Entry {
	t.Helper()
	for _, e := range j.Entries {
		if e.ID == id {
			return e
		}
	}
	t.Fatalf("entry %s is not listed", id)
	return nil
}

func TestAWriteBetweenPlanAndApplyIsRefused(t *testing.T) {
	b := newBed(t, "between")
	plantSundry(b)
	p := b.plan(sundry(b)...)
	b.must(b.kube.CoreV1().Secrets(b.ns).Patch(t.Context(), "orphan", types.MergePatchType, []byte(`{"metadata":{"annotations":{"helm.sh/resource-policy":"keep"}}}`), metav1.PatchOptions{FieldManager: "somebody"}))
	was := b.state(sundryKinds...)
	r, err := b.Apply(t.Context(), p, Consent{}, nil)
	var refusal *Refusal
	if !errors.As(err, &refusal) || !refusal.Conflict || !strings.Contains(err.Error(), "somebody") {
		t.Fatalf("applied: %v", err)
	}
	if !strings.Contains(Text(refusal.Difference), "helm.sh/resource-policy: keep") {
		t.Errorf("the difference is not shown:\n%s", styled.Plain(r.Text()))
	}
	b.same(was, b.state(sundryKinds...))
	if j, _ := b.Entries(t.Context()); len(namespaced(j, b.ns)) > 0 {
		t.Error("an entry was written for what was not applied")
	}
}

func namespaced(j Journal, ns string) (out []*Entry) {
	for _, e := range j.Entries {
		if e.Namespace == ns {
			out = append(out, e)
		}
	}
	return out
}

// TestAWriteInTheSameMomentIsRefused writes after careen read the object the last
// time: the server itself must refuse.
func TestAWriteInTheSameMomentIsRefused(t *testing.T) {
	b := newBed(t, "moment")
	b.make(configMap("subject", "list='a-0,a-1'"))
	p := b.plan(b.rewrite())
	w := p.Writes[0]
	live := b.live(model.KindConfigMap, "subject")
	b.must(b.kube.CoreV1().ConfigMaps(b.ns).Patch(t.Context(), "subject", types.MergePatchType, []byte(`{"data":{"x":"y"}}`), metav1.PatchOptions{}))
	for _, verb := range []Verb{Patch, Update, Delete} {
		w.Verb = verb
		if _, err := b.send(t.Context(), w, live, nil); resultOf(err) != "Conflict" {
			t.Errorf("%s: %v", verb, err)
		}
	}
}

func TestARightWithdrawnAfterThePlan(t *testing.T) {
	b := newBed(t, "withdrawn")
	plantSundry(b)
	everything := rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"configmaps", "secrets", "serviceaccounts"}, Verbs: []string{"get", "list", "create", "update", "patch", "delete"}}
	config := b.user("oncall", everything)
	b.Mender = b.mender(config)
	was := b.state(sundryKinds...)
	p := b.plan(sundry(b)...)
	if len(p.Blocked()) > 0 {
		t.Fatal(p.Blocked())
	}
	withdraw := func(verb string) {
		role := everything
		role.Verbs = nil
		for _, v := range everything.Verbs {
			if v != verb {
				role.Verbs = append(role.Verbs, v)
			}
		}
		b.must(b.kube.RbacV1().Roles(b.ns).Update(t.Context(), &rbacv1.Role{ObjectMeta: metav1.ObjectMeta{Name: "oncall"}, Rules: []rbacv1.PolicyRule{role}}, metav1.UpdateOptions{}))
		eventually(t, "the right to be gone", func() bool {
			answer, _ := b.may(t.Context(), Right{Verb: verb, Resource: "secrets", Namespace: b.ns, Name: "orphan"})
			return answer == No
		})
	}
	withdraw("delete")
	r, err := b.Apply(t.Context(), p, Consent{}, nil)
	if err == nil || !strings.Contains(err.Error(), "may not delete Secret withdrawn/orphan") || len(r.Done) != 3 {
		t.Fatalf("applied: %v, done %v", err, r.Done)
	}
	if !strings.Contains(styled.Plain(r.Text()), "careen undo "+r.Entry) {
		t.Errorf("undo is not offered:\n%s", styled.Plain(r.Text()))
	}
	again, f := b.found(sundry(b)[3])
	p, err = b.Plan(t.Context(), again, f, "", Inputs{})
	if err != nil {
		t.Fatal(err)
	}
	if text := styled.Plain(p.Text()); !strings.Contains(text, "oncall may not delete secrets withdrawn/orphan") {
		t.Errorf("the missing right is not named:\n%s", text)
	}
	if _, err := b.Apply(t.Context(), p, Consent{}, nil); err == nil {
		t.Error("applied without the right")
	}
	b.Mender = b.mender(plane.Config(t, ""))
	b.undo(r.Entry)
	now := b.state(sundryKinds...)
	b.same(was, now)
}

func TestAJournalThatCannotBeWritten(t *testing.T) {
	b := newBed(t, "unkept")
	b.make(configMap("subject", "list='a-0,a-1'"))
	b.Mender = b.mender(b.user("limited", rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"configmaps"}, Verbs: []string{"get", "list", "patch"}}))
	p := b.plan(b.rewrite())
	if text := styled.Plain(p.Text()); !strings.Contains(text, "limited may not create secrets in unkept") || !strings.Contains(text, "NONE") {
		t.Errorf("the plan does not say that it cannot be undone:\n%s", text)
	}
	if _, err := b.Apply(t.Context(), p, Consent{}, nil); err == nil || !strings.Contains(err.Error(), "could not be undone") {
		t.Fatalf("applied silently: %v", err)
	}
	if _, err := b.Apply(t.Context(), p, Consent{WithoutUndo: true}, nil); err != nil {
		t.Fatal(err)
	}
	if got := b.live(model.KindConfigMap, "subject"); fieldText(got, "data.list") != "a-0,a-1,a-2" {
		t.Error("not applied")
	}
}

func TestReadOnlyPlansButNeverSends(t *testing.T) {
	b := newBed(t, "readonly")
	plantSundry(b)
	config := plane.Config(t, "")
	config.UserAgent = "careen-readonly"
	b.Mender = b.mender(config)
	b.readOnly = true
	p := b.plan(sundry(b)...)
	text := styled.Plain(p.Text())
	if !strings.Contains(text, "no dry run in read-only mode") || !strings.Contains(text, "read-only: no write leaves it") {
		t.Errorf("the plan does not say why it cannot be applied:\n%s", text)
	}
	if _, err := b.Apply(t.Context(), p, Consent{}, nil); err == nil {
		t.Fatal("applied in read-only mode")
	}
	requests, err := plane.Cluster(t).Requests(func(r controlplane.Request) bool { return r.UserAgent == "careen-readonly" })
	if err != nil || len(requests) == 0 {
		t.Fatalf("%d requests, %v", len(requests), err)
	}
	for _, r := range requests {
		if r.Verb != "get" && r.Verb != "list" && !strings.HasPrefix(r.Object.Resource, "selfsubject") {
			t.Errorf("sent: %s %s", r.Verb, r.URI)
		}
	}
}

func TestAnUnwritableLogStopsEverything(t *testing.T) {
	b := newBed(t, "nolog")
	plantSundry(b)
	was := b.state(sundryKinds...)
	b.log.path = "/proc/careen/operations.jsonl"
	p := b.plan(sundry(b)...)
	if _, err := b.Apply(t.Context(), p, Consent{}, nil); err == nil || !strings.Contains(err.Error(), "operator's log") {
		t.Fatalf("applied: %v", err)
	}
	b.same(was, b.state(sundryKinds...))
	if j, _ := b.Entries(t.Context()); len(namespaced(j, b.ns)) > 0 {
		t.Error("an entry was written without a line in the log")
	}
}

func TestCancellationStopsBetweenWrites(t *testing.T) {
	b := newBed(t, "cancelled")
	plantSundry(b)
	was := b.state(sundryKinds...)
	p := b.plan(sundry(b)...)
	ctx, cancel := context.WithCancel(t.Context())
	b.fault = func(point string) error {
		if point == "after write 2" {
			cancel()
		}
		return nil
	}
	r, err := b.Apply(ctx, p, Consent{}, nil)
	b.fault = nil
	if err == nil || len(r.Done) != 2 || len(r.NotDone) != 2 {
		t.Fatalf("%v: done %v, not done %v", err, r.Done, r.NotDone)
	}
	j, _ := b.Entries(t.Context())
	if e := entryOf(t, j, r.Entry); e.State != Open || len(e.Progress) != 2 {
		t.Errorf("entry %+v", e)
	}
	b.undo("")
	b.same(was, b.state(sundryKinds...))
}
