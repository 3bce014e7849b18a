package views

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// Compare is the page that says key by key whether two Secrets, or two ConfigMaps,
// hold the same. It shows no value.
type Compare struct {
	*asked
	other  model.Ref
	result *inspect.Comparison
}

// NewCompare makes the page, which waits for its result.
func NewCompare(env *Env, a, b model.Ref) *Compare {
	p := &Compare{other: b}
	p.asked = newAsked(env, "Comparison", a, p.paras)
	return p
}

// Other is the object that Ref is compared with.
func (p *Compare) Other() model.Ref { return p.other }

// Set shows the result.
func (p *Compare) Set(c *inspect.Comparison) {
	p.result = c
	p.done()
}

func (p *Compare) Title() (title, right widget.Line) {
	title, right = p.asked.Title()
	return append(title, widget.T(widget.Normal, " with "), widget.T(widget.Strong, p.other.Path())), right
}

func (p *Compare) paras() []para {
	c := p.result
	if c == nil {
		return nil
	}
	out := []para{{Left: widget.Line{widget.T(widget.Strong, verdict(c))}}, blankLine()}
	out = append(out, fields(0, "side", []field{
		{name: "first", value: c.A.String(), note: c.Types[0], to: Subject{Ref: c.A}},
		{name: "second", value: c.B.String(), note: c.Types[1], to: Subject{Ref: c.B}},
	})...)
	if c.Types[0] != c.Types[1] {
		out = append(out, textLine(widget.Medium, "Their types differ."))
	}
	out = append(out, blankLine(), heading("Keys"))
	var block []field
	for _, k := range c.Keys {
		role := widget.Bad
		switch k.Verdict {
		case inspect.Equal:
			role = widget.Good
		case inspect.Space, inspect.OnlyA, inspect.OnlyB:
			role = widget.Medium
		case inspect.Different:
		}
		block = append(block, field{name: k.Key, value: string(k.Verdict), role: role})
	}
	out = append(out, fields(2, "key", block)...)
	if c.Left > 0 {
		out = append(out, textLine(widget.Muted, counted("  and %s more keys", c.Left)))
	}
	return append(out, blankLine(), textLine(widget.Muted, "Both were read with one GET each and compared; no value was kept or shown."))
}

func verdict(c *inspect.Comparison) string {
	n := len(c.Keys)
	if equal := c.Count(inspect.Equal); equal == n {
		return fmt.Sprintf("Equal in %s.", plural(n, "key"))
	}
	var parts []string
	for _, v := range []struct {
		verdict inspect.Verdict
		words   string
	}{
		{inspect.Different, "different"},
		{inspect.Space, "different in blanks at the end only"},
		{inspect.OnlyA, "in the first only"},
		{inspect.OnlyB, "in the second only"},
		{inspect.Equal, "equal"},
	} {
		if k := c.Count(v.verdict); k > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", k, v.words))
		}
	}
	return fmt.Sprintf("Of %s: %s.", plural(n, "key"), strings.Join(parts, ", "))
}

// Counterpart is the list from which is chosen what to compare with: those first
// that are likely to be copies.
type Counterpart struct {
	env   *Env
	ref   model.Ref
	table *widget.Table[counterpart, model.Ref]
}

type counterpart struct {
	ref  model.Ref
	why  string
	rank int
	same bool // all of its data is equal, by the salted hashes
	keys int
}

// NewCounterpart makes the list for a Secret or a ConfigMap.
func NewCounterpart(env *Env, ref model.Ref) *Counterpart {
	p := &Counterpart{env: env, ref: ref}
	p.table = widget.NewTable(widget.Spec[counterpart, model.Ref]{
		Header: true,
		Key:    func(c counterpart) model.Ref { return c.ref },
		Match:  func(c counterpart) string { return c.ref.Path() },
		Columns: []widget.Column[counterpart]{
			{Title: "compare with", Min: 24, Grow: true, Middle: true, Cell: func(c counterpart) widget.Span { return widget.T(widget.Normal, c.ref.Path()) }},
			{Title: "why", Min: 12, Max: 30, Keep: 2, Cell: func(c counterpart) widget.Span { return widget.T(widget.Muted, c.why) }},
			{Title: "as a whole", Min: 9, Max: 10, Keep: 3, Cell: func(c counterpart) widget.Span {
				if c.same {
					return widget.T(widget.Good, "equal")
				}
				return widget.T(widget.Muted, "different")
			}},
			{Title: "keys", Right: true, Keep: 1, Cell: func(c counterpart) widget.Span { return widget.T(widget.Muted, fmt.Sprint(c.keys)) }},
		},
	})
	p.fill()
	return p
}

