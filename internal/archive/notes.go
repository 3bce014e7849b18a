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

// brief returns r without long annotations, as a copy where there are any.
func brief(r model.Row) model.Row {
	notes := [2]map[string]string{r.Base().Annotations, nil}
	switch row := r.(type) {
	case *model.Workload:
		notes[1] = row.Template.Annotations
	case *model.Pod:
		notes[1] = row.Template.Annotations
	}
	if !long(notes[0]) && !long(notes[1]) {
		return r
	}
	v := reflect.New(reflect.TypeOf(r).Elem())
	v.Elem().Set(reflect.ValueOf(r).Elem())
	out := v.Interface().(model.Row)
	out.Base().Annotations = shortened(notes[0])
	switch row := out.(type) {
	case *model.Workload:
		row.Template.Annotations = shortened(notes[1])
	case *model.Pod:
		row.Template.Annotations = shortened(notes[1])
	}
	return out
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
	if notes == nil {
		return nil
	}
	out := make(map[string]string, len(notes))
	for k, v := range notes {
		if isLong(v) {
			v = fmt.Sprintf("(%d bytes left out)", len(v))
		}
		out[k] = v
	}
	return out
}
