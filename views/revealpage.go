package views

import (
	"context"
	"fmt"

	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// revealPage is the page on which one value of a Secret is shown: the one that was
// asked for, until the page is left, covered, or another is asked for.
type revealPage struct {
	page[inspect.Value]
	key  string // that is shown, or being read
	sure bool   // the next copy copies the value
}

// NewReveal makes the page. It reads nothing until a key is chosen.
func NewReveal(env *Env, ref model.Ref) Pane {
	p := &revealPage{page: page[inspect.Value]{env: env, name: "One value", what: "the value", ref: ref}}
	text := newParagraphs(p.paras)
	p.body = text
	text.Set(text.write())
	text.Move(1)
	return p
}

// chosen is the key that enter asks for; "" where none is selected.
func (p *revealPage) chosen() string {
	at, _ := p.at()
	return at.mark
}

// ask reads the value of a key.
func (p *revealPage) ask(key string) Request {
	p.mask()
	p.key = key
	return p.fetch("value", func(ctx context.Context) (inspect.Value, error) { return p.env.Inspector.Reveal(ctx, p.ref, key) }, func() Request {
		if p.key != key { // it was masked meanwhile
			p.value.Wipe()
		}
		return nil
	})
}

// mask hides what is shown, and forgets it.
func (p *revealPage) mask() {
	p.value.Wipe()
	p.loaded = loaded[inspect.Value]{}
	p.key, p.sure = "", false
}

// Leave masks.
func (p *revealPage) Leave() { p.mask() }

func (p *revealPage) shown() bool { return p.key != "" && p.fresh() }

// Load masks the value of a Secret that is gone.
func (p *revealPage) Load() {
	if p.shown() && p.env.absent(p.ref) {
		p.mask()
	}
}

// Offers lists what the page answers.
func (p *revealPage) Offers() []keymap.Offer {
	show := keymap.Offer{Action: keymap.Open, Label: "show value"}
	if p.chosen() == "" {
		show.Disabled = "no key is selected"
	}
	copies := keymap.Offer{Action: keymap.Copy, Label: "copy command"}
	switch {
	case p.shown() && p.value.Binary():
		copies.Disabled = "the value is binary"
	case p.shown():
		copies.Label = "copy value"
	}
	return append([]keymap.Offer{show, {Action: keymap.Back, Label: "hide and go back"}, copies}, movement...)
}

// Do answers an action. The value is copied only when it was asked for twice.
func (p *revealPage) Do(a keymap.Action) Request {
	if a != keymap.Copy {
		p.sure = false
		if key := p.chosen(); a == keymap.Open && key != "" {
			return p.ask(key)
		}
		return p.page.Do(a)
	}
	if !p.shown() {
		return Copy{"the command", kubectl(p.ref, "get", "secret", p.ref.Name, "-o", "go-template={{index .data "+fmt.Sprintf("%q", p.chosen())+" | base64decode}}")}
	}
	if !p.sure {
		p.sure = true
		return Say{"this would copy the value itself to the clipboard: press the same key again to do it"}
	}
	p.sure = false
	text, _ := p.value.Text()
	return CopyHidden{"the value of key " + p.key, text}
}

func (p *revealPage) paras() []styled.Para {
	e := p.env
	kept := "shown on this page only, and hidden again when you leave."
	if e.Keyless {
		kept = "and printed: the terminal may keep it."
	}
	out := []styled.Para{
		styled.P(styled.Muted, "One value is read with one GET, "+kept+" The server's audit log records the read."),
		styled.Blank(),
	}
	secret, ok := model.Get[*model.Secret](e.Report.Snapshot, p.ref)
	if !ok {
		return out
	}
	if len(secret.Keys) == 0 {
		return append(out, styled.P(styled.Muted, "It has no keys."))
	}
	width := 0
	for _, k := range secret.Keys {
		width = max(width, min(widget.Width(widget.Clean(k.Name)), 30))
	}
	for _, k := range secret.Keys {
		state := styled.T(styled.Muted, inspect.Hidden)
		switch {
		case k.Name == p.key && p.shown():
			state = styled.T(styled.Strong, "shown below")
		case k.Name == p.key && p.reading:
			state = styled.T(styled.Muted, "reading ...")
		}
		out = append(out, styled.Para{
			Body: styled.Line{styled.T(styled.Normal, "  "+widget.Pad(widget.Clean(k.Name), width)+"  "), styled.T(styled.Muted, fmt.Sprintf("%8s  ", bytesText(k.Size))), state},
			Key:  stop{mark: k.Name},
		})
		if k.Name == p.key && p.shown() {
			out = append(out, p.valueLines()...)
		}
	}
	return out
}

// maxValueLines bounds what is drawn of one value.
const maxValueLines = 2000

func (p *revealPage) valueLines() []styled.Para {
	list := p.value.Show()
	var out []styled.Para
	if p.value.Binary() {
		out = append(out, styled.P(styled.Muted, fmt.Sprintf("    binary, %s; its first bytes:", bytesText(p.value.Size()))))
	}
	if p.value.Size() == 0 {
		out = append(out, styled.P(styled.Muted, "    empty"))
		return out
	}
	for _, l := range list[:min(len(list), maxValueLines)] {
		out = append(out, styled.Para{Body: styled.Line{styled.T(styled.Normal, "    "+l)}, Hang: 4, Cut: p.value.Binary()})
	}
	if n := len(list) - maxValueLines; n > 0 {
		out = append(out, styled.P(styled.Muted, counted("    and %s more lines", n)))
	}
	if endsBlank(p.value) {
		out = append(out, styled.P(styled.Medium, "    (it ends with whitespace or a newline)"))
	}
	return out
}

// endsBlank reports whether the value ends in what cannot be seen, which is how a
// wrong password often looks right.
func endsBlank(v inspect.Value) bool {
	text, ok := v.Text()
	if !ok || text == "" {
		return false
	}
	last := text[len(text)-1]
	return last == ' ' || last == '\n' || last == '\t' || last == '\r'
}
