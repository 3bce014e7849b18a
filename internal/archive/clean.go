package archive

import (
	"bytes"
	"reflect"

	"github.com/careen-tui/careen/internal/sanitize"
)

// maxString bounds a string of a row; what a cluster sends is cut far below it.
const maxString = 256 << 10

func clean(s string) string { return sanitize.Line(s, 500) }

// cleanAll sanitises every string below v, a pointer. Raw is the line it came from:
// one of plain ASCII without escapes for control characters needs no second look.
func cleanAll(raw []byte, v any) {
	suspect := bytes.Contains(raw, []byte(`\u`)) || bytes.ContainsFunc(raw, func(r rune) bool { return r >= 0x7f || r < ' ' && r != '\n' })
	if !suspect {
		return
	}
	each(reflect.ValueOf(v).Elem(), func(_ string, s string) string { return sanitize.Text(s, maxString) })
}

// each replaces every string below v, map keys too, by what f returns for it. The
// field is where it stands: "Pod.Phase", and for a map's key "Meta.Labels.key".
func each(v reflect.Value, f func(field, s string) string) { eachIn(v, "", f) }

func eachIn(v reflect.Value, field string, f func(field, s string) string) {
	switch v.Kind() {
	case reflect.String:
		if s := v.String(); s != "" {
			v.SetString(f(field, s))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			eachIn(v.Elem(), field, f)
		}
	case reflect.Slice:
		for i := range v.Len() {
			eachIn(v.Index(i), field, f)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if sf := v.Type().Field(i); sf.IsExported() {
				eachIn(v.Field(i), v.Type().Name()+"."+sf.Name, f)
			}
		}
	case reflect.Map:
		if v.IsNil() {
			return
		}
		fresh := reflect.MakeMapWithSize(v.Type(), v.Len())
		for it := v.MapRange(); it.Next(); {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			key.Set(it.Key())
			value.Set(it.Value())
			eachIn(key, field+".key", f)
			eachIn(value, field, f)
			fresh.SetMapIndex(key, value)
		}
		v.Set(fresh)
	}
}
