package hosts

import (
	"strconv"
	"strings"

	"github.com/careen-tui/careen/internal/mask"
)

// command is what is known of a command line, or of a sequence whose items may be
// the words of one, at some word of it.
type command struct {
	id       int    // of its lists
	sequence bool   // an item that follows no flag belongs to the sequence itself
	flag     word   // the last, while no other word has followed
	used     bool   // a host has followed it
	word     string // the last word that is neither a flag nor a host
	run      int    // counts those: hosts without a flag are one list while they follow one another
}

// word is one word of a command line, and where it and the gap before it begin.
type word struct {
	text    string
	at, gap int
}

// hasFlag reports whether a text is a command line, or ends in one: a word of it is a
// flag. A dash alone stands in prose, and what is escaped is not read.
func hasFlag(s string) bool {
	if strings.Contains(s, " - ") || strings.Count(s, `\`) != strings.Count(s, "\\\n")+strings.Count(s, "\\\r\n") {
		return false
	}
	for i := 0; ; {
		j := strings.IndexByte(s[i:], '-')
		if j < 0 {
			return false
		}
		i += j
		if (i == 0 || strings.IndexByte(blank+"\"'=", s[i-1]) >= 0) && isFlag(s[i:]) {
			return true
		}
		i++
	}
}

// isFlag reports whether a word is a flag: -x, --long, -long=value.
func isFlag(s string) bool {
	name := strings.TrimLeft(s, "-")
	return name != "" && isLetter(name[0]) && len(s)-len(name) > 0 && len(s)-len(name) < 3
}

// words reads the words of a command line, in which the line's own quotes count.
func (d *doc) words(at span, id int) {
	c := command{id: id}
	end := at.from
	for i := at.from; i < at.to && d.spend(); {
		if strings.IndexByte(blank, d.text[i]) >= 0 {
			i++
			continue
		}
		unit := span{i, d.scalar(i, at.to, blank)}
		if unit.to <= i {
			unit.to = i + 1
		}
		gap := unit.from
		if end > at.from {
			gap = end
		}
		i, end = unit.to, unit.to
		ends := d.text[unit.to-1] == ';'
		if ends {
			unit.to--
		}
		switch content, ok := unquoted(d.text, unit); {
		case unit.of(d.text) == "" || strings.Trim(unit.of(d.text), "&|") == "":
			ends = true
		case ok:
			d.item(&c, unit, content, gap)
		}
		if ends { // another command follows
			d.ids++
			c = command{id: d.ids}
		}
	}
}

// item reads a word of a command line, or an item of a sequence.
func (d *doc) item(c *command, unit, content span, gap int) {
	text := content.of(d.text)
	if isFlag(text) {
		c.run++
		flag, _, has := strings.Cut(text, "=")
		switch {
		case strings.ContainsAny(flag, blank):
			d.within(content)
		case has:
			c.flag = word{}
			d.flagged(c, flag, chunk{unit: unit, value: span{content.from + len(flag) + 1, content.to}, gap: gap})
		default:
			c.flag, c.used = word{flag, unit.from, gap}, false
		}
		return
	}
	if c.flag.text != "" {
		k := chunk{unit: unit, value: content, gap: gap}
		if !c.used {
			k.flag = c.flag
		}
		if c.used = d.flagged(c, c.flag.text, k) != nil; c.used {
			return
		}
		c.flag = word{}
	}
	key, group := c.word, groupName(c.id, c.word+between+strconv.Itoa(c.run))
	if c.sequence {
		key, group = "", groupName(c.id, "")
	}
	if k, sign, v := d.cutKey(content); sign == '=' && len(d.split(content)) != 1 && !d.named(content) && !strings.ContainsAny(text, blank) {
		d.value(k, sign, unit, v, gap) // PEERS=a-0.a,a-1.a program
		return
	}
	g := d.chunk(chunk{group: group, key: key, keys: d.keys(key), unit: unit, value: content, gap: gap})
	if g != nil {
		return
	}
	if strings.ContainsAny(text, blank) {
		d.within(content)
		return
	}
	c.word = text[:wordRun(text)]
	c.run++
}

// flagged reads a flag's value.
func (d *doc) flagged(c *command, flag string, k chunk) *group {
	if mask.Name(flag) {
		return nil
	}
	k.group, k.key, k.keys = groupName(c.id, flag), flag, d.keys(flag)
	if hasDigit(flag) {
		k.group, k.field = groupName(c.id, unnumbered(flag)), unnumbered(flag)
		k.numbered, k.id = true, flag+"="
	}
	return d.chunk(k)
}
