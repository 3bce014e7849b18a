package command

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/catalogue"
	"github.com/careen-tui/careen/internal/config"
	"github.com/careen-tui/careen/views"
)

const (
	ownExamples = "../../docs/examples/own-probes.yaml"
	ownFixtures = "../../docs/examples/own-probes"
)

// TestTheExamplesOfOwnProbes runs the probes that the docs offer on their fixtures: each
// finds something in one of them, and is silent in another.
func TestTheExamplesOfOwnProbes(t *testing.T) {
	s := newShell(t)
	file, err := config.Load(ownExamples, catalogue.IDs(), views.PaneColumns())
	if err != nil {
		t.Fatal(err)
	}
	if len(file.Probes) < 3 {
		t.Errorf("%d examples", len(file.Probes))
	}
	if code := s.run("probes", "test", "--config", ownExamples, ownFixtures); code != codeOK || s.err.Len() > 0 || strings.Count(s.out.String(), ": ok, ") < 4 {
		t.Errorf("exit code %d:\n%s%s", code, s.out.String(), s.err.String())
	}
	for _, p := range file.Probes {
		if code := s.run("probes", string(p.ID), "--config", ownExamples); code != codeOK || !strings.HasPrefix(s.out.String(), "# "+string(p.ID)+"\n") {
			t.Errorf("%s has no page: exit code %d", p.ID, code)
		}
	}
}

func TestFixturesThatAreNotAsWanted(t *testing.T) {
	s := newShell(t)
	own := s.file("own.yaml", `probes:
  - {id: own-replicas, title: Too many, kind: Deployment, severity: low, when: object.spec.replicas > 2, message: it has too many}
  - {id: own-silent, title: Nothing, kind: Deployment, severity: low, when: "false", message: nothing}
`)
	const deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec: {replicas: 3}\n"
	const scene = "kind: Fixture\nnow: 2026-01-02T15:00:00Z\n---\n"
	wanted := s.file("wanted.yaml", scene+"# want own-replicas low proved \"too many\"\n"+deployment)
	silent := s.file("silent.yaml", scene+strings.Replace(deployment, "3", "1", 1))
	for _, c := range []struct {
		name string
		text string
		code int
		says string
	}{
		{"as wanted", scene + "# want low proved \"^it has\"\n" + deployment, codeOK, "ok, 1 finding"},
		{"not wanted", scene + deployment, codeFindings, "not wanted: own-replicas:shop/Deployment/web low proved"},
		{"not found", scene + "# want own-replicas low proved \"too many\"\n" + strings.Replace(deployment, "3", "1", 1), codeFindings, `fixture.yaml:4: not found: own-replicas low proved "too many"`},
		{"another severity", scene + "# want own-replicas high proved \"too many\"\n" + deployment, codeFindings, "not found"},
		{"no clock", deployment, codeUsage, "no document of kind Fixture"},
		{"no manifest", scene + "kind: [", codeUsage, "fixture.yaml:4"},
	} {
		if code := s.run("probes", "test", "--config", own, s.file("fixture.yaml", c.text)); code != c.code || !strings.Contains(s.out.String()+s.err.String(), c.says) {
			t.Errorf("%s: exit code %d, want %d:\n%s%s", c.name, code, c.code, s.out.String(), s.err.String())
		}
	}
	if code := s.run("probes", "test", "--config", own, wanted, silent); code != codeOK || !strings.Contains(s.err.String(), "own-silent finds something in none of the fixtures") || strings.Contains(s.err.String(), "own-replicas") {
		t.Errorf("exit code %d: %s", code, s.err.String())
	}
	for line, want := range map[string]string{
		"probes test --config " + own:                                           "test needs a fixture",
		"probes test " + wanted:                                                 "the configuration has no probes",
		"probes test --config " + own + " /nonexistent":                         "/nonexistent: no such file",
		"probes test --config " + own + " " + t.TempDir():                       "there is no YAML file",
		"probes test --config " + own + " " + wanted + " --probe secret-orphan": "leave no probe of the configuration",
		"audit --config " + s.file("bad.yaml", "probes: [{id: own-a, title: a, kind: Pod, severity: low, when: object.nothing, message: x}]"): "bad.yaml:1:70: there is no field nothing",
	} {
		if code := s.run(strings.Fields(line)...); code != codeUsage || !strings.Contains(s.err.String(), want) {
			t.Errorf("%s: exit code %d; %s", line, code, s.err.String())
		}
	}
}

