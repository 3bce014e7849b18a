package widget

import (
	"strings"

	"github.com/sahilm/fuzzy"
)

type source struct {
	n    int
	text func(int) string
}

func (s source) Len() int            { return s.n }
func (s source) String(i int) string { return s.text(i) }

// matching appends to into the items whose text has the filter's words: first
// those that have them whole in what comes before the first blank, which is the
// name; then those that have them whole elsewhere; then those that have their
// letters in order and close together. Each group keeps the order of the items, so
// that a live list does not shuffle while it is read.
func matching(filter string, n int, text func(int) string, into []int) []int {
	words := strings.Fields(strings.ToLower(filter))
	if len(words) == 0 {
		for i := range n {
			into = append(into, i)
		}
		return into
	}
	whole := make([]bool, n)
	var elsewhere []int
	for i := range n {
		lower := strings.ToLower(text(i))
		name, _, _ := strings.Cut(lower, " ")
		switch {
		case hasAll(name, words):
			into = append(into, i)
		case hasAll(lower, words):
			elsewhere = append(elsewhere, i)
		default:
			continue
		}
		whole[i] = true
	}
	into = append(into, elsewhere...)
	for _, m := range fuzzy.FindFromNoSort(strings.Join(words, ""), source{n, text}) {
		span := m.MatchedIndexes[len(m.MatchedIndexes)-1] - m.MatchedIndexes[0]
		if !whole[m.Index] && span <= 2*len(m.MatchedIndexes)+4 {
			into = append(into, m.Index)
		}
	}
	return into
}

func hasAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}
