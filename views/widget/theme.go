package widget

import (
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/careen-tui/careen/internal/styled"
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
	ASCII bool
	// Numbered tells that what can be selected is chosen by its number, which stands before
	// it, and not by moving to it.
	Numbered bool

	styles [styled.Roles]lipgloss.Style
	focus  lipgloss.Style
	// What the styles put before a text, rendered once: a screen is painted in
	// thousands of pieces.
	open      [styled.Roles]string
	openFocus string
	openFound string // of a match on a focused row
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
	t.styles[styled.Strong], t.styles[styled.Critical], t.styles[styled.Accent] = bold, bold, bold
	var p palette
	switch look.Colours {
	case Many:
		p = many(look.Background)
		t.focus = t.focus.Foreground(p[styled.Accent])
	case Few:
		p = few
	case NoColours:
		t.styles[styled.High] = bold
	}
	for r, c := range p {
		t.styles[r] = t.styles[r].Foreground(c)
	}
	t.styles[styled.Added], t.styles[styled.Removed] = t.styles[styled.Good], t.styles[styled.Bad]
	t.styles[styled.Match] = plain.Bold(true).Reverse(true)
	for r, s := range t.styles {
		t.open[r] = opening(s)
	}
	t.openFocus = opening(t.focus)
	t.openFound = opening(t.focus.Bold(true).Underline(true))
	return t
}

type palette map[styled.Role]color.Color

// few are colours that every user has chosen to be able to read.
var few = palette{
	styled.Accent: lipgloss.Blue, styled.Critical: lipgloss.Red, styled.High: lipgloss.Red, styled.Medium: lipgloss.Yellow, styled.Good: lipgloss.Green, styled.Bad: lipgloss.Red,
}

// many is the palette of 256 colours. Where the background is not known, each is of the
// lightness that is as far from white as from black, and can be read on both; there are few
// of these, so that the two worst severities share a hue there.
func many(b Background) palette {
	c := lipgloss.Color
	if b == AnyBackground {
		return palette{styled.Muted: c("243"), styled.Accent: c("63"), styled.Critical: c("131"), styled.High: c("131"), styled.Medium: c("130"), styled.Low: c("243"), styled.Good: c("29"), styled.Bad: c("131")}
	}
	on := lipgloss.LightDark(b == DarkBackground)
	return palette{
		styled.Muted: on(c("242"), c("246")), styled.Accent: on(c("25"), c("39")), styled.Critical: on(c("124"), c("203")), styled.High: on(c("130"), c("208")),
		styled.Medium: on(c("94"), c("178")), styled.Low: on(c("242"), c("246")), styled.Good: on(c("28"), c("41")), styled.Bad: on(c("124"), c("203")),
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
func (t *Theme) Style(role styled.Role) lipgloss.Style { return t.styles[role] }

// Paint styles s. On a focused row every role but a match looks the same: what tells them
// apart is a word and a symbol, never colour alone.
func (t *Theme) Paint(role styled.Role, state State, s string) string {
	open := t.open[role]
	switch state {
	case Focused:
		if open = t.openFocus; role == styled.Match {
			open = t.openFound
		}
	case Picked:
		if role == styled.Normal {
			open = t.open[styled.Strong]
		}
	case Plain:
	}
	if open == "" || s == "" {
		return s
	}
	return open + s + reset
}
