package widget

import (
	"strings"

	"github.com/careen-tui/careen/internal/styled"
)

// Wrap breaks a line into lines of at most w cells, at blanks where there are
// any; every line after the first begins with hang blanks. A word wider than a
// line is broken.
func Wrap(l styled.Line, w, hang int) []styled.Line {
	if w <= 0 {
		return nil
	}
	if hang >= w {
		hang = 0
	}
	var out []styled.Line
	var cur styled.Line
	used := 0
	begun := false // whether more than blanks stands on the present line
	brk := func() {
		out = append(out, cur)
		cur, used, begun = nil, 0, false
		if hang > 0 {
			cur, used = styled.Line{{Text: blanks(hang)}}, hang
		}
	}
	for _, s := range l {
		for word := range words(Clean(s.Text)) {
			bare := strings.TrimRight(word, " ")
			tail := len(word) - len(bare)
			if used+Width(bare) > w && (begun || used > 0 && used >= w-1) {
				brk()
			}
			begun = begun || bare != ""
			for Width(bare) > w-used {
				part, size := Cut(bare, w-used, ""), 0
				if size = len(part); size == 0 { // a wide rune and one cell
					part, size = "?", firstCluster(bare)
				}
				cur = append(cur, styled.T(s.Role, part))
				used += Width(part)
				if bare = bare[size:]; bare != "" {
					brk()
					begun = true
				}
			}
			text := bare + blanks(min(tail, w-used-Width(bare)))
			if text != "" {
				cur = append(cur, styled.T(s.Role, text))
				used += Width(text)
			}
		}
	}
	return append(out, cur)
}

// words yields s in pieces, each a word with the blanks after it.
func words(s string) func(func(string) bool) {
	return func(yield func(string) bool) {
		start, inBlank := 0, false
		for i := range len(s) {
			if s[i] == ' ' {
				inBlank = true
				continue
			}
			if inBlank {
				if !yield(s[start:i]) {
					return
				}
				start, inBlank = i, false
			}
		}
		if start < len(s) {
			yield(s[start:])
		}
	}
}
