package widget

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/charmbracelet/x/ansi"
)

// hostile are texts that have broken layouts: wide, combining, joined, toned,
// flags, bidirectional, escapes, tabs, invalid bytes.
var hostile = []string{
	"", "a", "plain ascii words that go on and on", "日本語のテキスト", "é́́combining", "👨‍👩‍👧 family", "👍🏽", "🇩🇪 flag", "❤️",
	"\x1b[31mred\x1b[0m", "tab\tand\nnewline", "bad\xff\xfebytes", "\u202egnp.exe", "zero\u200bwidth", "한글 자모", "कि नमस्ते", "ﷺ",
	strings.Repeat("長", 90), strings.Repeat("x", 300), "a\u0300\u0301\u0302\u0303", "\u0301leading", "…●▲✖─", "\u009b31m",
}

func exact(t *testing.T, what string, lines []string, w, h int) {
	t.Helper()
	if len(lines) != h {
		t.Fatalf("%s at %dx%d: %d lines", what, w, h, len(lines))
	}
	for i, l := range lines {
		if got := ansi.StringWidth(l); got != w {
			t.Fatalf("%s at %dx%d: line %d has %d cells: %q", what, w, h, i, got, l)
		}
		if got := ansi.StringWidthWc(l); got != w {
			t.Fatalf("%s at %dx%d: line %d has %d cells counted by rune: %q", what, w, h, i, got, l)
		}
		for _, r := range ansi.Strip(l) {
			if r < ' ' || (r >= 0x7f && r < 0xa0) || invisible(r) {
				t.Fatalf("%s at %dx%d: line %d holds %U: %q", what, w, h, i, r, l)
			}
		}
	}
}

func TestCellsAreExact(t *testing.T) {
	themes := []*Theme{
		NewTheme(Look{Colours: Many}), NewTheme(Look{Colours: Few, ASCII: true}), NewTheme(Look{}), NewTheme(Look{Colours: Many, Background: LightBackground}),
	}
	rng := rand.New(rand.NewPCG(1, 2))
	pick := func() string { return hostile[rng.IntN(len(hostile))] }
	line := func() styled.Line {
		var l styled.Line
		for range rng.IntN(4) {
			l = append(l, styled.T(styled.Role(rng.IntN(int(styled.Roles))), pick()))
		}
		return l
	}
	for round := range 600 {
		th := themes[round%len(themes)]
		w, h := rng.IntN(90), rng.IntN(30)
		if round < 40 {
			w = round % 8
		}
		state := State(rng.IntN(3))
		exact(t, "line", []string{DrawLine(th, line(), w, state)}, w, 1)
		exact(t, "spread", []string{DrawLine(th, Spread(th, line(), line(), w), w, state)}, w, 1)
		exact(t, "bar", []string{Bar(th, line(), line(), w, round%2 == 0)}, w, 1)
		exact(t, "bars", []string{Bars(th, []styled.Line{line(), line()}, w)}, w, 1)
		in := NewInput()
		if round%5 == 0 {
			in = NewValue()
		}
		in.Set(pick() + pick())
		for range rng.IntN(5) {
			in.Press(tea.KeyPressMsg{Code: tea.KeyLeft})
		}
		exact(t, "input", []string{in.Draw(w)}, w, 1)
		exact(t, "narrower input", []string{in.Draw(w / 2)}, w/2, 1)

		table := NewTable(Spec[int, string]{
			Header: round%2 == 0, Key: func(i int) string { return fmt.Sprint(i) },
			Columns: []Column[int]{
				{Title: "sym", Cell: func(int) styled.Span { return styled.T(styled.Critical, pick()) }, Max: 6},
				{Title: "name", Cell: func(int) styled.Span { return styled.T(styled.Normal, pick()) }, Min: 8, Grow: true, Middle: true},
				{Title: "漢字", Cell: func(int) styled.Span { return styled.T(styled.Muted, pick()) }, Min: 4, Keep: 1, Right: true},
			},
			Under:  func(i int) []styled.Line { return make([]styled.Line, i%3) },
			Indent: func(i int) int { return i % 4 },
		})
		table.SetItems(make([]int, rng.IntN(40)))
		table.Move(rng.IntN(50))
		exact(t, "table", table.Draw(th, w, h, state), w, h)

		page := NewPage()
		var paras []styled.Para
		for i := range rng.IntN(20) {
			p := styled.Para{Body: line(), Hang: rng.IntN(12), Cut: i%5 == 0}
			if i%3 == 0 {
				p.Right = line()
			}
			if i%4 == 0 {
				p.Label, p.Column, p.Indent = line(), 1+rng.IntN(30), rng.IntN(8)
			}
			if i%2 == 0 {
				p.Key = i
			}
			paras = append(paras, p)
		}
		page.Set(paras)
		page.Draw(th, w, h, true)
		page.Move(rng.IntN(30))
		exact(t, "page", page.Draw(th, w, h, true), w, h)

		tree := NewTree[int]()
		var nodes []Node[int]
		depth := 0
		for i := range rng.IntN(20) {
			nodes = append(nodes, Node[int]{Key: i, Depth: depth, Left: line(), Right: line()})
			depth = max(0, depth+rng.IntN(3)-1)
		}
		tree.Set(nodes)
		tree.Move(rng.IntN(20))
		tree.Fold(true)
		exact(t, "tree", tree.Draw(th, w, h, state), w, h)
	}
}

