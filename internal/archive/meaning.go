package archive

import (
	"reflect"
	"strings"
)

// meaning is what a string is, as the struct tag of its field says; package model
// lists them. A string without one is taken for a name.
type meaning string

// The meanings of strings.
const (
	isName     meaning = "name"
	isImage    meaning = "image"
	isTemplate meaning = "template"
	isAPI      meaning = "api"
	isKey      meaning = "key"
	isValue    meaning = "value"
	isText     meaning = "text"
	isKept     meaning = "keep"
)

// meanings are what the keys and values of a map are, or the string itself twice.
func meanings(tag string) (key, value meaning) {
	switch tag {
	case "labels":
		return isKey, isValue
	case "notes":
		return isKey, isText
	}
	first, second, found := strings.Cut(tag, " ")
	if !found {
		second = first
	}
	return meaning(first), meaning(second)
}

// each calls f with every string below v, a pointer, map keys too, and puts what f
// returns in its place. Where f returns all as they are, nothing is written.
func each(v any, f func(is meaning, s string) string) { eachIn(reflect.ValueOf(v), "", f) }

func eachIn(v reflect.Value, tag string, f func(is meaning, s string) string) {
	switch v.Kind() {
	case reflect.String:
		_, is := meanings(tag)
		if s := v.String(); s != "" {
			if out := f(is, s); out != s {
				v.SetString(out)
			}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			eachIn(v.Elem(), tag, f)
		}
	case reflect.Slice:
		for i := range v.Len() {
			eachIn(v.Index(i), tag, f)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() {
				eachIn(v.Field(i), field.Tag.Get("careen"), f)
			}
		}
	case reflect.Map:
		eachEntry(v, tag, f)
	}
}

func eachEntry(v reflect.Value, tag string, f func(is meaning, s string) string) {
	if v.Len() == 0 {
		return
	}
	is, of := meanings(tag)
	fresh, changed := reflect.MakeMapWithSize(v.Type(), v.Len()), false
	for it := v.MapRange(); it.Next(); {
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		key.Set(it.Key())
		value.Set(it.Value())
		eachIn(key, string(is), f)
		eachIn(value, string(of), f)
		changed = changed || !key.Equal(it.Key()) || !value.Equal(it.Value())
		fresh.SetMapIndex(key, value)
	}
	if changed {
		v.Set(fresh)
	}
}
