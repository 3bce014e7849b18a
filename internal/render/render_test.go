package render

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/Masterminds/semver/v3"
	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chartutil"
	helm "helm.sh/helm/v3/pkg/engine"
)

// a chart with a dependency, whose templates do what charts do.
func sample(templates map[string]string) *chart.Chart {
	c := &chart.Chart{
		Metadata: &chart.Metadata{
			APIVersion: "v2", Name: "sample", Version: "1.2.3", AppVersion: "4.5",
			Maintainers:  []*chart.Maintainer{{Name: "somebody"}},
			Dependencies: []*chart.Dependency{{Name: "below", Version: "0.1.0"}},
		},
		Files: []*chart.File{
			{Name: "config/a.txt", Data: []byte("one\ntwo\n")}, {Name: "config/b.txt", Data: []byte("three")}, {Name: "other", Data: []byte{0, 1}},
		},
		Values: map[string]any{"replicas": 3, "tables": map[string]any{"x": []any{"a", 1, true}}, "empty": nil, "below": map[string]any{"own": "told"}},
	}
	for _, name := range slices.Sorted(maps.Keys(templates)) {
		c.Templates = append(c.Templates, &chart.File{Name: name, Data: []byte(templates[name])})
	}
	below := &chart.Chart{
		Metadata:  &chart.Metadata{APIVersion: "v2", Name: "below", Version: "0.1.0"},
		Templates: []*chart.File{{Name: "templates/b.yaml", Data: []byte("own: {{ .Values.own }} {{ .Chart.Name }} {{ .Release.Name }} {{ .Values | toJson }} {{ include \"shared\" . }}")}},
	}
	c.SetDependencies(below)
	return c
}

var charts = []map[string]string{
	{
		"templates/_helpers.tpl": `{{- define "shared" -}}{{ .Chart.Name }}-{{ .Release.Revision }}{{- end -}}`,
		"templates/a.yaml":       `{{ .Values.replicas }} {{ .Values.tables.x | join "," }} {{ include "shared" . | upper | quote }} {{ tpl "{{ .Values.replicas }} {{ include \"shared\" . }}" . }} {{ .Values.nope.nope | default "d" }}`,
		"templates/b.yaml":       `{{ .Files.Get "config/a.txt" | b64enc }} {{ (.Files.Glob "config/*").AsConfig | indent 2 }} {{ (.Files.Glob "**.txt").AsSecrets }} {{ range .Files.Lines "config/a.txt" }}[{{ . }}]{{ end }} {{ .Files.GetBytes "other" }}{{ range $n, $_ := .Files.Glob "config/*" }}{{ $n }}{{ end }}`,
		"templates/c.yaml":       `{{ .Capabilities.APIVersions.Has "apps/v1" }} {{ .Capabilities.APIVersions.Has "nope/v1" }} {{ .Capabilities.KubeVersion }} {{ .Capabilities.KubeVersion.Version }} {{ .Capabilities.KubeVersion.GitVersion }} {{ .Capabilities.KubeVersion.String }} {{ semverCompare ">=1.30-0" .Capabilities.KubeVersion.Version }} {{ .Capabilities.HelmVersion.Version }} {{ .Capabilities.Copy.KubeVersion.Minor }}`,
		"templates/d.yaml":       `{{ .Chart.Version }} {{ .Chart.IsRoot }} {{ (index .Chart.Maintainers 0).Name }} {{ (index .Chart.Maintainers 0).Validate }} {{ .Template.Name }} {{ .Template.BasePath }} {{ .Subcharts.below.Chart.Name }} {{ .Release | toJson }}`,
		"templates/e.yaml":       `{{ (semver "1.2.3-rc.1+b").Major }} {{ (semver "1.2.3").IncMinor.String }} {{ (semver "v1.2.3").Original }} {{ (semver "1.2.3").Compare (semver "1.3.0") }} {{ (semver "1.2.3-a").Prerelease }}`,
		"templates/f.yaml":       `{{ (toDate "2006-01-02" "2026-03-04").Format "Jan 2" }} {{ (toDate "2006-01-02" "2026-03-04").Year }} {{ (toDate "2006-01-02" "2026-03-04").Month }} {{ (toDate "2006-01-02" "2026-03-04").Weekday.String }} {{ ((toDate "2006-01-02" "2026-03-04").Sub (toDate "2006-01-02" "2026-03-03")).Hours }} {{ now.IsZero }}`,
		"templates/g.yaml":       `{{ .Values.YAML }} {{ .Values.AsMap | len }} {{ (.Values.Table "tables").x }} {{ .Values.PathValue "replicas" }} {{ toYamlPretty .Values.tables }} {{ toToml .Values.tables }} {{ fromJson "{\"a\":[1]}" }} {{ fromYaml "a: [" }} {{ fromYamlArray "- 1" }} {{ fromJsonArray "[1]" }} {{ fromToml "a=1" }}`,
		"templates/h.yaml":       `{{ lookup "v1" "Secret" "ns" "name" }} {{ (lookup "v1" "Secret" "ns" "there").data }} {{ getHostByName "localhost" }}`,
		"templates/NOTES.txt":    `notes of {{ .Release.Name }}`,
	},
	{"templates/a.yaml": `{{ required "say the name" .Values.name }}`},
	{"templates/a.yaml": `{{ required "say the name" "" }}`},
	{"templates/a.yaml": `{{ fail "no" }}`},
	{"templates/a.yaml": `{{ .Values.replicas.x }}`},
	{"templates/a.yaml": `{{ .Values.empty.x }}`},
	{"templates/a.yaml": `{{ include "nope" . }}`},
	{"templates/a.yaml": `{{ tpl "{{ nope" . }}`},
	{"templates/a.yaml": `{{ tpl "{{ .Values.replicas.x }}" . }}`},
	{"templates/a.yaml": `{{ if }}`},
	{"templates/a.yaml": `{{ nope }}`},
	{"templates/a.yaml": `{{ env "HOME" }}`},
	{"templates/a.yaml": `{{ define "r" }}{{ include "r" . }}{{ end }}{{ include "r" . }}`},
	{"templates/a.yaml": `{{ (semver "1.2.3").IncMinor.Original }}`},
	{"templates/a.yaml": `{{ .Files.Nope }}`},
	{"templates/a.yaml": `{{ now.Clock }}`},
}

