package own

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// piece is a text of a rule that stands in line 10, from column 5.
func piece(value string) Text {
	return Text{value, func(line, column int) string { return fmt.Sprintf("f:%d:%d", 9+line, 4+column) }}
}

// rule is a rule about Deployments.
func rule(when string, change ...func(*Rule)) Rule {
	r := Rule{
		ID: piece("own-rule"), Title: piece("A title"), Kind: piece("Deployment"), Severity: piece("medium"), When: piece(when), Message: piece("it is so"),
	}
	for _, f := range change {
		f(&r)
	}
	return r
}

func kind(k string) func(*Rule) { return func(r *Rule) { r.Kind = piece(k) } }
func evidence(paths ...string) func(*Rule) {
	return func(r *Rule) {
		for _, p := range paths {
			r.Evidence = append(r.Evidence, piece(p))
		}
	}
}

func mustCompile(t *testing.T, r Rule) *probes.Probe {
	t.Helper()
	p, err := Compile(r)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestRulesThatCannotBeMeant(t *testing.T) {
	for _, c := range []struct {
		rule Rule
		want string
	}{
		{rule("object.spec.replicas >"), "f:10:27: mismatched input"},
		{rule("object.spec.replicas"), "f:10:5: it must be a bool, and is a int"},
		{rule("true &&\n  object.spec.replica > 1"), `f:11:18: there is no field replica; did you mean "replicas"`},
		{rule("object.spec.template.spec.containers.exists(c, c.args.size() > 0)"), "there is no field args"},
		{rule("object.spec.replicas == 'x'"), "f:10:26: found no matching overload for '_==_' applied to '(int, string)'"},
		{rule("nothing.spec"), "undeclared reference to 'nothing'"},
		{rule("related(object.kind, 'a', 'b') == null"), "the kind must stand here as a text in quotes"},
		{rule("related('Secrets', 'a', 'b') == null"), `"Secrets" is not a kind that rules can be about; did you mean "Secret"`},
		{rule("related('Secret', 'a') == null"), "undeclared reference to 'related'"},
		{rule("related('Secret', 'a', 'b').data['x'] == 'secret'"), "no matching overload"},
		{rule("object.metadata.name.replace('a', 'b') == ''"), "undeclared reference to 'replace'"},
		{rule("quantity(1) > 1.0"), "no matching overload"},
		{rule(strings.Repeat("(", 200) + "true" + strings.Repeat(")", 200)), "recursion"},
		{rule("true || '" + strings.Repeat("x", maxExpression) + "' == ''"), "size"},
		{rule("true", kind("Deploymnt")), `f:10:5: "Deploymnt" is not a kind that rules can be about; did you mean "Deployment"`},
		{rule("true", kind("deployment")), `did you mean "Deployment"?`},
		{rule("true", kind("Release")), "not a kind that rules can be about"},
		{rule("true", evidence("spec.replicas", "spec.nothing")), "f:10:9: there is no field nothing"},
		{rule("true", func(r *Rule) { r.Severity = piece("bad") }), `f:10:5: unknown severity "bad"`},
		{rule("true", func(r *Rule) { r.Said = piece("1 + 1") }), "f:10:5: it must be a string, and is a int"},
		{rule("object.spec.suspend", kind("Widget.example.com"), evidence("spec.size")), "there is no field size"},
	} {
		if _, err := Compile(c.rule); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %q", c.rule.When.Value, err, c.want)
		}
	}
}

