package archive

import (
	"bytes"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/samples"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/probes/probetest"
)

// Fixes are not compared: some of them pick a name that looks like another, and made-up
// names look like none.
func TestNamesAreReplacedAndFindingsStay(t *testing.T) {
	tally := func(r *engine.Report) (out []string) {
		for _, f := range r.Findings {
			kind := f.Subject.Kind
			if kind.IsCustom() {
				kind = model.KindCustom // its name may be the organisation's own
			}
			out = append(out, fmt.Sprintf("%s %s %s %s causes %d", f.Probe, f.Severity, f.Grade, kind, len(f.Causes)))
		}
		slices.Sort(out)
		return out
	}
	for _, name := range fixtures(t) {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		byName := bytes.Contains(raw, []byte("\n# Found by how names are written.\n")) // which goes with the names
		snap, settings, now, err := probetest.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		file, err := Read(bytes.NewReader(written(t, snap, Options{Now: now, Redact: true})))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want, got := tally(engine.Look(snap, probes.All(), settings, now)), tally(engine.Look(file.Snapshot, probes.All(), settings, now))
		switch same := slices.Equal(got, want); {
		case same && byName:
			t.Errorf("%s: redacted it yields the same: it is not found by how names are written", name)
		case !same && !byName:
			t.Errorf("%s: redacted it yields\n%s\nwas\n%s", name, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

func TestNoNameIsLeftInARedactedFile(t *testing.T) {
	meta := func(kind model.Kind, name string) model.Meta {
		return model.Meta{
			Kind: kind, Namespace: "acme-billing", Name: name,
			Labels:      map[string]string{"app.kubernetes.io/instance": "acme-billing", "team": "acme-money"},
			Annotations: map[string]string{"meta.helm.sh/release-name": "ledger"},
			Finalizers:  []string{"kubernetes.io/pvc-protection"},
		}
	}
	tables := map[model.Kind]model.Table{
		model.KindClaim: {&model.Claim{Meta: meta(model.KindClaim, "data-ledger-0"), Phase: "Bound"}},
		model.KindEvent: {&model.Event{Meta: meta(model.KindEvent, "e1"), About: model.Ref{Kind: "Pod", Namespace: "acme-billing", Name: "ledger-0"}, Reason: "FailedMount", Message: `secret "ledger-password" of acme-billing not found`}},
		model.KindPod: {&model.Pod{Meta: meta(model.KindPod, "ledger-0"), Phase: "Running", Template: &model.Template{
			Containers: []model.Container{{Name: "db", Image: "registry.acme.example/money/ledger:1.2"}},
		}}},
		model.KindSecret:      {&model.Secret{Meta: meta(model.KindSecret, "ledger-password")}},
		model.KindStatefulSet: {&model.Workload{Meta: meta(model.KindStatefulSet, "ledger")}},
	}
	snap := &model.Snapshot{
		Cluster: model.Cluster{Context: "acme-prod", Server: "https://k8s.acme.example:6443", User: "mallory"},
		Spaces:  map[string]*model.Space{"acme-billing": model.NewSpace("acme-billing", 1, tables)},
	}
	raw := written(t, snap, Options{Redact: true})
	text := plain(t, raw)
	for _, name := range []string{"acme", "ledger", "billing", "money", "mallory"} {
		if strings.Contains(text, name) {
			t.Errorf("%s is still in it:\n%s", name, text)
		}
	}
	file, err := Read(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	ns := file.Snapshot.Namespaces()[0]
	sp := file.Snapshot.Space(ns)
	set := sp.Tables[model.KindStatefulSet][0].Base()
	claim := sp.Tables[model.KindClaim][0].Base()
	if want := "-" + set.Name + "-0"; !strings.HasSuffix(claim.Name, want) {
		t.Errorf("claim %s is no longer of set %s", claim.Name, set.Name)
	}
	if set.Labels["app.kubernetes.io/instance"] != ns || claim.Annotations["meta.helm.sh/release-name"] != set.Name {
		t.Errorf("labels and names differ: %+v", set)
	}
	if claim.Finalizers[0] != "kubernetes.io/pvc-protection" || sp.Tables[model.KindPod][0].(*model.Pod).Phase != "Running" {
		t.Errorf("words of Kubernetes were replaced: %+v", claim)
	}
	if bytes.Equal(raw, written(t, snap, Options{Redact: true})) {
		t.Error("two redactions use one key, so a dictionary would undo them")
	}
}

// A field that is new, or has another name, cannot leak: it says what it is, or this
// fails.
func TestEveryStringSaysWhatItIs(t *testing.T) {
	known := []string{"name", "image", "template", "api", "key", "value", "text", "keep", "key value", "key notes", "key keep", "keep text", "text keep"}
	var look func(at reflect.Type, path, tag string, brief bool)
	look = func(at reflect.Type, path, tag string, brief bool) {
		switch at.Kind() {
		case reflect.String:
			if !slices.Contains(known, tag) {
				t.Errorf("%s is tagged careen:%q: say what a redacted file does with it, see package model", path, tag)
			}
			if tag == "key notes" && !brief && path != "Pod.Template.Annotations" { // of a pod it has none
				t.Errorf("%s: annotations are shortened in a row and in a struct of it, not in lists", path)
			}
		case reflect.Pointer, reflect.Slice:
			look(at.Elem(), path, tag, false)
		case reflect.Map:
			look(at.Key(), path, tag, brief)
			look(at.Elem(), path, tag, brief)
		case reflect.Struct:
			for i := range at.NumField() {
				if f := at.Field(i); f.IsExported() {
					look(f.Type, path+"."+f.Name, f.Tag.Get("careen"), brief)
				}
			}
		case reflect.Interface, reflect.Array, reflect.Func:
			t.Errorf("%s: a file holds no %s", path, at.Kind())
		}
	}
	for name, at := range types {
		look(at, name, "", true)
	}
	look(reflect.TypeFor[model.Watch](), "Watch", "", true)
	look(reflect.TypeFor[model.Cluster](), "Cluster", "", true)
}

// A string that does not say what it is counts as a name.
func TestAnUntaggedStringIsReplaced(t *testing.T) {
	type row struct {
		model.Meta
		New  string
		List map[string]string
	}
	r := &row{New: "acme", List: map[string]string{"acme": "acme"}}
	m := newMask(&model.Snapshot{})
	each(r, m.learn)
	m.apply(r)
	if text := fmt.Sprint(r); strings.Contains(text, "acme") {
		t.Error(text)
	}
}

// sampled is a snapshot of an object of each kind.
func sampled(t *testing.T) *model.Snapshot {
	t.Helper()
	tables := map[string]map[model.Kind]model.Table{"": {}, "acme-billing": {}}
	put := func(r model.Row) {
		m := r.Base()
		if tables[m.Namespace] == nil {
			tables[m.Namespace] = map[model.Kind]model.Table{}
		}
		tables[m.Namespace][m.Kind] = append(tables[m.Namespace][m.Kind], r)
	}
	for _, kind := range samples.Kinds() {
		r, err := samples.Row(kind)
		if err != nil {
			t.Fatal(err)
		}
		put(r)
	}
	put(&model.LogTail{
		Meta: model.Meta{Kind: model.KindLogTail, Namespace: "acme-billing", Name: "acme-ledger-0/ledger"},
		Pod:  model.Ref{Kind: model.KindPod, Namespace: "acme-billing", Name: "acme-ledger-0"}, Container: "ledger",
		Lines: []string{`ACME: secrets "acme-token" not found`}, Missing: []model.Absence{{Kind: model.KindSecret, Name: "acme-token", Line: "globex"}}, Error: "ledger",
		Telling: &model.Telling{Class: model.LogRefused, Line: "connection to ledger-db refused", Host: "ledger-db", User: "acme", Name: "/etc/globex", Group: "acme.example", In: "acme-billing"},
	})
	snap := &model.Snapshot{
		Cluster:  model.Cluster{Context: "acme-prod", Server: "https://k8s.acme.example:6443", User: "globex@acme.example"},
		Coverage: model.Coverage{{Kind: model.KindCustom, Resource: "ledgers.acme.example", Namespace: "acme-billing", State: model.Forbidden, Message: "forbidden to globex@acme.example (list ledgers.acme.example)"}},
		Spaces:   map[string]*model.Space{},
	}
	for ns, t := range tables {
		snap.Spaces[ns] = model.NewSpace(ns, 1, t)
	}
	return snap
}

func TestNothingOfAnOrganisationIsLeftOfAnyKind(t *testing.T) {
	snap := sampled(t)
	lines := strings.Split(strings.ToLower(plain(t, written(t, snap, Options{Redact: true}))), "\n")
	whole := strings.ToLower(plain(t, written(t, snap, Options{})))
	for _, word := range samples.Words {
		if !strings.Contains(whole, word) {
			t.Errorf("%s is in no sample", word)
		}
		for _, l := range lines {
			if at := strings.Index(l, word); at >= 0 {
				t.Errorf("%s is left: ...%s", word, l[max(0, at-80):min(len(l), at+80)])
			}
		}
	}
	if _, err := Read(bytes.NewReader(written(t, snap, Options{Redact: true}))); err != nil {
		t.Error(err)
	}
}

// Names of common words are names; in a text the words are words, unless they are
// quoted or joined.
func TestNamesOfCommonWordsAreReplaced(t *testing.T) {
	meta := func(kind model.Kind, ns, name string) model.Meta {
		return model.Meta{Kind: kind, Namespace: ns, Name: name, Labels: map[string]string{"app.kubernetes.io/instance": "config", "app.kubernetes.io/managed-by": "Helm", "tier": "backend"}}
	}
	const event = `secret "token" not found: mounting volumes of config-data in namespace docs`
	tables := map[model.Kind]model.Table{
		model.KindSecret:         {&model.Secret{Meta: meta(model.KindSecret, "docs", "token")}},
		model.KindService:        {&model.Service{Meta: meta(model.KindService, "docs", "config")}, &model.Service{Meta: meta(model.KindService, "docs", "config-data")}},
		model.KindServiceAccount: {&model.ServiceAccount{Meta: meta(model.KindServiceAccount, "docs", "default")}},
		model.KindRecord:         {&model.Record{Meta: meta(model.KindRecord, "docs", model.RecordName("config", 3)), Release: "config", Revision: 3}},
		model.KindEvent:          {&model.Event{Meta: meta(model.KindEvent, "docs", "e.1"), Message: event}},
	}
	file, err := Read(bytes.NewReader(written(t, &model.Snapshot{Spaces: map[string]*model.Space{"docs": model.NewSpace("docs", 1, tables)}}, Options{Redact: true})))
	if err != nil {
		t.Fatal(err)
	}
	sp := file.Snapshot.Space(file.Snapshot.Namespaces()[0])
	name := func(kind model.Kind, i int) string { return sp.Tables[kind][i].Base().Name }
	token, one, two := name(model.KindSecret, 0), name(model.KindService, 0), name(model.KindService, 1)
	if len(two) < len(one) {
		one, two = two, one
	}
	for _, n := range []string{sp.Name, token, one, two} {
		for _, word := range []string{"token", "config", "data", "docs"} {
			if strings.Contains(n, word) {
				t.Errorf("%s is left in %s", word, n)
			}
		}
	}
	if want := fmt.Sprintf("secret %q not found: mounting volumes of %s in namespace %s", token, two, sp.Name); sp.Tables[model.KindEvent][0].(*model.Event).Message != want {
		t.Errorf("the message is %q, want %q", sp.Tables[model.KindEvent][0].(*model.Event).Message, want)
	}
	rec := sp.Tables[model.KindRecord][0].(*model.Record)
	if rec.Release != one || rec.Name != model.RecordName(one, 3) || rec.Labels["app.kubernetes.io/instance"] != one {
		t.Errorf("the record is %s of %s, labels %v; the service of that name is %s", rec.Name, rec.Release, rec.Labels, one)
	}
	if rec.Labels["app.kubernetes.io/managed-by"] != "Helm" || rec.Labels["tier"] != "backend" || name(model.KindServiceAccount, 0) != "default" {
		t.Errorf("what every cluster has was replaced: %v", rec.Labels)
	}
}
