package widget

import (
	"image/color"
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"
)

// Role is what a piece of text is; a theme says how that looks.
type Role uint8

// The roles.
const (
	Normal   Role = iota
	Muted         // beside the point: units, rules, what is disabled
	Strong        // names, titles
	Accent        // keys, what has the focus
	Critical      // severities
	High
	Medium
	Low
	Good // ready, live
	Bad  // missing, failed, taken away
	roles
)

// State is how a row stands among others.
type State uint8

// The states: Picked is selected in a pane without the focus.
const (
	Plain State = iota
	Picked
	Focused
)

// Colours is how many colours a terminal has.
type Colours uint8

// The depths. Few is the sixteen that the user's own palette defines.
const (
	NoColours Colours = iota
	Few
	Many
)

// Background is how light the terminal's background is, where that is known
// without asking the terminal.
type Background uint8

// The backgrounds.
const (
	AnyBackground Background = iota
	LightBackground
	DarkBackground
)

// Look is what a theme is made for.
type Look struct {
	Colours    Colours
	Background Background
	ASCII      bool
}

// Theme says how roles and states look. The zero Theme is not usable; see NewTheme.
type Theme struct {
	Glyphs
	ASCII  bool
	styles [roles]lipgloss.Style
	focus  lipgloss.Style
	// What the styles put before a text, rendered once: a screen is painted in
	// thousands of pieces.
	open      [roles]string
	openFocus string
}

// NewTheme makes a theme. Without colours, bold and reverse are left.
func NewTheme(look Look) *Theme {
	t := &Theme{Glyphs: inUnicode, ASCII: look.ASCII, focus: lipgloss.NewStyle().Reverse(true)}
	if look.ASCII {
		t.Glyphs = inASCII
	}
	plain := lipgloss.NewStyle()
	for r := range t.styles {
		t.styles[r] = plain
	}
	bold := plain.Bold(true)
	t.styles[Strong], t.styles[Critical], t.styles[Accent] = bold, bold, bold
	var p palette
	switch look.Colours {
	case Many:
		p = many(look.Background)
		t.focus = t.focus.Foreground(p[Accent])
	case Few:
		p = few
	case NoColours:
		t.styles[High] = bold
	}
	for r, c := range p {
		t.styles[r] = t.styles[r].Foreground(c)
	}
	for r, s := range t.styles {
		t.open[r] = opening(s)
	}
	t.openFocus = opening(t.focus)
	return t
}

type palette map[Role]color.Color

// few are colours that every user has chosen to be able to read.
var few = palette{
	Accent: lipgloss.Blue, Critical: lipgloss.Red, High: lipgloss.Red, Medium: lipgloss.Yellow, Good: lipgloss.Green, Bad: lipgloss.Red,
}

// many is the palette of 256 colours. Where the background is not known, each is of
// middling lightness, and can be read on a light one as on a dark one.
func many(b Background) palette {
	c := lipgloss.Color
	if b == AnyBackground {
		return palette{Muted: c("244"), Accent: c("32"), Critical: c("160"), High: c("166"), Medium: c("136"), Low: c("244"), Good: c("35"), Bad: c("160")}
	}
	on := lipgloss.LightDark(b == DarkBackground)
	return palette{
		Muted: on(c("242"), c("246")), Accent: on(c("25"), c("39")), Critical: on(c("124"), c("203")), High: on(c("130"), c("208")),
		Medium: on(c("94"), c("178")), Low: on(c("242"), c("246")), Good: on(c("28"), c("41")), Bad: on(c("124"), c("203")),
	}
}

// opening is what a style puts before a text.
func opening(s lipgloss.Style) string {
	before, _, _ := strings.Cut(s.Render("x"), "x")
	return before
}

// reset ends what an opening began, as Lip Gloss writes it.
const reset = "\x1b[m"

// Style is how a role looks.
func (t *Theme) Style(role Role) lipgloss.Style { return t.styles[role] }

// Paint styles s. On a focused row every role looks the same: what tells them
// apart is a word and a symbol, never colour alone.
func (t *Theme) Paint(role Role, state State, s string) string {
	open := t.open[role]
	switch state {
	case Focused:
		open = t.openFocus
	case Picked:
		if role == Normal {
			open = t.open[Strong]
		}
	case Plain:
	}
	if open == "" || s == "" {
		return s
	}
	return open + s + reset
}

// Count writes a number with separators: 12,345.
func Count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
