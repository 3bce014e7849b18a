package repair

import (
	"math/rand/v2"
	"reflect"
	"strconv"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

func object(t testing.TB, text string) map[string]any {
	t.Helper()
	var out map[string]any
	if err := yaml.Unmarshal([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestChangesBetween(t *testing.T) {
	for _, c := range []struct {
		name, before, after, patch string
		paths                      []string
	}{
		{"nothing", "{a: 1}", "{a: 1.0}", "{}", nil},
		{"a leaf", "{a: {b: x, c: y}}", "{a: {b: z, c: y}}", "{a: {b: z}}", []string{"a.b"}},
		{"a leaf removed", "{a: {b: x, c: y}}", "{a: {c: y}}", "{a: {b: null}}", []string{"a.b"}},
		{"a map removed", "{a: {b: x}}", "{}", "{a: null}", []string{"a"}},
		{"a map added, key by key, so that others may add to it", "{}", "{a: {b: x, c: y}}", "{a: {b: x, c: y}}", []string{"a.b", "a.c"}},
		{"an empty map added", "{}", "{a: {}}", "{a: {}}", []string{"a"}},
		{"lists are one value", "{a: [1, 2]}", "{a: [1, 2, 3]}", "{a: [1, 2, 3]}", []string{"a"}},
		{"lists of maps too", "{a: [{b: 1}]}", "{a: [{b: 2}]}", "{a: [{b: 2}]}", []string{"a"}},
		{"another type", "{a: {b: x}}", "{a: text}", "{a: text}", []string{"a"}},
		{"a key with dots", "{a: {}}", `{a: {"x.y/z": v}}`, `{a: {"x.y/z": v}}`, []string{`a["x.y/z"]`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			before, after := object(t, c.before), object(t, c.after)
			list := changesBetween(before, after)
			var paths []string
			for _, ch := range list {
				paths = append(paths, dotted(ch.path))
			}
			if !reflect.DeepEqual(paths, c.paths) {
				t.Errorf("paths %q, want %q", paths, c.paths)
			}
			if got := mergePatch(list); !reflect.DeepEqual(got, object(t, c.patch)) {
				t.Errorf("patch %v, want %s", got, c.patch)
			}
		})
	}
}

// TestChangesTakenBack makes random changes to random objects and takes them back.
func TestChangesTakenBack(t *testing.T) {
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 1))
		before, after := randomMap(r, 3), randomMap(r, 3)
		list := changesBetween(before, after)
		there := (&unstructured.Unstructured{Object: before}).DeepCopy().Object
		applyChanges(there, deepCopied(list))
		if left := changesBetween(there, after); len(left) > 0 {
			t.Fatalf("seed %d: applying %v to %v leaves %v", seed, list, before, left)
		}
		if !holds(&unstructured.Unstructured{Object: there}, list, sideAfter) {
			t.Fatalf("seed %d: what was applied does not hold", seed)
		}
		applyChanges(there, deepCopied(reversed(list)))
		for _, c := range changesBetween(before, there) {
			if m, empty := c.after.(map[string]any); c.had || !empty || len(m) > 0 {
				t.Fatalf("seed %d: taken back, %s was %v and is %v", seed, dotted(c.path), c.before, c.after)
			}
		}
	}
}

func randomMap(r *rand.Rand, depth int) map[string]any {
	out := map[string]any{}
	for range r.IntN(4) {
		key := string(rune('a' + r.IntN(4)))
		switch n := r.IntN(4); {
		case n == 0 && depth > 0:
			out[key] = randomMap(r, depth-1)
		case n == 1:
			out[key] = []any{int64(r.IntN(2)), "x"}
		case n == 2:
			out[key] = int64(r.IntN(3))
		default:
			out[key] = strconv.Itoa(r.IntN(3))
		}
	}
	return out
}
