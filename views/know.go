package views

import (
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/text"
)

// knowledge is how much is known of some kinds: what is still to come, what may
// not be read, what is old.
type knowledge struct {
	unread  bool // no report yet
	err     error
	pending []styled.Span
	refused []styled.Span
	stale   []styled.Span
	read    []string // resources that are known, as words
	kinds   int
}

// knows looks at the watches of kinds; of every kind where none is given.
func (e *Env) knows(kinds ...model.Kind) knowledge {
	k := knowledge{}
	if e.Report == nil {
		k.unread = true
		return k
	}
	k.err = e.Report.Err
	type group struct {
		known, objects       int
		expected             int
		pending, stale, shut []model.Watch
	}
	var order []string
	groups := map[string]*group{}
	for _, w := range e.Report.Coverage() {
		if len(kinds) > 0 && !slices.Contains(kinds, w.Kind) {
			continue
		}
		if w.State == model.Absent && !w.Partial {
			continue
		}
		g := groups[w.Resource]
		if g == nil {
			g = &group{}
			groups[w.Resource] = g
			order = append(order, w.Resource)
		}
		g.objects += w.Objects
		g.expected += max(w.Expected, w.Objects)
		switch w.State {
		case model.Syncing:
			g.pending = append(g.pending, w)
		case model.Forbidden, model.Absent: // the file that is looked at may not hold it
			g.shut = append(g.shut, w)
		case model.Stale:
			g.stale = append(g.stale, w)
			g.known++
		default:
			g.known++
		}
	}
	k.kinds = len(order)
	for _, resource := range order {
		g := groups[resource]
		if len(g.pending) > 0 {
			k.pending = append(k.pending, styled.T(styled.Muted, where(resource, g.pending)+": "+progress(g.objects, g.expected)+" "+e.Theme.Cut))
		}
		if len(g.shut) > 0 {
			text := g.shut[0].Message
			if text == "" {
				text = "forbidden"
			}
			k.refused = append(k.refused, styled.T(styled.High, where(resource, g.shut)+": "+text))
		}
		if len(g.stale) > 0 {
			text := "stale " + e.Age(g.stale[0].Since) + ", retrying"
			k.stale = append(k.stale, styled.T(styled.Medium, where(resource, g.stale)+": "+text))
		}
		if len(g.pending) == 0 && len(g.shut) == 0 {
			k.read = append(k.read, resource)
		}
	}
	return k
}

// progress is how many objects have been read, and of about how many where the server
// tells.
func progress(read, expected int) string {
	if expected <= read {
		return "syncing " + text.Count(read)
	}
	return text.Count(read) + " of about " + text.Count(expected) + " read"
}

// where names the resource, and the namespace where the watch is of one only.
func where(resource string, list []model.Watch) string {
	switch {
	case list[0].Namespace == "":
		return resource
	case len(list) == 1:
		return resource + " in " + list[0].Namespace
	}
	return fmt.Sprintf("%s in %s and %d more", resource, list[0].Namespace, len(list)-1)
}

// whole reports whether everything asked about is known.
func (k knowledge) whole() bool {
	return !k.unread && len(k.pending) == 0 && len(k.refused) == 0
}

// settled reports whether nothing is being read for the first time any more.
func (k knowledge) settled() bool { return !k.unread && len(k.pending) == 0 }

// gaps lists what is not known or not fresh, worst first.
func (k knowledge) gaps() []styled.Span {
	return slices.Concat(k.refused, k.stale, k.pending)
}

// blank says why a pane shows no row: waiting, unreachable, refused, pending,
// filtered away, out of scope, or empty.
func (e *Env) blank(k knowledge, noun string, total int, filter string, also styled.Line) []styled.Line {
	switch {
	case total > 0 && filter != "":
		return []styled.Line{
			{styled.T(styled.Normal, fmt.Sprintf("None of %s matches ", text.Counted(total, noun))), styled.T(styled.Strong, filter), styled.T(styled.Normal, ".")},
			{styled.T(styled.Accent, "esc"), styled.T(styled.Muted, " clears the filter")},
		}
	case total > 0:
		return []styled.Line{also}
	case k.unread:
		return []styled.Line{{styled.T(styled.Normal, "Connecting to "+e.Context+" "+e.Theme.Cut)}}
	}
	var out []styled.Line
	if k.err != nil {
		out = append(out, unreachable(k.err))
	}
	if !k.whole() {
		many := text.Many(noun)
		out = append(out, styled.Line{styled.T(styled.Normal, "No "+many+" yet. Not everything is known:")})
	}
	for _, gap := range slices.Concat(k.pending, k.refused, k.stale) {
		out = append(out, styled.Line{gap})
	}
	if k.whole() && k.err == nil {
		out = append([]styled.Line{{styled.T(styled.Normal, e.empty(k, noun))}}, out...)
	}
	return out
}

// unreachable says why the cluster is not read. An error that says itself what the
// cluster does or lacks needs no more words.
func unreachable(err error) styled.Line {
	if rest, ok := strings.CutPrefix(err.Error(), "the cluster "); ok {
		return styled.Line{styled.T(styled.Bad, "The cluster "), styled.T(styled.Normal, rest)}
	}
	return styled.Line{styled.T(styled.Bad, "The cluster cannot be reached: "), styled.T(styled.Normal, err.Error())}
}

// empty says what was looked at before it was said that there is nothing.
func (e *Env) empty(k knowledge, noun string) string {
	many := text.Many(noun)
	read := strings.Join(k.read, " and ") + " read"
	if len(k.read) > 3 || len(k.read) == 0 {
		read = fmt.Sprintf("%d of %d kinds read", len(k.read), k.kinds)
	}
	return fmt.Sprintf("No %s in %s, %s.", many, e.extent(), read)
}

// extent names the namespaces looked at, as they are counted.
func (e *Env) extent() string {
	switch {
	case len(e.Namespaces) == 1:
		for n := range e.Namespaces {
			return n
		}
	case e.Namespaces != nil:
		return text.Counted(len(e.Namespaces), "namespace")
	case e.Report == nil || e.Report.Snapshot == nil:
		return "all namespaces"
	}
	return text.Counted(len(e.Report.Snapshot.Namespaces()), "namespace")
}
