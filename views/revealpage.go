package views

import (
	"fmt"

	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// Reveal is the page on which one value of a Secret is shown: the one that was
// asked for, until the page is left, covered, or another is asked for.
type Reveal struct {
	*asked
	key   string // that is shown, or being read
	value inspect.Value
	sure  bool // the next copy copies the value
}

// NewReveal makes the page. It reads nothing.
func NewReveal(env *Env, ref model.Ref) *Reveal {
	p := &Reveal{}
	p.asked = newAsked(env, "One value", ref, p.paras)
	p.state = wasRead
	p.page.Set(p.write())
	p.page.Move(1)
	return p
}

// Choose tells which key enter asks for; "" where none is selected.
func (p *Reveal) Choose() string {
	at, _ := p.page.Selected()
	return at.mark
}

// Ask says that the value of a key is being read.
func (p *Reveal) Ask(key string) {
	p.Mask()
	p.key = key
	p.Begin()
}

// Set shows a value.
func (p *Reveal) Set(v inspect.Value) {
	p.value = v
	p.done()
}

// Mask hides what is shown, and forgets it.
func (p *Reveal) Mask() {
	p.value.Wipe()
	p.key, p.sure, p.state, p.err = "", false, wasRead, nil
	p.page.Set(p.write())
}

// Cover masks: another page is shown.
func (p *Reveal) Cover() { p.Mask() }

func (p *Reveal) shown() bool { return p.key != "" && p.state == wasRead && p.err == nil }

// Load masks the value of a Secret that is gone.
func (p *Reveal) Load() {
	if p.shown() && p.gone() {
		p.Mask()
	}
}

// Offers lists what the page answers.
func (p *Reveal) Offers() []keymap.Offer {
	show := keymap.Offer{Action: keymap.Open, Label: "show this value"}
	if p.Choose() == "" {
		show.Disabled = "no key is selected"
	}
	copies := keymap.Offer{Action: keymap.Copy, Label: "copy command"}
	switch {
	case p.shown() && p.value.Binary():
		copies.Disabled = "the value is binary"
	case p.shown():
		copies.Label = "copy value"
	}
	return append([]keymap.Offer{show, {Action: keymap.Back, Label: "mask and go back"}, copies}, []keymap.Offer{
		{Action: keymap.Down},
		{Action: keymap.Up},
		{Action: keymap.PageDown},
		{Action: keymap.PageUp},
		{Action: keymap.Top},
		{Action: keymap.Bottom},
	}...)
}

// Do answers an action. The value is copied only when it was asked for twice.
func (p *Reveal) Do(a keymap.Action) Request {
	if a != keymap.Copy {
		p.sure = false
		if a == keymap.Back {
			p.Mask()
			return Close{}
		}
		return p.reading.Do(a)
	}
	if !p.shown() {
		return Copy{"the command", kubectl(p.ref, "get", "secret", p.ref.Name, "-o", "go-template={{index .data "+fmt.Sprintf("%q", p.Choose())+" | base64decode}}")}
	}
	if !p.sure {
		p.sure = true
		return Say{"the value itself would be sent to the terminal's clipboard: the same key again does it"}
	}
	p.sure = false
	text, _ := p.value.Text()
	return CopyHidden{"the value of key " + p.key, text}
}

func (p *Reveal) paras() []para {
	e := p.env
	out := []para{
		textLine(widget.Muted, "A value is read with one GET, is shown here only, and is masked again when the page is left. The server's audit log tells that it was read."),
		blankLine(),
	}
	secret, ok := model.Get[*model.Secret](e.World.Snapshot, p.ref)
	if !ok {
		return out
	}
	if len(secret.Keys) == 0 {
		return append(out, textLine(widget.Muted, "It has no keys."))
	}
	width := 0
	for _, k := range secret.Keys {
		width = max(width, min(widget.Width(widget.Clean(k.Name)), 30))
	}
	for _, k := range secret.Keys {
		state := widget.T(widget.Muted, inspect.Hidden)
		switch {
		case k.Name == p.key && p.shown():
			state = widget.T(widget.Strong, "shown below")
		case k.Name == p.key && p.state == beingRead:
			state = widget.T(widget.Muted, "being read ...")
		}
		out = append(out, para{
			Left: widget.Line{widget.T(widget.Normal, "  "+widget.Pad(widget.Clean(k.Name), width)+"  "), widget.T(widget.Muted, fmt.Sprintf("%8s  ", bytesText(k.Size))), state},
			Stop: true, Key: stop{mark: k.Name},
		})
		if k.Name == p.key && p.shown() {
			out = append(out, p.valueLines()...)
		}
	}
	return out
}

// maxValueLines bounds what is drawn of one value.
const maxValueLines = 2000

func (p *Reveal) valueLines() []para {
	list := p.value.Show()
	var out []para
	if p.value.Binary() {
		out = append(out, textLine(widget.Muted, fmt.Sprintf("    binary, %s; its first bytes:", bytesText(p.value.Size()))))
	}
	if p.value.Size() == 0 {
		out = append(out, textLine(widget.Muted, "    empty"))
		return out
	}
	for _, l := range list[:min(len(list), maxValueLines)] {
		out = append(out, para{Left: widget.Line{widget.T(widget.Normal, "    "+l)}, Hang: 4, Cut: p.value.Binary()})
	}
	if n := len(list) - maxValueLines; n > 0 {
		out = append(out, textLine(widget.Muted, counted("    and %s more lines", n)))
	}
	if endsBlank(p.value) {
		out = append(out, textLine(widget.Medium, "    (it ends in a blank or a newline)"))
	}
	return out
}

// endsBlank tells whether the value ends in what cannot be seen, which is how a
// wrong password often looks right.
func endsBlank(v inspect.Value) bool {
	text, ok := v.Text()
	if !ok || text == "" {
		return false
	}
	last := text[len(text)-1]
	return last == ' ' || last == '\n' || last == '\t' || last == '\r'
}