func dataOf(row model.Row) (keys []model.DataKey, hash string) {
	switch r := row.(type) {
	case *model.Secret:
		return r.Keys, r.Hash
	case *model.ConfigMap:
		return r.Keys, r.Hash
	}
	return nil, ""
}

// Load has nothing to take over: a list to choose from does not change under the
// cursor.
func (p *Counterpart) Load() {}

// fill lists what there is to compare with.
func (p *Counterpart) fill() {
	if p.env.World == nil {
		return
	}
	snap := p.env.World.Snapshot
	keys, hash := dataOf(snap.Row(p.ref))
	stem := stemOf(p.ref.Name)
	var rows []counterpart
	for _, ns := range snap.Namespaces() {
		for _, row := range snap.Space(ns).Tables[p.ref.Kind] {
			ref := row.Base().Ref()
			if ref == p.ref {
				continue
			}
			theirs, theirHash := dataOf(row)
			c := counterpart{ref: ref, keys: len(theirs), same: hash != "" && hash == theirHash, rank: 4}
			switch {
			case ref.Name == p.ref.Name:
				c.why, c.rank = "same name", 0
			case c.same:
				c.why, c.rank = "same data", 1
			case sameKeys(keys, theirs) && ns == p.ref.Namespace && stemOf(ref.Name) == stem:
				c.why, c.rank = "same keys, similar name", 1
			case sameKeys(keys, theirs) && ns == p.ref.Namespace:
				c.why, c.rank = "same keys", 2
			case sameKeys(keys, theirs):
				c.why, c.rank = "same keys", 3
			}
			rows = append(rows, c)
		}
	}
	slices.SortStableFunc(rows, func(a, b counterpart) int { return cmp.Compare(a.rank, b.rank) })
	p.table.SetItems(rows)
}

// stemOf is a name up to its last hyphen, or the last but one for what looks made up.
func stemOf(name string) string {
	if i := strings.LastIndexByte(name, '-'); i > 0 {
		return name[:i]
	}
	return name
}

func sameKeys(a, b []model.DataKey) bool {
	return len(a) > 0 && slices.EqualFunc(a, b, func(x, y model.DataKey) bool { return x.Name == y.Name })
}

// Scope is that of a choice.
func (p *Counterpart) Scope() keymap.Scope { return keymap.InChoice }

// Title names what is compared.
func (p *Counterpart) Title() (title, right widget.Line) {
	title = append(widget.Line{widget.T(widget.Normal, "Compare ")}, refTitle(p.ref)...)
	if f := p.table.Filtered(); f != "" {
		title = append(title, widget.T(widget.Accent, "  /"+f))
	}
	return title, widget.Line{widget.T(widget.Muted, "nothing is revealed")}
}

// Filter shows only what matches.
func (p *Counterpart) Filter(s string) { p.table.Filter(s) }

// Filtered is the text of the filter.
func (p *Counterpart) Filtered() string { return p.table.Filtered() }

// Place is the selected row's place.
func (p *Counterpart) Place() (at, of int) { return p.table.Place(), p.table.Shown() }

// Ref is the object that is to be compared.
func (p *Counterpart) Ref() model.Ref { return p.ref }

// Chosen is what the selected row names.
func (p *Counterpart) Chosen() (model.Ref, bool) {
	c, ok := p.table.Selected()
	return c.ref, ok
}

// Offers lists what a choice answers.
func (p *Counterpart) Offers() []keymap.Offer {
	open := keymap.Offer{Action: keymap.Open, Label: "compare"}
	if p.table.Shown() == 0 {
		open.Disabled = "there is nothing to compare with"
	}
	return append([]keymap.Offer{
		open,
		{Action: keymap.Back},
		{Action: keymap.Filter},
	}, movement...)
}

// Do answers an action.
func (p *Counterpart) Do(a keymap.Action) Request {
	if moved(a, p.table.Move, p.table.Page, p.table.Ends) {
		return nil
	}
	switch a {
	case keymap.Back:
		if p.table.Filtered() != "" {
			p.table.Filter("")
			return nil
		}
		return Close{}
	}
	return nil
}

// Draw returns exactly h lines of w cells.
func (p *Counterpart) Draw(w, h int, focused bool) []string {
	if p.table.Shown() == 0 {
		return drawText(p.env.Theme, []widget.Line{{widget.T(widget.Normal, "There is nothing to compare it with.")}}, w, h)
	}
	return p.table.Draw(p.env.Theme, w, h, pickState(focused))
}
