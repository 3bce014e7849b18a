package widget

import (
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/styled"
)

// Column is one column of a table of T.
type Column[T any] struct {
	Title  string
	Min    int  // cells below which it is not drawn narrower
	Max    int  // cells above which it is never drawn wider; 0 for no bound
	Grow   bool // takes cells that are left, up to a little more than it wants
	First  bool // has what it wants before the others do
	Keep   int  // where the table is narrow, columns go lowest first; 0 stays
	Right  bool // aligned to the right
	Middle bool // cut in the middle
	Tight  bool // one cell before the next column, not two
	Cell   func(T) styled.Span
	Short  func(T) styled.Span // where the cell does not fit; may be nil
	Order  func(a, b T) int    // nil: by Weight, or by the cell's text
	Weight func(T) int         // rows are ordered by it, the heaviest first; computed once a row
}

// Spec says how a table of T, known by K, is drawn.
type Spec[T any, K comparable] struct {
	Columns []Column[T]
	Key     func(T) K
	Under   func(T) []styled.Line // lines below the row; may be nil
	Indent  func(T) int           // cells before the row; may be nil
	Sign    func(T) string        // one cell before a row that is neither selected nor marked; may be nil
	Below   func(T) bool          // it belongs to the row before, and follows it when sorted; may be nil
	Match   func(T) string        // what the filter looks at; nil: the cells
	Header  bool                  // a line of column titles, where there is room
}

// Table is a list of T of which one is selected. It draws what is visible only.
type Table[T any, K comparable] struct {
	spec   Spec[T, K]
	items  []T
	texts  []string // by which they are found; see lowered
	view   []int    // items shown, in order
	ideal  []int
	scroll scroll
	key    K
	picked bool // key holds the selection
	filter string
	sort   int // column, or -1 for the order given
	desc   bool
	marks  map[K]bool
	held   bool  // the operator has chosen the selection
	height int   // of the last drawing
	drawn  []int // the row of each line of it, -1 for none
	fitFor int
}

// NewTable makes an empty table.
func NewTable[T any, K comparable](spec Spec[T, K]) *Table[T, K] {
	return &Table[T, K]{spec: spec, sort: -1, marks: map[K]bool{}, height: 10}
}

// Columns are the titles of the columns that have one.
func (t *Table[T, K]) Columns() []string {
	var titles []string
	for _, c := range t.spec.Columns {
		if c.Title != "" {
			titles = append(titles, c.Title)
		}
	}
	return titles
}

// Choose shows these columns, by their titles, in this order, after those without a
// title. A title that no column has is an error.
func (t *Table[T, K]) Choose(titles []string) error {
	var chosen []Column[T]
	for _, c := range t.spec.Columns {
		if c.Title == "" {
			chosen = append(chosen, c)
		}
	}
	for _, title := range titles {
		i := slices.IndexFunc(t.spec.Columns, func(c Column[T]) bool { return c.Title == title && title != "" })
		if i < 0 {
			return fmt.Errorf("there is no column %q; use %s", title, strings.Join(t.Columns(), ", "))
		}
		chosen = append(chosen, t.spec.Columns[i])
	}
	t.spec.Columns, t.ideal, t.sort = chosen, nil, -1
	return nil
}

// SetItems swaps the rows. The selection stays on its key; where that is gone it
// stays where it was on the screen.
func (t *Table[T, K]) SetItems(items []T) {
	t.items, t.texts = items, nil
	t.measure()
	t.refresh()
}

// measure finds how wide each column wants to be, from the first rows; columns
// only ever grow until the table is given another width, so that a live update
// does not move them to and fro.
func (t *Table[T, K]) measure() {
	if t.ideal == nil {
		t.ideal = make([]int, len(t.spec.Columns))
	}
	for c, col := range t.spec.Columns {
		w := t.ideal[c]
		if t.spec.Header {
			w = max(w, Width(col.Title))
		}
		for _, it := range t.items[:min(len(t.items), 1000)] {
			w = max(w, Width(Clean(col.Cell(it).Text)))
		}
		if col.Max > 0 {
			w = min(w, col.Max)
		}
		t.ideal[c] = max(w, col.Min)
	}
}

// Refresh sorts and filters the rows again, for what their cells say may have
// changed though they are the same.
func (t *Table[T, K]) Refresh() {
	t.texts = nil
	if t.sort >= 0 || t.filter != "" {
		t.refresh()
	}
}

// Held reports whether the selection is to be kept: it was chosen, or Hold was
// called. Until then it is the first row, whatever comes.
func (t *Table[T, K]) Held() bool { return t.held }

// Hold keeps the selection on its key from now on.
func (t *Table[T, K]) Hold() { t.held = true }

func (t *Table[T, K]) refresh() {
	if !t.held {
		t.picked, t.scroll = false, scroll{}
	}
	atTop, offset := t.scroll.top == 0, t.scroll.cursor-t.scroll.top
	t.view = t.view[:0]
	if t.filter == "" {
		for i := range t.items {
			t.view = append(t.view, i)
		}
	} else {
		t.view = matching(t.filter, t.lowered(), t.view)
	}
	if t.sort >= 0 {
		t.order()
	}
	at := t.scroll.cursor
	if t.picked {
		for v, i := range t.view {
			if t.spec.Key(t.items[i]) == t.key {
				at = v
				break
			}
		}
	}
	t.scroll.cursor = min(max(at, 0), max(len(t.view)-1, 0))
	t.scroll.top = max(t.scroll.cursor-offset, 0)
	if atTop {
		t.scroll.top = 0
	}
	t.take()
}

