package views

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// counterpartChoice is the list from which is chosen what to compare with: those
// first that are likely to be copies.
type counterpartChoice struct {
	choice[counterpart, model.Ref]
	ref model.Ref
}

type counterpart struct {
	ref  model.Ref
	why  string
	rank int
	same bool // all of its data is equal, by the salted hashes
	keys int
}

// NewCounterpart makes the list for a Secret or a ConfigMap.
func NewCounterpart(env *Env, ref model.Ref) Pane {
	p := &counterpartChoice{choice[counterpart, model.Ref]{env: env}, ref}
	p.table = widget.NewTable(widget.Spec[counterpart, model.Ref]{
		Header: true,
		Key:    func(c counterpart) model.Ref { return c.ref },
		Match:  func(c counterpart) string { return c.ref.Path() },
		Columns: []widget.Column[counterpart]{
			{Title: "compare with", Min: 24, Grow: true, Middle: true, Cell: func(c counterpart) styled.Span { return styled.T(styled.Normal, c.ref.Path()) }},
			{Title: "why", Min: 12, Max: 30, Keep: 2, Cell: func(c counterpart) styled.Span { return styled.T(styled.Muted, c.why) }},
			{Title: "as a whole", Min: 9, Max: 10, Keep: 3, Cell: func(c counterpart) styled.Span {
				if c.same {
					return styled.T(styled.Good, "equal")
				}
				return styled.T(styled.Muted, "different")
			}},
			{Title: "keys", Right: true, Keep: 1, Cell: func(c counterpart) styled.Span { return styled.T(styled.Muted, fmt.Sprint(c.keys)) }},
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

// fill lists what there is to compare with.
func (p *counterpartChoice) fill() {
	if p.env.Report == nil {
		return
	}
	snap := p.env.Report.Snapshot
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

// Load has nothing to take over: a list to choose from does not change under the
// cursor.
func (p *counterpartChoice) Load() {}

// Title names what is compared.
func (p *counterpartChoice) Title() (title, right styled.Line) {
	title = append(styled.Of(styled.Normal, "Compare "), refTitle(p.ref)...)
	if f := p.table.Filtered(); f != "" {
		title = append(title, styled.T(styled.Accent, "  /"+f))
	}
	return title, styled.Of(styled.Muted, "no value is shown")
}

// Offers lists what a choice answers.
func (p *counterpartChoice) Offers() []keymap.Offer {
	open := keymap.Offer{Action: keymap.Open, Label: "compare"}
	if p.table.Shown() == 0 {
		open.Disabled = "there is nothing to compare it with"
	}
	return p.offers(open)
}

// Do answers an action: the comparison takes the place of the choice.
func (p *counterpartChoice) Do(a keymap.Action) Request {
	if c, ok := p.table.Selected(); ok && a == keymap.Open {
		return OpenPage{NewCompare(p.env, p.ref, c.ref), true}
	}
	return p.choice.Do(a)
}

// Draw returns exactly h lines of w cells.
func (p *counterpartChoice) Draw(w, h int, focused bool) []string {
	if p.table.Len() == 0 {
		return drawText(p.env.Theme, []styled.Line{styled.L("There is nothing to compare it with.")}, w, h)
	}
	return p.draw("object", w, h, focused)
}
