package repair

import (
	"reflect"
	"testing"

	"github.com/careen-tui/careen/internal/finding"
)

func TestSetField(t *testing.T) {
	for _, c := range []struct {
		name, object string
		path         []string
		value        any
		want         string // empty for an error
	}{
		{"a leaf", "{a: {b: x}}", []string{"a", "b"}, "z", "{a: {b: z}}"},
		{"maps in between are made", "{}", []string{"a", "b", "c"}, int32(3), "{a: {b: {c: 3}}}"},
		{"within a list", "{l: [{e: 1}, {e: 2}]}", []string{"l", "1", "e"}, 5, "{l: [{e: 1}, {e: 5}]}"},
		{"behind the last of a list", "{l: [a]}", []string{"l", "1"}, "b", "{l: [a, b]}"},
		{"a list that is not there", "{}", []string{"l", "0", "k"}, "v", "{l: [{k: v}]}"},
		{"past the end of a list", "{l: [a]}", []string{"l", "3"}, "b", ""},
		{"into a leaf", "{a: x}", []string{"a", "b"}, "y", ""},
		{"remove a leaf", "{a: {b: x, c: y}}", []string{"a", "b"}, nil, "{a: {c: y}}"},
		{"remove what is not there", "{a: 1}", []string{"x", "y"}, nil, "{a: 1}"},
		{"remove from a list", "{l: [a, b, c]}", []string{"l", "1"}, nil, "{l: [a, c]}"},
		{"Go's own types", "{}", []string{"a"}, map[string][]string{"b": {"c"}}, "{a: {b: [c]}}"},
		{"a key that is a number", "{data: {x: y}}", []string{"data", "0"}, "v", `{data: {x: y, "0": v}}`},
		{"no path", "{}", nil, "x", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := object(t, c.object)
			err := setField(got, finding.FieldValue{Path: c.path, Value: c.value})
			if c.want == "" {
				if err == nil {
					t.Errorf("no error, but %v", got)
				}
				return
			}
			if err != nil || !same(any(got), any(object(t, c.want))) {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
}

func TestPathsAsText(t *testing.T) {
	for text, path := range map[string][]string{
		"metadata.labels.status":                        {"metadata", "labels", "status"},
		"rules[0].verbs":                                {"rules", "0", "verbs"},
		`metadata.labels["app.kubernetes.io/name"]`:     {"metadata", "labels", "app.kubernetes.io/name"},
		"spec.template.spec.containers[1].env[2].value": {"spec", "template", "spec", "containers", "1", "env", "2", "value"},
		`data["nodes.conf"]`:                            {"data", "nodes.conf"},
		`metadata.annotations["careen/nudged"]`:         {"metadata", "annotations", "careen/nudged"},
	} {
		if got := dotted(path); got != text {
			t.Errorf("%q is written %q, want %q", path, got, text)
		}
		if got := parsePath(text); !reflect.DeepEqual(got, path) {
			t.Errorf("%q is read as %q, want %q", text, got, path)
		}
	}
	if got := parsePath(`metadata.labels.app\.kubernetes\.io/name`); !reflect.DeepEqual(got, []string{"metadata", "labels", "app.kubernetes.io/name"}) {
		t.Errorf("escaped dots: %q", got)
	}
}
