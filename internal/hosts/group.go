package hosts

import "strings"

// group gathers the entries of one list: of one value, or of several values that are
// one list together.
type group struct {
	field    string
	keys     []string // above it, the nearest first
	entries  []entry
	values   int
	several  bool     // some value holds several entries
	open     bool     // it may hold hosts that cannot be read
	beside   bool     // other settings of the same value hold hosts as well
	objects  bool     // each of its hosts stands in an object of its own
	numbered []string // the keys, where they hold numbers, in the order of the entries
}

// chunk is one value that may hold hosts.
type chunk struct {
	group    string // the name of what it is gathered in
	key      string // its own; empty where it has none but the one above
	field    string // what is shown for the key of all that are gathered, where that is not the key
	keys     []string
	unit     span // all that there is of it, with its key
	value    span
	gap      int
	flag     word   // the flag before it, where it has one of its own
	id       string // what is shown of the key, where that belongs to the entry
	numbered bool   // the key holds a number
	objects  bool
}

// chunk reads a value and gathers its hosts; nil where it holds none.
func (d *doc) chunk(c chunk) *group {
	entries := d.split(c.value)
	if entries == nil {
		if g := d.groups[c.group]; g != nil {
			if e, ok := d.entry(d.trim(c.value)); ok && e.kind == open {
				g.open = true
			}
		}
		return nil
	}
	if len(entries) == 1 {
		e := &entries[0]
		e.unit, e.gap, e.flag, e.id = c.unit, c.gap, c.flag, c.id+e.id
	} else if c.numbered || c.objects { // a list of its own
		c.group, c.field, c.numbered, c.objects = groupName(-1-entries[0].unit.from, ""), c.key, false, false
	}
	if c.field == "" {
		c.field = c.key
	}
	if c.field == "" {
		c.field = d.nearest()
	}
	g := d.group(c.group, c.field, c.keys)
	g.objects = g.objects || c.objects
	if c.numbered {
		g.numbered = append(g.numbered, c.key)
	}
	g.add(entries)
	return g
}

func (d *doc) group(name, field string, keys []string) *group {
	g := d.groups[name]
	if g == nil {
		g = &group{field: field, keys: keys}
		d.groups[name] = g
		d.order = append(d.order, g)
	}
	return g
}

func (g *group) add(entries []entry) {
	g.values++
	g.several = g.several || len(entries) > 1
	g.entries = append(g.entries, entries...)
	for i := range entries {
		g.open = g.open || entries[i].kind == open
	}
}

// settle takes the flag before each entry into the entry, where each has its own, and
// reports whether each entry has lines to itself.
func (g *group) settle(text string) (lines bool) {
	flags := true
	lines = g.values == len(g.entries)
	for i := range g.entries {
		flags = flags && g.entries[i].flag.text != ""
	}
	for i := range g.entries {
		e := &g.entries[i]
		if flags {
			e.unit.from, e.gap, e.flag = e.flag.at, e.flag.gap, word{}
		}
		lines = lines && alone(text, e.unit)
	}
	return lines
}

// alone reports whether nothing but a comment stands beside a unit in its lines.
func alone(text string, at span) bool {
	for i := at.from; i > 0 && text[i-1] != '\n'; i-- {
		if text[i-1] != ' ' && text[i-1] != '\t' {
			return false
		}
	}
	behind := strings.TrimLeft(text[at.to:min(len(text), at.to+maxIndent)], " \t\r")
	return behind == "" || behind[0] == '\n' || behind[0] == '#' || strings.HasPrefix(behind, "//")
}

const maxIndent = 256 // bytes between an entry and the comment behind it
