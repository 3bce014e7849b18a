package archive

import (
	"fmt"
	"reflect"
	"time"

	"github.com/careen-tui/careen/internal/model"
)

// format and version head every file. A reader refuses any other version.
const (
	format  = "careen-snapshot"
	version = 1
)

// header is a file's first line.
type header struct {
	Format   string        `json:"format"`
	Version  int           `json:"version"`
	Careen   string        `json:"careen"`
	Now      time.Time     `json:"now"`
	Redacted bool          `json:"redacted,omitempty"`
	Seq      uint64        `json:"seq"`
	Cluster  model.Cluster `json:"cluster"`
}

// line is every later line: one of its fields is set.
type line struct {
	Watch *model.Watch `json:"watch,omitempty"`
	Space *space       `json:"space,omitempty"`
	Row   *row         `json:"row,omitempty"`
	End   *trailer     `json:"end,omitempty"`
}

// space begins the rows of a namespace; the name is empty for the cluster's own.
type space struct {
	Name    string `json:"name"`
	Version uint64 `json:"version"`
}

// trailer is the last line: a file without one was cut short.
type trailer struct {
	Watches int `json:"watches"`
	Spaces  int `json:"spaces"`
	Rows    int `json:"rows"`
}

// types are the rows that a file may hold, by the name of their Go type.
var types = func() map[string]reflect.Type {
	m := map[string]reflect.Type{}
	for _, r := range model.RowTypes() {
		t := reflect.TypeOf(r).Elem()
		m[t.Name()] = t
	}
	return m
}()

// typeOf is the name under which a row is written.
func typeOf(r model.Row) (string, error) {
	t := reflect.TypeOf(r)
	if t.Kind() == reflect.Pointer && types[t.Elem().Name()] == t.Elem() {
		return t.Elem().Name(), nil
	}
	return "", fmt.Errorf("a row of type %T has no place in a snapshot", r)
}
