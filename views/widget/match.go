package widget

import "strings"

// matching appends to into the items whose text has the filter's words: first
// those that have them whole in what comes before the first blank, which is the
// name; then those that have them whole elsewhere; then those that have their
// letters in order and close together. Each group keeps the order of the items, so
// that a live list does not shuffle while it is read. The texts are in lower case.
func matching(filter string, texts []string, into []int) []int {
	words := strings.Fields(strings.ToLower(filter))
	var elsewhere, near []int
	letters := strings.Join(words, "")
	spread := strings.Count(letters, "") > 2 // of one letter, to be near is to be there
	for i, text := range texts {
		switch {
		case hasAll(text, words):
			if name, _, more := strings.Cut(text, " "); more && !hasAll(name, words) {
				elsewhere = append(elsewhere, i)
			} else {
				into = append(into, i)
			}
		case spread && hasNear(text, letters):
			near = append(near, i)
		}
	}
	return append(append(into, elsewhere...), near...)
}

func hasAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// hasNear reports whether a text has all of the letters in order, from the first to the
// last not much further than they are many.
func hasNear(text, letters string) bool {
	first := []rune(letters)[0]
	most := 2*strings.Count(letters, "") + 2
	for from := strings.IndexRune(text, first); from >= 0; {
		rest, at := text[from:], 0
		for _, letter := range letters {
			i := strings.IndexRune(rest[at:], letter)
			if i < 0 {
				return false // from no later one either
			}
			at += i + len(string(letter))
		}
		if at-1 <= most {
			return true
		}
		next := strings.IndexRune(text[from+1:], first)
		if next < 0 {
			return false
		}
		from += 1 + next
	}
	return false
}
