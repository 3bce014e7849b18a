package text

import (
	"cmp"
	"slices"
	"strings"
)

// Similar lists at most n of the words that a person may have meant by word, the
// nearest first: those that a few letters turn into it, and those that hold it or
// that it holds. Upper and lower case are the same.
func Similar(word string, list []string, n int) []string {
	type candidate struct {
		word string
		far  int
	}
	low := strings.ToLower(word)
	few := max(2, len(low)/4)
	if len(low) < 4 {
		few = 1
	}
	var near []candidate
	for _, w := range list {
		l := strings.ToLower(w)
		far := Distance(low, l)
		if w != word && (far <= few || min(len(l), len(low)) > 3 && (strings.Contains(l, low) || strings.Contains(low, l))) {
			near = append(near, candidate{w, far})
		}
	}
	slices.SortFunc(near, func(a, b candidate) int { return cmp.Or(a.far-b.far, strings.Compare(a.word, b.word)) })
	near = slices.Compact(near)
	out := make([]string, 0, n)
	for _, c := range near[:min(len(near), n)] {
		out = append(out, c.word)
	}
	return out
}

// Distance is the Levenshtein distance of two texts, in bytes.
func Distance(a, b string) int {
	var short [96]int // names are hardly longer, and need no memory of their own then
	row := short[:0]
	for j := range len(b) + 1 {
		row = append(row, j)
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := before
			if a[i] != b[j] {
				change++
			}
			before = row[j+1]
			row[j+1] = min(change, before+1, row[j]+1)
		}
	}
	return row[len(b)]
}

// DidYouMean is the end of an error about a word that is not in a list:
// `; did you mean "audit"?`, or nothing where no word of the list is near.
func DidYouMean(word string, list []string) string {
	near := Similar(word, list, 3)
	if len(near) == 0 {
		return ""
	}
	for i, w := range near {
		near[i] = `"` + w + `"`
	}
	last := len(near) - 1
	if last == 0 {
		return "; did you mean " + near[0] + "?"
	}
	return "; did you mean " + strings.Join(near[:last], ", ") + " or " + near[last] + "?"
}

// Nearest lists the n words of a list that a pattern comes nearest to, in which * stands
// for any run of characters and ? for one: by the letters that would have to change.
// Upper and lower case are the same.
func Nearest(pattern string, list []string, n int) []string {
	low := strings.ToLower(pattern)
	far := make(map[string]int, len(list))
	for _, w := range list {
		far[w] = patternDistance(low, strings.ToLower(w))
	}
	out := slices.Clone(list)
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(far[a]-far[b], strings.Compare(a, b)) })
	out = slices.Compact(out)
	return out[:min(len(out), n)]
}

// patternDistance is Distance from a text to the nearest that a pattern fits.
func patternDistance(pattern, word string) int {
	row := make([]int, len(word)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(pattern) {
		before := row[0]
		if pattern[i] != '*' {
			row[0]++
		}
		for j := range len(word) {
			change := before
			if pattern[i] != word[j] && pattern[i] != '?' {
				change++
			}
			before = row[j+1]
			if pattern[i] == '*' {
				row[j+1] = min(before, row[j]) // it stands for nothing, or for one letter more
			} else {
				row[j+1] = min(change, before+1, row[j]+1)
			}
		}
	}
	return row[len(word)]
}