// lowered are the texts by which rows are found, made once for all letters of a filter.
func (t *Table[T, K]) lowered() []string {
	if t.texts == nil {
		t.texts = make([]string, len(t.items))
		for i, it := range t.items {
			t.texts[i] = strings.ToLower(t.text(it))
		}
	}
	return t.texts
}

func (t *Table[T, K]) text(it T) string {
	if t.spec.Match != nil {
		return t.spec.Match(it)
	}
	var b strings.Builder
	for _, col := range t.spec.Columns {
		b.WriteString(col.Cell(it).Text)
		b.WriteByte(' ')
	}
	return b.String()
}

// take remembers the key of the row under the cursor.
func (t *Table[T, K]) take() {
	if len(t.view) == 0 {
		return // the key is kept: the row may come back
	}
	t.key, t.picked = t.spec.Key(t.items[t.view[t.scroll.cursor]]), true
}

// Selected is the row under the cursor; ok is false where there is none.
func (t *Table[T, K]) Selected() (it T, ok bool) {
	if len(t.view) == 0 {
		return it, false
	}
	return t.items[t.view[t.scroll.cursor]], true
}

// Select moves the selection to a key; where no row has it, it is selected as
// soon as one does.
func (t *Table[T, K]) Select(key K) {
	t.key, t.picked, t.held = key, true, true
	for v, i := range t.view {
		if t.spec.Key(t.items[i]) == key {
			t.scroll.cursor = v
			return
		}
	}
}

// Move moves the selection by n rows, as far as there are any.
func (t *Table[T, K]) Move(n int) {
	t.held = true
	t.scroll.cursor = min(max(t.scroll.cursor+n, 0), max(len(t.view)-1, 0))
	t.take()
}

// Page moves by n pages of the last drawing.
func (t *Table[T, K]) Page(n int) { t.Move(n * max(t.height-1, 1)) }

// Pick selects the row that was drawn at a line, counted from 0; it reports whether
// there is one.
func (t *Table[T, K]) Pick(line int) bool {
	if line < 0 || line >= len(t.drawn) || t.drawn[line] < 0 || t.drawn[line] >= len(t.view) {
		return false
	}
	t.Move(t.drawn[line] - t.scroll.cursor)
	return true
}

// Ends moves to the first row, or to the last.
func (t *Table[T, K]) Ends(last bool) {
	t.held = true
	t.scroll.cursor = 0
	if last {
		t.scroll.cursor = max(len(t.view)-1, 0)
	}
	t.take()
}

// Filter shows only rows that match, the first of them selected; the empty text
// shows all, and leaves the selection where it is.
func (t *Table[T, K]) Filter(text string) {
	if t.filter == text {
		return
	}
	t.filter = text
	if text != "" {
		t.picked = false // it will be the first
	}
	t.refresh()
	if text != "" {
		t.scroll = scroll{}
		t.take()
		t.held = true
	}
}

// Filtered is the text of the filter.
func (t *Table[T, K]) Filtered() string { return t.filter }

// Mark sets or takes away the mark of the selected row, and moves on.
func (t *Table[T, K]) Mark() {
	if it, ok := t.Selected(); ok {
		t.SetMark(t.spec.Key(it), !t.marks[t.spec.Key(it)])
		t.Move(1)
	}
}

// SetMark marks a key, or takes its mark away.
func (t *Table[T, K]) SetMark(key K, on bool) {
	if on {
		t.marks[key] = true
		return
	}
	delete(t.marks, key)
}

// MarkAll marks every row that is shown, or where each is marked takes all marks away.
func (t *Table[T, K]) MarkAll() {
	all := true
	for _, i := range t.view {
		all = all && t.marks[t.spec.Key(t.items[i])]
	}
	if all {
		t.ClearMarks()
		return
	}
	for _, i := range t.view {
		t.SetMark(t.spec.Key(t.items[i]), true)
	}
}

// ClearMarks takes all marks away.
func (t *Table[T, K]) ClearMarks() { clear(t.marks) }

// Marked lists the marked rows that are there, in the order given.
func (t *Table[T, K]) Marked() []T {
	if len(t.marks) == 0 {
		return nil
	}
	var out []T
	for _, it := range t.items {
		if t.marks[t.spec.Key(it)] {
			out = append(out, it)
		}
	}
	return out
}

// Len is the number of rows, Shown of those that the filter lets through.
func (t *Table[T, K]) Len() int { return len(t.items) }

// Shown is the number of rows that the filter lets through.
func (t *Table[T, K]) Shown() int { return len(t.view) }

// Place is the selected row's place among the shown, from 1; 0 for none.
func (t *Table[T, K]) Place() int {
	if len(t.view) == 0 {
		return 0
	}
	return t.scroll.cursor + 1
}
