package mask

import (
	"strings"
	"testing"
)

// TestWhatYAMLCannotHoldIsEscaped: the rest of the object is read all the same.
func TestWhatYAMLCannotHoldIsEscaped(t *testing.T) {
	got := YAML(map[string]any{"metadata": map[string]any{
		"name":        "trojan",
		"annotations": map[string]any{"a\u009b": "b\x1b[2J\u202ec\n\u0085d"},
		"finalizers":  []any{"x\u0090", int64(3), true},
	}})
	for _, want := range []string{"name: trojan", `a\u009b`, `b\x1b[2J\u202ec`, `x\u0090`, "- 3", "- true"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	if got := YAML(map[string]any{"a": "ü, ok"}); got != "a: ü, ok\n" {
		t.Errorf("what can be printed is changed: %q", got)
	}
}
