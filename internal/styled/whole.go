package styled

import (
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"github.com/careen-tui/careen/internal/sanitize"
)

// WholeWidth is how many characters of a line of a whole difference stand on one line;
// what is longer goes on in the next.
const WholeWidth = 400

// WholeDiff is the difference of two texts with every line of both, changed or not, and
// nothing cut off.
func WholeDiff(before, after string) []Line {
	if before == after {
		return signed(" ", after)
	}
	context := strings.Count(before, "\n") + strings.Count(after, "\n") + 1
	unified, err := udiff.ToUnified("before", "after", before, udiff.Lines(before, after), context)
	if err != nil {
		return append(signed("-", before), signed("+", after)...)
	}
	var out []Line
	for i, l := range strings.Split(strings.TrimSuffix(unified, "\n"), "\n") {
		if i < 2 || l == "" || l[0] == '@' || strings.HasPrefix(l, `\ No newline`) {
			continue
		}
		out = append(out, wrapped(l)...)
	}
	return out
}

func signed(sign, text string) (out []Line) {
	for l := range strings.Lines(text) {
		out = append(out, wrapped(sign+strings.TrimSuffix(l, "\n"))...)
	}
	return out
}

// wrapped is a line of a difference as as many lines as it takes, each with its sign.
func wrapped(line string) (out []Line) {
	sign, rest := line[:1], []rune(line[1:])
	role := roleOf(sign[0])
	for len(rest) > WholeWidth {
		out = append(out, Of(role, sanitize.Line(sign+string(rest[:WholeWidth]), 4*WholeWidth)))
		rest = rest[WholeWidth:]
	}
	return append(out, Of(role, sanitize.Line(sign+string(rest), 4*WholeWidth)))
}
