package box

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"helm.sh/helm/v3/pkg/chartutil"

	"github.com/careen-tui/careen/internal/preflight/source"
)

func TestMain(m *testing.M) {
	if code, ok := Serve(os.Args); ok {
		os.Exit(code)
	}
	os.Exit(m.Run())
}

// ofFiles is a chart of some files.
func ofFiles(files map[string]string) *source.Chart {
	c := &source.Chart{Ref: "./c"}
	if files["Chart.yaml"] == "" {
		c.Files = append(c.Files, source.File{Name: "Chart.yaml", Data: []byte("apiVersion: v2\nname: c\nversion: 1.0.0\n")})
	}
	for name, text := range files {
		c.Files = append(c.Files, source.File{Name: name, Data: []byte(text)})
	}
	return c
}

var plain = Request{
	Release: "r", Namespace: "ns", Revision: 1, APIVersions: []string{"v1", "apps/v1"},
	Kubernetes: chartutil.KubeVersion{Version: "v1.36.3", Major: "1", Minor: "36"},
}

func rendered(t *testing.T, ctx context.Context, files map[string]string, values map[string]any, l Lookups) (*Result, error) {
	t.Helper()
	b, err := Open(ctx, ofFiles(files))
	if err != nil {
		return nil, err
	}
	t.Cleanup(b.Close)
	r := plain
	r.Values, r.Twice = values, true
	return b.Render(ctx, r, l)
}

// configMap is a template of one ConfigMap with one value.
func configMap(value string) map[string]string {
	return map[string]string{"templates/cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n  key: " + value + "\n"}
}

func data(t *testing.T, r *Result) any {
	t.Helper()
	var o struct{ Data map[string]any }
	if len(r.Objects) != 1 {
		t.Fatalf("%d objects", len(r.Objects))
	}
	if err := json.Unmarshal(r.Objects[0].JSON, &o); err != nil {
		t.Fatal(err)
	}
	return o.Data["key"]
}

func TestItRendersAsHelmDoes(t *testing.T) {
	files := configMap(`{{ printf "%s %v %v %v %s %v" .Release.Name .Values.n .Values.large .Values.half .Capabilities.KubeVersion.Minor (.Capabilities.APIVersions.Has "apps/v1") | quote }}`)
	files["values.yaml"] = "half: 0.5\nn: 1\n"
	files["crds/a.yaml"] = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a}\n"
	files["templates/NOTES.txt"] = "notes"
	files["templates/hook.yaml"] = "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: j\n  annotations: {helm.sh/hook: 'pre-install,post-upgrade', helm.sh/hook-weight: '-5'}\n"
	files["templates/list.yaml"] = "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Service, metadata: {name: a}}\n- {apiVersion: v1, kind: Service, metadata: {name: b}}\n---\n\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: space}\n"
	r, err := rendered(t, t.Context(), files, map[string]any{"n": int64(3), "large": int64(10000000)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, o := range r.Objects {
		var head struct {
			Kind     string
			Metadata struct{ Name string }
			Data     map[string]string
		}
		if err := json.Unmarshal(o.JSON, &head); err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprint(head.Kind, " ", head.Metadata.Name, " ", o.Source, " ", o.CRD, " ", o.Hook, head.Data["key"]))
	}
	want := []string{
		"CustomResourceDefinition a c/crds/a.yaml true <nil>", "Namespace space c/templates/list.yaml false <nil>",
		"ConfigMap x c/templates/cm.yaml false <nil>r 3 10000000 0.5 36 true",
		"Service a c/templates/list.yaml false <nil>", "Service b c/templates/list.yaml false <nil>",
		"Job j c/templates/hook.yaml false &{[pre-install post-upgrade] -5}",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if r.RecordSize < 500 || len(r.Largest) != 3 || r.Largest[0].Bytes < r.Largest[2].Bytes || len(r.Varying) > 0 {
		t.Errorf("%+v", r)
	}
}

func TestTheChartsOwnErrors(t *testing.T) {
	for name, c := range map[string]struct {
		files  map[string]string
		values map[string]any
		want   string
	}{
		"fail":              {configMap(`{{ fail "\u001b]0;pwned\u0007set a password" }}`), nil, "set a password"},
		"a long text":       {configMap(`{{ fail (repeat 1000000 "x") }}`), nil, "xxx"},
		"required":          {configMap(`{{ required "password is needed" .Values.p }}`), nil, "password is needed"},
		"another server":    {map[string]string{"Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\nkubeVersion: '>=9.0.0'\n"}, nil, "needs Kubernetes >=9.0.0"},
		"no YAML":           {map[string]string{"templates/a.yaml": "a: [\n"}, nil, "YAML"},
		"no object":         {map[string]string{"templates/a.yaml": "a: b\n"}, nil, "without apiVersion"},
		"a schema":          {map[string]string{"values.schema.json": `{"properties":{"n":{"type":"integer"}}}`}, map[string]any{"n": "x"}, "want integer"},
		"a schema's secret": {map[string]string{"values.schema.json": `{"properties":{"p":{"type":"string","pattern":"^[0-9]*$"}}}`}, map[string]any{"p": "hunter2"}, "pattern"},
	} {
		_, err := rendered(t, t.Context(), c.files, c.values, nil)
		var chart *Error
		if !errors.As(err, &chart) || chart.Limit || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		} else if strings.ContainsAny(err.Error(), "\x1b\x07") || strings.Contains(err.Error(), "hunter2") || len(err.Error()) > 5000 {
			t.Errorf("%s: %q", name, err)
		}
	}
}

