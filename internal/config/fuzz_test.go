package config

import (
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/finding"
)

// FuzzParse holds that a configuration is read or refused with its path, whatever it holds.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", "keys:\n  quit: [q, ctrl+c]\n", "theme: light\n", "columns:\n  findings: [age, probe]\n", "thresholds:\n  stuck-after: 5m\n",
		"waivers:\n- probe: config-gone\n  object: a/Secret/*\n  reason: ours\n  until: 2027-01-01\n",
		"probes:\n- id: own-rule\n  title: t\n  kind: Deployment\n  severity: low\n  when: object.spec.replicas > 3\n  message: m\n",
		"a: &a [*a, *a]\n", "? {a: b}\n: c\n", "--- x\n--- y\n", "keys: {\x1b: \x00}\n", "!!binary x", "waivers: [[[[[[]]]]]]",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) > 1024 {
			return
		}
		file, err := parse("config.yaml", raw, []finding.ProbeID{"config-gone"}, columns)
		switch {
		case err == nil && file == nil:
			t.Fatal("neither a configuration nor an error")
		case err != nil && !strings.HasPrefix(err.Error(), "config.yaml:"):
			t.Fatalf("no place: %s", err)
		}
	})
}
