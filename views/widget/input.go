package widget

import (
	"strings"
	"unicode/utf8"
)

// MaxInput is the most runes that an Input holds: what is pasted beyond is dropped.
const MaxInput = 256

// Input is one line of text being typed.
type Input struct {
	runes  []rune
	cursor int
	Masked bool // dots instead of the text
}

// Set replaces the text; the cursor goes to its end.
func (in *Input) Set(text string) {
	in.runes, in.cursor = nil, 0
	in.Insert(text)
}

// Text is what was typed.
func (in *Input) Text() string { return string(in.runes) }

// Insert puts text before the cursor: one line, no controls, within bounds.
func (in *Input) Insert(text string) {
	if len(text) > 4*MaxInput {
		text = text[:4*MaxInput]
	}
	text = Clean(strings.ToValidUTF8(text, ""))
	room := MaxInput - len(in.runes)
	if room <= 0 || text == "" {
		return
	}
	add := []rune(text)
	add = add[:min(len(add), room)]
	rest := append([]rune(nil), in.runes[in.cursor:]...)
	in.runes = append(append(in.runes[:in.cursor], add...), rest...)
	in.cursor += len(add)
}

// Key edits by the name of a key; it tells whether the key meant anything.
func (in *Input) Key(key string) bool {
	switch key {
	case "backspace", "ctrl+h":
		in.cut(in.cursor-1, in.cursor)
	case "delete", "ctrl+d":
		in.cut(in.cursor, in.cursor+1)
	case "ctrl+u":
		in.cut(0, in.cursor)
	case "ctrl+k":
		in.cut(in.cursor, len(in.runes))
	case "ctrl+w", "alt+backspace":
		from := in.cursor
		for from > 0 && in.runes[from-1] == ' ' {
			from--
		}
		for from > 0 && in.runes[from-1] != ' ' {
			from--
		}
		in.cut(from, in.cursor)
	case "left", "ctrl+b":
		in.cursor = max(in.cursor-1, 0)
	case "right", "ctrl+f":
		in.cursor = min(in.cursor+1, len(in.runes))
	case "home", "ctrl+a":
		in.cursor = 0
	case "end", "ctrl+e":
		in.cursor = len(in.runes)
	default:
		return false
	}
	return true
}

func (in *Input) cut(from, to int) {
	from, to = max(from, 0), min(to, len(in.runes))
	if from >= to {
		return
	}
	in.runes = append(in.runes[:from], in.runes[to:]...)
	in.cursor = from
}

// Draw returns the text as one line of at most w cells with the cursor in it as a
// reversed cell; where it is longer, the part around the cursor.
func (in *Input) Draw(th *Theme, w int) string {
	if w <= 0 {
		return ""
	}
	before, at, after := string(in.runes[:in.cursor]), " ", ""
	if in.cursor < len(in.runes) {
		at, after = string(in.runes[in.cursor]), string(in.runes[in.cursor+1:])
	}
	if in.Masked {
		before = strings.Repeat("*", utf8.RuneCountInString(before))
		after = strings.Repeat("*", utf8.RuneCountInString(after))
		if in.cursor < len(in.runes) {
			at = "*"
		}
	}
	if Width(at) == 0 || Width(at) > w {
		at = " "
	}
	for before != "" && Width(before)+Width(at) > w {
		_, size := utf8.DecodeRuneInString(before)
		before = before[size:]
	}
	after = Cut(after, w-Width(before)-Width(at), th.Cut)
	out := before + "\x1b[7m" + at + reset + after
	return out + blanks(w-Width(before)-Width(at)-Width(after))
}
