package dump

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/golden"
)

func TestMain(m *testing.M) { os.Exit(golden.Main(m, "testdata/*.golden")) }

const begun = `{"apiVersion":"v1","kind":"List","items":[` + "\n" + pod

// broken are files that cannot be read, or not as they stand.
func broken(t *testing.T) map[string]map[string]string {
	t.Helper()
	yaml := "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: p, namespace: a}\n"
	var zipped bytes.Buffer
	w := zip.NewWriter(&zipped)
	for _, name := range []string{"../evil.json", `..\evil.json`, "C:/../../evil.json", "ok.json"} {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = f.Write([]byte(pod))
	}
	w.Close()
	one := func(name, text string) map[string]string { return map[string]string{name: text} }
	return map[string]map[string]string{
		"a list that ends early":              one("pods.json", begun+","),
		"a list with a value that is no JSON": one("pods.json", begun+",\n{]}\n"),
		"a list with items of all sorts":      one("x.json", begun+`,1,null,"x",[],{},{"kind":"Pod"}]}`),
		"an item that is no YAML":             one("pods.yaml", yaml+"- apiVersion: v1\n  kind: \"\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: q, namespace: a}\n"),
		"a field of another type":             one("x.yaml", yaml+"- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: c, namespace: a}\n  data: {flag: on, number: 5}\n"),
		"versions that are not known":         one("x.yaml", yaml+"- apiVersion: apps/v9\n  kind: Deployment\n  metadata: {name: d, namespace: a}\n- apiVersion: batch/v2alpha1\n  kind: CronJob\n  metadata: {name: c, namespace: a}\n"),
		"templates of a chart":                {"a.json": pod, "chart/templates/x.yaml": "{{- if .Values.x }}\nkind: Pod\n{{- end }}\n", "chart/templates/y.yaml": "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Release.Name }}\n", "chart/templates/z.yaml": "apiVersion: v1\nkind: Service\nmetadata:\n  name: \"{{ .Release.Name }}\"\n", "chart/values.yaml": "replicas: 3\n", "chart/Chart.yaml": "apiVersion: v2\nname: x\nversion: 1.0.0\n"},
		"an object of two versions":           one("x.json", strings.ReplaceAll(pod, `"name"`, `"resourceVersion":"1","name"`)+strings.ReplaceAll(pod, `"name"`, `"resourceVersion":"2","name"`)),
		"an object of one version twice":      {"x.json": strings.ReplaceAll(pod, `"name"`, `"resourceVersion":"1","name"`), "y.json": strings.ReplaceAll(pod, `"name"`, `"resourceVersion":"1","name"`)},
		"an object without a namespace":       one("x.json", strings.Replace(pod, `,"namespace":"a"`, "", 1)),
		"names that lead out":                 one("x.zip", zipped.String()),
		"a zip that ends early":               {"a.json": pod, "x.zip": zipped.String()[:zipped.Len()-30]},
		"a gzip that is none":                 {"a.json": pod, "x.json.gz": "\x1f\x8b nothing of the sort"},
		"a very large object":                 {"a.json": pod, "x.json": strings.TrimSuffix(pod, "}") + `,"x":"` + strings.Repeat("x", 3*maxObject) + `"}`},
		"a very large document":               one("x.yaml", yaml+"- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: c}\n  data:\n    x: |\n"+strings.Repeat("      "+strings.Repeat("x", 1000)+"\n", maxYAML/1000)+"- apiVersion: v1\n  kind: Pod\n  metadata: {name: q, namespace: a}\n"),
		"deep nesting":                        {"a.json": pod, "x.json": strings.Repeat(`{"a":`, 20000), "y.yaml": "kind: " + strings.Repeat("[", 20000), "z.json": strings.Repeat("[", 20000)},
		"aliases upon aliases":                {"a.json": pod, "x.yaml": "kind: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: [*f,*f,*f,*f,*f,*f,*f,*f,*f]\n"},
		"a map as a key, with a value in it":  {"a.json": pod, "x.yaml": "apiVersion: v1\nkind: Secret\ndata:\n  x: {? {sentinel: 1} : 2}\n"},
		"prose":                               one("x.yaml", "Dear all,\n\nthe cluster is broken.\n"),
		"a log":                               one("x.log", "2026-01-02 starting\n"),
		"nothing":                             {},
	}
}

// TestWhatIsSaidOfBrokenFiles holds all that is said, and how many pods were read.
func TestWhatIsSaidOfBrokenFiles(t *testing.T) {
	files := broken(t)
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(&out, "== %s\n", name)
		dir := t.TempDir()
		for file, text := range files[name] {
			path := filepath.Join(dir, file)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		got, err := Open(dir, Options{})
		if err != nil {
			if !errors.Is(err, ErrNothing) {
				t.Errorf("%s: %v", name, err)
			}
			fmt.Fprintf(&out, "error    %s\n\n", strings.ReplaceAll(err.Error(), dir, "DIR"))
			continue
		}
		for _, p := range got.Problems {
			fmt.Fprintf(&out, "problem  %s\n", p)
		}
		for _, p := range got.Notes {
			fmt.Fprintf(&out, "note     %s\n", p)
		}
		n := 0
		for _, ns := range got.Snapshot.Namespaces() {
			n += len(got.Snapshot.Space(ns).Tables["Pod"])
		}
		ok, why := got.Snapshot.Knows("Pod", "a")
		fmt.Fprintf(&out, "pods     %d, in a known %v %s\n\n", n, ok, why)
	}
	golden.Equal(t, "testdata/said.golden", out.String())
}