// TestOwnProbesStandWhereOthersDo goes through what knows the probes: the list, the choice,
// the role, the reports, waivers.
func TestOwnProbesStandWhereOthersDo(t *testing.T) {
	s := newShell(t)
	a := newAPIServer(t)
	a.objects["configmaps"] = []any{object{
		"kind": "ConfigMap", "apiVersion": "v1", "data": object{"password": sentinel},
		"metadata": object{"name": "app", "namespace": "default", "uid": "8", "resourceVersion": "6", "creationTimestamp": "2025-01-01T00:00:00Z"},
	}}
	const probe = `probes:
  - id: own-config
    title: A ConfigMap holds a password
    kind: ConfigMap
    severity: high
    when: '"password" in object.data && related("Secret", object.metadata.namespace, "x") == null'
    messageExpression: object.metadata.name + " holds one of " + string(object.data["password"]) + " bytes"
    evidence: [data]
`
	own := s.file("own.yaml", probe)
	run := func(line string) int { return s.on(a, line+" --config "+own) }
	if code := run("audit --probe own-config -o json"); code != codeFindings || !strings.Contains(s.out.String(), `"id": "own-config:default/ConfigMap/app"`) || !strings.Contains(s.out.String(), "app holds one of 14 bytes.") {
		t.Errorf("exit code %d: %s%s", code, s.out.String(), s.err.String())
	}
	told(t, "a report of an own probe", s.out.String())
	if code := run("audit --skip-probe own-config"); code != codeOK {
		t.Errorf("left out: exit code %d: %s", code, s.out.String())
	}
	if code := run("audit -o sarif"); code != codeFindings || !strings.Contains(s.out.String(), `"id": "own-config"`) || !strings.Contains(s.out.String(), `"text": "A ConfigMap holds a password"`) {
		t.Errorf("SARIF has no rule of it: exit code %d", code)
	}
	if code := run("probes"); code != codeOK || !strings.Contains(s.out.String(), "own-config ") {
		t.Errorf("the list: exit code %d", code)
	}
	if code := run("probes --rbac --custom=false --probe own-config"); code != codeOK || !strings.Contains(s.out.String(), "needed by own-config\n  - apiGroups: [\"\"]\n    resources: [configmaps]") || !strings.Contains(s.out.String(), "resources: [secrets]") {
		t.Errorf("the role: exit code %d: %s", code, s.out.String())
	}
	if code := run("fix own-config:default/ConfigMap/app"); code != codeUsage && code != codeRefused {
		t.Errorf("it has no fix: exit code %d: %s", code, s.err.String())
	}
	if code := s.run("__complete", "audit", "--config", own, "--probe", ""); code != codeOK || !strings.Contains(s.out.String(), "own-config\t") {
		t.Errorf("completion: %s", s.out.String())
	}
	own = s.file("waived.yaml", probe+"waivers: [{probe: own-config, subject: default/*, reason: a test}]\n")
	if code := run("audit"); code != codeOK || !strings.Contains(s.out.String(), "(known) app holds") {
		t.Errorf("waived: exit code %d: %s", code, s.out.String())
	}
	snapshot := filepath.Join(s.home, "snapshot")
	if code := run("snapshot -o " + snapshot); code != codeOK {
		t.Fatal(s.err.String())
	}
	own = s.file("own.yaml", probe)
	if code := s.run("audit", "--from", snapshot, "--config", own, "-o", "json"); code != codeFindings || !strings.Contains(s.out.String(), "own-config:default") {
		t.Errorf("of a snapshot: exit code %d: %s", code, s.err.String())
	}
}

// TestAnOwnProbeOfAKindThatIsNotServed finds nothing where there can be nothing, and says
// so where that is not known.
func TestAnOwnProbeOfAKindThatIsNotServed(t *testing.T) {
	s := newShell(t)
	a := newAPIServer(t)
	own := s.file("own.yaml", `probes:
  - id: own-widget
    title: A widget is there
    kind: Widget.example.com
    severity: high
    when: 'true'
    message: It is there
`)
	if code := s.on(a, "audit --probe own-widget -o json --config "+own); code != codeOK && code != codePartial || strings.Contains(s.out.String(), "It is there") {
		t.Errorf("not served: exit code %d: %s%s", code, s.out.String(), s.err.String())
	}
	hidden := newAPIServer(t)
	hidden.denied = []string{"list customresourcedefinitions", "watch customresourcedefinitions"}
	if code := s.on(hidden, "audit --probe own-widget --fail-on none -o json --config "+own); code != codePartial || !strings.Contains(s.out.String()+s.err.String(), "customresourcedefinitions") {
		t.Errorf("not known whether it is served: exit code %d: %s%s", code, s.out.String(), s.err.String())
	}
}
