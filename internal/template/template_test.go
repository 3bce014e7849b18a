package template

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	std "text/template"
	"time"
)

type inner struct{ Name string }

func (i inner) Greet(whom string) string { return i.Name + " greets " + whom }
func (i *inner) Point() string           { return "&" + i.Name }
func (inner) Refuse() (string, error)    { return "", errors.New("refused") }
func (inner) Crash() string              { panic("crashed") }

type data struct {
	Name   string
	N      int
	F      float64
	B      bool
	Nil    *inner
	In     inner
	Ptr    *inner
	List   []int
	Array  [2]string
	Map    map[string]int
	Any    map[string]any
	Keys   map[any]int
	Moment time.Time
	Err    error
	Func   func(int) int
	Chan   chan int
	hidden int
}

func sample() *data {
	d := &data{
		Name: "careen <&>", N: -3, F: 1.5, B: true, In: inner{"in"}, Ptr: &inner{"ptr"}, List: []int{3, 1, 2}, Array: [2]string{"a", "b"},
		Map: map[string]int{"b": 2, "a": 1}, Keys: map[any]int{"x": 1, 2: 2, 1.5: 3, true: 4},
		Moment: time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC), Err: errors.New("an error"),
		Func: func(n int) int { return n * 2 }, Chan: make(chan int, 3), hidden: 1,
	}
	d.Any = map[string]any{"nested": map[string]any{"deep": []any{1, "two", nil}}, "in": d.In, "ptr": d.Ptr, "nil": nil, "moment": d.Moment}
	for i := range 3 {
		d.Chan <- i
	}
	close(d.Chan)
	return d
}

// texts are templates; each is executed here and by text/template.
var texts = []string{
	`plain {{.Name}} {{.N}} {{.F}} {{.B}} {{.Nil}} {{.List}} {{.Map}} {{.Array}} {{.Err}} {{.Moment}}`,
	`{{.In.Name}} {{.In.Greet "you"}} {{.In.Point}} {{.Ptr.Greet .Name}} {{.Ptr.Point}} {{"me" | .Ptr.Greet}}`,
	`{{.Any.in.Greet "you"}}`, `{{.Any.in.Point}}`, `{{.Any.ptr.Point}}`, `{{(index .Any "in").Name}}`,
	`{{.Nil.Name}}`, `{{.Nil.Greet "x"}}`, `{{.Nil.Point}}`, `{{.Any.nil.x}}`, `{{.Any.nope.x.y}}`, `{{.Nope}}`, `{{.hidden}}`, `{{.Name.Nope}}`,
	`{{.In.Refuse}}`, `{{.In.Crash}}`, `{{.In.Greet}}`, `{{.In.Greet 1}}`, `{{.In.Greet "a" "b"}}`, `{{.Moment.Clock}}`, `{{.Name "x"}}`, `{{.Map.a "x"}}`,
	`{{.Moment.Format "2006-01-02"}} {{.Moment.Year}} {{.Moment.Month}} {{.Moment.Month.String}} {{.Any.moment.Unix}} {{(.Moment.Sub .Moment).Hours}}`,
	`{{range .List}}{{.}},{{end}} {{range $i, $v := .List}}{{$i}}={{$v}} {{end}} {{range .Map}}{{.}}{{end}} {{range $k, $v := .Keys}}{{$k}}:{{$v}} {{end}}`,
	`{{range 3}}{{.}}{{end}} {{range .Chan}}{{.}}{{end}} {{range $i, $c := .Name}}{{$i}}{{$c}}{{end}}`,
	`{{range .List}}{{if eq . 1}}{{continue}}{{end}}{{if eq . 2}}{{break}}{{end}}{{.}}{{else}}none{{end}}{{range .Nil}}x{{else}}none{{end}}`,
	`{{range .N}}x{{end}}`, `{{range .F}}x{{end}}`, `{{range $.Map}}{{$.Name}}{{end}}`,
	`{{with .In}}{{.Name}}{{end}}{{with .Nil}}x{{else with .Ptr}}{{.Name}}{{else}}z{{end}}`,
	`{{if and .B (gt .F 1.0) (not .Nil)}}yes{{else if .N}}n{{end}}{{if or .Nil .N .Nope}}short{{end}}`,
	`{{$x := 1}}{{$x = 2}}{{$x}}{{with $y := .In}}{{$y.Name}}{{end}}{{$.Name}}`,
	`{{define "t"}}[{{.}}{{template "u"}}]{{end}}{{define "u"}}u{{end}}{{template "t" .N}}{{block "b" .Name}}({{.}}){{end}}{{template "nope"}}`,
	`{{define "r"}}{{template "s" .}}{{end}}{{define "s"}}{{.In.Refuse}}{{end}}{{template "r" .}}`,
	`{{index .List 1}} {{index .Map "a"}} {{index .Any "nested" "deep" 1}} {{slice .List 1}} {{slice .Name 0 3}} {{len .Map}}`,
	`{{index .List 9}}`, `{{index .Map 1}}`, `{{slice .Map 1}}`, `{{len .N}}`, `{{index nil 1}}`, `{{nil}}`, `{{.List | len | printf "%03d"}}`,
	`{{printf "%v %q %d" .In .Name .N}} {{print 1 2 "x"}} {{println "y"}} {{html .Name}} {{js .Name}} {{urlquery .Name}}`,
	`{{eq 1 1}} {{eq "a" "b" "a"}} {{ne 1.0 2.0}} {{lt 1 2}} {{le "a" "a"}} {{gt 2 1}} {{ge 2 3}} {{eq .Nil nil}}`, `{{eq 1 "a"}}`, `{{lt .B .B}}`, `{{eq .List .List}}`,
	`{{call .Func 4}} {{call .Func .N}}`, `{{call .Func}}`, `{{call .Name}}`, `{{call nil}}`, `{{.Func}}`, `{{add 1 2}} {{1 | add 2}} {{fails}}`, `{{add 1}}`, `{{add "a" 1}}`, `{{boom}}`,
	`{{1}} {{'a'}} {{0x1F}} {{1e3}} {{1i}} {{true}} {{"q\t"}} ` + "{{`raw`}}", `{{- " trim " -}} x {{- /* c */ -}} y`,
	`{{.Any.nested.deep}} {{.Any.missing}} {{.Map.missing}}`, `{{$.Any.nested.deep.x}}`, `{{variadic "a" "b" "c"}} {{"z" | variadic "a"}}`, `{{value .N}} {{value nil}}`, `{{(value .In).Name}}`,
	`{{if`, `{{undefined}}`, `{{end}}`, `{{.N | .In.Name}}`, `{{template "x" 1 2}}`, `{{len (printf "%s" .Name)}}{{(len .List)}}`,
}

