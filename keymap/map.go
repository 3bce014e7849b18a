package keymap

import (
	"fmt"
	"slices"
	"strings"
)

// Map holds which keys ask for which action. A *Map never changes.
type Map struct {
	keys [end][]string
}

// Default is the map of the interface contract.
func Default() *Map {
	m := &Map{}
	for a := range actions {
		m.keys[a] = slices.Clone(actions[a].keys)
	}
	return m
}

// Override gives an action other keys: none takes its keys away. Where is the
// entry's place in the configuration file, for errors: "config.yaml:3:5".
type Override struct {
	Action string
	Keys   []string
	Where  string
}

// With returns the map with the overrides applied. An unknown action, an unknown
// key, and a key that would then mean two actions in one place are errors that
// name the entry.
func (m *Map) With(overrides []Override) (*Map, error) {
	out := &Map{keys: m.keys}
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
		out.keys[a], where[a] = keys, at
	}
	if len(out.keys[Quit]) == 0 {
		return nil, fmt.Errorf("%s: it would leave no key to quit with", where[Quit])
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
		for _, k := range m.keys[a] {
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
func (m *Map) Resolve(place Scope, key string) Action {
	for a := None + 1; a < end; a++ {
		if a.Scope()&place != 0 && slices.Contains(m.keys[a], key) {
			return a
		}
	}
	return None
}

// Keys lists the keys of an action, the one to show first.
func (m *Map) Keys(a Action) []string { return m.keys[a%end] }

// Key is the key to show for an action: "-" where it has none.
func (m *Map) Key(a Action) string {
	if len(m.keys[a%end]) == 0 {
		return "-"
	}
	return Show(m.keys[a%end][0])
}

// Shown writes all keys of an action for the help: "j down".
func (m *Map) Shown(a Action) string {
	shown := make([]string, 0, 2)
	for _, k := range m.keys[a%end] {
		shown = append(shown, Show(k))
	}
	return strings.Join(shown, " ")
}
