package sanitize

import (
	"reflect"
	"strings"
)

// Each calls f with every string below v, a pointer, and puts what f returns in its
// place; map keys too. Tag is what the string is, as the struct tag "careen" of its
// field says: "name", or for a map "key value", of which each of its strings has its
// own word. Where f returns all as they are, nothing is written. Only exported fields
// are seen.
func Each(v any, f func(tag, s string) string) { each(reflect.ValueOf(v), "", f) }

// each reports whether it changed anything.
func each(v reflect.Value, tag string, f func(tag, s string) string) (changed bool) {
	switch v.Kind() {
	case reflect.String:
		if s := v.String(); s != "" && v.CanSet() {
			_, own := parted(tag)
			out := f(own, s)
			if changed = out != s; changed {
				v.SetString(out)
			}
		}
	case reflect.Pointer:
		return !v.IsNil() && each(v.Elem(), tag, f)
	case reflect.Interface:
		if v.IsNil() || !v.CanSet() {
			return false
		}
		held := reflect.New(v.Elem().Type()).Elem()
		held.Set(v.Elem())
		if changed = each(held, tag, f); changed {
			v.Set(held)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			changed = each(v.Index(i), tag, f) || changed
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() {
				changed = each(v.Field(i), field.Tag.Get("careen"), f) || changed
			}
		}
	case reflect.Map:
		return eachEntry(v, tag, f)
	}
	return changed
}

func eachEntry(v reflect.Value, tag string, f func(tag, s string) string) (changed bool) {
	if v.Len() == 0 {
		return false
	}
	ofKey, ofValue := parted(tag)
	fresh := reflect.MakeMapWithSize(v.Type(), v.Len())
	for it := v.MapRange(); it.Next(); {
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		key.Set(it.Key())
		value.Set(it.Value())
		changed = each(key, ofKey, f) || changed
		changed = each(value, ofValue, f) || changed
		fresh.SetMapIndex(key, value)
	}
	if changed && v.CanSet() {
		v.Set(fresh)
	}
	return changed
}

// parted is a tag of two words, one for keys and one for values; a single one is both.
func parted(tag string) (key, value string) {
	key, value, found := strings.Cut(tag, " ")
	if !found {
		value = key
	}
	return key, value
}
