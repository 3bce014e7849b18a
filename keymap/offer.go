package keymap

// Offer is an action that a pane answers at present, or the reason why it does
// not. Footer, help and dispatch read it.
type Offer struct {
	Action   Action
	Disabled string // a clause without a full stop; empty where the action works
	Label    string // instead of Action.Short, where the moment has a better word
}

// Word is what the footer says.
func (o Offer) Word() string {
	if o.Label != "" {
		return o.Label
	}
	return o.Action.Short()
}

// Find returns the first offer of an action.
func Find(offers []Offer, a Action) (Offer, bool) {
	for _, o := range offers {
		if o.Action == a {
			return o, true
		}
	}
	return Offer{}, false
}
