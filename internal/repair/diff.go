package repair

import (
	"strconv"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/careen-tui/careen/internal/sanitize"
)

// maxDiffLines bounds what a plan shows of one object.
const maxDiffLines = 400

// diff is the unified diff of an object before and after, masked, as YAML, without
// the file header. Either may be nil.
func diff(before, after *unstructured.Unstructured, shown [][]string) []Line {
	old := printed(maskAs(before, after, shown, hiddenBefore))
	now := printed(maskAs(after, before, shown, hiddenAfter))
	return unified(old, now)
}

func printed(u *unstructured.Unstructured) string {
	if u == nil {
		return ""
	}
	b, err := yaml.Marshal(u.Object)
	if err != nil {
		return "(not printable)\n"
	}
	return string(b)
}

func unified(old, now string) []Line {
	text := udiff.Unified("before", "after", old, now)
	var out []Line
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		switch {
		case i < 2 || line == "" || strings.HasPrefix(line, `\ No newline`):
			continue
		case len(out) == maxDiffLines:
			return append(out, Line{Note, "(the diff goes on)"})
		case line[0] == '+':
			out = append(out, Line{Added, sanitize.Line(line, 400)})
		case line[0] == '-':
			out = append(out, Line{Removed, sanitize.Line(line, 400)})
		case line[0] == '@':
			out = append(out, Line{Hunk, sanitize.Line(line, 400)})
		default:
			out = append(out, Line{Context, sanitize.Line(line, 400)})
		}
	}
	return out
}

func itoa(n int) string { return strconv.Itoa(n) }
