package tui

import (
	"fmt"
	"strings"

	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/views"
	"github.com/careen-tui/careen/views/widget"
)

// draw makes the frame: exactly h lines of w cells.
func (m *model) draw() string {
	if m.w <= 0 || m.h <= 0 {
		return ""
	}
	th := m.env.Theme
	l := arrange(m.w, m.h, m.shape())
	if l.small {
		text := fmt.Sprintf("careen needs %dx%d, this is %dx%d", leastWidth, leastHeight, m.w, m.h)
		return strings.Join(widget.Fill([]string{widget.DrawLine(th, styled.L(text), m.w, widget.Plain)}, m.w, m.h), "\n")
	}
	lines := make([]string, 0, m.h)
	by, unknown, causes := m.findings.Counts()
	lines = append(lines, views.Header(m.env, views.Counts{By: by, Unknown: unknown, Causes: causes}, m.w))
	switch {
	case l.wide:
		lines = append(lines, m.wide(l)...)
	case m.right:
		lines = append(lines, m.region(l, true)...)
	default:
		body := l.bodies[m.position(m.active)]
		lines = append(lines, m.leftTitle(l.bars[0]))
		lines = append(lines, m.browser(m.active).Draw(body.w, body.h, true)...)
	}
	lines = append(lines, m.bottom())
	return strings.Join(widget.Fill(lines, m.w, m.h), "\n")
}

func (m *model) wide(l layout) []string {
	th := m.env.Theme
	left := make([]string, l.rule.h)
	joints := make([]string, l.rule.h)
	for i := range joints {
		joints[i] = th.Down
	}
	for _, b := range l.bars {
		left[b.y-1] = m.leftTitle(b)
		joints[b.y-1] = th.Left
	}
	joints[0] = th.Tee
	for i, body := range l.bodies {
		if body.h > 0 {
			p := m.panes[i]
			p.browser.Follow(p.ID == m.active)
			copy(left[body.y-1:], p.browser.Draw(body.w, body.h, p.ID == m.active && !m.right))
		}
	}
	return widget.Beside(th, left, m.region(l, m.right), joints)
}

// region is the right region with its title, which says what of it is seen.
func (m *model) region(l layout, focused bool) []string {
	body := m.page().Draw(l.right.w, l.right.h, focused)
	return append([]string{m.rightTitle(l.title.w, focused)}, body...)
}

// leftTitle is the rule above a browsing pane: its number and title, or those of
// the panes folded into it.
func (m *model) leftTitle(b bar) string {
	th := m.env.Theme
	if len(b.panes) == 1 {
		p := m.panes[b.panes[0]]
		title, right := p.browser.Title()
		if m.alone() {
			right = m.tabs()
		}
		return widget.Bar(th, m.numbered(p, title), right, b.w, p.ID == m.active && !m.right)
	}
	for spans := 2; ; spans-- { // with counts where there is room
		var titles []styled.Line
		need := 0
		for _, i := range b.panes {
			title, _ := m.panes[i].browser.Title()
			title = m.numbered(m.panes[i], title[:min(spans, len(title))])
			titles = append(titles, title)
			need += widget.LineWidth(title) + 3
		}
		if need <= b.w || spans == 1 {
			return widget.Bars(th, titles, b.w)
		}
	}
}

// numbered puts the key of a pane before its title.
func (m *model) numbered(p pane, title styled.Line) styled.Line {
	return append(styled.Of(styled.Accent, m.keys.Key(p.Focus)+" "), title...)
}

// tabs shows the keys of the panes that there are, where only one is seen.
func (m *model) tabs() styled.Line {
	var l styled.Line
	for i, p := range m.panes {
		role := styled.Muted
		if p.ID == m.active {
			role = styled.Accent
		}
		if i > 0 {
			l = append(l, styled.T(styled.Muted, " "))
		}
		l = append(l, styled.T(role, m.keys.Key(p.Focus)))
	}
	return l
}

// rightTitle is the rule above the right region; where that is all that is seen,
// with the pane it was reached from.
func (m *model) rightTitle(w int, focused bool) string {
	title, right := m.page().Title()
	if m.alone() && !m.onClusters() {
		from, _ := m.browser(m.active).Title()
		if len(from) > 0 {
			title = append(styled.Line{styled.T(styled.Muted, from[0].Text+" > ")}, title...)
		}
	}
	th := m.env.Theme
	if at := m.span(); at != "" {
		counter := styled.Of(styled.Muted, at)
		const sides = 7 // what a rule has beside its title and its end
		if room := w - widget.LineWidth(counter) - sides; widget.LineWidth(title)+widget.LineWidth(right)+2 > room {
			right = counter
			title = widget.CutLine(th, title, max(room, 0))
		} else if right = append(right, styled.T(styled.Normal, "  ")); len(right) > 1 {
			right = append(right, counter...)
		} else {
			right = counter
		}
	}
	return widget.Bar(th, title, right, w, focused)
}

// span says which lines of a long page are seen: "1-22 of 61"; "" where all are.
func (m *model) span() string {
	p, ok := m.page().(interface{ Span() (from, to, of int) })
	if !ok {
		return ""
	}
	from, to, of := p.Span()
	if from <= 1 && to >= of {
		return ""
	}
	return fmt.Sprintf("%s-%s of %s", text.Count(from), text.Count(to), text.Count(of))
}

// bottom is the last line: what is being typed, a message, or the keys.
func (m *model) bottom() string {
	th := m.env.Theme
	pane := m.focused()
	at, of := 0, 0
	if p, ok := pane.(interface{ Place() (int, int) }); ok {
		at, of = p.Place()
	}
	if p := m.prompt; p != nil {
		return m.promptLine(p, of)
	}
	return views.Footer(th, m.keys, m.offers(pane), m.message, at, of, m.w)
}

// promptLine is what is being typed, after what it is for.
func (m *model) promptLine(p *prompt, of int) string {
	th := m.env.Theme
	right := styled.Line{}
	if p.filters {
		right = styled.L(fmt.Sprintf("%s shown ", text.Count(of)))
	}
	if m.message != "" { // what was not taken of a paste
		right = widget.CutLine(th, styled.Line{styled.T(styled.Strong, " "+m.message+" ")}, m.w*2/3)
	}
	sign := styled.Line{styled.T(styled.Normal, " "), styled.T(styled.Accent, p.sign), styled.T(styled.Normal, " ")}
	sw := min(widget.LineWidth(sign), m.w*2/3)
	w := max(m.w-widget.LineWidth(right)-sw, 1)
	return widget.DrawLine(th, sign, sw, widget.Plain) + p.input.Draw(w) + widget.DrawLine(th, right, m.w-sw-w, widget.Plain)
}
