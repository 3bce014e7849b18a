package views

import (
	"strings"

	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// NewHelp makes the page of all keys, by what they serve, as they work in a place: what
// each does, and why it does nothing now. It can be searched. The offers are those of the
// pane from which help was asked for.
func NewHelp(env *Env, keys *keymap.Map, place string, scope keymap.Scope, offers []keymap.Offer) Pane {
	doc := newLines("")
	lines, column := helpLines(env.Theme, keys, scope, offers)
	doc.put(lines)
	doc.Hang(column)
	return &page[nothing]{env: env, name: "Keys in " + place, body: doc}
}

func helpLines(th *widget.Theme, keys *keymap.Map, scope keymap.Scope, offers []keymap.Offer) (lines []styled.Line, column int) {
	width := 0
	for _, a := range keymap.Actions() {
		width = max(width, widget.Width(keys.Binding(a).Help().Key))
	}
	line := func(key, text, reason string) styled.Line {
		role, words := styled.Accent, styled.Normal
		if reason != "" {
			role, words = styled.Muted, styled.Muted
		}
		l := styled.Line{styled.T(role, " "+widget.Pad(first(key, "-"), width)), styled.T(words, "  "+text)}
		if reason != "" && !strings.HasPrefix(text, "in a ") { // which says where it works
			l = append(l, styled.T(styled.Muted, "  "+th.Dot+" not now: "+reason))
		}
		return l
	}
	var out []styled.Line
	if list := keys.Displaced(); len(list) > 0 {
		out = append(out, styled.Of(styled.Strong, "Keys that the configuration file gave to other actions"))
		for _, d := range list {
			out = append(out, styled.Line{styled.T(styled.Normal, " "+d.String()), styled.T(styled.Muted, "  "+d.Where)})
		}
		out = append(out, nil)
	}
	for _, g := range keymap.Groups() {
		out = append(out, styled.Of(styled.Strong, g.Title))
		for _, a := range g.Actions {
			out = append(out, line(keys.Binding(a).Help().Key, keys.Binding(a).Help().Desc, idle(a, scope, offers)))
		}
		out = append(out, nil)
	}
	out = append(out, styled.Of(styled.Strong, "Keys of other tools"))
	for _, k := range keymap.Elsewhere {
		out = append(out, line(keymap.Show(k.Key), k.Where+": "+k.Instead, ""))
	}
	return append(
		out, nil, styled.Of(styled.Strong, "Signs"),
		styled.Line{
			styled.T(styled.Normal, " "), levelSign(th, 4), styled.T(styled.Normal, "  "), levelSign(th, 3), styled.T(styled.Normal, "  "),
			levelSign(th, 2), styled.T(styled.Normal, "  "), levelSign(th, 1), styled.T(styled.Normal, "  "), styled.T(styled.Muted, "? UNKN  could not be looked at"),
		},
		styled.Line{styled.T(styled.Accent, " "+newSign), styled.T(styled.Muted, " came, "), styled.T(styled.Accent, changedSign), styled.T(styled.Muted, " changed since you looked")},
		styled.Of(styled.Muted, " proved: read from the objects; observed: seen to change; inferred: from timing or a pattern; unknown: not allowed, or not able, to look."),
	), width + 3
}

// idle says why an action does nothing in a place; "" where it does something.
func idle(a keymap.Action, scope keymap.Scope, offers []keymap.Offer) string {
	o, offered := keymap.Find(offers, a)
	switch {
	case offered:
		return o.Disabled
	case a.Scope()&scope == 0:
		return "it works in " + (a.Scope() &^ scope).String()
	}
	return "it means nothing here"
}
