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

// Alike says with which of n lines each is one: the first that says the same.
func Alike(n int, says func(int) Saying) (first []int) {
	seen := make(map[Saying]int, n)
	first = make([]int, n)
	for i := range n {
		s := says(i)
		at, ok := seen[s]
		if !ok {
			at, seen[s] = i, i
		}
		first[i] = at
	}
	return first
}

// Says is what a finding says.
func (f *Finding) Says() Saying {
	var fixes strings.Builder
	for i := range f.Fixes {
		fixes.WriteString(f.Fixes[i].ID + ",")
	}
	return Saying{f.Probe, f.Severity, f.Grade, f.Subject.Namespace, f.Summary, fixes.String()}
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