var functions = map[string]any{
	"add":      func(a, b int) int { return a + b },
	"fails":    func() (int, error) { return 1, errors.New("it fails") },
	"boom":     func() int { panic(errors.New("boom")) },
	"variadic": func(first string, rest ...string) string { return first + strings.Join(rest, "-") },
	"value":    func(v reflect.Value) reflect.Value { return v },
}

// any of them may be called here, as text/template does.
func byName(receiver any, name string) any {
	if m := reflect.ValueOf(receiver).MethodByName(name); m.IsValid() {
		return m.Interface()
	}
	return nil
}

func TestItIsTextTemplate(t *testing.T) {
	for _, missing := range []string{"default", "zero", "error"} {
		for _, text := range texts {
			var here, there strings.Builder
			var hereErr, thereErr error
			if ours, err := New("t").Option("missingkey=" + missing).Methods(byName).Funcs(functions).Parse(text); err != nil {
				hereErr = err
			} else {
				hereErr = ours.Execute(&here, sample())
			}
			if theirs, err := std.New("t").Option("missingkey=" + missing).Funcs(functions).Parse(text); err != nil {
				thereErr = err
			} else {
				thereErr = theirs.Execute(&there, sample())
			}
			if here.String() != there.String() || fmt.Sprint(hereErr) != fmt.Sprint(thereErr) {
				t.Errorf("%s, missingkey=%s:\n here %q %v\nthere %q %v", text, missing, here.String(), hereErr, there.String(), thereErr)
			}
		}
	}
}

func TestWithoutATableThereAreNoMethods(t *testing.T) {
	var b strings.Builder
	ours, err := New("t").Parse(`{{.In.Name}} {{.In.Greet "you"}}`)
	if err != nil {
		t.Fatal(err)
	}
	if err := ours.Execute(&b, sample()); err == nil || !strings.Contains(err.Error(), "can't evaluate field Greet") {
		t.Errorf("%q, %v", b.String(), err)
	}
}

func TestAClonedTemplateKeepsItsMethodsAndOptions(t *testing.T) {
	ours := New("t").Option("missingkey=error").Methods(byName)
	clone, err := ours.Clone()
	if err != nil {
		t.Fatal(err)
	}
	if clone, err = clone.New("u").Parse(`{{.In.Greet "you"}}{{.Map.missing}}`); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := clone.Execute(&b, sample()); err == nil || b.String() != "in greets you" {
		t.Errorf("%q, %v", b.String(), err)
	}
}
