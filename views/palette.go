package views

import (
	"slices"
	"strconv"
	"strings"

	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/styled"
	textual "github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/views/widget"
)

// command is one line of the palette.
type command struct {
	kind, name, note string
	key              string
	disabled         string
	words            []string // other names by which it is found
	match            string   // what the filter looks at, where that is not what is shown
	request          Request
}

// Palette is the list of everything that can be asked for by typing its name.
type Palette struct {
	choice[command, string]
	rows        []command
	listing     []command // the kinds that can be listed
	kinds       []inspect.Served
	noPreflight string // why no preflight can be run; empty where one can
	exact       bool   // what is selected is called exactly as was typed
}

// NewPalette makes the list: the actions offered where it was asked for, then
// namespaces, contexts and probes; last the actions that do nothing now.
func NewPalette(env *Env, keys *keymap.Map, offers []keymap.Offer, list []*probes.Probe, contexts []Context) *Palette {
	p := &Palette{choice: choice[command, string]{env: env}}
	p.table = widget.NewTable(widget.Spec[command, string]{
		Key:   func(c command) string { return c.kind + " " + c.name },
		Match: func(c command) string { return first(c.match, c.kind+" "+c.name+" "+c.note) },
		Columns: []widget.Column[command]{
			{Title: "kind", Min: 9, Cell: func(c command) styled.Span { return styled.T(styled.Muted, c.kind) }},
			{Title: "name", First: true, Min: 14, Max: 40, Grow: true, Cell: func(c command) styled.Span {
				if c.disabled != "" {
					return styled.T(styled.Muted, c.name)
				}
				return styled.T(styled.Strong, c.name)
			}},
			{Title: "key", Min: 1, Max: 10, Keep: 2, Cell: func(c command) styled.Span { return styled.T(styled.Accent, c.key) }},
			{Title: "note", Min: 10, Keep: 1, Grow: true, Cell: func(c command) styled.Span {
				if c.disabled != "" {
					return styled.T(styled.Muted, "not now: "+c.disabled)
				}
				return styled.T(styled.Muted, c.note)
			}},
		},
	})
	var rows, disabled []command
	for _, o := range offers {
		switch o.Action {
		case keymap.Up, keymap.Down, keymap.PageUp, keymap.PageDown, keymap.Top, keymap.Bottom, keymap.Palette, keymap.Back:
			continue
		}
		if o.Action == keymap.Preflight {
			p.noPreflight = o.Disabled
		}
		row := command{kind: "command", name: o.Action.String(), note: o.Action.Long(), key: keys.Key(o.Action), disabled: o.Disabled, request: Run{o.Action}}
		if focuses(o.Action) { // by its name a pane is meant before the list of that name
			row.words = []string{o.Action.Short()}
		}
		if o.Disabled != "" {
			disabled = append(disabled, row)
			continue
		}
		rows = append(rows, row)
	}
	if env.Report != nil {
		rows = append(rows, command{kind: "namespace", name: "all", note: "look at all namespaces", request: Choose{}})
		for _, n := range env.Report.Snapshot.Namespaces() {
			rows = append(rows, command{kind: "namespace", name: n, note: "look at this namespace only", request: Choose{map[string]bool{n: true}}})
		}
	}
	for _, c := range contexts {
		row := command{kind: "context", name: c.Name, note: "look at this cluster: " + first(c.Server, c.Cluster), request: Switch{c.Name}}
		if c.Name == env.Context {
			row.disabled = "it is looked at"
			disabled = append(disabled, row)
			continue
		}
		rows = append(rows, row)
	}
	for _, pr := range list {
		rows = append(rows, command{kind: "probe", name: string(pr.ID), note: pr.Title(), request: Only{string(pr.ID)}})
	}
	rows = append(rows, disabled...)
	p.rows = rows
	p.Serve(nil)
	return p
}

// Load has nothing to take over: a list to choose from does not change under the
// cursor.
func (p *Palette) Load() {}

// Title names the list.
func (p *Palette) Title() (title, right styled.Line) {
	return styled.Of(styled.Strong, "Commands"), styled.Of(styled.Muted, "type to find, enter runs")
}

// Filter shows what matches, and the objects that the text names. What is called exactly
// so is selected, else the first.
func (p *Palette) Filter(s string) {
	list := p.rows
	if strings.TrimSpace(s) != "" { // kinds are many, and found by typing alone
		list = slices.Concat(p.rows, p.listed(s), p.objects(s), p.reading(s), p.foretelling(s))
	}
	p.table.SetItems(list)
	p.table.Filter(s)
	p.table.Ends(false)
	p.exact = false
	if asked, ok := foretold(s); ok {
		p.table.Select("preflight " + asked)
		p.exact = true
		return
	}
	for _, c := range slices.Concat(p.rows, p.listing) {
		if s = strings.TrimSpace(s); s == c.kind+" "+c.name || s == c.name || slices.Contains(c.words, strings.ToLower(s)) {
			p.table.Select(c.kind + " " + c.name)
			p.exact = s != ""
			return
		}
	}
}

// Exact reports whether there is no doubt about what was typed: what is selected is called
// exactly so, or nothing else matches.
func (p *Palette) Exact() bool { return p.exact || p.table.Shown() == 1 }

// foretold is what follows the word preflight in a text; ok is false where nothing does.
func foretold(text string) (asked string, ok bool) {
	asked, ok = strings.CutPrefix(strings.TrimLeft(text, " "), keymap.Preflight.String()+" ")
	asked = strings.TrimSpace(asked)
	return asked, ok && asked != ""
}

// foretelling is the line that runs a preflight of what was typed after the word.
func (p *Palette) foretelling(text string) []command {
	asked, ok := foretold(text)
	if !ok {
		return nil
	}
	return []command{{kind: "preflight", name: asked, note: "what it would break, before it is installed", match: text, disabled: p.noPreflight, request: Foretell{asked}}}
}

// objects are the lines of the objects that a text names.
func (p *Palette) objects(text string) []command {
	if p.env.Report == nil {
		return nil
	}
	found, more := objectsNamed(p.env.Report.Snapshot, text)
	out := make([]command, 0, len(found)+1)
	for _, ref := range found {
		out = append(out, command{kind: ref.Kind.Short(), name: ref.Path(), note: "show it", match: text, request: Open{Subject{Ref: ref}}})
	}
	if more {
		out = append(out, command{kind: "object", name: "more", note: "type more of the name: there are others", match: text, disabled: "only the first " + strconv.Itoa(mostObjects) + " are listed"})
	}
	return out
}

// Offers lists what a choice answers.
func (p *Palette) Offers() []keymap.Offer {
	run := keymap.Offer{Action: keymap.Open, Label: "run"}
	if c, ok := p.table.Selected(); !ok {
		run.Disabled = p.nothing()
	} else {
		run.Disabled = c.disabled
	}
	return p.offers(run)
}

// nothing says that nothing has the name that was typed.
func (p *Palette) nothing() string {
	text := strings.TrimSpace(p.table.Filtered())
	if name, ok := strings.CutPrefix(text, "context "); ok {
		return "the kubeconfig has no context " + strings.TrimSpace(name)
	}
	word, _, _ := strings.Cut(strings.ReplaceAll(text, " ", "/"), "/")
	return "nothing is called " + text + textual.DidYouMean(word, p.known())
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
		text := p.nothing()
		return drawText(p.env.Theme, []styled.Line{styled.L(sentence(strings.ToUpper(text[:1]) + text[1:]))}, w, h)
	}
	return p.draw("command", w, h, focused)
}