func TestWhatARuleReads(t *testing.T) {
	for _, c := range []struct {
		rule  Rule
		scope probes.Scope
		reads string
		grade finding.Grade
	}{
		{rule("object.spec.replicas > 1"), probes.Namespace, "Deployment", finding.Proved},
		{rule("now > object.metadata.creationTimestamp"), probes.Namespace, "Deployment", finding.Proved},
		{rule("related('Secret', object.metadata.namespace, 'a') == null"), probes.Namespace, "Deployment Secret", finding.Inferred},
		{rule("related('Secret', 'other', 'a') == null"), probes.Cluster, "Deployment Secret", finding.Inferred},
		{rule("related('Deployment', object.metadata.namespace, 'a') == null"), probes.Namespace, "Deployment", finding.Inferred},
		{rule("related('StorageClass', '', 'a') == null"), probes.Namespace, "Deployment StorageClass", finding.Inferred},
		{rule("related('Node', '', 'a') == null"), probes.Cluster, "Deployment Node", finding.Inferred},
		{rule("related('Widget.example.com', object.metadata.namespace, 'a') != null"), probes.Namespace, "Deployment CustomResource", finding.Inferred},
		{rule("object.spec.unschedulable", kind("Node")), probes.Cluster, "Node", finding.Proved},
		{rule("object.spec.suspend", kind("Widget.example.com")), probes.Namespace, "CustomResource", finding.Proved},
	} {
		p := mustCompile(t, c.rule)
		var reads []string
		for _, k := range p.Reads() {
			reads = append(reads, string(k))
		}
		if p.Scope != c.scope || strings.Join(reads, " ") != c.reads {
			t.Errorf("%s: scope %d, reads %q", c.rule.When.Value, p.Scope, reads)
		}
		if err := probes.Validate([]*probes.Probe{p}); err != nil {
			t.Error(err)
		}
		if inferred := strings.Contains(p.Doc, "inferred"); inferred != (c.grade == finding.Inferred) {
			t.Errorf("%s: its page says inferred: %v", c.rule.When.Value, inferred)
		}
	}
}

// cluster is a snapshot of Deployments and Secrets of a namespace; hidden kinds are not
// read.
func cluster(deployments, secrets []string, hidden ...model.Kind) *model.Snapshot {
	tables := map[model.Kind]model.Table{}
	for i, name := range deployments {
		w := &model.Workload{Meta: model.Meta{Kind: model.KindDeployment, Namespace: "shop", Name: name, Created: start.Add(-time.Hour)}, Desired: int32(i + 1)}
		w.Labels = map[string]string{"app": name}
		w.Template.Containers = []model.Container{{Name: "c", Image: "web:1", Limits: map[string]string{"memory": "2Gi"}}, {Name: "i", Init: true}}
		tables[model.KindDeployment] = append(tables[model.KindDeployment], w)
	}
	for _, name := range secrets {
		tables[model.KindSecret] = append(tables[model.KindSecret], &model.Secret{
			Meta: model.Meta{Kind: model.KindSecret, Namespace: "shop", Name: name}, Keys: []model.DataKey{{Name: "tls.crt", Size: 7}},
		})
	}
	snap := &model.Snapshot{Spaces: map[string]*model.Space{"shop": model.NewSpace("shop", 1, tables)}}
	for _, k := range []model.Kind{model.KindDeployment, model.KindSecret} {
		w := model.Watch{Kind: k, Resource: model.Lookup(k).Resource, State: model.Live}
		for _, h := range hidden {
			if h == k {
				w.State, w.Message = model.Forbidden, "forbidden to viewer"
				delete(tables, k)
			}
		}
		snap.Coverage = append(snap.Coverage, w)
	}
	return snap
}

var start = time.Date(2026, 1, 2, 15, 0, 0, 0, time.UTC)

func find(t *testing.T, r Rule, snap *model.Snapshot) []*finding.Finding {
	t.Helper()
	return engine.Look(snap, []*probes.Probe{mustCompile(t, r)}, probes.Defaults, start).Findings
}

