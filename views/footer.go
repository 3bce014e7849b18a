package views

import (
	"fmt"

	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// silent are actions that need no place in the footer: every list moves by them, or what
// is there is more wanted.
var silent = map[keymap.Action]bool{
	keymap.Down: true, keymap.Up: true, keymap.PageDown: true, keymap.PageUp: true, keymap.Top: true, keymap.Bottom: true,
	keymap.NextPane: true, keymap.PrevPane: true, keymap.MarkAll: true, keymap.Wrap: true,
}

// Footer is the last line of the screen: the keys that do something now, as many
// as there is room for, help always; or a message.
func Footer(th *widget.Theme, keys *keymap.Map, offers []keymap.Offer, message string, at, of, w int) string {
	var right styled.Line
	if of > 0 {
		right = styled.Line{styled.T(styled.Muted, fmt.Sprintf("%s of %s ", text.Count(at), text.Count(of)))}
	}
	if message != "" {
		return widget.DrawLine(th, widget.Spread(th, styled.Line{styled.T(styled.Strong, " "+message)}, right, w), w, widget.Plain)
	}
	help := styled.Line{styled.T(styled.Accent, keys.Key(keymap.Help)), styled.T(styled.Normal, " keys")}
	room := w - widget.LineWidth(right) - widget.LineWidth(help) - 5
	left := styled.Of(styled.Normal, " ")
	for _, o := range offers {
		if o.Disabled != "" || silent[o.Action] || focuses(o.Action) || o.Action == keymap.Help || len(keys.Keys(o.Action)) == 0 {
			continue
		}
		part := styled.Line{styled.T(styled.Accent, keys.Key(o.Action)), styled.T(styled.Normal, " "+o.Word()+"  ")}
		if widget.LineWidth(left)+widget.LineWidth(part) > room {
			continue
		}
		left = append(left, part...)
	}
	return widget.DrawLine(th, widget.Spread(th, append(left, help...), right, w), w, widget.Plain)
}
