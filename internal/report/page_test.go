package report

import (
	htmltemplate "html/template"
	"io"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// TestPagesWriteWhereEscapingIsEnough looks at where the templates write: between
// elements, or within double quotes in an attribute that cannot run, load or style
// anything. What an address begins with is written by the template.
func TestPagesWriteWhereEscapingIsEnough(t *testing.T) {
	for name, text := range map[string]string{"page": pageText, "many": manyText} {
		lower := strings.ToLower(text)
		for _, element := range []string{"<script", "<style", "<iframe", "<object", "<!--", "<textarea"} {
			if strings.Contains(lower, element) {
				t.Errorf("%s has %s", name, element)
			}
		}
		actions := 0
		for tag := range strings.SplitSeq(regexp.MustCompile(`{{[^}]*}}`).ReplaceAllStringFunc(text, func(action string) string {
			actions++
			if regexp.MustCompile(`^{{-? *(if|else|end|with|range|define|template|block)\b`).MatchString(action) {
				return ""
			}
			return "@"
		}), "<") {
			tag, _, _ = strings.Cut(tag, ">")
			for _, at := range regexp.MustCompile(`@`).FindAllStringIndex(tag, -1) {
				before := tag[:at[0]]
				if strings.Count(before, `"`)%2 == 0 {
					t.Errorf("%s writes outside of quotes in <%s>", name, tag)
					continue
				}
				attribute := before[strings.LastIndexAny(before[:strings.LastIndex(before, `"`)], " ")+1:]
				if attributeName, value, _ := strings.Cut(attribute, `="`); !harmless(attributeName, value) {
					t.Errorf("%s writes into the attribute %s of <%s>", name, attributeName, tag)
				}
			}
		}
		if actions < 20 {
			t.Errorf("%s has %d actions", name, actions)
		}
	}
}

// harmless reports whether text may be written into an attribute, after that beginning.
func harmless(name, before string) bool {
	switch name {
	case "class", "id", "d", "points", "x", "y", "width", "height", "viewBox", "text-anchor", "aria-label":
		return true
	case "href":
		return strings.HasPrefix(before, "#")
	}
	return false
}

// TestPagesAreWhatHTMLTemplateMakes fills the pages with text that would be markup, by
// their own template and by html/template.
func TestPagesAreWhatHTMLTemplateMakes(t *testing.T) {
	for name, p := range map[string]struct {
		text string
		ours interface {
			ExecuteTemplate(io.Writer, string, any) error
		}
		data any
	}{
		"page":  {pageText, pageTemplate, &htmlPage{}},
		"group": {pageText, pageTemplate, &htmlFinding{}},
		"":      {manyText, manyTemplate, &manyPage{}},
	} {
		filled(reflect.ValueOf(p.data).Elem(), 0)
		theirs := htmltemplate.Must(htmltemplate.New("").Parse(p.text))
		var here, there strings.Builder
		if err := p.ours.ExecuteTemplate(&here, name, p.data); err != nil {
			t.Fatal(err)
		}
		if err := theirs.ExecuteTemplate(&there, name, p.data); err != nil {
			t.Fatal(err)
		}
		// html/template takes rawHTML for text like any other.
		if want := strings.ReplaceAll(there.String(), escaped(raw), raw); here.String() != want {
			t.Errorf("%q differs from html/template:\n%s\n\n%s", name, here.String(), want)
		}
		if !strings.Contains(here.String(), escaped(hostile)) {
			t.Errorf("%q does not hold what was filled in", name)
		}
	}
}

const raw = "<b>markup</b>"

// filled gives every field hostile text, every list two entries, and stops where types go
// round.
func filled(v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(hostile + "+'\x00")
		if v.Type() == reflect.TypeFor[rawHTML]() {
			v.SetString(raw)
		}
	case reflect.Int, reflect.Int64:
		v.SetInt(42)
	case reflect.Float64:
		v.SetFloat(1.5)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		if depth < 6 {
			v.Set(reflect.New(v.Type().Elem()))
			filled(v.Elem(), depth+1)
		}
	case reflect.Slice:
		if depth < 6 {
			v.Set(reflect.MakeSlice(v.Type(), 2, 2))
			filled(v.Index(0), depth+1)
			filled(v.Index(1), depth+1)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			switch f := v.Type().Field(i); {
			case f.Name == "Anchor" && f.Type.Kind() == reflect.String:
				v.Field(i).SetString("f1") // which careen counts
			case f.IsExported():
				filled(v.Field(i), depth+1)
			}
		}
	}
}
