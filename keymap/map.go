package keymap

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
)

// Map holds which keys ask for which action. A *Map never changes.
type Map struct {
	bindings  []key.Binding // by action
	displaced []Displaced
}

// Default is the map of the interface contract.
func Default() *Map {
	m := &Map{bindings: make([]key.Binding, len(actions))}
	for _, a := range Actions() {
		m.bindings[a] = bind(a, a.declared().Keys)
	}
	return m
}

// bind is a binding with its help. One without keys matches nothing.
func bind(a Action, keys []string) key.Binding {
	b := key.NewBinding(key.WithHelp(shown(keys), a.Long()))
	if len(keys) > 0 {
		b.SetKeys(keys...)
	}
	return b
}

// Override gives an action other keys: none takes its keys away. Where is the
// entry's place in the configuration file, for errors: "config.yaml:3:5".
type Override struct {
	Action string
	Keys   []string
	Where  string
}

// With returns the map with the overrides applied. A key that an override gives is taken
// from the actions that have it by default in the same place, since a later version may
// have come to use it: Displaced says so. An unknown action, an unknown key, and a key to
// which the overrides themselves give two meanings in one place are errors that name the
// entry.
func (m *Map) With(overrides []Override) (*Map, error) {
	out := &Map{bindings: slices.Clone(m.bindings)}
	where := map[Action]string{}
	for _, o := range overrides {
		at := "keys." + o.Action
		if o.Where != "" {
			at = o.Where + ": " + at
		}
		a, ok := Named(o.Action)
		if !ok {
			return nil, fmt.Errorf("%s: there is no action of that name%s", at, similar(o.Action))
		}
		if where[a] != "" {
			return nil, fmt.Errorf("%s: given twice, first as %s", at, where[a])
		}
		keys := make([]string, 0, len(o.Keys))
		for _, text := range o.Keys {
			k, err := ParseKey(text)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", at, err)
			}
			keys = append(keys, k)
		}
		out.bindings[a], where[a] = bind(a, keys), at
	}
	out.displace(where)
	if !out.bindings[Quit].Enabled() {
		at := where[Quit]
		for _, d := range out.displaced {
			if d.From == Quit {
				at = where[d.To]
			}
		}
		return nil, fmt.Errorf("%s: it would leave no key to quit with", at)
	}
	if list := out.Conflicts(); len(list) > 0 {
		c := list[0]
		at := where[c.Second]
		if at == "" {
			at = where[c.First]
		}
		return nil, fmt.Errorf("%s: %w", at, c)
	}
	return out, nil
}

// Displaced is a key that an action has by default, and that the operator gave to
// another.
type Displaced struct {
	Key      string
	From, To Action
	Left     string // the key that From still has, to show; empty where it has none
	Where    string // the entry of the configuration file
}

func (d Displaced) String() string {
	left := "no key is left"
	if d.Left != "" {
		left = d.Left + " is left"
	}
	return fmt.Sprintf("%s means %s, as the configuration says; %s for %s", Show(d.Key), d.To, left, d.From)
}

// Displaced lists the keys that overrides took from actions that have them by default.
func (m *Map) Displaced() []Displaced { return m.displaced }

// displace takes the keys of the actions in where from all others that they would meet.
func (m *Map) displace(where map[Action]string) {
	for _, from := range Actions() {
		if where[from] != "" {
			continue
		}
		var left []string
		at := len(m.displaced)
		for _, k := range m.Keys(from) {
			to := m.overriding(where, from, k)
			if to == None {
				left = append(left, k)
				continue
			}
			m.displaced = append(m.displaced, Displaced{Key: k, From: from, To: to, Where: where[to]})
		}
		if len(m.displaced) == at {
			continue
		}
		m.bindings[from] = bind(from, left)
		for i := range m.displaced[at:] {
			if len(left) > 0 {
				m.displaced[at+i].Left = Show(left[0])
			}
		}
	}
}

// overriding is the action to which the operator gave a key of another that it meets; None
// where there is none.
func (m *Map) overriding(where map[Action]string, from Action, key string) Action {
	for _, to := range Actions() {
		if where[to] != "" && to.Scope()&from.Scope() != 0 && slices.Contains(m.Keys(to), key) {
			return to
		}
	}
	return None
}

func similar(name string) string {
	for _, a := range Actions() {
		n := a.String()
		if strings.Contains(n, name) || strings.Contains(name, n) {
			return fmt.Sprintf(" (%s is one)", n)
		}
	}
	return ""
}

// Conflict is one key with two meanings in one place.
type Conflict struct {
	Key           string
	First, Second Action
}

func (c Conflict) Error() string {
	return fmt.Sprintf("key %s means both %s and %s", c.Key, c.First, c.Second)
}

// Conflicts lists every key that means two actions in one place.
func (m *Map) Conflicts() []Conflict {
	var out []Conflict
	seen := map[string][]Action{}
	for _, a := range Actions() {
		for _, k := range m.Keys(a) {
			for _, b := range seen[k] {
				if b != a && b.Scope()&a.Scope() != 0 {
					out = append(out, Conflict{k, b, a})
				}
			}
			seen[k] = append(seen[k], a)
		}
	}
	return out
}

// Resolve returns the action of a key in a place; None where it has none.
func (m *Map) Resolve(place Scope, name string) Action {
	for _, a := range Actions() {
		if a.Scope()&place != 0 && key.Matches(pressed(name), m.bindings[a]) {
			return a
		}
	}
	return None
}

// pressed is a key by its name, as ParseKey returns it.
type pressed string

func (p pressed) String() string { return string(p) }

// Binding is the keys of an action with the words of its help.
func (m *Map) Binding(a Action) key.Binding {
	if int(a) >= len(m.bindings) {
		return key.Binding{}
	}
	return m.bindings[a]
}

// Keys lists the keys of an action, the one to show first.
func (m *Map) Keys(a Action) []string { return m.Binding(a).Keys() }

// Key is the key to show for an action: "-" where it has none.
func (m *Map) Key(a Action) string {
	keys := m.Keys(a)
	if len(keys) == 0 {
		return "-"
	}
	return Show(keys[0])
}

// shown writes keys for the help: "j down".
func shown(keys []string) string {
	out := make([]string, 0, 2)
	for _, k := range keys {
		out = append(out, Show(k))
	}
	return strings.Join(out, " ")
}
