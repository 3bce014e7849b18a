package views

import (
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/views/widget"
)

func searchedLines(text ...string) *lines {
	b := newLines("")
	var list []styled.Line
	for _, t := range text {
		list = append(list, styled.L(t))
	}
	b.put(list)
	return b
}

// drawnLines are the lines on a screen of w by h, without blanks at their ends.
func drawnLines(b *lines, w, h int) []string {
	out := b.draw(widget.NewTheme(widget.Look{}), nil, w, h, false)
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return out
}

func TestASearchKeepsTheLinesAround(t *testing.T) {
	text := make([]string, 100)
	for i := range text {
		text[i] = "line"
	}
	text[20], text[50], text[90] = "an Error here", "another ERROR", "the last error"
	b := searchedLines(text...)
	drawnLines(b, 40, 10)
	b.Filter("Error")
	for _, want := range []struct {
		top   int
		found string
	}{{17, "  /error 1 of 3"}, {47, "  /error 2 of 3"}, {87, "  /error 3 of 3"}, {17, "  /error 1 of 3"}} {
		if got := b.found().String(); b.Top() != want.top || got != want.found {
			t.Errorf("at line %d, %q; want %d, %q", b.Top(), got, want.top, want.found)
		}
		b.next(1)
	}
	b.next(-1)
	if b.Top() != 17 {
		t.Errorf("back at line %d", b.Top())
	}
	screen := b.draw(widget.NewTheme(widget.Look{}), nil, 40, 10, false)
	if !strings.Contains(strings.Join(screen, "\n"), "\x1b[1;7mError\x1b[m") {
		t.Errorf("the match is not highlighted: %q", screen)
	}
	b.toggle()
	if got := drawnLines(b, 40, 3); b.Lines() != 3 || !strings.Contains(got[0], "here") || !strings.Contains(got[2], "last") {
		t.Errorf("%d lines that match: %q", b.Lines(), got)
	}
	b.Filter("")
	if b.Lines() != 100 || b.found() != nil {
		t.Errorf("after the search %d lines, %v", b.Lines(), b.found())
	}
}

func TestASearchGoesOnFromWhereItIs(t *testing.T) {
	text := make([]string, 60)
	text[5], text[40] = "needle", "needle"
	b := searchedLines(text...)
	drawnLines(b, 40, 10)
	b.Show(30)
	b.Filter("needle")
	if b.match != 1 {
		t.Errorf("it went to match %d", b.match+1)
	}
	b.Filter("nothing of the kind")
	if got := drawnLines(b, 60, 10); b.found().String() != "  /nothing of the kind not found" || got[0] != "No line contains nothing of the kind." {
		t.Errorf("%q, %q", b.found().String(), got[0])
	}
	b.next(1) // does no harm
}

func TestMatchesAreHighlightedAcrossSpans(t *testing.T) {
	for text, want := range map[string]string{
		"ab":   "[AB]x[ab]",
		"bx":   "A[Bx]ab",
		"":     "ABxab",
		"zzz":  "ABxab",
		"abxa": "[ABxa]b",
	} {
		var b strings.Builder
		open := false
		for _, s := range widget.Highlight(styled.Line{styled.T(styled.Muted, "AB"), styled.T(styled.Normal, "xab")}, text) {
			if match := s.Role == styled.Match; match != open {
				b.WriteString(map[bool]string{true: "[", false: "]"}[match])
				open = match
			}
			b.WriteString(s.Text)
		}
		if open {
			b.WriteString("]")
		}
		if b.String() != want {
			t.Errorf("%q: %s, want %s", text, b.String(), want)
		}
	}
	if l := widget.Highlight(styled.L("İstanbul"), "i"); len(l) != 1 {
		t.Errorf("a text whose lower case is longer: %v", l)
	}
}
