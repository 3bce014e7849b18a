package views

import (
	"fmt"

	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// silent are actions that need no place in the footer: every list moves by them.
var silent = map[keymap.Action]bool{
	keymap.Down: true, keymap.Up: true, keymap.PageDown: true, keymap.PageUp: true, keymap.Top: true, keymap.Bottom: true,
	keymap.NextPane: true, keymap.PrevPane: true, keymap.FocusFindings: true, keymap.FocusReleases: true,
	keymap.FocusSecrets: true, keymap.FocusVolumes: true, keymap.FocusGraph: true,
}

// Footer is the last line of the screen: the keys that do something now, as many
// as there is room for, help always; or a message.
func Footer(th *widget.Theme, keys *keymap.Map, offers []keymap.Offer, message string, at, of, w int) string {
	var right widget.Line
	if of > 0 {
		right = widget.Line{widget.T(widget.Muted, fmt.Sprintf("%s of %s ", widget.Count(at), widget.Count(of)))}
	}
	if message != "" {
		return widget.Spread(th, widget.Line{widget.T(widget.Strong, " "+message)}, right, w).Draw(th, w, widget.Plain)
	}
	help := widget.Line{widget.T(widget.Accent, keys.Key(keymap.Help)), widget.T(widget.Normal, " keys")}
	room := w - right.Width() - help.Width() - 5
	left := widget.Line{widget.T(widget.Normal, " ")}
	for _, o := range offers {
		if o.Disabled != "" || silent[o.Action] || o.Action == keymap.Help || len(keys.Keys(o.Action)) == 0 {
			continue
		}
		part := widget.Line{widget.T(widget.Accent, keys.Key(o.Action)), widget.T(widget.Normal, " "+o.Word()+"  ")}
		if left.Width()+part.Width() > room {
			continue
		}
		left = append(left, part...)
	}
	return widget.Spread(th, append(left, help...), right, w).Draw(th, w, widget.Plain)
}
