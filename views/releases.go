package views

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// Releases is the pane of Helm releases.
type Releases struct {
	browse[*model.Release, model.Ref]
	made perSpace[*model.Release]
}

func newReleases(env *Env, info PaneInfo) *Releases {
	p := &Releases{}
	chart := func(r *model.Release) string {
		b := r.Newest().Body
		switch {
		case b == nil:
			return ""
		case b.Problem != "":
			return "unreadable"
		}
		return strings.Trim(b.Chart+"-"+b.ChartVersion, "-")
	}
	p.browse = browse[*model.Release, model.Ref]{
		env: env, info: info,
		subject: func(r *model.Release) Subject { return Subject{Ref: r.Ref()} },
		total:   func() int { return p.made.total },
		hidden:  func() styled.Line { return elsewhere(env, p.made.total, info.Noun) },
		table: widget.NewTable(widget.Spec[*model.Release, model.Ref]{
			Header: true,
			Key:    func(r *model.Release) model.Ref { return r.Ref() },
			Match: func(r *model.Release) string {
				return r.Ref().Path() + " " + chart(r) + " " + releaseStatus(r.Newest())
			},
			Columns: []widget.Column[*model.Release]{
				{Title: "", Min: 1, Tight: true, Keep: 5, Cell: func(r *model.Release) styled.Span { return env.findingSpan(withObjects(r)...) }, Weight: byFinding(env, withObjects)},
				{Title: "release", First: true, Min: 20, Grow: true, Middle: true, Cell: func(r *model.Release) styled.Span { return styled.T(styled.Normal, r.Ref().Path()) }},
				{Title: "chart", Min: 12, Max: 30, Keep: 3, Cell: func(r *model.Release) styled.Span { return styled.T(styled.Muted, chart(r)) }},
				{
					Title: "rev", Min: 3, Keep: 2, Right: true, Cell: func(r *model.Release) styled.Span { return styled.T(styled.Muted, fmt.Sprint(r.Newest().Revision)) },
					Order: func(a, b *model.Release) int { return cmp.Compare(b.Newest().Revision, a.Newest().Revision) },
				},
				{Title: "status", Min: 15, Max: 17, Cell: func(r *model.Release) styled.Span {
					s := releaseStatus(r.Newest())
					return styled.T(statusRole(s), s)
				}},
				{Title: "ready", Min: 5, Keep: 4, Right: true, Cell: p.ready},
				{
					Title: "age", Min: 3, Keep: 1, Right: true, Cell: func(r *model.Release) styled.Span { return styled.T(styled.Muted, env.Age(r.Newest().Created)) },
					Order: func(a, b *model.Release) int { return b.Newest().Created.Compare(a.Newest().Created) },
				},
			},
		}),
	}
	return p
}

// ready counts the objects of the newest revision that are there and ready.
func (p *Releases) ready(r *model.Release) styled.Span {
	b := r.Newest().Body
	if b == nil || len(b.Objects) == 0 {
		return styled.T(styled.Muted, "-")
	}
	good := 0
	for _, o := range b.Objects {
		if _, _, ok := p.env.liveState(o.Ref); ok {
			good++
		}
	}
	role := styled.Good
	if good < len(b.Objects) {
		role = styled.Bad
	}
	return styled.T(role, fmt.Sprintf("%d/%d", good, len(b.Objects)))
}

// Load takes over the releases of the namespaces that moved.
func (p *Releases) Load() {
	p.take(p.made.rows(p.env, []model.Kind{model.KindRecord}, (*model.Space).Releases))
}

// Show selects the release that ref is, or that the record it names is one of.
func (p *Releases) Show(s Subject) bool {
	ref := s.Ref
	if name, _, ok := model.ParseRecordName(ref.Name); ok {
		ref = model.Ref{Kind: model.KindRelease, Namespace: ref.Namespace, Name: name}
	}
	if ref.Kind != model.KindRelease {
		return false
	}
	p.table.Select(ref)
	return true
}

// Offers are those of every pane of rows.
func (p *Releases) Offers() []keymap.Offer { return p.offers() }

// Do answers an action.
func (p *Releases) Do(a keymap.Action) Request {
	r, _ := p.do(a)
	return r
}

// byFinding sorts what has findings first, the worst before the others.
func byFinding[T any](env *Env, refs func(T) []model.Ref) func(T) int {
	return func(it T) int {
		f := env.worst(refs(it)...)
		if f == nil {
			return 0
		}
		if f.Grade == finding.Unknown {
			return 1
		}
		return 1 + int(f.Severity)
	}
}

// only makes of the reference of a row the list that byFinding wants.
func only[T any](ref func(T) model.Ref) func(T) []model.Ref {
	return func(it T) []model.Ref { return []model.Ref{ref(it)} }
}

// withObjects are a release and what its newest revision declares: what is wrong
// with those is wrong with it.
func withObjects(r *model.Release) []model.Ref {
	refs := []model.Ref{r.Ref()}
	if b := r.Newest().Body; b != nil {
		for _, o := range b.Objects[:min(len(b.Objects), 200)] {
			refs = append(refs, o.Ref)
		}
	}
	return refs
}

// elsewhere says that all rows are in namespaces that are not looked at.
func elsewhere(env *Env, total int, noun string) styled.Line {
	return styled.Line{
		styled.T(styled.Normal, fmt.Sprintf("%s, none in %s. ", text.Counted(total, noun), env.extent())),
		styled.T(styled.Accent, "n"), styled.T(styled.Muted, " chooses namespaces"),
	}
}
