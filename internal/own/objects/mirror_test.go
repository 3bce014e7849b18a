package objects

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/runtime"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/samples"
)

// defaults are fields that a row has where the object leaves them out, or that are not
// what the object has. Each must be met: none is left over.
var defaults = map[string]string{
	`\.automountServiceAccountToken = true`:                    "where it is not said",
	`\.schedulerName = default-scheduler`:                      "where none is named",
	`\.(livenessProbe|readinessProbe)\..*Seconds = \d+`:        "where it is not said",
	`\.(livenessProbe|readinessProbe)\.failureThreshold = \d+`: "where it is not said",
	`\.protocol = TCP`:                     "where it is not said",
	`Job\.spec\.backoffLimit = 6`:          "where it is not said",
	`\.webhooks\[1\]\.timeoutSeconds = 10`: "where it is not said",
	`Secret\.data\..* = \d+`:               "sizes in the place of values",
	`ConfigMap\.data\..* = \d+`:            "sizes in the place of values",
}

// leaves lists the fields of a JSON value that are set, by their paths.
func leaves(path string, v any, out map[string]any) {
	switch v := v.(type) {
	case map[string]any:
		for k, item := range v {
			leaves(path+"."+k, item, out)
		}
	case []any:
		for i, item := range v {
			leaves(fmt.Sprintf("%s[%d]", path, i), item, out)
		}
	case nil:
	case string:
		if v != "" && v != "0001-01-01T00:00:00Z" {
			out[path] = v
		}
	case bool:
		if v {
			out[path] = v
		}
	case float64:
		if v != 0 {
			out[path] = v
		}
	}
}

func leavesOf(t *testing.T, root string, v any) map[string]any {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var plain any
	if err := json.Unmarshal(raw, &plain); err != nil {
		t.Fatal(err)
	}
	out := map[string]any{}
	leaves(root, plain, out)
	return out
}

// TestMirrorsHoldWhatTheirObjectsHold projects the sample of each kind, and finds each
// field of its mirror in the object, under the same path and with the same value.
func TestMirrorsHoldWhatTheirObjectsHold(t *testing.T) {
	used := map[string]bool{}
	for _, kind := range append(Kinds(), model.KindCustom) {
		obj, err := samples.Object(kind)
		if err != nil {
			t.Fatal(err)
		}
		row, err := samples.Row(kind)
		if err != nil {
			t.Fatal(err)
		}
		o, ok := For(row.Base().Kind)
		if !ok {
			t.Fatalf("%s is not offered", row.Base().Kind)
		}
		plain, err := runtime.DefaultUnstructuredConverter.ToUnstructured(obj)
		if err != nil {
			t.Fatal(err)
		}
		want, got := leavesOf(t, string(kind), plain), leavesOf(t, string(kind), o.Of(row))
		if len(got) < 4 {
			t.Errorf("%s: %d fields are set in the mirror of its sample", kind, len(got))
		}
		for path, value := range got {
			if same(value, want[path]) {
				continue
			}
			line := fmt.Sprintf("%s = %v", path, value)
			if !slices.ContainsFunc(sortedKeys(defaults), func(pattern string) bool {
				ok := regexp.MustCompile(pattern + "$").MatchString(line)
				used[pattern] = used[pattern] || ok
				return ok
			}) {
				t.Errorf("%s, in the object %v", line, want[path])
			}
		}
	}
	for pattern := range defaults {
		if !used[pattern] {
			t.Errorf("no mirror has %s", pattern)
		}
	}
}

func sortedKeys(m map[string]string) (out []string) {
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// same compares a field with that of the object: ports and shares are texts here.
func same(a, b any) bool {
	if b == nil {
		return false
	}
	at, errA := time.Parse(time.RFC3339, fmt.Sprint(a))
	bt, errB := time.Parse(time.RFC3339, fmt.Sprint(b))
	return fmt.Sprint(a) == fmt.Sprint(b) || errA == nil && errB == nil && at.Equal(bt)
}

// TestEveryRowIsOffered names the kinds that are not, so that a new one is thought of.
func TestEveryRowIsOffered(t *testing.T) {
	left := []model.Kind{model.KindEndpointSlice, model.KindLease, model.KindLimitRange}
	for _, info := range model.Builtin {
		if _, ok := For(info.Kind); ok == slices.Contains(left, info.Kind) {
			t.Errorf("%s: offered %v", info.Kind, ok)
		}
	}
	for _, kind := range []model.Kind{model.KindRelease, model.KindRecord, model.KindLogTail, model.KindCustom} {
		if _, ok := For(kind); ok {
			t.Errorf("%s is offered", kind)
		}
	}
}

// TestNoMirrorHoldsAValue looks at the types: no field that the API keeps values of
// Secrets, arguments or environments in is a text.
func TestNoMirrorHoldsAValue(t *testing.T) {
	seen := map[reflect.Type]bool{}
	var walk func(path string, typ reflect.Type)
	walk = func(path string, typ reflect.Type) {
		for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice || typ.Kind() == reflect.Map {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct || seen[typ] || typ == reflect.TypeFor[time.Time]() {
			return
		}
		seen[typ] = true
		for _, f := range reflect.VisibleFields(typ) {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "" {
				t.Errorf("%s.%s has no name", path, f.Name)
			}
			switch name {
			case "args", "command", "stringData", "binaryData", "valueFrom", "parameters":
				t.Errorf("%s.%s is offered", path, name)
			case "data":
				if f.Type != reflect.TypeFor[map[string]int64]() {
					t.Errorf("%s.%s holds values", path, name)
				}
			case "env":
				if f.Type.Elem().NumField() != 1 {
					t.Errorf("%s.%s holds more than names", path, name)
				}
			}
			walk(path+"."+name, f.Type)
		}
	}
	for _, typ := range Types() {
		walk(typ.Name(), typ)
	}
}
