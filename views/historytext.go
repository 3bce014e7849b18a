package views

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/styled"
)

// lines writes the part that is shown, where that is one of lines.
func (p *historyPage) lines() []styled.Line {
	out := []styled.Line{{}}
	say := func(role styled.Role, s string) { out = append(out, styled.Of(role, s)) }
	if !p.history.has {
		return append(out, p.history.status("the history")...)
	}
	r := p.revision(p.chosen)
	if r == nil {
		return out
	}
	switch p.part {
	case partDiff:
		if _, _, ok := p.pair(); !ok {
			say(styled.Muted, "There is no other revision to compare it with.")
			return out
		}
		return append(out, difference(&p.diff, p.diff.value.manifest, p.ref.Namespace, "The manifests are the same.")...)
	case partDrift:
		var drift *inspect.Difference
		if p.live.has {
			drift = &p.live.value.Drift
			say(styled.Muted, "- as the revision declares it, + as it is in the cluster; what the release does not declare is not compared.")
			say(styled.Normal, "")
		}
		return append(out, difference(&p.live, drift, p.ref.Namespace, "Everything it declares is in the cluster as declared.")...)
	case partValues:
		return append(out, p.valueLines(r)...)
	case partNotes:
		if len(r.Notes) == 0 {
			say(styled.Muted, "This revision has no notes.")
		}
		for _, n := range r.Notes {
			say(styled.Normal, n)
		}
	}
	return out
}

func (p *historyPage) valueLines(r *inspect.Revision) (out []styled.Line) {
	say := func(role styled.Role, s string) { out = append(out, styled.Of(role, s)) }
	if from, to, ok := p.pair(); ok {
		say(styled.Strong, fmt.Sprintf("Between revision %d and %d", from, to))
		switch status := p.diff.status("the values"); {
		case len(status) > 0:
			out = append(out, status...)
		case !p.diff.has:
			say(styled.Bad, "  A revision no longer exists.")
		case len(p.diff.value.values) == 0:
			say(styled.Muted, "  No value differs.")
		}
		for _, l := range p.diff.value.values {
			out = append(out, append(styled.L("  "), l...))
		}
		say(styled.Normal, "")
	}
	say(styled.Strong, fmt.Sprintf("Given to revision %d", r.Number))
	if len(r.Values) == 0 {
		say(styled.Muted, "  None: the chart's defaults apply.")
	}
	for _, v := range r.Values {
		say(styled.Normal, "  "+v.Path+": "+v.Text)
	}
	say(styled.Normal, "")
	say(styled.Muted, "Values are not shown: charts take credentials under any name.")
	return out
}

// difference writes what differs, object by object; l is what was read for it.
func difference[T any](l *loaded[T], d *inspect.Difference, namespace, none string) (out []styled.Line) {
	say := func(role styled.Role, s string) { out = append(out, styled.Of(role, s)) }
	if errors.Is(l.err, inspect.ErrGone) {
		say(styled.Bad, "A revision no longer exists.")
	}
	if out = append(out, l.status("the differences")...); len(out) > 0 || d == nil {
		return out
	}
	if len(d.Parts) == 0 {
		say(styled.Muted, none)
	} else {
		counts := map[string]int{}
		for _, part := range d.Parts {
			counts[part.What]++
		}
		var words []string
		for _, what := range []string{inspect.AddedObject, inspect.RemovedObject, inspect.ChangedObject, inspect.Missing} {
			if counts[what] > 0 {
				words = append(words, fmt.Sprintf("%d %s", counts[what], what))
			}
		}
		say(styled.Strong, fmt.Sprintf("%s, %d the same", strings.Join(words, ", "), d.Same))
	}
	for _, part := range d.Parts {
		say(styled.Normal, "")
		role := styled.Strong
		if part.What == inspect.Missing {
			role = styled.Removed
		}
		say(role, refFrom(part.Ref, namespace)+"  "+part.What)
		out = append(out, part.Lines...)
	}
	if len(d.Unread) > 0 {
		say(styled.Normal, "")
		say(styled.Medium, "Not compared:")
		for _, u := range slices.Compact(slices.Clone(d.Unread)) {
			say(styled.Medium, "  "+u)
		}
	}
	return out
}
