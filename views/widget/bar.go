package widget

import "github.com/careen-tui/careen/internal/styled"

// Bar is a horizontal rule of w cells with a title at its beginning and something
// at its end. The title of what has the focus is reversed, so that it can be told
// without colours.
func Bar(th *Theme, title, right styled.Line, w int, focused bool) string {
	if w <= 0 {
		return ""
	}
	rw := 0
	if len(right) > 0 {
		rw = LineWidth(right) + 3
	}
	tw := LineWidth(title)
	if tw+rw+4 > w {
		right, rw = nil, 0
	}
	head := CutLine(th, title, max(w-3, 0))
	state := Plain
	if focused {
		state = Focused
	}
	label := append(append(styled.Of(styled.Normal, " "), head...), styled.T(styled.Normal, " "))
	out := DrawLine(th, label, min(LineWidth(label), w), state)
	rest := w - min(LineWidth(label), w)
	rule := rest - rw
	if rule > 0 {
		out += th.Paint(styled.Muted, Plain, repeat(th.Across, rule))
	}
	if rw > 0 {
		out += DrawLine(th, styled.Of(styled.Normal, " "), 1, Plain) + DrawLine(th, right, LineWidth(right), Plain) +
			" " + th.Paint(styled.Muted, Plain, th.Across)
	}
	return out
}

// Bars is a horizontal rule of w cells with several titles in it, none of which has
// the focus.
func Bars(th *Theme, titles []styled.Line, w int) string {
	var l styled.Line
	for _, title := range titles {
		l = append(l, styled.T(styled.Normal, " "))
		l = append(l, title...)
		l = append(l, styled.T(styled.Normal, " "), styled.T(styled.Muted, th.Across))
	}
	if n := w - LineWidth(l); n > 0 {
		l = append(l, styled.T(styled.Muted, repeat(th.Across, n)))
	}
	return DrawLine(th, l, w, Plain)
}

func repeat(s string, n int) string {
	out := make([]byte, 0, n*len(s))
	for range n {
		out = append(out, s...)
	}
	return string(out)
}

// Beside puts two blocks of equally many lines side by side with a rule between.
func Beside(th *Theme, left, right, joints []string) []string {
	out := make([]string, len(left))
	for i := range left {
		out[i] = left[i] + th.Paint(styled.Muted, Plain, joints[i]) + right[i]
	}
	return out
}
