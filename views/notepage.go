package views

import (
	"context"
	"strings"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/keymap"
)

// notePage is the page of a finding's incident note, as text to be copied.
type notePage struct{ page[string] }

// NewNote makes the page of a note about the finding of an object, which read writes.
func NewNote(env *Env, ref model.Ref, read func(context.Context) (string, error)) Pane {
	doc := newLines("There is nothing to note.")
	p := &notePage{page[string]{env: env, name: "Incident note", what: "the note", ref: ref, body: doc}}
	p.read = func() func(context.Context) (string, error) { return read }
	p.then = func() Request {
		if p.fresh() {
			var list []styled.Line
			for _, l := range strings.Split(strings.TrimRight(p.value, "\n"), "\n") {
				list = append(list, styled.L(l))
			}
			doc.put(list)
		}
		return nil
	}
	return p
}

// Offers adds copying.
func (p *notePage) Offers() []keymap.Offer {
	o := keymap.Offer{Action: keymap.Copy, Label: "copy the note"}
	if !p.has {
		o.Disabled = "the note is being written"
	}
	return append([]keymap.Offer{{Action: keymap.Back}, o}, p.page.Offers()[1:]...)
}

// Do answers an action.
func (p *notePage) Do(a keymap.Action) Request {
	if a == keymap.Copy {
		return Copy{"the note", p.value}
	}
	return p.page.Do(a)
}
