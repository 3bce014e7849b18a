package views

import (
	"context"
	"errors"
	"strconv"

	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/keymap"
)

// page is a page over the detail that shows one thing, T, mostly read from the
// cluster when the page is opened, and again when that is asked for. Its body says
// how T is drawn; what is loading, failed, stale or empty it says itself.
type page[T any] struct {
	loaded[T]
	body
	env  *Env
	name string    // of T, in the title: "Events"
	what string    // likewise, in a sentence: "the events"
	ref  model.Ref // the object that it is about; zero for none
	seen bool      // the object was there at some time since the page was opened

	// read returns what reads T; nil where nothing is to be read.
	read func() func(context.Context) (T, error)
	// then is called once T was read; may be nil.
	then func() Request
	// version tells which version of the object T shows; may be nil.
	version func(T) (uid, resourceVersion string)
	// command is what shows the same outside careen; may be nil.
	command func() string
}

// nothing is what pages show that are made of the report alone.
type nothing = struct{}

// newText makes a page of paragraphs that reads nothing.
func newText(env *Env, title string, write func() []styled.Para) *page[nothing] {
	return &page[nothing]{env: env, name: title, body: newParagraphs(write)}
}

// Ref is the object that the page is about.
func (p *page[T]) Ref() model.Ref { return p.ref }

// Load has nothing to take over: what was read is of the moment it was read, and what
// is written of the report is written when it is drawn.
func (p *page[T]) Load() {}

// Start reads what the page shows.
func (p *page[T]) Start() Request {
	if p.read == nil {
		return nil
	}
	return p.fetch(p.name, p.read(), p.then)
}

// Scope is that of a page.
func (p *page[T]) Scope() keymap.Scope { return keymap.InPage }

// Title names what is shown and of which object.
func (p *page[T]) Title() (title, right styled.Line) {
	title = styled.Of(styled.Strong, p.name)
	if !p.ref.IsZero() {
		title = append(styled.Of(styled.Normal, p.name+" of "), refTitle(p.ref)...)
	}
	return append(title, p.found()...), backHint()
}

// backHint stands at the right end of a title: how the page is left.
func backHint() styled.Line {
	return styled.Line{styled.T(styled.Accent, "esc"), styled.T(styled.Muted, " back")}
}

// Offers lists what the page answers.
func (p *page[T]) Offers() []keymap.Offer {
	out := []keymap.Offer{{Action: keymap.Back}}
	if p.canSearch() {
		out = append(out, searching(p.body)...)
	} else {
		open := keymap.Offer{Action: keymap.Open}
		if at, ok := p.at(); !ok || at.to.IsZero() {
			open.Disabled = noLink
		}
		out = append(out, open)
	}
	if p.read != nil {
		out = append(out, keymap.Offer{Action: keymap.Reload})
	}
	if p.command != nil {
		out = append(out, keymap.Offer{Action: keymap.Copy, Label: "copy command"})
	}
	return append(out, movement...)
}

// noLink is why a line cannot be opened.
const noLink = "no line with a link is selected"

// Do answers an action.
func (p *page[T]) Do(a keymap.Action) Request {
	if p.moved(a) || searched(p.body, a) {
		return nil
	}
	switch a {
	case keymap.Back:
		if p.Filtered() == "" {
			return Close{}
		}
		p.Filter("")
	case keymap.Open:
		if at, ok := p.at(); ok {
			return Open{at.to}
		}
	case keymap.Reload:
		return p.Start()
	case keymap.Copy:
		return Copy{"the command", p.command()}
	}
	return nil
}

// Draw returns exactly h lines of w cells.
func (p *page[T]) Draw(w, h int, focused bool) []string {
	return p.draw(p.env.Theme, append(p.status(p.what), p.fate()...), w, h, focused)
}

// fate says what became of the object since the page was opened: it was deleted,
// created again or changed.
func (p *page[T]) fate() []styled.Line {
	if p.ref.IsZero() || p.env.Report == nil {
		return nil
	}
	p.seen = p.seen || p.env.there(p.ref)
	row := p.env.lookup(p.ref)
	switch {
	case errors.Is(p.err, inspect.ErrGone), p.env.absent(p.ref):
		return []styled.Line{goneLine(p.ref, p.seen, p.has)}
	case row == nil || p.version == nil || !p.fresh():
		return nil
	}
	switch uid, version := p.version(p.value); {
	case uid != "" && row.Base().UID != "" && row.Base().UID != uid:
		return []styled.Line{styled.Of(styled.Bad, "It was deleted and created again since this was read.")}
	case newer(row.Base().ResourceVersion, version):
		return []styled.Line{styled.Of(styled.Medium, "It has changed since this was read.")}
	}
	return nil
}

// goneLine says that an object is gone, or never was; kept tells that what was read of
// it follows.
func goneLine(ref model.Ref, seen, kept bool) styled.Line {
	switch {
	case !seen:
		return styled.Line{styled.T(styled.Bad, ref.String()+" does not exist"), styled.T(styled.Normal, "; esc goes back.")}
	case kept:
		return styled.Line{styled.T(styled.Bad, ref.String()+" was deleted while this was open"), styled.T(styled.Normal, ". What follows is as it was read; esc goes back.")}
	}
	return styled.Line{styled.T(styled.Bad, ref.String()+" was deleted while this was open"), styled.T(styled.Normal, "; esc goes back.")}
}

// newer reports whether version a of an object came after b; they are numbers that
// grow (KEP-5504).
func newer(a, b string) bool {
	na, errA := strconv.ParseUint(a, 10, 64)
	nb, errB := strconv.ParseUint(b, 10, 64)
	return errA == nil && errB == nil && na > nb
}
