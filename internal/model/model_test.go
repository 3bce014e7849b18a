package model

import (
	"slices"
	"testing"
	"time"
)

func TestRecordNames(t *testing.T) {
	cases := []struct {
		name     string
		release  string
		revision int
		ok       bool
	}{
		{"sh.helm.release.v1.app.v1", "app", 1, true},
		{"sh.helm.release.v1.my.app.v2.v10", "my.app.v2", 10, true},
		{"sh.helm.release.v1.app", "", 0, false},
		{"sh.helm.release.v1..v1", "", 0, false},
		{"sh.helm.release.v1.app.v0", "", 0, false},
		{"sh.helm.release.v1.app.vx", "", 0, false},
		{"app.v1", "", 0, false},
	}
	for _, c := range cases {
		release, revision, ok := ParseRecordName(c.name)
		if release != c.release || revision != c.revision || ok != c.ok {
			t.Errorf("%s: %q %d %v", c.name, release, revision, ok)
		}
		if ok && RecordName(release, revision) != c.name {
			t.Errorf("%s does not come back: %s", c.name, RecordName(release, revision))
		}
	}
}

func TestSelectorsMatchAsTheAPIDefinesThem(t *testing.T) {
	labels := map[string]string{"app": "web", "tier": "front"}
	cases := []struct {
		name string
		sel  *Selector
		want bool
	}{
		{"nil selects nothing", nil, false},
		{"empty selects everything", &Selector{}, true},
		{"equal", &Selector{Labels: map[string]string{"app": "web"}}, true},
		{"different", &Selector{Labels: map[string]string{"app": "db"}}, false},
		{"absent", &Selector{Labels: map[string]string{"zone": ""}}, false},
		{"in", &Selector{Terms: []Term{{"app", "In", []string{"db", "web"}}}}, true},
		{"not in, absent key", &Selector{Terms: []Term{{"zone", "NotIn", []string{"a"}}}}, true},
		{"not in", &Selector{Terms: []Term{{"app", "NotIn", []string{"web"}}}}, false},
		{"exists", &Selector{Terms: []Term{{"tier", "Exists", nil}}}, true},
		{"does not exist", &Selector{Terms: []Term{{"tier", "DoesNotExist", nil}}}, false},
		{"unknown operator", &Selector{Terms: []Term{{"tier", "Like", nil}}}, false},
		{"all terms count", &Selector{Labels: map[string]string{"app": "web"}, Terms: []Term{{"zone", "Exists", nil}}}, false},
	}
	for _, c := range cases {
		if got := c.sel.Matches(labels); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestRulesAllow(t *testing.T) {
	all := Rule{Verbs: []string{"*"}, Groups: []string{"*"}, Resources: []string{"*"}}
	named := Rule{Verbs: []string{"get"}, Groups: []string{""}, Resources: []string{"secrets"}, Names: []string{"a"}}
	if !all.Allows("update", "apps", "deployments", "") || !all.Allows("update", "", "secrets", "x") {
		t.Error("a star does not allow")
	}
	if named.Allows("get", "", "secrets", "") || named.Allows("get", "", "secrets", "b") || !named.Allows("get", "", "secrets", "a") {
		t.Error("a rule for one name is taken for more or less")
	}
	if named.Allows("list", "", "secrets", "a") || named.Allows("get", "apps", "secrets", "a") {
		t.Error("another verb or group is allowed")
	}
}

func TestCoverageKnowsOnlyWhatWasReadToTheEnd(t *testing.T) {
	c := Coverage{
		{Kind: KindPod, Resource: "pods", State: Live},
		{Kind: KindNode, Resource: "nodes", State: Forbidden, Message: "forbidden to bob (list nodes)"},
		{Kind: KindSecret, Resource: "secrets", Namespace: "a", State: Live},
		{Kind: KindSecret, Resource: "secrets", Namespace: "b", State: Syncing},
		{Kind: KindCustom, Resource: "widgets.x", State: Live},
		{Kind: KindCustom, Resource: "gadgets.x", State: Live, Partial: true, Message: "only the first 5000 are read"},
		{Kind: KindHPA, Resource: "horizontalpodautoscalers", State: Absent},
	}
	snap := &Snapshot{Coverage: c}
	cases := []struct {
		kind      Kind
		namespace string
		ok        bool
		why       string
	}{
		{KindPod, "", true, ""},
		{KindPod, "a", true, ""},
		{KindNode, "", false, "nodes: forbidden to bob (list nodes)"},
		{KindSecret, "a", true, ""},
		{KindSecret, "b", false, "secrets: syncing"},
		{KindSecret, "", false, "secrets: read in some namespaces only"},
		{KindSecret, "c", false, "secret: not read"},
		{KindCustom, "a", false, "gadgets.x: only the first 5000 are read"},
		{KindHPA, "a", true, ""},
		{KindJob, "a", false, "job: not read"},
	}
	for _, x := range cases {
		for name, knows := range map[string]func(Kind, string) (bool, string){"coverage": c.Knows, "snapshot": snap.Knows} {
			if ok, why := knows(x.kind, x.namespace); ok != x.ok || why != x.why {
				t.Errorf("%s: %s in %q: %v %q, want %v %q", name, x.kind, x.namespace, ok, why, x.ok, x.why)
			}
		}
	}
	if c.Settled() {
		t.Error("settled, though b's secrets are syncing")
	}
}

func TestSameLooksPastTheResourceVersion(t *testing.T) {
	a := &Secret{Meta: Meta{Name: "a", ResourceVersion: "1"}, Hash: "x"}
	b := &Secret{Meta: Meta{Name: "a", ResourceVersion: "2"}, Hash: "x"}
	if !Same(a, b) || b.ResourceVersion != "2" {
		t.Errorf("same: %v, resource version now %q", Same(a, b), b.ResourceVersion)
	}
	if b.Hash = "y"; Same(a, b) {
		t.Error("another hash is the same")
	}
}

func TestReleasesAreSortedHistories(t *testing.T) {
	record := func(release string, revision int) *Record {
		return &Record{Meta: Meta{Kind: KindRecord, Name: RecordName(release, revision)}, Release: release, Revision: revision}
	}
	rows := Table{record("b", 1), record("a", 10), record("a", 9), &Record{Meta: Meta{Name: "odd"}}}
	slices.SortFunc(rows, func(x, y Row) int { return slices.Compare([]byte(x.Base().Name), []byte(y.Base().Name)) })
	s := NewSpace("n", 1, map[Kind]Table{KindRecord: rows})
	list := s.Releases()
	if len(list) != 2 || list[0].Name != "a" || list[0].First().Revision != 9 || list[0].Newest().Revision != 10 {
		t.Fatalf("releases: %+v", list)
	}
	if s.Release("b") == nil || s.Release("c") != nil || (*Space)(nil).Release("a") != nil {
		t.Error("finding a release by name")
	}
	if rows.Find("odd") == nil || rows.Find("nothing") != nil {
		t.Error("finding a row by name")
	}
}

func TestRefsWriteThemselves(t *testing.T) {
	if s := (Ref{"Pod", "a", "b"}).String(); s != "Pod a/b" {
		t.Error(s)
	}
	if s := (Ref{Kind: "Node", Name: "n"}).String(); s != "Node n" {
		t.Error(s)
	}
	if FindCondition([]Condition{{Standing: &Standing{Type: "Ready"}, Since: time.Unix(1, 0)}}, "Ready") == nil {
		t.Error("a condition is not found")
	}
}
