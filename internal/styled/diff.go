package styled

import (
	"fmt"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"github.com/careen-tui/careen/internal/sanitize"
	"github.com/careen-tui/careen/internal/text"
)

// Diff is the unified diff of two texts, without a file header: at most most lines,
// each sanitised and of at most limit bytes. It is empty where they are the same.
func Diff(before, after string, most, limit int) []Line {
	unified := strings.TrimSuffix(udiff.Unified("before", "after", before, after), "\n")
	if unified == "" {
		return nil
	}
	var out []Line
	left := 0
	for i, l := range strings.Split(unified, "\n") {
		switch {
		case i < 2 || l == "" || strings.HasPrefix(l, `\ No newline`):
		case len(out) == most:
			left++
		default:
			out = append(out, Of(roleOf(l[0]), sanitize.Line(l, limit)))
		}
	}
	if left > 0 {
		out = append(out, Of(Muted, fmt.Sprintf("(%s not shown)", text.Counted(left, "more line"))))
	}
	return out
}

// roleOf is the role of a line of a diff by its sign. What did not change is there
// to find one's way only.
func roleOf(sign byte) Role {
	switch sign {
	case '+':
		return Added
	case '-':
		return Removed
	}
	return Muted
}
