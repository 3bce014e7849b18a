package tui

import (
	"github.com/careen-tui/careen/views/widget"
)

// prompt is a line of text being typed in the place of the footer.
type prompt struct {
	sign    string
	filters bool // it narrows down a list as it is typed
	input   widget.Input
	changed func()       // after each key
	accept  func(string) // on enter
	cancel  func()       // on esc
	move    func(by int) // on the arrow keys
}

// key takes a key; done tells that the prompt is over.
func (p *prompt) key(name, text string) (done bool) {
	switch name {
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
	if !p.input.Key(name) && text != "" {
		p.input.Insert(text)
	}
	p.changed()
	return false
}

// typing asks for a text; esc gives it up.
func typing(what string, masked bool, then func(string)) *prompt {
	p := &prompt{sign: what + ":", changed: func() {}, cancel: func() {}, accept: then, move: func(int) {}}
	p.input.Masked = masked
	return p
}

// filterPrompt edits the filter of a pane, which follows each key.
func filterPrompt(pane filterer, move func(int)) *prompt {
	p := &prompt{sign: "/", filters: true, move: move}
	p.input.Set(pane.Filtered())
	p.changed = func() { pane.Filter(p.input.Text()) }
	p.accept = func(text string) { pane.Filter(text) }
	p.cancel = func() { pane.Filter("") }
	return p
}
