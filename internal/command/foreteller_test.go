package command

import (
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/model"
)

func TestWhatIsAskedOfAPreflight(t *testing.T) {
	a, err := asked("web ./chart -n shop -f values.yaml --set a=b --version 1.2.3 --reuse-values")
	if err != nil || a.release != "web" || a.chart != "./chart" || a.namespaces[0] != "shop" || a.set[0] != "a=b" || a.version != "1.2.3" || !a.reuseValues || !a.dryRun {
		t.Errorf("%+v, %v", a, err)
	}
	for line, want := range map[string]string{
		"":                         "not 0 words",
		"web":                      "not 1 words",
		"web ./chart more":         "not 3 words",
		"web ./chart --yes":        "unknown flag: --yes",
		"web ./chart -n a -n b":    "one -n",
		"--help":                   "RELEASE CHART",
		`web "./chart`:             "not closed",
		"web ./chart --fix an-id":  "unknown flag: --fix",
		"web ./chart --kubeconfig": "unknown flag",
	} {
		if _, err := asked(line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v; want %q", line, err, want)
		}
	}
}

func TestTheNamespaceOfAPreflight(t *testing.T) {
	record := func(ns string) *model.Space {
		rec := &model.Record{Meta: model.Meta{Kind: model.KindRecord, Namespace: ns, Name: model.RecordName("web", 1)}, Driver: model.KindSecret, Release: "web", Revision: 1, LabelName: "web"}
		return model.NewSpace(ns, 1, map[model.Kind]model.Table{model.KindRecord: {rec}})
	}
	snap := &model.Snapshot{Spaces: map[string]*model.Space{"shop": record("shop"), "old": model.NewSpace("old", 1, nil)}}
	two := &model.Snapshot{Spaces: map[string]*model.Space{"shop": record("shop"), "old": record("old")}}
	for name, c := range map[string]struct {
		line       string
		snap       *model.Snapshot
		started    []string // -n of the session
		chosen     []string
		want, fail string
	}{
		"that of -n":            {"web x -n old", snap, nil, []string{"shop"}, "old", ""},
		"that looked at":        {"web x", two, nil, []string{"old"}, "old", ""},
		"where the release is":  {"web x", snap, nil, nil, "shop", ""},
		"where two are":         {"web x", two, nil, nil, "", "there is a release web in old, shop"},
		"that of the session":   {"new x", snap, []string{"old"}, nil, "old", ""},
		"of several in session": {"new x", snap, []string{"old", "shop"}, nil, "", "in which namespace?"},
		"one that is not read":  {"web x -n far", snap, []string{"old"}, nil, "", "namespace far is not read in this session"},
	} {
		o := newOptions()
		o.namespaces = c.started
		a, err := asked(c.line)
		if err != nil {
			t.Fatal(err)
		}
		got, err := (&foreteller{session: &session{options: o}}).namespaceOf(a, c.snap, c.chosen)
		switch {
		case c.fail != "" && (err == nil || !strings.Contains(err.Error(), c.fail)):
			t.Errorf("%s: %q, %v; want %q", name, got, err, c.fail)
		case c.fail == "" && (err != nil || got != c.want):
			t.Errorf("%s: %q, %v; want %q", name, got, err, c.want)
		}
	}
}
