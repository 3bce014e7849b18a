package styled

import (
	"strings"
	"unicode/utf8"
)

// Para is one paragraph: a line that is wrapped where it is too long, after a label
// where it has one.
type Para struct {
	Indent int  // cells before it
	Label  Line // stands before Body, in a column of its own; below it stands Body where there is no room beside it
	Column int  // the cells of that column, those after the label among them
	Body   Line
	Right  Line // at the end of the line, or below it where there is no room
	Hang   int  // cells, beyond Indent, before every line of Body but the first; a label's column adds to it
	Cut    bool // cut off rather than wrapped

	// Key identifies the paragraph where it can be selected: a comparable value. It is
	// nil where the paragraph cannot be selected.
	Key any
}

// P is a paragraph of one role.
func P(role Role, text string) Para { return Para{Body: Of(role, text)} }

// Heading is the first line of a part.
func Heading(text string) Para { return P(Strong, text) }

// Blank is an empty line.
func Blank() Para { return Para{} }

// Lines makes a paragraph of each line, all indented alike.
func Lines(indent int, list []Line) []Para {
	out := make([]Para, len(list))
	for i, l := range list {
		out[i] = Para{Indent: indent, Body: l, Hang: 2}
	}
	return out
}

// Plain is paragraphs as text without styles, one a line, not wrapped.
func Plain(list []Para) string {
	var b strings.Builder
	for _, p := range list {
		b.WriteString(strings.Repeat(" ", p.Indent))
		if p.Column > 0 {
			label := p.Label.String()
			b.WriteString(label)
			if gap := p.Column - utf8.RuneCountInString(label); len(p.Body) > 0 {
				b.WriteString(strings.Repeat(" ", max(gap, 2)))
			}
		}
		b.WriteString(p.Body.String())
		if len(p.Right) > 0 {
			b.WriteString("  " + p.Right.String())
		}
		b.WriteByte('\n')
	}
	return b.String()
}
