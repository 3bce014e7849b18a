package views

import (
	"slices"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// stop is a line of a page that can be selected: where it leads, and what tells
// two lines apart that lead to one place.
type stop struct {
	to   Subject
	mark string
	copy string        // what copying it copies; the place it leads to where empty
	ask  keymap.Action // what opening it asks for, where it leads nowhere

	number int // a revision
}

// Detail is the pane on the right. It follows the selection of a browsing pane;
// from it one can walk on to whatever its lines name, and back.
type Detail struct {
	env    *Env
	follow Subject
	trail  []Subject // walked to from follow, the last one is shown
	page   *widget.Page
	places []stop        // what was selected in each page of the trail, to come back to
	seen   model.Ref     // the object shown last that was there,
	last   []styled.Para // what was shown of it,
	gone   time.Time     // and when it was found to be deleted
}

// NewDetail makes the pane.
func NewDetail(env *Env) *Detail { return &Detail{env: env, page: widget.NewPage()} }

// Follow shows what is selected elsewhere, unless that is shown already.
func (d *Detail) Follow(s Subject) {
	if s == d.follow {
		return
	}
	d.follow, d.trail, d.places = s, nil, nil
	d.page.Reset()
}

// Walk shows another subject; Back returns from it.
func (d *Detail) Walk(s Subject) {
	if s.IsZero() || s == d.Subject() {
		return
	}
	from, _ := selected(d.page)
	d.trail, d.places = append(d.trail, s), append(d.places, from)
	d.page.Reset()
}

// Trail is how the detail came to show what it shows.
type Trail struct {
	follow Subject
	walked []Subject
	places []stop
}

// Trail is the present one.
func (d *Detail) Trail() Trail {
	return Trail{d.follow, slices.Clone(d.trail), slices.Clone(d.places)}
}

// Return shows what a trail led to.
func (d *Detail) Return(t Trail) {
	d.follow, d.trail, d.places = t.follow, slices.Clone(t.walked), slices.Clone(t.places)
	d.page.Reset()
}

// Subject is what is shown.
func (d *Detail) Subject() Subject {
	if len(d.trail) > 0 {
		return d.trail[len(d.trail)-1]
	}
	return d.follow
}

// Click selects what is drawn at a line, where it can be selected.
func (d *Detail) Click(line int) bool { return d.page.Pick(line) }

// Load has nothing to take over: the page is written when it is drawn.
func (d *Detail) Load() {}

// Scope is the detail's.
func (d *Detail) Scope() keymap.Scope { return keymap.InDetail }

// Title names the subject.
func (d *Detail) Title() (title, right styled.Line) {
	s := d.Subject()
	if s.IsZero() {
		return styled.Of(styled.Muted, "Detail"), nil
	}
	title = refTitle(s.Ref)
	if n := len(d.trail); n > 0 {
		right = styled.Line{styled.T(styled.Accent, "esc"), styled.T(styled.Muted, " back")}
	}
	return title, right
}

// Offers lists what can be done with what is shown.
func (d *Detail) Offers() []keymap.Offer {
	s := d.Subject()
	none, graph, fix := "", "", keymap.Offer{Action: keymap.Fix}
	if s.IsZero() {
		none = "nothing is selected"
	}
	if s.Ref.IsZero() {
		graph = "the selection names no object"
	}
	at, walked := selected(d.page)
	open := keymap.Offer{Action: keymap.Open, Label: "go there"}
	if walked && at.ask != keymap.None {
		open.Label = "show"
	} else if !walked || at.to.IsZero() || at.to == s && at.mark != historyMark {
		open.Disabled = "no line that leads elsewhere is selected"
	}
	if f := d.env.Report.Find(s.Finding); f != nil {
		fix = d.env.fixOffer(f)
	} else {
		fix.Disabled = "this is not a finding: open one first"
	}
	return append([]keymap.Offer{
		open,
		{Action: keymap.Back},
		fix,
		{Action: keymap.Graph, Disabled: graph},
		{Action: keymap.Copy, Disabled: none},
	}, movement...)
}

// Do answers an action.
func (d *Detail) Do(a keymap.Action) Request {
	if moved(a, d.page.Move, d.page.Turn, d.page.Ends) {
		return nil
	}
	switch a {
	case keymap.Open:
		if at, ok := selected(d.page); ok {
			if at.ask != keymap.None {
				return Ask{at.ask}
			}
			if at.to.Ref.Kind == model.KindRelease && at.to.Finding == "" && d.env.there(at.to.Ref) {
				return Open{at.to}
			}
			if d.env.Unread(at.to.Ref) && at.to.Finding == "" {
				return OpenPage{Page: NewObjectRead(d.env, at.to.Ref)}
			}
			d.Walk(at.to)
			if at.to.Finding != "" {
				return d.env.AskUsage(at.to.Ref)
			}
			return d.env.AskMore(at.to.Ref)
		}
	case keymap.Back:
		n := len(d.trail)
		if n == 0 {
			return Close{}
		}
		at := d.places[n-1]
		d.trail, d.places = d.trail[:n-1], d.places[:n-1]
		d.page.Reset()
		d.page.Set(d.paras())
		d.page.Select(at)
	case keymap.Fix:
		if f := d.env.Report.Find(d.Subject().Finding); f != nil {
			return Plan{Findings: []*finding.Finding{f}}
		}
	case keymap.Graph:
		return Around{d.Subject().Ref}
	case keymap.Copy:
		return d.copies()
	}
	return nil
}

func (d *Detail) copies() Request {
	if at, ok := selected(d.page); ok && at.ask == keymap.None {
		if at.copy != "" {
			return Copy{"the line", at.copy}
		}
		if at.to.Finding != "" {
			return Copy{"the finding's id", string(at.to.Finding)}
		}
		return Copy{"the name", at.to.Ref.Path()}
	}
	if s := d.Subject(); s.Finding != "" {
		return Copy{"the finding's id", string(s.Finding)}
	}
	return Copy{"the name", d.Subject().Ref.Path()}
}

// Span is what of the page is on the screen.
func (d *Detail) Span() (from, to, of int) { return d.page.Span() }

// Draw writes the page again, since any report may have changed it.
func (d *Detail) Draw(w, h int, focused bool) []string {
	d.page.Set(d.paras())
	return d.page.Draw(d.env.Theme, w, h, focused)
}

func (d *Detail) paras() []styled.Para {
	s := d.Subject()
	switch {
	case d.env.Report == nil || s.IsZero():
		return []styled.Para{{Body: styled.Of(styled.Muted, "Select something to see what is known of it.")}}
	case s.Finding != "":
		if f := d.env.Report.Find(s.Finding); f != nil {
			page := d.env.findingPage(f)
			if f.Subject.Name != "*" {
				page = append(page, d.env.lookCloser(f.Subject)...)
			}
			return page
		}
		return append([]styled.Para{
			styled.P(styled.Good, "This finding is resolved: what it said no longer holds."), styled.Blank(),
		}, d.env.objectPage(s.Ref)...)
	}
	return d.withFate(s.Ref, d.env.objectPage(s.Ref))
}

// withFate says of an object that was there when it was opened that it was deleted, and
// keeps showing how it was.
func (d *Detail) withFate(ref model.Ref, page []styled.Para) []styled.Para {
	if d.env.there(ref) {
		d.seen, d.last, d.gone = ref, page, time.Time{}
		return page
	}
	if d.seen != ref || !d.env.absent(ref) {
		return page
	}
	if d.gone.IsZero() {
		d.gone = d.env.Now()
	}
	back := "select something else to leave it."
	if len(d.trail) > 0 {
		back = "esc goes back."
	}
	head := styled.Line{
		styled.T(styled.Bad, "Deleted "+d.gone.In(d.env.Zone).Format("15:04:05")),
		styled.T(styled.Normal, ", while this was open. Below is how it was last seen; "+back),
	}
	return slices.Concat([]styled.Para{{Body: head}, styled.Blank()}, dimmed(d.last))
}

// dimmed is a page of which nothing holds any more.
func dimmed(page []styled.Para) []styled.Para {
	muted := func(l styled.Line) styled.Line {
		out := slices.Clone(l)
		for i := range out {
			out[i].Role = styled.Muted
		}
		return out
	}
	out := slices.Clone(page)
	for i := range out {
		out[i].Label, out[i].Body, out[i].Right = muted(out[i].Label), muted(out[i].Body), muted(out[i].Right)
	}
	return out
}
