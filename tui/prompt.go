package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/careen-tui/careen/views/widget"
)

// prompt is a line of text being typed in the place of the footer.
type prompt struct {
	sign    string
	filters bool // it narrows down a list as it is typed
	input   *widget.Input
	changed func()       // after each key
	accept  func(string) // on enter
	cancel  func()       // on esc
	move    func(by int) // on the arrow keys
}

// press takes a key; done tells that the prompt is over.
func (p *prompt) press(k tea.KeyPressMsg) (done bool) {
	switch k.Keystroke() {
	case "enter":
		p.accept(p.input.Text())
		return true
	case "esc":
		p.cancel()
		return true
	case "up":
		p.move(-1)
		return false
	case "down", "tab":
		p.move(1)
		return false
	}
	p.input.Press(k)
	p.changed()
	return false
}

// paste takes what was pasted, and says what of it was not taken.
func (p *prompt) paste(text string) string {
	refused := p.input.Paste(text)
	p.changed()
	return refused
}

// typing asks for a text; esc gives it up.
func typing(what string, masked bool, then func(string)) *prompt {
	p := &prompt{sign: what + ":", changed: func() {}, cancel: func() {}, accept: then, move: func(int) {}, input: widget.NewInput()}
	if masked {
		p.input = widget.NewValue()
	}
	return p
}

// filterPrompt edits the filter of a pane, which follows each key.
func filterPrompt(pane filterer, move func(int)) *prompt {
	p := &prompt{sign: "/", filters: true, move: move, input: widget.NewInput()}
	p.input.Set(pane.Filtered())
	p.changed = func() { pane.Filter(p.input.Text()) }
	p.accept = func(text string) { pane.Filter(text) }
	p.cancel = func() { pane.Filter("") }
	return p
}