func TestWrapKeepsEveryWord(t *testing.T) {
	text := "Revision 1 has been pending-install for 22m, though all 3 of its objects are live and ready. 日本語日本語日本語"
	for w := 4; w < 130; w++ {
		var b strings.Builder
		for _, l := range Wrap(styled.L(text), w, 2) {
			if LineWidth(l) > w {
				t.Fatalf("%d cells: %q is %d wide", w, l.String(), LineWidth(l))
			}
			b.WriteString(strings.ReplaceAll(l.String(), " ", ""))
		}
		if got, want := b.String(), strings.ReplaceAll(text, " ", ""); got != want {
			t.Fatalf("%d cells: %q", w, got)
		}
	}
}

func TestCutSaysSo(t *testing.T) {
	for _, c := range []struct {
		in   string
		w    int
		want string
	}{{"abcdef", 6, "abcdef"}, {"abcdef", 5, "abcd…"}, {"日本語", 5, "日本…"}, {"日本語", 4, "日…"}, {"abc", 0, ""}, {"abc", 1, "…"}} {
		if got := Cut(c.in, c.w, "…"); got != c.want {
			t.Errorf("Cut(%q, %d) = %q, want %q", c.in, c.w, got, c.want)
		}
	}
	if got := CutMiddle("devlake/data-devlake-mysql-0", 16, "…"); got != "devlak…e-mysql-0" {
		t.Errorf("CutMiddle = %q", got)
	}
}

func strs(n int, format string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf(format, i)
	}
	return out
}

func names() *Table[string, string] {
	return NewTable(Spec[string, string]{
		Key: func(s string) string { return s }, Header: true,
		Columns: []Column[string]{{Title: "name", Grow: true, Min: 4, Cell: func(s string) styled.Span { return styled.T(styled.Normal, s) }}},
	})
}

func TestSelectionIsByKey(t *testing.T) {
	th := NewTheme(Look{})
	table := names()
	table.SetItems([]string{"b", "d", "f"})
	table.Move(1)
	table.Draw(th, 20, 10, Focused)
	table.SetItems([]string{"a", "b", "c", "d", "e", "f"})
	if got, _ := table.Selected(); got != "d" {
		t.Errorf("after rows came in above: %q is selected", got)
	}
	table.SetItems([]string{"a", "b", "c", "e"})
	if got, _ := table.Selected(); got != "e" {
		t.Errorf("after the row went: %q is selected, want the one that took its place", got)
	}
	table.Filter("a")
	table.Filter("")
	if got, _ := table.Selected(); got != "a" {
		t.Errorf("after a filter: %q", got)
	}
	table.SetItems(nil)
	if _, ok := table.Selected(); ok {
		t.Error("something is selected in an empty table")
	}
	table.SetItems([]string{"0", "a"})
	if got, _ := table.Selected(); got != "a" {
		t.Errorf("after all rows went and came back: %q", got)
	}
}

