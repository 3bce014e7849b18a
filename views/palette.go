package views

import (
	"strings"

	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/views/widget"
)

// command is one line of the palette.
type command struct {
	kind, name, note string
	key              string
	disabled         string
	request          Request
}

// Palette is the list of everything that can be asked for by typing its name.
type Palette struct {
	choice[command, string]
}

// NewPalette makes the list: the actions offered where it was asked for, then
// namespaces, then probes.
func NewPalette(env *Env, keys *keymap.Map, offers []keymap.Offer, list []*probes.Probe) *Palette {
	p := &Palette{choice[command, string]{env: env}}
	p.table = widget.NewTable(widget.Spec[command, string]{
		Key:   func(c command) string { return c.kind + " " + c.name },
		Match: func(c command) string { return c.kind + " " + c.name + " " + c.note },
		Columns: []widget.Column[command]{
			{Title: "kind", Min: 9, Cell: func(c command) widget.Span { return widget.T(widget.Muted, c.kind) }},
			{Title: "name", Min: 14, Max: 40, Grow: true, Cell: func(c command) widget.Span {
				if c.disabled != "" {
					return widget.T(widget.Muted, c.name)
				}
				return widget.T(widget.Strong, c.name)
			}},
			{Title: "key", Min: 1, Max: 10, Keep: 2, Cell: func(c command) widget.Span { return widget.T(widget.Accent, c.key) }},
			{Title: "note", Min: 10, Keep: 1, Grow: true, Cell: func(c command) widget.Span {
				if c.disabled != "" {
					return widget.T(widget.Muted, "not now: "+c.disabled)
				}
				return widget.T(widget.Muted, c.note)
			}},
		},
	})
	var rows []command
	for _, o := range offers {
		switch o.Action {
		case keymap.Up, keymap.Down, keymap.PageUp, keymap.PageDown, keymap.Top, keymap.Bottom, keymap.Palette, keymap.Back:
			continue
		}
		rows = append(rows, command{
			kind: "command", name: o.Action.String(), note: o.Action.Long(), key: keys.Key(o.Action), disabled: o.Disabled, request: Run{o.Action},
		})
	}
	if env.World != nil {
		rows = append(rows, command{kind: "namespace", name: "all", note: "look at all namespaces", request: Choose{}})
		for _, n := range env.World.Snapshot.Namespaces() {
			rows = append(rows, command{kind: "namespace", name: n, note: "look at this namespace only", request: Choose{map[string]bool{n: true}}})
		}
	}
	for _, pr := range list {
		rows = append(rows, command{kind: "probe", name: pr.ID, note: pr.Title(), request: Only{pr.ID}})
	}
	p.table.SetItems(rows)
	return p
}

// Load has nothing to take over: a list to choose from does not change under the
// cursor.
func (p *Palette) Load() {}

// Title names the list.
func (p *Palette) Title() (title, right widget.Line) {
	return widget.Line{widget.T(widget.Strong, "Commands")}, widget.Line{widget.T(widget.Muted, "type to find, enter runs")}
}

// Filter shows what matches, the first of it selected.
func (p *Palette) Filter(s string) {
	p.table.Filter(s)
	p.table.Ends(false)
}

// Offers lists what a choice answers.
func (p *Palette) Offers() []keymap.Offer {
	run := keymap.Offer{Action: keymap.Open, Label: "run"}
	if c, ok := p.table.Selected(); !ok {
		run.Disabled = "nothing is called " + strings.TrimSpace(p.table.Filtered())
	} else {
		run.Disabled = c.disabled
	}
	return p.offers(run)
}

// Do answers an action.
func (p *Palette) Do(a keymap.Action) Request {
	switch a {
	case keymap.Back:
		return Close{}
	case keymap.Open:
		if c, ok := p.table.Selected(); ok {
			return c.request
		}
		return nil
	}
	return p.choice.Do(a)
}

// Draw returns exactly h lines of w cells.
func (p *Palette) Draw(w, h int, focused bool) []string {
	if p.table.Shown() == 0 {
		return drawText(p.env.Theme, []widget.Line{{
			widget.T(widget.Normal, "Nothing is called "), widget.T(widget.Strong, strings.TrimSpace(p.table.Filtered())), widget.T(widget.Normal, "."),
		}}, w, h)
	}
	return p.draw("command", w, h, focused)
}
