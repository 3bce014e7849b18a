package config

import (
	"strings"
	"testing"
)

const ownProbes = `waivers:
  - {probe: own-rule, subject: shop/*, reason: known}
probes:
  - id: own-rule
    title: A title
    kind: Deployment
    severity: low
    when: object.spec.replicas > 1
    message: it is so
    evidence: [spec.replicas]
  - {id: own-other, title: "Another", kind: Secret, severity: high, when: "'a' in object.data", messageExpression: object.metadata.name}
`

func TestProbesOfAFile(t *testing.T) {
	f, err := parse("c", []byte(ownProbes), catalogue, columns)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Probes) != 2 || f.Probes[0].ID != "own-rule" || f.Probes[1].Title() != "Another" || len(f.Waivers) != 1 {
		t.Errorf("%+v", f)
	}
	for _, text := range []string{"probes:\n", "probes: []\n"} {
		if f, err := parse("c", []byte(text), catalogue, columns); err != nil || len(f.Probes) != 0 {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestErrorsOfProbesSayWhere(t *testing.T) {
	head := "probes:\n  - id: own-rule\n    title: A title\n    kind: Deployment\n    severity: low\n    message: so\n"
	for _, c := range []struct{ text, want string }{
		{"probes: x", `c:1:9: a list of probes is wanted here, not "x"`},
		{"probes:\n  - x", `c:2:5: a mapping is wanted here, not "x"`},
		{"probes:\n  - {id: a}", "c:2:5: the probe has no title"},
		{head, "c:2:5: the probe has no when"},
		{head + "    rule: x", `c:7:5: unknown field "rule"; known are doc, evidence, id, kind`},
		{head + "    when: ''", "c:7:11: a text is wanted here"},
		{head + "    when: true\n    messageExpression: object.metadata.name", "c:2:5: a probe has either a message or a messageExpression"},
		{head + "    when: true\n    evidence: spec", `c:8:15: a list of paths is wanted here, not "spec"`},

		// A plain text, quoted ones, blocks, and one that is folded.
		{head + "    when: object.spec.replica > 1", `c:7:22: there is no field replica; did you mean "replicas"`},
		{head + "    when: 'object.spec.replica > 1'", "c:7:23: there is no field replica"},
		{head + `    when: "object.spec.replica > 1"`, "c:7:23: there is no field replica"},
		{head + "    when: |\n      true &&\n      object.spec.replica > 1", "c:9:18: there is no field replica"},
		{head + "    when: |\n      true &&\n        object.spec.replica > 1\n", "c:9:20: there is no field replica"},
		{head + "    when: |-\n\n      true &&\n      object.spec.replica > 1\n\n", "c:10:18: there is no field replica"},
		{head + "    when: >-\n      true &&\n      object.spec.replica > 1\n", "c:7:11: there is no field replica"},
		{head + "    when: \"true &&\\n object.spec.replica > 1\"", "c:7:11: there is no field replica"},
		{head + "    when: true\n    evidence: [spec.replicas, spec.replica]", "c:8:35: there is no field replica"},
		{head + "    when: {a: b}", "c:7:11: a text is wanted here, not a mapping"},

		{strings.Replace(head, "own-rule", "release-stuck", 1) + "    when: 'true'", "c:2:9: there is a probe release-stuck already"},
		{strings.Replace(head, "own-rule", "Own Rule", 1) + "    when: 'true'", `c:2:9: probe "Own Rule": the id is not of the form word-word`},
		{head + "    when: 'true'\n" + strings.TrimPrefix(head, "probes:\n") + "    when: 'true'", "c:8:9: there is a probe own-rule already"},
		{strings.Replace(head, "low", "bad", 1) + "    when: 'true'", `c:5:15: unknown severity "bad"`},
		{strings.Replace(head, "A title", "\"A\\ntitle\"", 1) + "    when: 'true'", "c:3:12: a title is one line"},
		{"waivers: [{probe: own-rul, subject: '*', reason: x}]\n" + head + "    when: 'true'", `there is no probe "own-rul"`},
		{"probes:\n" + strings.Repeat("  - x\n", maxProbes+1), "201 probes are more than the 200"},
		{head + "    when: 'true'\nprobes: []", "c:8:1: probes is set twice"},
	} {
		_, err := parse("c", []byte(c.text), catalogue, columns)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %s", c.text, err, c.want)
		}
	}
}