// A chart that takes what it can get is ended, and the reason said.
func TestBombs(t *testing.T) {
	many := "{{ range until 6000 }}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: x{{ . }}}\n{{ end }}"
	nested := "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: " + strings.Repeat("{a: ", 300) + "b" + strings.Repeat("}", 300)
	laughs := "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\na: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for i := 'b'; i < 'i'; i++ {
		laughs += fmt.Sprintf("%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n", i, i, i-1, i-1, i-1, i-1, i-1, i-1, i-1, i-1, i-1, i-1)
	}
	for name, c := range map[string]struct {
		template string
		want     string
	}{
		"range until":          {"{{ range until 2000000000 }}x{{ end }}", "more than 512 MiB"},
		"repeat":               {`{{ repeat 2000000000 "x" }}`, "more than 512 MiB"},
		"documents":            {many, "more than 5000 objects"},
		"empty documents":      {"{{ range until 100000 }}\n---\n{{ end }}", "more than 5000 objects"},
		"a large object":       {"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {a: {{ repeat 5000000 \"x\" }}}", "more than 4 MiB"},
		"much output":          {`{{ range until 80 }}# {{ repeat 1000000 "x" }}{{ end }}`, "more than 64 MiB"},
		"nesting":              {nested, "more than 200 levels"},
		"a million laughs":     {laughs, "YAML"},
		"a template in itself": {`{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}`, "nested reference"},
		"template in itself":   {`{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}`, "deep"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := rendered(t, t.Context(), map[string]string{"templates/a.yaml": c.template}, nil, nil)
			var chart *Error
			if !errors.As(err, &chart) {
				t.Fatal(err)
			}
			// A busy machine or the race detector's memory may reach another limit first.
			other := chart.Limit && (strings.Contains(err.Error(), "takes longer than 30s") || strings.Contains(err.Error(), "more than 512 MiB"))
			if !strings.Contains(err.Error(), c.want) && !other {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

func TestALoopEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	template := `{{ $x := lookup "v1" "ConfigMap" "ns" "x" }}{{ range until 100000000 }}{{ end }}`
	_, err := rendered(t, ctx, map[string]string{"templates/a.yaml": template}, nil, func(context.Context, Lookup) Found {
		cancel() // the user presses Ctrl-C while it renders
		return Found{}
	})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// A schema is read from the chart alone: neither from the network nor from this disk.
func TestSchemasStayInTheChart(t *testing.T) {
	reached := false
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		reached = true
		_, _ = w.Write([]byte("{}"))
	}))
	t.Cleanup(s.Close)
	file := filepath.Join(t.TempDir(), "schema.json")
	if err := os.WriteFile(file, []byte(`{"type":"string"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		files map[string]string
		want  []Reference
	}{
		"http":         {map[string]string{"values.schema.json": `{"$ref":"` + s.URL + `/x.json"}`}, []Reference{{"c", s.URL + "/x.json", false}}},
		"file":         {map[string]string{"values.schema.json": `{"$ref":"file://` + file + `"}`}, []Reference{{"c", "file://" + file, false}}},
		"meta-schema":  {map[string]string{"values.schema.json": `{"$schema":"` + s.URL + `/meta"}`}, []Reference{{"c", s.URL + "/meta", false}}},
		"id":           {map[string]string{"values.schema.json": `{"$id":"` + s.URL + `/a/","$ref":"b.json"}`}, []Reference{{"c", s.URL + "/a/b.json", false}}},
		"parent":       {map[string]string{"values.schema.json": `{"$ref":"../../../../../../etc/passwd"}`}, []Reference{{"c", "file:///etc/passwd", false}}},
		"its own":      {map[string]string{"values.schema.json": `{"$ref":"schemas/x.json"}`, "schemas/x.json": `{"type":"object"}`}, []Reference{{"c", "file:///schemas/x.json", true}}},
		"within":       {map[string]string{"values.schema.json": `{"$schema":"http://json-schema.org/draft-07/schema#","$ref":"#/$defs/a","$defs":{"a":{"type":"object"}}}`}, nil},
		"urn":          {map[string]string{"values.schema.json": `{"$ref":"urn:x:y"}`}, nil},
		"a dependency": {map[string]string{"charts/d/Chart.yaml": "apiVersion: v2\nname: d\nversion: 1.0.0\n", "charts/d/values.schema.json": `{"$ref":"` + s.URL + `/x.json"}`}, []Reference{{"d", s.URL + "/x.json", false}}},
	} {
		files := configMap("a")
		for name, text := range c.files {
			files[name] = text
		}
		r, err := rendered(t, t.Context(), files, nil, nil)
		if err != nil || !slices.Equal(slices.Compact(r.References), c.want) {
			t.Errorf("%s: %v, %v", name, r, err)
		}
	}
	if reached {
		t.Error("a schema was fetched")
	}
	// What a file of the chart says counts.
	_, err := rendered(t, t.Context(), map[string]string{"values.schema.json": `{"properties":{"n":{"$ref":"n.json"}}}`, "n.json": `{"type":"integer"}`}, map[string]any{"n": "x"}, nil)
	if err == nil || !strings.Contains(err.Error(), "want integer") {
		t.Error(err)
	}
}

func TestLookupAsksTheParent(t *testing.T) {
	var asked []Lookup
	answer := func(_ context.Context, q Lookup) Found {
		asked = append(asked, q)
		switch q.Kind {
		case "Secret":
			return Found{JSON: []byte(`{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"data":{"a":"YQ=="}}`)}
		case "ConfigMap":
			return Found{JSON: []byte(`{"apiVersion":"v1","kind":"ConfigMapList","items":[{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"one","generation":3}}]}`)}
		case "Pod":
			return Found{Error: `pods "p" is forbidden`}
		}
		return Found{}
	}
	r, err := rendered(t, t.Context(), configMap(`{{ (lookup "v1" "Secret" "ns" "s").data.a | b64dec }}{{ range (lookup "v1" "ConfigMap" "" "").items }}{{ .metadata.name }}{{ .metadata.generation }}{{ end }}{{ len (lookup "v1" "Node" "" "n") }}`), nil, answer)
	if err != nil {
		t.Fatal(err)
	}
	if got := data(t, r); got != "aone30" {
		t.Errorf("%v", got)
	}
	want := []Lookup{{"v1", "Secret", "ns", "s"}, {"v1", "ConfigMap", "", ""}, {"v1", "Node", "", "n"}}
	if !slices.Equal(asked[:3], want) {
		t.Errorf("%v", asked)
	}
	if _, err := rendered(t, t.Context(), configMap(`{{ lookup "v1" "Pod" "ns" "p" }}`), nil, answer); err == nil || !strings.Contains(err.Error(), "is forbidden") {
		t.Error(err)
	}
	if _, err := rendered(t, t.Context(), configMap(`{{ range until 2000 }}{{ lookup "v1" "Node" "" (toString .) }}{{ end }}`), nil, answer); err == nil || !strings.Contains(err.Error(), "more than 1000") {
		t.Error(err)
	}
}

func TestWhatVaries(t *testing.T) {
	files := configMap(`{{ randAlphaNum 20 }}`)
	files["templates/same.yaml"] = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\n"
	r, err := rendered(t, t.Context(), files, nil, nil)
	if err != nil || !slices.Equal(r.Varying, []string{"c/templates/cm.yaml"}) {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestParse(t *testing.T) {
	b, err := Open(t.Context(), ofFiles(configMap("a")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	objects, err := b.Parse(t.Context(), "---\n# Source: x\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: other}\n")
	if err != nil || len(objects) != 2 {
		t.Errorf("%v, %v", objects, err)
	}
	if _, err := b.Parse(t.Context(), "a: ["); err == nil {
		t.Error("what is no YAML was read")
	}
	if r, err := b.Render(t.Context(), plain, nil); err != nil || len(r.Objects) != 1 {
		t.Errorf("%v, %v", r, err)
	}
}

// The environment and the machine's names stay outside.
func TestTemplatesSeeNothingOfTheMachine(t *testing.T) {
	host, _, _ := net.SplitHostPort("localhost:80")
	r, err := rendered(t, t.Context(), configMap(`"{{ getHostByName "`+host+`" }}"`), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := data(t, r); got != "" {
		t.Errorf("%v", got)
	}
	for _, name := range []string{"env", "expandenv"} {
		if _, err := rendered(t, t.Context(), configMap(`{{ `+name+` "HOME" }}`), nil, nil); err == nil {
			t.Errorf("%s is a function", name)
		}
	}
}