func TestRowsAboveDoNotMoveTheScreen(t *testing.T) {
	th := NewTheme(Look{ASCII: true})
	table := names()
	items := strs(100, "row-%03d")
	table.SetItems(items)
	table.Draw(th, 20, 11, Focused)
	table.Move(50)
	before := table.Draw(th, 20, 11, Focused)
	table.SetItems(append([]string{"new-1", "new-2"}, items...))
	after := table.Draw(th, 20, 11, Focused)
	if strings.Join(before, "\n") != strings.Join(after, "\n") {
		t.Errorf("the screen moved:\n%s\n\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
	}
	table.Ends(false)
	table.Draw(th, 20, 11, Focused)
	table.SetItems(append([]string{"newest"}, table.items...))
	if got := table.Draw(th, 20, 11, Focused)[1]; !strings.Contains(got, "newest") {
		t.Errorf("at the top, a new first row must be seen: %q", got)
	}
}

func TestFilterPutsWholeWordsFirst(t *testing.T) {
	table := names()
	table.SetItems([]string{"v-a-u-l-t", "vault-agent", "other", "common-vault", "v........a........u........l......t"})
	table.Filter("vault")
	var got []string
	for _, i := range table.view {
		got = append(got, table.items[i])
	}
	if s := strings.Join(got, " "); s != "vault-agent common-vault v-a-u-l-t" {
		t.Errorf("filtered: %s", s)
	}
}

// TestWhatAFilterFoundStandsOut marks the words in rows and below them, on the focused row
// too, where no other role is seen.
func TestWhatAFilterFoundStandsOut(t *testing.T) {
	th := NewTheme(Look{Colours: Many})
	table := names()
	table.spec.Under = func(string) []styled.Line { return []styled.Line{styled.L("the Vault below")} }
	table.SetItems([]string{"common-vault", "vault"})
	plain := table.Draw(th, 30, 5, Focused)
	table.Filter("vault")
	got := table.Draw(th, 30, 5, Focused)
	for i, l := range got {
		if ansi.StringWidth(l) != 30 {
			t.Errorf("line %d has another width: %q", i, l)
		}
	}
	match := th.Paint(styled.Match, Plain, "Vault")
	if all := strings.Join(got, "\n"); strings.Count(all, match) != 2 || strings.Contains(strings.Join(plain, "\n"), match) {
		t.Errorf("below the rows: %q", all)
	}
	if all := strings.Join(got, "\n"); !strings.Contains(all, th.Paint(styled.Match, Focused, "vault")) || !strings.Contains(all, th.Paint(styled.Match, Plain, "vault")) {
		t.Errorf("in the rows: %q", all)
	}
}

func TestFilterSelectsTheBestMatch(t *testing.T) {
	table := names()
	table.SetItems([]string{"attic/ledger review-app-1.4", "other", "review/review-app review-app-1.4", "vetted/portal review-app-1.4"})
	table.Ends(true)
	for n := range len("review-app") {
		table.Filter("review-app"[:n+1])
	}
	if got, _ := table.Selected(); got != "review/review-app review-app-1.4" || table.Shown() != 3 {
		t.Errorf("%q of %d", got, table.Shown())
	}
	table.Filter("")
	if got, _ := table.Selected(); got != "review/review-app review-app-1.4" || table.Place() != 3 {
		t.Errorf("after the filter: %q at %d", got, table.Place())
	}
}

func TestTreeFolds(t *testing.T) {
	th := NewTheme(Look{ASCII: true})
	tree := NewTree[string]()
	tree.Set([]Node[string]{
		{Key: "r", Left: styled.L("release")},
		{Key: "d", Depth: 1, Left: styled.L("deployment")},
		{Key: "p", Depth: 2, Left: styled.L("pod")},
		{Key: "s", Depth: 2, Left: styled.L("secret")},
		{Key: "v", Depth: 1, Left: styled.L("service")},
	})
	tree.Select("s")
	want := " release\n |- deployment\n |  |- pod\n>|  `- secret\n `- service"
	if got := trimmed(tree.Draw(th, 24, 5, Picked)); got != want {
		t.Errorf("drawn:\n%s\nwant:\n%s", got, want)
	}
	tree.Fold(true)
	if k, _ := tree.Selected(); k != "d" {
		t.Errorf("after folding %q is selected", k)
	}
	want = " release\n>|- > deployment\n `- service\n\n"
	if got := trimmed(tree.Draw(th, 24, 5, Picked)); got != want {
		t.Errorf("folded:\n%s", got)
	}
	tree.Fold(false)
	if len(tree.view) != 5 {
		t.Errorf("unfolded: %d nodes", len(tree.view))
	}
}

func trimmed(lines []string) string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = strings.TrimRight(ansi.Strip(l), " ")
	}
	return strings.Join(out, "\n")
}

