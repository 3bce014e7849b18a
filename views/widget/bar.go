package widget

// Bar is a horizontal rule of w cells with a title at its beginning and something
// at its end. The title of what has the focus is reversed, so that it can be told
// without colours.
func Bar(th *Theme, title, right Line, w int, focused bool) string {
	if w <= 0 {
		return ""
	}
	rw := 0
	if len(right) > 0 {
		rw = right.Width() + 3
	}
	tw := title.Width()
	if tw+rw+4 > w {
		right, rw = nil, 0
	}
	head := title.Cut(th, max(w-3, 0))
	state := Plain
	if focused {
		state = Focused
	}
	label := append(append(Line{{" ", Normal}}, head...), Span{" ", Normal})
	out := label.Draw(th, min(label.Width(), w), state)
	rest := w - min(label.Width(), w)
	rule := rest - rw
	if rule > 0 {
		out += th.Paint(Muted, Plain, repeat(th.Across, rule))
	}
	if rw > 0 {
		out += Line{{" ", Normal}}.Draw(th, 1, Plain) + right.Draw(th, right.Width(), Plain) +
			" " + th.Paint(Muted, Plain, th.Across)
	}
	return out
}

// Bars is a horizontal rule of w cells with several titles in it, none of which has
// the focus.
func Bars(th *Theme, titles []Line, w int) string {
	var l Line
	for _, title := range titles {
		l = append(l, Span{" ", Normal})
		l = append(l, title...)
		l = append(l, Span{" ", Normal}, Span{th.Across, Muted})
	}
	if n := w - l.Width(); n > 0 {
		l = append(l, Span{repeat(th.Across, n), Muted})
	}
	return l.Draw(th, w, Plain)
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
		out[i] = left[i] + th.Paint(Muted, Plain, joints[i]) + right[i]
	}
	return out
}
