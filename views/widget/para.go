package widget

import "github.com/careen-tui/careen/internal/styled"

// leastBeside is the least room in which a body is wrapped beside its label.
const leastBeside = 40

// wrapPara writes a paragraph within w cells.
func wrapPara(th *Theme, p styled.Para, w int) []styled.Line {
	body := indented(p.Indent, p.Body)
	switch {
	case p.Column > 0:
		return labelled(p, w)
	case p.Cut, len(p.Right) > 0 && LineWidth(body)+LineWidth(p.Right)+2 <= w:
		return []styled.Line{Spread(th, body, p.Right, w)}
	}
	out := Wrap(body, w, p.Indent+p.Hang)
	if len(p.Right) > 0 {
		out = append(out, indented(p.Indent+p.Hang, p.Right))
	}
	return out
}

// labelled writes a label with its body beside it, or below it where that would be a
// gutter.
func labelled(p styled.Para, w int) []styled.Line {
	label := indented(p.Indent, p.Label)
	width, column := LineWidth(label), p.Indent+p.Column
	beside := append(styled.Line{}, label...)
	if gap := max(column-width, min(width-p.Indent, 2)); len(p.Body) > 0 && gap > 0 {
		beside = append(beside, styled.T(styled.Normal, blanks(gap)))
	}
	room := w - max(LineWidth(beside), column)
	if beside = append(beside, p.Body...); LineWidth(beside) <= w || room >= leastBeside {
		return Wrap(beside, w, column)
	}
	return append(Wrap(label, w, p.Indent+2), Wrap(indented(p.Indent+2, p.Body), w, p.Indent+2)...)
}

func indented(n int, l styled.Line) styled.Line {
	if n == 0 {
		return l
	}
	return append(styled.Line{{Text: blanks(n)}}, l...)
}
