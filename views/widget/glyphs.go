package widget

import "charm.land/lipgloss/v2"

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
	Done                       string // before a step that was done
}

var inUnicode = ruled(lipgloss.NormalBorder(), Glyphs{
	Cut: "…", Branch: "├─ ", Last: "└─ ", Bar: "│  ", Pick: "▌", Marked: "+", Closed: "▸", Opened: "▾",
	Critical: "✖", High: "▲", Medium: "●", Low: "○", Arrow: "→", Dot: "·", Times: "×", Missing: "✖", Done: "✓",
})

var inASCII = ruled(lipgloss.ASCIIBorder(), Glyphs{
	Cut: "~", Branch: "|- ", Last: "`- ", Bar: "|  ", Pick: ">", Marked: "+", Closed: ">", Opened: "v",
	Critical: "x", High: "^", Medium: "o", Low: ".", Arrow: "->", Dot: "-", Times: "x", Missing: "x", Done: "+",
})

// ruled takes the rules from a border.
func ruled(b lipgloss.Border, g Glyphs) Glyphs {
	g.Across, g.Down = b.Top, b.Left
	g.Tee, g.Left, g.Right, g.Cross = b.MiddleTop, b.MiddleRight, b.MiddleLeft, b.MiddleBottom
	return g
}
