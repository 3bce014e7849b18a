package views

import (
	"errors"

	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// asked is what pages have in common that show what was read from the cluster on
// being asked: it is on its way, there, or could not be read.
type asked struct {
	*reading
	ref   model.Ref
	state readingState
	err   error
}

func newAsked(env *Env, title string, ref model.Ref, write func() []para) *asked {
	a := &asked{ref: ref}
	a.reading = newReading(env, title, func() []para { return append(a.head(), write()...) })
	return a
}

// Ref is the object that the page is about.
func (a *asked) Ref() model.Ref { return a.ref }

// Begin says that it is being read.
func (a *asked) Begin() { a.state, a.err = beingRead, nil }

// Fail says why it could not be read.
func (a *asked) Fail(err error) { a.state, a.err = notRead, err }

func (a *asked) done() { a.state, a.err = wasRead, nil }

func (a *asked) Title() (title, right widget.Line) {
	title, right = a.reading.Title()
	return append(append(title, widget.T(widget.Normal, " of ")), refTitle(a.ref)...), right
}

// Offers adds reading it again.
func (a *asked) Offers() []keymap.Offer {
	return append(a.reading.Offers(), keymap.Offer{Action: keymap.Reload})
}

// head tells what is not there yet, or why it is not.
func (a *asked) head() []para {
	var out []para
	switch {
	case a.state == beingRead:
		out = append(out, textLine(widget.Muted, "Reading from the cluster ..."))
	case errors.Is(a.err, inspect.ErrGone):
		out = append(out, para{Left: goneLine(a.ref, false)})
	case a.err != nil:
		out = append(out, para{Left: widget.Line{widget.T(widget.Bad, "Not read: "), widget.T(widget.Normal, sentence(a.err.Error()))}})
	}
	if a.err == nil && a.gone() {
		out = append(out, para{Left: goneLine(a.ref, true)})
	}
	if len(out) > 0 {
		out = append(out, blankLine())
	}
	return out
}

// gone tells whether the object is known not to be there any more.
func (a *asked) gone() bool {
	return a.env.World != nil && a.env.absent(a.ref)
}
