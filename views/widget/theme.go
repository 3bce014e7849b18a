package widget

import (
	"strconv"
	"strings"
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

// Glyphs are the signs of the chrome.
type Glyphs struct {
	Cut                        string // where text was cut off
	Across, Down               string // rules
	Tee, Left, Right, Cross    string // where rules meet: from above, to the left, to the right, all
	Branch, Last, Bar          string // of a tree
	Pick                       string // before the selected row
	Marked                     string // before a marked row
	Closed, Opened             string // before what can be unfolded
	Critical, High, Medium     string
	Low                        string
	Arrow, Dot, Times, Missing string
}

var unicode = Glyphs{
	Cut: "…", Across: "─", Down: "│", Tee: "┬", Left: "┤", Right: "├", Cross: "┴",
	Branch: "├─ ", Last: "└─ ", Bar: "│  ", Pick: "▌", Marked: "+", Closed: "▸", Opened: "▾",
	Critical: "✖", High: "▲", Medium: "●", Low: "○", Arrow: "→", Dot: "·", Times: "×", Missing: "✖",
}

var ascii = Glyphs{
	Cut: "~", Across: "-", Down: "|", Tee: "+", Left: "+", Right: "+", Cross: "+",
	Branch: "|- ", Last: "`- ", Bar: "|  ", Pick: ">", Marked: "+", Closed: ">", Opened: "v",
	Critical: "x", High: "^", Medium: "o", Low: ".", Arrow: "->", Dot: "-", Times: "x", Missing: "x",
}

// Colours is how many colours a terminal has.
type Colours uint8

// The depths. Few is the sixteen that the user's own palette defines.
const (
	NoColours Colours = iota
	Few
	Many
)

// Theme says how roles and states look. The zero Theme is not usable; see NewTheme.
type Theme struct {
	Glyphs
	open  [roles]string
	focus string
	ASCII bool
}

// NewTheme makes a theme. With Many colours each is of middling lightness, so that
// it can be read on a light and on a dark background without asking the terminal
// which it has. Without colours, bold, faint and reverse are left.
func NewTheme(depth Colours, inASCII bool) *Theme {
	t := &Theme{Glyphs: unicode, ASCII: inASCII, focus: sgr("7")}
	if inASCII {
		t.Glyphs = ascii
	}
	t.open[Strong] = sgr("1")
	t.open[Critical] = sgr("1")
	t.open[Accent] = sgr("1")
	switch depth {
	case Many:
		t.open[Muted] = sgr("38", "5", "244")
		t.open[Accent] = sgr("1", "38", "5", "32")
		t.open[Critical] = sgr("1", "38", "5", "160")
		t.open[High] = sgr("38", "5", "166")
		t.open[Medium] = sgr("38", "5", "136")
		t.open[Low] = sgr("38", "5", "244")
		t.open[Good] = sgr("38", "5", "35")
		t.open[Bad] = sgr("38", "5", "160")
		t.focus = sgr("7", "38", "5", "32")
	case Few:
		t.open[Accent] = sgr("1", "34")
		t.open[Critical] = sgr("1", "31")
		t.open[High] = sgr("31")
		t.open[Medium] = sgr("33")
		t.open[Good] = sgr("32")
		t.open[Bad] = sgr("31")
	case NoColours:
		t.open[High] = sgr("1")
	}
	return t
}

func sgr(codes ...string) string { return "\x1b[" + strings.Join(codes, ";") + "m" }

const reset = "\x1b[m"

// Paint styles s. On a focused row every role looks the same: what tells them
// apart is a word and a symbol, never colour alone.
func (t *Theme) Paint(role Role, state State, s string) string {
	open := t.open[role]
	switch state {
	case Focused:
		open = t.focus
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
