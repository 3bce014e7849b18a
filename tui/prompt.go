package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/careen-tui/careen/views"
	"github.com/careen-tui/careen/views/widget"
)

// prompt is a line of text being typed in the place of the footer.
type prompt struct {
	from    views.Pane // what asked for the text
	sign    string
	filters bool // it narrows down a list as it is typed
	old     bool // what stands there is from the last time: the first letter replaces it
	input   *widget.Input
	changed func()                     // after each key
	accept  func(string) views.Request // on enter
	cancel  func()                     // on esc
	move    func(by int)               // on the arrow keys
}

// press takes a key. done tells that the prompt is over; r is what is to be done then.
func (p *prompt) press(k tea.KeyPressMsg) (done bool, r views.Request) {
	switch k.Keystroke() {
	case "enter":
		return true, p.accept(p.input.Text())
	case "esc":
		p.cancel()
		return true, nil
	case "up":
		p.move(-1)
		return false, nil
	case "down", "tab":
		p.move(1)
		return false, nil
	}
	if p.old && k.Text != "" {
		p.input.Set("")
	}
	p.old = false
	p.input.Press(k)
	p.changed()
	return false, nil
}

// paste takes what was pasted, and says what of it was not taken.
func (p *prompt) paste(text string) string {
	if p.old {
		p.input.Set("")
	}
	p.old = false
	refused := p.input.Paste(text)
	p.changed()
	return refused
}

// typing asks for a text for a page; esc gives it up.
func typing(from views.Pane, what string, masked bool, then func(string) views.Request) *prompt {
	p := &prompt{from: from, sign: what + ":", changed: func() {}, cancel: func() {}, accept: then, move: func(int) {}, input: widget.NewInput()}
	if masked {
		p.input = widget.NewValue()
	}
	return p
}

// filterPrompt edits the filter of a pane, which follows each key.
func filterPrompt(from views.Pane, rows filterer, move func(int)) *prompt {
	p := &prompt{from: from, sign: "/", filters: true, move: move, input: widget.NewInput()}
	p.input.Set(rows.Filtered())
	p.old = rows.Filtered() != ""
	p.changed = func() { rows.Filter(p.input.Text()) }
	p.accept = func(text string) views.Request { rows.Filter(text); return nil }
	p.cancel = func() { rows.Filter("") }
	return p
}
