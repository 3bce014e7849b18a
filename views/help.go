package views

import (
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// Help is the page of all keys: what each does, and why it does nothing now.
type Help struct{ *reading }

// NewHelp makes the page for a place: its offers are those of the pane from which
// help was asked for.
func NewHelp(env *Env, keys *keymap.Map, place string, scope keymap.Scope, offers []keymap.Offer) *Help {
	return &Help{newReading(env, "Keys in "+place, func() []para { return helpPage(env.Theme, keys, scope, offers) })}
}

func helpPage(th *widget.Theme, keys *keymap.Map, scope keymap.Scope, offers []keymap.Offer) []para {
	width := 0
	for _, a := range keymap.Actions() {
		width = max(width, widget.Width(keys.Binding(a).Help().Key))
	}
	line := func(a keymap.Action, reason string) para {
		role, words := widget.Accent, widget.Normal
		if reason != "" {
			role, words = widget.Muted, widget.Muted
		}
		shown := keys.Binding(a).Help().Key
		if shown == "" {
			shown = "-"
		}
		l := widget.Line{widget.T(role, " "+widget.Pad(shown, width)), widget.T(words, "  "+keys.Binding(a).Help().Desc)}
		if reason != "" {
			l = append(l, widget.T(widget.Muted, "  "+th.Dot+" not now: "+reason))
		}
		return para{Left: l, Hang: width + 3}
	}
	var now, later []para
	for _, a := range keymap.Actions() {
		o, offered := keymap.Find(offers, a)
		switch {
		case offered && o.Disabled == "":
			now = append(now, line(a, ""))
		case offered:
			later = append(later, line(a, o.Disabled))
		case a.Scope()&scope == 0:
			later = append(later, line(a, "it works in "+(a.Scope()&^scope).String()))
		default:
			later = append(later, line(a, "it means nothing here"))
		}
	}
	out := append([]para{heading("Working now")}, now...)
	out = append(append(out, blankLine(), heading("Not working now, and why")), later...)
	return append(out, blankLine(), heading("Signs"),
		para{Left: widget.Line{
			widget.T(widget.Normal, " "), levelSign(th, 4), widget.T(widget.Normal, "  "), levelSign(th, 3), widget.T(widget.Normal, "  "),
			levelSign(th, 2), widget.T(widget.Normal, "  "), levelSign(th, 1), widget.T(widget.Normal, "  "), widget.T(widget.Muted, "? UNKN  could not be looked at"),
		}},
		textLine(widget.Muted, " proved: read from the objects; observed: seen to change; inferred: from timing or a pattern; unknown: not allowed, or not able, to look."))
}