func lookup(_, _, _, name string) (map[string]any, error) {
	if name == "there" {
		return map[string]any{"data": "found"}, nil
	}
	return map[string]any{}, nil
}

func top(t *testing.T, c *chart.Chart) chartutil.Values {
	t.Helper()
	capabilities := chartutil.DefaultCapabilities.Copy()
	capabilities.KubeVersion = chartutil.KubeVersion{Version: "v1.36.1", Major: "1", Minor: "36"}
	values, err := chartutil.ToRenderValues(c, map[string]any{"given": "g"}, chartutil.ReleaseOptions{Name: "rel", Namespace: "ns", Revision: 2, IsUpgrade: true}, capabilities)
	if err != nil {
		t.Fatal(err)
	}
	return values
}

func TestItRendersAsHelmDoes(t *testing.T) {
	for i, templates := range charts {
		ours := sample(templates)
		here, hereErr := Chart(ours, top(t, ours), lookup)
		theirs := sample(templates)
		there, thereErr := helm.RenderWithClientProvider(theirs, top(t, theirs), finder{})
		if fmt.Sprint(hereErr) != fmt.Sprint(thereErr) {
			t.Errorf("chart %d:\n here %v\nthere %v", i, hereErr, thereErr)
		}
		if !maps.Equal(here, there) {
			t.Errorf("chart %d:\n here %q\nthere %q", i, here, there)
		}
	}
}

// known are what templates come by: what Helm gives them, and what functions and methods
// return.
func known() []reflect.Type {
	of := []reflect.Type{
		reflect.TypeFor[chartutil.Values](), reflect.TypeFor[files](), reflect.TypeFor[*chartutil.Capabilities](), reflect.TypeFor[chart.Metadata](),
	}
	for _, f := range funcMap() {
		of = append(of, returned(reflect.TypeOf(f))...)
	}
	return of
}

func returned(f reflect.Type) (list []reflect.Type) {
	for i := range f.NumOut() {
		list = append(list, f.Out(i))
	}
	return list
}

// TestEveryMethodIsInTheTable follows types from those, through their fields, elements and
// methods, and asks the table for every method of each.
func TestEveryMethodIsInTheTable(t *testing.T) {
	seen := map[reflect.Type]bool{}
	methods := 0
	todo := known()
	for len(todo) > 0 {
		typ := todo[0]
		todo = todo[1:]
		if seen[typ] || typ.Kind() == reflect.Interface {
			continue
		}
		seen[typ] = true
		switch typ.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
			todo = append(todo, typ.Elem())
		case reflect.Struct:
			for _, f := range reflect.VisibleFields(typ) {
				if f.IsExported() {
					todo = append(todo, f.Type)
				}
			}
		}
		for m := range typ.Methods() {
			if typ == reflect.TypeFor[chart.Metadata]() || typ.PkgPath() == "reflect" {
				continue
			}
			methods++
			receiver := reflect.New(typ).Elem()
			if typ.Kind() == reflect.Pointer {
				receiver = reflect.New(typ.Elem())
			}
			got := methodOf(receiver.Interface(), m.Name)
			if got == nil {
				t.Errorf("%s.%s is not in the table", typ, m.Name)
				continue
			}
			if want := receiver.MethodByName(m.Name).Type(); reflect.TypeOf(got) != want {
				t.Errorf("%s.%s is %T in the table, not %s", typ, m.Name, got, want)
			}
			todo = append(todo, returned(m.Type)...)
		}
	}
	for _, typ := range []reflect.Type{reflect.TypeFor[*semver.Version](), reflect.TypeFor[semver.Version](), reflect.TypeFor[time.Time](), reflect.TypeFor[time.Month](), reflect.TypeFor[*chartutil.KubeVersion]()} {
		if !seen[typ] && !seen[reflect.PointerTo(typ)] && (typ.Kind() != reflect.Pointer || !seen[typ.Elem()]) {
			t.Errorf("%s was not come by", typ)
		}
	}
	if methods < 80 {
		t.Errorf("only %d methods were looked at", methods)
	}
}

func TestAPointerToNothingHasNoMethods(t *testing.T) {
	if got := methodOf((*semver.Version)(nil), "Major"); got != nil {
		t.Errorf("%T", got)
	}
	if !strings.HasPrefix(fmt.Sprintf("%T", methodOf(&semver.Version{}, "Major")), "func") {
		t.Error("*semver.Version has no Major")
	}
}
