package widget

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"github.com/careen-tui/careen/internal/text"
	"github.com/charmbracelet/x/ansi"
)

// The most runes that an Input holds: of words, what is pasted beyond is dropped;
// a value is refused as a whole rather than cut.
const (
	MaxInput = 256
	MaxValue = 16 << 10
)

// Input is one line of text being typed.
type Input struct {
	model textinput.Model
	value bool // taken as it is typed, and not shown
}

// NewInput takes words: what is pasted is made fit to be shown.
func NewInput() *Input { return newInput(MaxInput, textinput.EchoNormal) }

// NewValue takes a value that the screen must not show. It is taken as it is, or
// not at all.
func NewValue() *Input {
	in := newInput(MaxValue, textinput.EchoPassword)
	in.value = true
	return in
}

func newInput(limit int, echo textinput.EchoMode) *Input {
	m := textinput.New()
	m.Prompt, m.CharLimit, m.EchoMode = "", limit, echo
	m.SetStyles(textinput.Styles{}) // a cursor that blinks would send bytes for ever
	for _, other := range []*key.Binding{&m.KeyMap.Paste, &m.KeyMap.AcceptSuggestion, &m.KeyMap.NextSuggestion, &m.KeyMap.PrevSuggestion} {
		other.Unbind() // pasting would run a program to ask for the clipboard
	}
	m.Focus()
	return &Input{model: m}
}

// Set replaces the text; the cursor goes to its end.
func (in *Input) Set(text string) {
	in.model.Reset()
	_ = in.Paste(text)
}

// Text is what was typed.
func (in *Input) Text() string { return in.model.Value() }

// Press edits by a key.
func (in *Input) Press(k tea.KeyPressMsg) {
	if !in.value {
		k.Text = Clean(k.Text)
	}
	in.model, _ = in.model.Update(k)
}

// Paste inserts text at the cursor. Refused says what of it was not taken, and why;
// it is empty where all was.
func (in *Input) Paste(text string) (refused string) {
	if in.value {
		text = strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r")
		if refused = in.refuses(text); refused != "" {
			return refused
		}
	} else {
		if len(text) > 4*MaxInput {
			text = text[:4*MaxInput]
			refused = fmt.Sprintf("only the first %d characters were taken", MaxInput)
		}
		text = Clean(strings.ToValidUTF8(text, ""))
	}
	in.model, _ = in.model.Update(tea.PasteMsg{Content: text})
	return refused
}

// refuses says why a text cannot be a value that is typed on one line.
func (in *Input) refuses(value string) string {
	switch {
	case !utf8.ValidString(value):
		return "nothing was pasted: the clipboard does not hold text"
	case utf8.RuneCountInString(value)+utf8.RuneCountInString(in.Text()) > MaxValue:
		return fmt.Sprintf("nothing was taken: a value typed here has at most %s characters", text.Count(MaxValue))
	case strings.ContainsFunc(value, unicode.IsControl):
		return "nothing was taken: a value of several lines, or with control characters, cannot be typed here"
	}
	return ""
}

// Draw returns exactly w cells of the text with the cursor in it as a reversed
// cell; where it is longer, the part around the cursor.
func (in *Input) Draw(w int) string {
	if w <= 0 {
		return ""
	}
	if room := max(w-1, 1); in.model.Width() != room { // the cursor may stand behind the text
		at := in.model.Position()
		in.model.SetWidth(room)
		in.model.CursorStart()
		in.model.SetCursor(at)
	}
	out := ansi.Truncate(in.model.View(), w, "")
	return out + blanks(w-ansi.StringWidth(out))
}