func TestWhatRulesFind(t *testing.T) {
	snap := cluster([]string{"api", "web"}, []string{"api"})
	for when, want := range map[string]string{
		"object.spec.replicas > 1":                                                                                          "web",
		"object.metadata.labels['app'] == 'api'":                                                                            "api",
		"object.spec.template.spec.containers.all(c, c.image.contains(':1'))":                                               "api web",
		"size(object.spec.template.spec.initContainers) == 1":                                                               "api web",
		"quantity(object.spec.template.spec.containers[0].resources.limits['memory']) > quantity('1Gi')":                    "api web",
		"now - object.metadata.creationTimestamp > duration('30m')":                                                         "api web",
		"has(object.metadata.deletionTimestamp)":                                                                            "",
		"has(object.spec.template.spec.containers[0].livenessProbe)":                                                        "",
		"object.spec.template.spec.containers[0].livenessProbe.httpGet.path == ''":                                          "api web",
		"related('Secret', object.metadata.namespace, object.metadata.name) == null":                                        "web",
		"cel.bind(s, related('Secret', object.metadata.namespace, object.metadata.name), s != null && 'tls.crt' in s.data)": "api",
		"related('Secret', object.metadata.namespace, '') == null":                                                          "api web",
	} {
		var names []string
		for _, f := range find(t, rule(when), snap) {
			names = append(names, f.Subject.Name)
			if f.Summary != "It is so." && f.Summary != "it is so." || f.Severity != finding.Medium || len(f.Evidence) == 0 {
				t.Errorf("%s: %+v", when, f)
			}
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: %q, want %q", when, got, want)
		}
	}
}

