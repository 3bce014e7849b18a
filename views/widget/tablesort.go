package widget

import (
	"cmp"
	"slices"
	"strings"
)

// order sorts what is shown. Rows that belong to the one before go with it.
func (t *Table[T, K]) order() {
	all := slices.Clone(t.view)
	heads := make([]int, 0, len(all)) // where in all they begin
	for i, row := range all {
		if i == 0 || t.spec.Below == nil || !t.spec.Below(t.items[row]) {
			heads = append(heads, i)
		}
	}
	turn := make([]int, len(heads))
	for n := range turn {
		turn[n] = n
	}
	by := t.comparison(len(heads), func(n int) T { return t.items[all[heads[n]]] })
	slices.SortFunc(turn, func(a, b int) int { // no two are equal
		c := by(a, b)
		if t.desc {
			c = -c
		}
		return cmp.Or(c, a-b)
	})
	t.view = t.view[:0]
	for _, n := range turn {
		end := len(all)
		if n+1 < len(heads) {
			end = heads[n+1]
		}
		t.view = append(t.view, all[heads[n]:end]...)
	}
}

// comparison is how the column sorted by orders n rows, by their numbers. What takes a
// while to compute is computed once a row, not once a comparison.
func (t *Table[T, K]) comparison(n int, item func(int) T) func(a, b int) int {
	switch col := t.spec.Columns[t.sort]; {
	case col.Order != nil:
		return func(a, b int) int { return col.Order(item(a), item(b)) }
	case col.Weight != nil:
		weights := make([]int, n)
		for i := range weights {
			weights[i] = col.Weight(item(i))
		}
		return func(a, b int) int { return cmp.Compare(weights[b], weights[a]) }
	default:
		texts := make([]string, n)
		for i := range texts {
			texts[i] = col.Cell(item(i)).Text
		}
		return func(a, b int) int { return strings.Compare(texts[a], texts[b]) }
	}
}

// SortNext sorts by the next column, after the last by the order given.
func (t *Table[T, K]) SortNext() {
	if t.sort++; t.sort >= len(t.spec.Columns) {
		t.sort = -1
	}
	t.refresh()
}

// SortedBy is the title of the column that the rows are sorted by, or "".
func (t *Table[T, K]) SortedBy() string {
	if t.sort < 0 {
		return ""
	}
	return t.spec.Columns[t.sort].Title
}
