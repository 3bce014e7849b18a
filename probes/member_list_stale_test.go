package probes_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/hosts"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/probes/probetest"
)

// TestAListThatIsRewrittenIsRight makes every rewrite that any fixture offers in the
// fixture's own objects. It must apply, hold what it says, and leave nothing to find.
func TestAListThatIsRewrittenIsRight(t *testing.T) {
	files, err := filepath.Glob("testdata/member-list-stale/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	rewritten := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for id, fixes := range stale(t, file) {
			for _, fix := range fixes {
				if fix.ID != "rewrite" {
					continue
				}
				rewritten++
				after := filepath.Join(t.TempDir(), "after.yaml")
				if err := os.WriteFile(after, []byte(applied(t, string(text), fix)), 0o600); err != nil {
					t.Fatal(err)
				}
				if _, still := stale(t, after)[id]; still {
					t.Errorf("%s: %s is still found when it was rewritten", file, id)
				}
			}
		}
	}
	if rewritten < 30 {
		t.Errorf("only %d fixes rewrite a list", rewritten)
	}
}

// stale are the fixes of what the probe finds in a fixture.
func stale(t *testing.T, file string) map[finding.ID][]finding.Fix {
	t.Helper()
	snap, settings, now, err := probetest.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	out := map[finding.ID][]finding.Fix{}
	for _, f := range engine.Look(snap, []*probes.Probe{probes.MemberListStale}, settings, now).Findings {
		out[f.ID()] = f.Fixes
	}
	return out
}

// applied is a fixture after the rewrites of a fix.
func applied(t *testing.T, text string, fix finding.Fix) string {
	t.Helper()
	docs := strings.Split(text, "\n---\n")
	for _, step := range fix.Steps {
		c, ok := step.Change.(finding.RewriteHosts)
		if !ok {
			continue
		}
		for i, doc := range docs {
			u := &unstructured.Unstructured{}
			if err := yaml.Unmarshal([]byte(doc), &u.Object); err != nil {
				t.Fatal(err)
			}
			if u.GetKind() != string(step.Ref.Kind) || u.GetName() != step.Ref.Name {
				continue
			}
			rewriteAt(t, u, c)
			out, err := yaml.Marshal(u.Object)
			if err != nil {
				t.Fatal(err)
			}
			docs[i] = string(out)
		}
	}
	return strings.Join(docs, "\n---\n")
}

func rewriteAt(t *testing.T, u *unstructured.Unstructured, c finding.RewriteHosts) {
	t.Helper()
	change := hosts.Change{From: c.From, To: c.To, Add: c.Add, Remove: c.Remove}
	set, held := at(u.Object, c.Path)
	switch held := held.(type) {
	case string:
		after, err := hosts.Rewrite(u.GetNamespace(), held, change)
		if err != nil || !hosts.Holds(u.GetNamespace(), after, c.To) {
			t.Fatalf("%s %v: %v, %q", u.GetName(), c.Path, err, after)
		}
		set(after)
	case []any:
		var args []string
		for _, a := range held {
			args = append(args, a.(string))
		}
		after, err := hosts.RewriteArgs(u.GetNamespace(), args, change)
		if err != nil || !hosts.HoldsArgs(u.GetNamespace(), after, c.To) {
			t.Fatalf("%s %v: %v, %q", u.GetName(), c.Path, err, after)
		}
		set(after)
	default:
		t.Fatalf("%s: nothing is at %v", u.GetName(), c.Path)
	}
}

// at is the value at a path, and what puts another in its place.
func at(object any, path []string) (set func(any), held any) {
	held = object
	for _, name := range path {
		switch in := held.(type) {
		case map[string]any:
			set, held = func(v any) { in[name] = v }, in[name]
		case []any:
			i, _ := strconv.Atoi(name)
			set, held = func(v any) { in[i] = v }, in[i]
		}
	}
	return set, held
}
