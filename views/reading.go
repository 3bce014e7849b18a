package views

import (
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// reading is what the pages of text have in common: they scroll, and close.
type reading struct {
	env   *Env
	page  *widget.Page[stop]
	title string
	write func() []para
}

func newReading(env *Env, title string, write func() []para) *reading {
	return &reading{env: env, title: title, write: write, page: widget.NewPage[stop]()}
}

func (r *reading) Load() {}

// Click selects what is drawn at a line, where it can be selected.
func (r *reading) Click(line int) bool { return r.page.Pick(line) }

func (r *reading) Scope() keymap.Scope { return keymap.InPage }

func (r *reading) Title() (title, right widget.Line) {
	return widget.Line{widget.T(widget.Strong, r.title)}, widget.Line{widget.T(widget.Accent, "esc"), widget.T(widget.Muted, " back")}
}

func (r *reading) Offers() []keymap.Offer {
	open := keymap.Offer{Action: keymap.Open}
	if at, ok := r.page.Selected(); !ok || at.to.IsZero() {
		open.Disabled = "no line that leads elsewhere is selected"
	}
	return append([]keymap.Offer{
		{Action: keymap.Back},
		open,
	}, movement...)
}

func (r *reading) Do(a keymap.Action) Request {
	if moved(a, r.page.Move, r.page.Turn, r.page.Ends) {
		return nil
	}
	switch a {
	case keymap.Back:
		return Close{}
	case keymap.Open:
		if at, ok := r.page.Selected(); ok {
			return Open{at.to}
		}
	}
	return nil
}

func (r *reading) Draw(w, h int, focused bool) []string {
	r.page.Set(r.write())
	return r.page.Draw(r.env.Theme, w, h, focused)
}
