package hosts

import (
	"strconv"
	"strings"
)

// frame is what a statement stands in: a key that has lines below it, a sequence of
// dashes, a section, a bracket.
type frame struct {
	id      int
	kind    frameKind
	level   int // of a key, twice its column; of a sequence, one more
	key     string
	end     int     // in a bracket, behind the last entry or statement; 0 before the first
	command command // of a sequence or array, whose items may be the words of a command line
	list    *group  // the list that a key has beside it, on its own line
}

type frameKind int8

const (
	ofKey frameKind = iota
	ofSequence
	ofSection
	ofArray
	ofObject  // in braces
	ofElement // an object of an array
	ofBlock   // in braces, behind a directive: retry_join {
	ofText    // a text within the text
)

// byIndent reports whether a frame ends where a line is indented less.
func (f *frame) byIndent() bool { return f.kind == ofKey || f.kind == ofSequence }

// many reports whether a frame is one of several that belong together: what stands
// under one key in each of them is one list.
func (f *frame) many() bool {
	switch f.kind {
	case ofArray, ofSequence, ofElement:
		return true
	case ofKey, ofSection, ofObject:
		return hasDigit(f.key)
	case ofBlock, ofText:
	}
	return false
}

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }

// push enters a frame.
func (d *doc) push(kind frameKind, level int, key string) *frame {
	if len(d.frames) == maxDepth {
		d.work = 0
		return d.top()
	}
	d.ids++
	d.frames = append(d.frames, frame{id: d.ids, kind: kind, level: level, key: key})
	t := d.top()
	t.command = command{id: t.id, sequence: true}
	return t
}

// top is the innermost frame; there is always one, of the whole text.
func (d *doc) top() *frame { return &d.frames[len(d.frames)-1] }

func (d *doc) pop() { d.frames = d.frames[:len(d.frames)-1] }

// leave ends the keys and sequences of a level and deeper.
func (d *doc) leave(level int) {
	for d.top().byIndent() && d.top().level >= level {
		d.pop()
	}
}

// section starts a section of TOML or INI, which ends the one before.
func (d *doc) section(name string) {
	for d.top().kind != ofText {
		d.pop()
	}
	d.push(ofSection, 0, name)
}

// within reads a text in the text, such as a script in an argument.
func (d *doc) within(at span) {
	depth := len(d.frames)
	d.push(ofText, 0, "")
	d.lines(at)
	if d.work > 0 {
		d.frames = d.frames[:depth]
	}
}

// gather names what the values of a key are gathered in: those of one mapping whose
// keys differ by a number, or those of the objects of one sequence.
func (d *doc) gather(key string) (name, field string, objects bool) {
	field = unnumbered(key)
	i := len(d.frames) - 1
	for ; i > 0 && d.frames[i].many(); i-- {
		objects = true
		if k := d.frames[i].key; k != "" {
			field = unnumbered(k) + "." + field
		}
	}
	if f := &d.frames[i]; objects && f.kind == ofKey && f.key != "" {
		field = f.key + "." + field
	}
	return groupName(d.frames[i].id, field), field, objects
}

func groupName(frame int, key string) string { return strconv.Itoa(frame) + " " + key }

// keys are the keys above what stands under own in the innermost frame, the nearest
// first. An object of a list, and a block, are spoken of by the key that they have.
func (d *doc) keys(own string) []string {
	var out []string
	if own != "" {
		out = append(out, own)
	}
	element := own != ""
	for i := len(d.frames) - 1; i >= 0; i-- {
		f := &d.frames[i]
		switch inner := i == len(d.frames)-1; {
		case f.key == "":
			element = element && f.many()
		case element && (!inner || f.kind == ofBlock):
			out[0] += " " + f.key
			element = false
		default:
			out = append(out, f.key)
			element = false
		}
	}
	switch {
	case d.key != "" && len(out) == 0:
		out = append(out, d.key)
	case d.key != "" && d.single: // a=http://a-0.a under INITIAL_CLUSTER
		out[0] += " " + d.key
	}
	return out
}

// nearest is the nearest key above what stands in the innermost frame.
func (d *doc) nearest() string {
	for i := len(d.frames) - 1; i >= 0; i-- {
		if k := d.frames[i].key; k != "" {
			return k
		}
	}
	return d.key
}