func TestAValueHasNoGutter(t *testing.T) {
	th := NewTheme(Look{})
	page := NewPage()
	page.Set([]styled.Para{
		{Indent: 4, Label: styled.L("short"), Column: 8, Body: styled.L("value")},
		{Indent: 4, Label: styled.L("spec.template.spec.containers[0].env[3].value"), Column: 30, Body: styled.L("one address, and another one, of a list")},
		{Indent: 4, Label: styled.L("note"), Column: 8, Body: styled.L("many words that do not fit in the rest of the line, which is long enough")},
	})
	want := "     short   value\n     spec.template.spec.containers[0].env[3].value\n       one address, and another one, of a list\n" +
		"     note    many words that do not fit in the rest of\n             the line, which is long enough\n"
	if got := trimmed(page.Draw(th, 55, 6, false)); got != want {
		t.Errorf("drawn:\n%s\nwant:\n%s", got, want)
	}
}

func TestPageWalksItsStops(t *testing.T) {
	th := NewTheme(Look{})
	page := NewPage()
	page.Set([]styled.Para{
		{Body: styled.L("summary")},
		{Body: styled.L("one"), Key: "1"},
		{Body: styled.L("text")},
		{Body: styled.L("two"), Key: "2"},
		{Body: styled.L("end")},
	})
	page.Draw(th, 20, 3, true)
	page.Move(1)
	if k := page.Selected(); k != "1" {
		t.Errorf("first stop: %q", k)
	}
	page.Move(1)
	if k := page.Selected(); k != "2" {
		t.Errorf("second stop: %q", k)
	}
	if got := trimmed(page.Draw(th, 20, 3, true)); !strings.Contains(got, "two") {
		t.Errorf("the stop is not shown:\n%s", got)
	}
	page.Set([]styled.Para{{Body: styled.L("other")}, {Body: styled.L("two"), Key: "2"}})
	if k := page.Selected(); k != "2" {
		t.Errorf("after a swap: %q", k)
	}
}

func BenchmarkTableDraw(b *testing.B) {
	th := NewTheme(Look{Colours: Many})
	table := names()
	table.SetItems(strs(50_000, "namespace/some-object-%d"))
	table.Move(25_000)
	b.ReportAllocs()
	for b.Loop() {
		table.Draw(th, 200, 50, Focused)
	}
}

func BenchmarkTableFilter(b *testing.B) {
	table := names()
	table.SetItems(strs(50_000, "namespace/some-object-%d"))
	for b.Loop() {
		table.Filter("obj-4999")
		table.Filter("")
	}
}

// A word wider than a line begins on the line that has its indentation, and leaves no empty
// one before it.
func TestAWideWordLeavesNoEmptyLine(t *testing.T) {
	path := "status.containerStatuses[reports].lastState.terminated.exitCode"
	for w := 8; w < 60; w++ {
		var all string
		for _, l := range Wrap(styled.Line{{Text: "    "}, {Text: path}}, w, 6) {
			text := ""
			for _, s := range l {
				text += s.Text
			}
			if strings.TrimSpace(text) == "" || Width(text) > w {
				t.Errorf("%d cells: %q", w, text)
			}
			all += strings.TrimSpace(text)
		}
		if all != path {
			t.Errorf("%d cells: %q", w, all)
		}
	}
}
