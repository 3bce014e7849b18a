package views

import (
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/views/widget"
)

// drawText draws a part that is text to read: only the lines on the screen are made.
func (p *History) drawText(w, h int) []string {
	list := p.lines()
	pager := p.texts[p.part]
	id := fmt.Sprint(p.part, p.chosen, p.base, len(list))
	if p.lastText[p.part] != id {
		p.lastText[p.part] = id
		pager.Ends(false)
	}
	pager.Set(len(list), func(i int) widget.Line { return toned(list[i]) })
	return pager.Draw(p.env.Theme, w, h)
}

func (p *History) lines() []inspect.Line {
	out := []inspect.Line{{}}
	say := func(tone inspect.Tone, s string) { out = append(out, inspect.Line{Tone: tone, Text: s}) }
	r := p.revision(p.chosen)
	switch {
	case p.history == nil && p.reading:
		say(inspect.Faint, "Reading from the cluster ...")
		return out
	case r == nil:
		return out
	}
	switch p.part {
	case partDiff:
		if _, _, ok := p.Pair(); !ok {
			say(inspect.Faint, "There is no other revision to compare it with.")
			return out
		}
		return append(out, difference(p.diff, p.ref.Namespace, "Nothing in the manifest differs.")...)
	case partDrift:
		var l Loaded[*inspect.Difference]
		l.Reading, l.Err, l.Done = p.live.Reading, p.live.Err, p.live.Done
		if p.live.Value != nil {
			l.Value = &p.live.Value.Drift
			say(inspect.Faint, "- as the revision declares it, + as it is in the cluster; what the release does not declare is not compared.")
			say(inspect.Plain, "")
		}
		return append(out, difference(l, p.ref.Namespace, "Everything that it declares is in the cluster as declared.")...)
	case partValues:
		return append(out, p.valueLines(r)...)
	case partNotes:
		if len(r.Notes) == 0 {
			say(inspect.Faint, "This revision has no notes.")
		}
		for _, n := range r.Notes {
			say(inspect.Plain, n)
		}
	}
	return out
}

func (p *History) valueLines(r *inspect.Revision) (out []inspect.Line) {
	say := func(tone inspect.Tone, s string) { out = append(out, inspect.Line{Tone: tone, Text: s}) }
	if from, to, ok := p.Pair(); ok {
		say(inspect.Head, fmt.Sprintf("Between revision %d and %d", from, to))
		switch {
		case p.diff.Reading:
			say(inspect.Faint, "  Reading from the cluster ...")
		case p.diff.Err != nil:
			say(inspect.Alert, "  Not read: "+sentence(p.diff.Err.Error()))
		case len(p.values) == 0:
			say(inspect.Faint, "  No value differs.")
		}
		for _, l := range p.values {
			out = append(out, inspect.Line{Tone: l.Tone, Text: "  " + l.Text})
		}
		say(inspect.Plain, "")
	}
	say(inspect.Head, fmt.Sprintf("Given to revision %d", r.Number))
	if len(r.Values) == 0 {
		say(inspect.Faint, "  None: the chart's defaults hold.")
	}
	for _, v := range r.Values {
		say(inspect.Plain, "  "+v.Path+": "+v.Text)
	}
	say(inspect.Plain, "")
	say(inspect.Faint, "Values are not shown: charts take credentials under any name.")
	return out
}

// difference writes what differs, object by object.
func difference(l Loaded[*inspect.Difference], namespace, none string) (out []inspect.Line) {
	say := func(tone inspect.Tone, s string) { out = append(out, inspect.Line{Tone: tone, Text: s}) }
	switch {
	case l.Reading:
		say(inspect.Faint, "Reading from the cluster ...")
		return out
	case l.Err != nil:
		say(inspect.Alert, "Not read: "+sentence(l.Err.Error()))
		return out
	case l.Value == nil:
		return out
	}
	d := l.Value
	if len(d.Parts) == 0 {
		say(inspect.Faint, none)
	} else {
		counts := map[string]int{}
		for _, part := range d.Parts {
			counts[part.What]++
		}
		var words []string
		for _, what := range []string{"added", "removed", "changed", "not there"} {
			if counts[what] > 0 {
				words = append(words, fmt.Sprintf("%d %s", counts[what], what))
			}
		}
		say(inspect.Head, fmt.Sprintf("%s, %d the same", strings.Join(words, ", "), d.Same))
	}
	for _, part := range d.Parts {
		say(inspect.Plain, "")
		tone := inspect.Head
		if part.What == "not there" {
			tone = inspect.Removed
		}
		say(tone, refFrom(part.Ref, namespace)+"  "+part.What)
		out = append(out, part.Lines...)
	}
	if len(d.Unread) > 0 {
		say(inspect.Plain, "")
		say(inspect.Alert, "Not compared:")
		for _, u := range slices.Compact(slices.Clone(d.Unread)) {
			say(inspect.Alert, "  "+u)
		}
	}
	return out
}
