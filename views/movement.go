package views

import (
	"slices"

	"github.com/careen-tui/careen/keymap"
)

// movement is what every pane and page offers that can be moved through.
var movement = []keymap.Offer{
	{Action: keymap.Down},
	{Action: keymap.Up},
	{Action: keymap.PageDown},
	{Action: keymap.PageUp},
	{Action: keymap.Top},
	{Action: keymap.Bottom},
}

// moving is movement where it is disabled for a reason; "" for none.
func moving(why string) []keymap.Offer {
	out := slices.Clone(movement)
	for i := range out {
		out[i].Disabled = why
	}
	return out
}

// moved answers the actions of movement: by lines, by screens, and to the ends. It
// reports whether the action was one of them.
func moved(a keymap.Action, lines, screens func(int), ends func(last bool)) bool {
	switch a {
	case keymap.Down:
		lines(1)
	case keymap.Up:
		lines(-1)
	case keymap.PageDown:
		screens(1)
	case keymap.PageUp:
		screens(-1)
	case keymap.Top:
		ends(false)
	case keymap.Bottom:
		ends(true)
	default:
		return false
	}
	return true
}
