package archive

import "github.com/careen-tui/careen/internal/sanitize"

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
	isNotes    meaning = "notes"
	isKept     meaning = "keep"
)

// each calls f with every string below v, a pointer, map keys too, and puts what f
// returns in its place.
func each(v any, f func(is meaning, s string) string) {
	sanitize.Each(v, func(tag, s string) string { return f(meaning(tag), s) })
}
