package repair

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/release"
	"github.com/careen-tui/careen/internal/styled"
)

const hostList = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: nodes, namespace: shop, uid: u-cm, resourceVersion: '51'}\ndata:\n  NODES: db-0.db,db-1.db\n  LONG: begin%s the end\n"

func rewriteNodes() finding.Step {
	return finding.Step{Ref: ref(model.KindConfigMap, "nodes"), Change: finding.RewriteHosts{
		Path: []string{"data", "NODES"}, From: []string{"db-0.db", "db-1.db"}, To: []string{"db-0.db", "db-1.db", "db-2.db"}, Add: []int{2},
	}}
}

// TestAColleaguesUndo takes back what was applied from another host: by name, whole, and
// with that name typed.
func TestAColleaguesUndo(t *testing.T) {
	long := strings.Repeat("x", 3*styled.WholeWidth)
	m := unit(t, fmt.Sprintf(hostList, long))
	other := elsewhere(t, m)
	p, err := planned(t, other, Inputs{}, rewriteNodes())
	if err != nil {
		t.Fatal(err)
	}
	r, err := other.Apply(t.Context(), p, Consent{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if p, err = other.UndoPlan(t.Context(), ""); err != nil || p.Foreign || p.Confirm != "" {
		t.Errorf("whoever applied it: %v %+v", err, p)
	}
	var refusal *Refusal
	if _, err := m.UndoPlan(t.Context(), ""); !errors.As(err, &refusal) || !strings.Contains(err.Error(), "only by name") {
		t.Errorf("by default: %v", err)
	}
	if p, err = m.UndoPlan(t.Context(), r.Entry); err != nil || !p.Foreign || p.Confirm != r.Entry {
		t.Fatalf("%v %+v", err, p)
	}
	text := styled.Plain(p.Text())
	for _, want := range []string{"NOT applied from here", "oncall on another", "type " + r.Entry, "-  NODES: db-0.db,db-1.db,db-2.db", "+  NODES: db-0.db,db-1.db", "name: nodes"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	for _, typed := range []string{"", "yes", r.Entry[:6]} {
		if _, err := m.Apply(t.Context(), p, Consent{Confirm: typed}, nil); err == nil || !strings.Contains(err.Error(), "not applied from here") {
			t.Errorf("applied with %q typed: %v", typed, err)
		}
	}
	if _, err := m.Apply(t.Context(), p, Consent{Confirm: r.Entry}, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := m.UndoPlan(t.Context(), r.Entry); err == nil || !strings.Contains(err.Error(), "taken back already") {
		t.Errorf("again: %v", err)
	}
}

// TestAStrangersObjectIsShownWhole has an undo create an object with more in it than a
// diff shows otherwise.
func TestAStrangersObjectIsShownWhole(t *testing.T) {
	u := parsed(t, "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: c, namespace: shop}\nspec: {accessModes: [ReadWriteOnce], selector: {matchLabels: {}}}\n")
	labels := u.Object["spec"].(map[string]any)["selector"].(map[string]any)["matchLabels"].(map[string]any)
	for i := range maxDiffLines {
		labels[fmt.Sprintf("l%04d", i)] = "v"
	}
	labels["zz"] = strings.Repeat("y", 2*styled.WholeWidth) + "the-end"
	m := unit(t)
	e := entryOfTwo("value")
	e.Writes = []*Write{{Step: 1, By: []string{"Delete"}, Verb: Delete, Resource: resourceOf(model.KindClaim), Before: u, Ref: ref(model.KindClaim, "c")}}
	plant(t, m, e)
	p, err := m.UndoPlan(t.Context(), e.ID)
	if err != nil {
		t.Fatal(err)
	}
	text := styled.Plain(p.Text())
	if !strings.Contains(text, "l0399") || !strings.Contains(text, "the-end") || strings.Contains(text, "goes on") {
		t.Errorf("cut:\n%s", text)
	}
	for i := range wholeLimit {
		labels[fmt.Sprintf("m%05d", i)] = "v"
	}
	plant(t, m, e)
	if _, err := m.UndoPlan(t.Context(), e.ID); err == nil || !strings.Contains(err.Error(), "too large to be shown whole") {
		t.Errorf("%v", err)
	}
}

// TestWhatNoStrangerTakesBack plants entries of careen's own kinds of writes, which
// nevertheless would do more than their author may.
func TestWhatNoStrangerTakesBack(t *testing.T) {
	volume := func(ns string) string {
		return "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: pv-1, uid: u-pv}\nspec: {persistentVolumeReclaimPolicy: Retain, claimRef: {namespace: " + ns + ", name: c}}\n"
	}
	policy := func(to string) string {
		return strings.Replace(volume("shop"), "Retain", to, 1)
	}
	role := "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r, namespace: shop}\nrules: []\n"
	cluster := strings.ReplaceAll(someRole, "%s", "get")
	more := strings.ReplaceAll(someRole, "%s", "get, update")
	helm := &Write{By: []string{"Uninstall"}, Verb: Uninstall, Ref: webRelease, Resource: secretsResource, Revision: 1, Newest: 1}
	for name, c := range map[string]struct {
		objects []string
		write   *Write
		undoOf  string
		want    string // empty where a plan is made
	}{
		"a Role that a release declared":     {[]string{role}, created(t, "CreateFromRelease", role), "", "is about rights"},
		"verbs of a ClusterRole are removed": {[]string{more}, edited(t, "AddRule", cluster, more), "", ""},
		"a volume is made again":             {nil, deleted(t, "Delete", hostPath), "", "object of the whole cluster"},
		"a volume of the namespace":          {[]string{volume("shop")}, edited(t, "Patch", policy("Delete"), policy("Retain")), "", ""},
		"a volume of another namespace":      {[]string{volume("depot")}, edited(t, "Patch", policy("Delete"), policy("Retain")), "", "volume of another namespace"},
		"an undo of an undo":                 {nil, edited(t, "AddRule", more, cluster), "0123456789ab", "takes back entry 0123456789ab"},
		"a release with a binding":           {[]string{recordOf(t, binding, "")}, helm, "", "which gives rights"},
		"a release with a hook that binds":   {[]string{recordOf(t, "", binding)}, helm, "", "which gives rights"},
		"a release with a second document":   {[]string{recordOf(t, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n--- # and more\n"+binding, "")}, helm, "", "which gives rights"},
		"a release with a list":              {[]string{recordOf(t, "apiVersion: v1\nkind: List\nmetadata: {name: a}\nitems: []\n", "")}, helm, "", "cannot read"},
		"a release in another namespace":     {[]string{recordOf(t, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: kube-system}\n", "")}, helm, "", "beyond the namespace"},
		"a release with a class":             {[]string{recordOf(t, "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: a}\n", "")}, helm, "", "beyond the namespace"},
		"a release with an unknown kind":     {[]string{recordOf(t, "apiVersion: evil.example.com/v1\nkind: Thing\nmetadata: {name: a}\n", "")}, helm, "", "knows no kind"},
		"a release of its namespace":         {[]string{recordOf(t, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {told: whole}\n", hookJob)}, helm, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			m := unit(t, c.objects...)
			e := entryOfTwo("value")
			e.Findings = []finding.ID{"a:shop/Release/web"}
			e.Writes, e.UndoOf = []*Write{c.write}, c.undoOf
			plant(t, m, e)
			p, err := m.UndoPlan(t.Context(), e.ID)
			var refusal *Refusal
			if c.want != "" {
				if !errors.As(err, &refusal) || !strings.Contains(err.Error(), c.want) {
					t.Errorf("%v", err)
				}
				return
			}
			if err != nil || !p.Foreign || p.Confirm != e.ID {
				t.Fatalf("%v %+v", err, p)
			}
			if text := styled.Plain(p.Text()); c.write == helm && (!strings.Contains(text, "told: whole") || !strings.Contains(text, "helm.sh/hook: post-delete")) {
				t.Errorf("not shown whole:\n%s", text)
			}
		})
	}
}

func created(t *testing.T, by, text string) *Write {
	w := deleted(t, by, text)
	w.Verb, w.After, w.Before = Create, w.Before, nil
	return w
}

// recordOf is revision 1 of the release web, uninstalled, whose hook says that it is a
// ConfigMap.
func recordOf(t *testing.T, manifest, hook string) string {
	t.Helper()
	hooks := ""
	if hook != "" {
		hooks = `{"name":"a","kind":"ConfigMap","path":"x","events":["pre-rollback"],"manifest":` + quoteJSON(hook) + `}`
	}
	stored, err := release.Encode([]byte(`{"name":"web","namespace":"shop","version":1,"info":{"status":"uninstalled"},"chart":{"metadata":{"name":"web","version":"1.0.0"}},"hooks":[`+hooks+`],"manifest":`+quoteJSON(manifest)+`}`), true)
	if err != nil {
		t.Fatal(err)
	}
	return "apiVersion: v1\nkind: Secret\nmetadata: {name: " + recordName + ", namespace: shop, labels: {name: web, owner: helm}}\ndata: {release: " + base64.StdEncoding.EncodeToString(stored) + "}\n"
}
