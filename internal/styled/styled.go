package styled

import "strings"

// Role is what a piece of text is; a theme says how that looks.
type Role uint8

// The roles.
const (
	Normal   Role = iota
	Muted         // beside the point: units, hints, what is disabled
	Strong        // names, titles
	Accent        // keys, what can be chosen
	Critical      // severities
	High
	Medium
	Low
	Good    // ready, live
	Bad     // missing, failed
	Added   // lines of a diff; the text has the sign too
	Removed // likewise
	Match   // what a search looks for
	Roles   // how many roles there are
)

// Span is text of one role.
type Span struct {
	Text string
	Role Role
}

// Line is what stands on one line where there is room for it.
type Line []Span

// T is a span.
func T(role Role, text string) Span { return Span{text, role} }

// L is a line of plain text.
func L(text string) Line { return Line{{Text: text}} }

// Of is a line of one role.
func Of(role Role, text string) Line { return Line{{text, role}} }

// String is the text without its roles.
func (l Line) String() string {
	if len(l) == 1 {
		return l[0].Text
	}
	var b strings.Builder
	for _, s := range l {
		b.WriteString(s.Text)
	}
	return b.String()
}

// Map replaces the text of each span, in place.
func (l Line) Map(f func(string) string) {
	for i := range l {
		l[i].Text = f(l[i].Text)
	}
}

// Join puts a separator between parts, leaving out empty ones.
func Join(sep Span, parts ...Line) Line {
	var out Line
	for _, p := range parts {
		if len(p) == 0 {
			continue
		}
		if len(out) > 0 {
			out = append(out, sep)
		}
		out = append(out, p...)
	}
	return out
}
