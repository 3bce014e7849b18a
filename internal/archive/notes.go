package archive

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

// maxNote is the longest value of an annotation that is kept. Probes read words,
// dates and checksums there; whole documents are somebody's configuration, and may
// hold what nobody meant to hand on.
const maxNote = 256

// notes are the fields of each type that hold annotations.
var notes = func() map[reflect.Type][][]int {
	m := map[reflect.Type][][]int{}
	for _, t := range types {
		for _, f := range reflect.VisibleFields(t) {
			switch {
			case f.Tag.Get("careen") == "key notes":
				m[t] = append(m[t], f.Index)
			case f.Type.Kind() == reflect.Struct && !f.Anonymous:
				for _, below := range reflect.VisibleFields(f.Type) {
					if below.Tag.Get("careen") == "key notes" {
						m[t] = append(m[t], append(append([]int(nil), f.Index...), below.Index...))
					}
				}
			}
		}
	}
	return m
}()

// brief returns r without long annotations, as a copy where there are any.
func brief(r model.Row) model.Row {
	from := reflect.ValueOf(r).Elem()
	var out reflect.Value
	for _, at := range notes[from.Type()] {
		list := from.FieldByIndex(at).Interface().(map[string]string)
		if !long(list) {
			continue
		}
		if !out.IsValid() {
			out = reflect.New(from.Type())
			out.Elem().Set(from)
		}
		out.Elem().FieldByIndex(at).Set(reflect.ValueOf(shortened(list)))
	}
	if !out.IsValid() {
		return r
	}
	return out.Interface().(model.Row)
}

func isLong(value string) bool { return len(value) > maxNote || strings.Contains(value, "\n") }

func long(notes map[string]string) bool {
	for _, v := range notes {
		if isLong(v) {
			return true
		}
	}
	return false
}

func shortened(notes map[string]string) map[string]string {
	out := make(map[string]string, len(notes))
	for k, v := range notes {
		if isLong(v) {
			v = fmt.Sprintf("(%d bytes left out)", len(v))
		}
		out[k] = v
	}
	return out
}
