package inspect

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/sanitize"
	"github.com/careen-tui/careen/internal/styled"
)

const (
	maxSettings = 2000
	maxNesting  = 64
)

// Settings lists the values that a release was given, path by path, masked: values
// hold credentials under any name, so that only true, false and null are told.
func Settings(values map[string]any) []Setting {
	var out []Setting
	leaves(values, func(path string, v any) {
		if len(out) < maxSettings {
			out = append(out, Setting{sanitize.Line(path, 300), told(v)})
		}
	})
	return out
}

func told(v any) string {
	switch x := v.(type) {
	case nil:
		return "null"
	case bool:
		return fmt.Sprint(x)
	case map[string]any:
		return "{}"
	case []any:
		return "[]"
	}
	return Hidden
}

// leaves calls f with each value that holds no other, in the order of the paths.
func leaves(values map[string]any, f func(path string, v any)) {
	var walk func(at string, v any, depth int)
	walk = func(at string, v any, depth int) {
		switch x := v.(type) {
		case map[string]any:
			if len(x) == 0 || depth > maxNesting {
				break
			}
			for _, k := range slices.Sorted(maps.Keys(x)) {
				name := k
				if strings.ContainsAny(k, ".[]\" ") {
					name = `"` + k + `"`
				}
				if at != "" {
					name = at + "." + name
				}
				walk(name, x[k], depth+1)
			}
			return
		case []any:
			if len(x) == 0 || depth > maxNesting {
				break
			}
			for i, e := range x {
				walk(fmt.Sprintf("%s[%d]", at, i), e, depth+1)
			}
			return
		}
		if at != "" {
			f(at, v)
		}
	}
	walk("", values, 0)
}

// DiffValues says which values differ between two revisions, without telling them.
func DiffValues(a, b map[string]any) []styled.Line {
	was, is := map[string]any{}, map[string]any{}
	leaves(a, func(p string, v any) { was[p] = v })
	leaves(b, func(p string, v any) { is[p] = v })
	paths := map[string]bool{}
	for p := range was {
		paths[p] = true
	}
	for p := range is {
		paths[p] = true
	}
	var out []styled.Line
	add := func(role styled.Role, text string) {
		out = append(out, styled.Of(role, sanitize.Line(text, lineLimit)))
	}
	for _, p := range slices.Sorted(maps.Keys(paths)) {
		old, had := was[p]
		now, has := is[p]
		switch {
		case len(out) >= maxSettings:
			return append(out, styled.Of(styled.Muted, "(more values are not shown)"))
		case !had:
			add(styled.Added, "+ "+p+": "+told(now))
		case !has:
			add(styled.Removed, "- "+p+": "+told(old))
		case !same(old, now):
			before, after := told(old), told(now)
			if before == Hidden {
				before = mask.HiddenBefore
			}
			if after == Hidden {
				after = mask.HiddenAfter
			}
			add(styled.Removed, "- "+p+": "+before)
			add(styled.Added, "+ "+p+": "+after)
		}
	}
	return out
}
