package finding

import "strings"

// Saying is what findings of several objects have in common that say the same: they are
// one line of a list. They have the same fixes too, so that one plan is for all.
type Saying struct {
	Probe     ProbeID
	Severity  Severity
	Grade     Grade
	Namespace string
	Summary   string
	Fixes     string // their ids
}

// SayingOf is what a finding says.
func SayingOf(probe ProbeID, severity Severity, grade Grade, namespace, summary string, fixes []string) Saying {
	return Saying{probe, severity, grade, namespace, summary, strings.Join(fixes, ",")}
}

// Fold says under which of n findings each one folds: under the one at the end of its
// chain of first causes that are among them. What explains itself in a circle, and what
// only findings explain that are not among them, folds under itself.
func Fold(n int, id func(int) ID, causes func(int) []ID) (top []int) {
	place := make(map[ID]int, n)
	for i := range n {
		place[id(i)] = i
	}
	above := make([]int, n) // the first cause that is among them; -1 for none
	for i := range n {
		above[i] = -1
		for _, c := range causes(i) {
			if at, ok := place[c]; ok && at != i {
				above[i] = at
				break
			}
		}
	}
	top = make([]int, n)
	for i := range n {
		at := i
		for steps := 0; above[at] >= 0; steps++ {
			if at = above[at]; steps == n {
				at = i // a circle
				break
			}
		}
		top[i] = at
	}
	return top
}