func TestEvidenceAndMessage(t *testing.T) {
	r := rule("related('Secret', object.metadata.namespace, 'gone') == null", evidence("spec.replicas", "spec.template.spec.containers[0].resources", "spec.template.spec.containers[9].image", "metadata.creationTimestamp"),
		func(r *Rule) { r.Said = piece("object.metadata.name + ' has ' + string(object.spec.replicas)") })
	f := find(t, r, cluster([]string{"api"}, nil))[0]
	if f.Summary != "api has 1." || f.Grade != finding.Inferred {
		t.Errorf("%+v", f)
	}
	var got []string
	for _, e := range f.Evidence {
		got = append(got, strings.Trim(e.Ref.Name+" "+e.Path+" "+e.Value+" "+e.Note, " "))
	}
	want := []string{
		"api spec.replicas 1", `api spec.template.spec.containers[0].resources {"limits":{"memory":"2Gi"}}`,
		"api metadata.creationTimestamp 2026-01-02T14:00:00Z", "gone   does not exist",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	r.Said = piece("object.metadata.labels['nothing']")
	if f := find(t, r, cluster([]string{"api"}, nil))[0]; f.Summary != "A title." || !strings.Contains(fmt.Sprint(f.Evidence), "no such key: nothing") {
		t.Errorf("a message that fails: %+v", f)
	}
}

func TestWhatWasNotReadIsUnknown(t *testing.T) {
	hidden := cluster([]string{"api", "web"}, nil, model.KindSecret)
	list := find(t, rule("related('Secret', object.metadata.namespace, 'gone') == null"), hidden)
	if len(list) != 1 || list[0].Grade != finding.Unknown || !strings.Contains(list[0].Summary, "secrets: forbidden") {
		t.Errorf("%+v", list)
	}
	list = find(t, rule("object.metadata.name == 'api' || related('Secret', object.metadata.namespace, 'gone') == null"), hidden)
	if len(list) != 2 || list[0].Subject.Name != "api" || list[1].Grade != finding.Unknown {
		t.Errorf("what does not depend on it: %+v", list)
	}
	list = find(t, rule("true"), cluster([]string{"api"}, nil, model.KindDeployment))
	if len(list) != 1 || list[0].Grade != finding.Unknown {
		t.Errorf("without its own kind: %+v", list)
	}
	stripped := cluster(nil, []string{"a"})
	stripped.Spaces["shop"].Tables[model.KindSecret][0].(*model.Secret).Stripped = true
	list = find(t, rule("!('tls.crt' in object.data)", kind("Secret")), stripped)
	if len(list) != 1 || list[0].Grade != finding.Unknown || !strings.Contains(list[0].Summary, "not known whole") {
		t.Errorf("a Secret whose data was taken out: %+v", list)
	}
}

func TestARuleThatFailsIsUnknownOnce(t *testing.T) {
	var names []string
	for i := range 20 {
		names = append(names, fmt.Sprintf("web-%02d", i))
	}
	snap := cluster(names, nil)
	snap.Spaces["other"] = model.NewSpace("other", 1, snap.Spaces["shop"].Tables)
	for when, want := range map[string]string{
		"object.metadata.labels['nothing'] == ''":                                           "for 20 objects: no such key: nothing.",
		"object.spec.template.spec.containers[5].image == '' || object.spec.replicas > 100": "index out of bounds: 5",
		"quantity('x') > 1.0": `"x" is not a quantity`,
		"1 / (object.spec.replicas - object.spec.replicas) == 1": "divi",
		"[1,2,3,4,5,6,7,8,9,10].all(a, [1,2,3,4,5,6,7,8,9,10].all(b, [1,2,3,4,5,6,7,8,9,10].all(c, [1,2,3,4,5,6,7,8,9,10].all(d, [1,2,3,4,5,6,7,8,9,10].all(e, a + b + c + d + e > 0)))))": "it costs more than 20,000",
	} {
		list := find(t, rule(when), snap)
		if len(list) != 1 || list[0].Grade != finding.Unknown || !strings.Contains(list[0].Summary, want) || len(list[0].Evidence) != namedFailures {
			t.Errorf("%.60s: %d findings, first %+v", when, len(list), list[0])
		}
	}
	list := find(t, rule("object.metadata.name == 'web-03' || object.metadata.labels['nothing'] == ''"), snap)
	if len(list) != 3 || list[0].Subject.Name != "web-03" {
		t.Errorf("what can be said is said: %+v", list)
	}
}

func TestARuleThatFindsTooMuchIsCounted(t *testing.T) {
	var names []string
	for i := range most + 50 {
		names = append(names, fmt.Sprintf("web-%04d", i))
	}
	snap := cluster(names, nil)
	other := cluster(names[:30], nil)
	snap.Spaces["other"] = model.NewSpace("other", 1, other.Spaces["shop"].Tables)
	list := find(t, rule("true"), snap)
	if len(list) != most+1 {
		t.Fatalf("%d findings", len(list))
	}
	more := 0
	for _, f := range list {
		if f.Slot == "more" {
			more++
			if !strings.Contains(f.Summary, "80 more") || f.Severity != finding.Medium || f.Grade != finding.Proved {
				t.Errorf("%+v", f)
			}
		}
	}
	if more != 1 {
		t.Errorf("%d findings say that there are more", more)
	}
}

func TestARunThatCostsTooMuchStops(t *testing.T) {
	names := make([]string, 2000)
	for i := range names {
		names[i] = fmt.Sprintf("web-%05d", i)
	}
	heavy := "[1,2,3,4,5,6,7,8,9,10].all(a, [1,2,3,4,5,6,7,8,9,10].all(b, [1,2,3,4,5].all(c, a + b + c > 0)))"
	list := find(t, rule(heavy+" && false"), cluster(names, nil))
	if len(list) != 1 || list[0].Grade != finding.Unknown || !strings.Contains(list[0].Summary, "costs too much") {
		t.Errorf("%+v", list)
	}
}

func TestARuleThatReadsTheClockIsRunAgain(t *testing.T) {
	for when, want := range map[string]bool{"now > object.metadata.creationTimestamp": true, "true": false} {
		snap := cluster([]string{"api"}, nil)
		pass := &probes.Pass{Snapshot: snap, Space: snap.Space("shop"), Now: start, Report: func(finding.Finding) {}}
		mustCompile(t, rule(when)).Run(pass)
		if pass.WakeAt().IsZero() == want {
			t.Errorf("%s: again at %s", when, pass.WakeAt())
		}
	}
}
