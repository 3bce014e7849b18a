package views

import (
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// NewHelp makes the page of all keys in a place: what each does, and why it does
// nothing now. The offers are those of the pane from which help was asked for.
func NewHelp(env *Env, keys *keymap.Map, place string, scope keymap.Scope, offers []keymap.Offer) Pane {
	return newText(env, "Keys in "+place, func() []styled.Para { return helpPage(env.Theme, keys, scope, offers) })
}

func helpPage(th *widget.Theme, keys *keymap.Map, scope keymap.Scope, offers []keymap.Offer) []styled.Para {
	width := 0
	for _, a := range keymap.Actions() {
		width = max(width, widget.Width(keys.Binding(a).Help().Key))
	}
	line := func(a keymap.Action, reason string) styled.Para {
		role, words := styled.Accent, styled.Normal
		if reason != "" {
			role, words = styled.Muted, styled.Muted
		}
		shown := keys.Binding(a).Help().Key
		if shown == "" {
			shown = "-"
		}
		l := styled.Line{styled.T(role, " "+widget.Pad(shown, width)), styled.T(words, "  "+keys.Binding(a).Help().Desc)}
		if reason != "" {
			l = append(l, styled.T(styled.Muted, "  "+th.Dot+" not now: "+reason))
		}
		return styled.Para{Body: l, Hang: width + 3}
	}
	var now, later []styled.Para
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
	out := append([]styled.Para{styled.Heading("Working now")}, now...)
	out = append(append(out, styled.Blank(), styled.Heading("Not working now, and why")), later...)
	return append(out, styled.Blank(), styled.Heading("Signs"),
		styled.Para{Body: styled.Line{
			styled.T(styled.Normal, " "), levelSign(th, 4), styled.T(styled.Normal, "  "), levelSign(th, 3), styled.T(styled.Normal, "  "),
			levelSign(th, 2), styled.T(styled.Normal, "  "), levelSign(th, 1), styled.T(styled.Normal, "  "), styled.T(styled.Muted, "? UNKN  could not be looked at"),
		}},
		styled.P(styled.Muted, " proved: read from the objects; observed: seen to change; inferred: from timing or a pattern; unknown: not allowed, or not able, to look."))
}
