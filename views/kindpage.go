package views

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// kindRow is an object in the list of its kind.
type kindRow struct {
	ref     model.Ref
	row     model.Row // nil where its kind is not watched
	state   styled.Span
	created time.Time
}

// KindPage is the list of the objects of a kind: of one that is watched those of the
// report, of another those that the server lists.
type KindPage struct {
	choice[kindRow, model.Ref]
	loaded[*inspect.Listing]
	kind    model.Kind
	watched bool
	plain   bool // there are no columns of what is measured
}

// NewKindPage makes the list.
func NewKindPage(env *Env, kind model.Kind) *KindPage {
	p := &KindPage{choice: choice[kindRow, model.Ref]{env: env}, kind: kind, watched: env.watched(kind)}
	p.table = widget.NewTable(widget.Spec[kindRow, model.Ref]{
		Header:  true,
		Key:     func(r kindRow) model.Ref { return r.ref },
		Match:   func(r kindRow) string { return r.ref.Path() + " " + r.state.Text },
		Columns: p.columns(),
	})
	p.Load()
	return p
}

func (p *KindPage) columns() []widget.Column[kindRow] {
	env := p.env
	out := []widget.Column[kindRow]{
		{Title: "", Min: 1, Tight: true, Cell: func(r kindRow) styled.Span { return env.findingSpan(r.ref) }, Weight: byFinding(env, only(func(r kindRow) model.Ref { return r.ref }))},
		{Title: "name", First: true, Min: 26, Grow: true, Middle: true, Cell: func(r kindRow) styled.Span { return styled.T(styled.Normal, r.ref.Path()) }},
		{Title: "state", Min: 8, Max: 60, First: p.watched, Grow: !p.watched, Cell: func(r kindRow) styled.Span { return r.state }},
	}
	if measures(p.kind) {
		out = append(out, p.measure("cpu", func(u inspect.Usage) int64 { return u.Millis }, inspect.Usage.CPU)...)
		out = append(out, p.measure("memory", func(u inspect.Usage) int64 { return u.Bytes }, inspect.Usage.Memory)...)
	}
	if p.kind == model.KindPod {
		out = append(out,
			widget.Column[kindRow]{Title: "restarts", Min: 3, Keep: 2, Right: true, Weight: func(r kindRow) int { return restarts(r.row) }, Cell: func(r kindRow) styled.Span {
				return styled.T(styled.Muted, strconv.Itoa(restarts(r.row)))
			}},
			widget.Column[kindRow]{Title: "node", Min: 6, Max: 24, Keep: 1, Middle: true, Cell: func(r kindRow) styled.Span {
				if pod, ok := r.row.(*model.Pod); ok {
					return styled.T(styled.Muted, pod.Node)
				}
				return styled.Span{}
			}},
		)
	}
	return append(out, widget.Column[kindRow]{
		Title: "age", Min: 3, Keep: 5, Right: true, Cell: func(r kindRow) styled.Span { return styled.T(styled.Muted, env.Age(r.created)) },
		Order: func(a, b kindRow) int { return b.created.Compare(a.created) },
	})
}

// measure are the two columns of something measured: how much, and how much of what there
// is that is.
func (p *KindPage) measure(title string, of func(inspect.Usage) int64, write func(inspect.Usage) string) []widget.Column[kindRow] {
	share := func(r kindRow) int {
		m := p.env.used(r.ref)
		if most := of(most(r.row)); m.known && most > 0 {
			return int(100 * of(m.Usage) / most)
		}
		return -1
	}
	return []widget.Column[kindRow]{
		{
			Title: title, Min: 5, Keep: 4, Right: true, Tight: true,
			Cell: func(r kindRow) styled.Span {
				if m := p.env.used(r.ref); m.known {
					return styled.T(styled.Normal, write(m.Usage))
				}
				return styled.T(styled.Muted, "-")
			},
			Weight: func(r kindRow) int { return int(of(p.env.used(r.ref).Usage)) },
		},
		{
			Title: "%" + title[:1], Min: 3, Keep: 3, Right: true, Weight: share,
			Cell: func(r kindRow) styled.Span {
				switch n := share(r); {
				case n < 0:
					return styled.T(styled.Muted, "-")
				case n >= 90:
					return styled.T(styled.Bad, strconv.Itoa(n))
				default:
					return styled.T(styled.Normal, strconv.Itoa(n))
				}
			},
		},
	}
}

// most is what an object may use at most: a pod up to its limits, a node all that it has
// for pods.
func most(row model.Row) inspect.Usage {
	switch r := row.(type) {
	case *model.Pod:
		_, limits := wanted(r)
		return limits
	case *model.Node:
		return allocatable(r)
	}
	return inspect.Usage{}
}

func restarts(row model.Row) (n int) {
	if pod, ok := row.(*model.Pod); ok {
		for _, c := range pod.Containers {
			n += int(c.Restarts)
		}
	}
	return n
}

// watched reports whether all objects of a kind are in the report, as far as they are
// known: of custom ones, and of some that say something of others, only some are read.
func (e *Env) watched(k model.Kind) bool {
	info, ok := model.Info(k)
	return k == model.KindRelease || ok && !info.Part || e.Inspector == nil
}

// Start asks for what the report does not have.
func (p *KindPage) Start() Request {
	switch {
	case p.watched:
		return p.env.AskUsage(model.Ref{Kind: p.kind, Namespace: p.only()})
	case p.env.Inspector == nil:
		return nil
	}
	inspector, kind := p.env.Inspector, p.kind
	var namespaces []string
	for n := range p.env.Namespaces {
		namespaces = append(namespaces, n)
	}
	slices.Sort(namespaces)
	return p.fetch("list", func(ctx context.Context) (*inspect.Listing, error) { return inspector.List(ctx, kind, namespaces) }, func() Request {
		p.Load()
		return nil
	})
}

// only is the one namespace that is looked at; "" for more.
func (p *KindPage) only() string {
	if len(p.env.Namespaces) == 1 && p.kind == model.KindPod {
		return p.env.extent()
	}
	return ""
}

// Load makes the rows again.
func (p *KindPage) Load() {
	var rows []kindRow
	switch {
	case !p.watched && p.has:
		for _, o := range p.value.Objects {
			rows = append(rows, kindRow{ref: o.Ref, state: styled.T(styled.Muted, o.Says), created: o.Created})
		}
	case p.watched && p.env.Report != nil:
		rows = p.reported()
	}
	p.table.SetItems(rows)
	if len(rows) > 0 {
		p.table.Hold()
	}
}

func (p *KindPage) reported() (rows []kindRow) {
	snap := p.env.Report.Snapshot
	for _, name := range append(snap.Namespaces(), "") {
		space := snap.Space(name)
		if space == nil || !p.env.In(name) {
			continue
		}
		if p.kind == model.KindRelease {
			for _, rel := range space.Releases() {
				r := kindRow{ref: rel.Ref()}
				newest := rel.Newest()
				r.state, r.created = styled.T(statusRole(newest.LabelStatus), newest.LabelStatus), newest.Created
				rows = append(rows, r)
			}
			continue
		}
		for _, row := range space.Tables[p.kind] {
			m := row.Base()
			rows = append(rows, kindRow{m.Ref(), row, stateOf(row), m.Created})
		}
	}
	return rows
}

// stateOf is an object's state in a word or two.
func stateOf(row model.Row) styled.Span {
	said, role := "", styled.Muted
	switch r := row.(type) {
	case *model.Workload:
		said, role = workloadReady(r)
	case *model.Pod:
		said, role = podState(r)
	case *model.Node:
		said, role = "Ready", styled.Good
		if !r.Ready {
			said, role = strings.TrimSpace("NotReady "+r.Readiness().Reason), styled.Bad
		}
		if r.Unschedulable {
			said += ", cordoned"
		}
	case *model.Claim:
		said, role = r.Phase, phaseRole(r.Phase)
	case *model.Volume:
		said, role = r.Phase, phaseRole(r.Phase)
	case *model.Namespace:
		said = r.Phase
	case *model.Service:
		said = strings.TrimSpace(r.Type + " " + portList(r.Ports))
	case *model.Secret:
		said = r.Type
	case *model.Object:
		said = r.Detail
	}
	if !row.Base().Deleting.IsZero() {
		said, role = "Terminating", styled.Medium
	}
	return styled.T(role, said)
}

// Scope is that of a list: the keys that look closer work on the selected row.
func (p *KindPage) Scope() keymap.Scope { return keymap.InList }

// Subject is what the selected row is about.
func (p *KindPage) Subject() Subject {
	if r, ok := p.table.Selected(); ok {
		return Subject{Ref: r.ref}
	}
	return Subject{}
}

// Title counts the objects, and says of what is measured when, or why not.
func (p *KindPage) Title() (title, right styled.Line) {
	count := text.Count(p.table.Len())
	if p.table.Shown() != p.table.Len() {
		count = text.Count(p.table.Shown()) + " of " + count
	}
	title = styled.Line{styled.T(styled.Strong, text.Many(p.kind.Plain())), styled.T(styled.Muted, " "+count)}
	if f := p.table.Filtered(); f != "" {
		title = append(title, styled.T(styled.Accent, "  /"+f))
	}
	if by := p.table.SortedBy(); by != "" {
		title = append(title, styled.T(styled.Muted, "  by "+by))
	}
	return title, backHint()
}

// Offers lists what the list answers.
func (p *KindPage) Offers() []keymap.Offer {
	none := ""
	if p.table.Shown() == 0 {
		none = "nothing is selected"
	}
	return slices.Concat([]keymap.Offer{
		{Action: keymap.Open, Disabled: none},
		{Action: keymap.Back},
		{Action: keymap.Graph, Disabled: none},
		{Action: keymap.Filter},
		{Action: keymap.Copy, Disabled: none},
		{Action: keymap.Sort},
	}, moving(none))
}

// Do answers an action.
func (p *KindPage) Do(a keymap.Action) Request {
	s := p.Subject()
	switch a {
	case keymap.Sort:
		p.table.SortNext()
	case keymap.Open:
		return p.env.opening(s)
	case keymap.Graph:
		return Around{s.Ref}
	case keymap.Copy:
		return Copy{"the name", s.Ref.Path()}
	default:
		return p.choice.Do(a)
	}
	return nil
}

// opening opens an object over a page, which is there again afterwards.
func (e *Env) opening(s Subject) Request {
	switch {
	case s.Ref.Kind == model.KindRelease:
		return Open{s}
	case e.Unread(s.Ref):
		return OpenPage{Page: NewObjectRead(e, s.Ref)}
	}
	return OpenPage{Page: newDetailOf(e, s)}
}

// unmeasured takes the columns of what is measured away where nothing is: names have more
// use for the room.
func (p *KindPage) unmeasured() {
	if p.plain || !measures(p.kind) {
		return
	}
	m := p.env.used(model.Ref{Kind: p.kind, Namespace: p.only()})
	if p.plain = p.env.Inspector == nil || !m.known && m.why != "" && m.why != notMeasured; p.plain {
		titles := slices.DeleteFunc(p.table.Columns(), func(t string) bool {
			return slices.Contains([]string{"cpu", "memory", "%c", "%m"}, t)
		})
		_ = p.table.Choose(titles) // they are its own
		p.Load()
	}
}

// Draw returns exactly h lines of w cells.
func (p *KindPage) Draw(w, h int, focused bool) []string {
	p.unmeasured()
	th := p.env.Theme
	noun := strings.ToLower(p.kind.Plain())
	if p.table.Shown() == 0 {
		status := p.status(text.Many(noun))
		switch {
		case len(status) > 0 || p.table.Filtered() != "" && p.table.Len() > 0:
		case p.watched:
			return drawText(th, p.env.blank(p.env.knows(p.kind), p.kind.Plain(), 0, "", nil), w, h)
		case p.env.Inspector == nil:
			status = []styled.Line{styled.L("What is looked at does not hold " + text.Many(p.kind.Plain()) + ".")}
		default:
			status = []styled.Line{styled.L("There are no " + text.Many(p.kind.Plain()) + " in " + p.env.extent() + ".")}
		}
		if len(status) > 0 {
			return drawText(th, status, w, h)
		}
		return p.draw(noun, w, h, focused)
	}
	var note styled.Line
	switch m := p.env.used(model.Ref{Kind: p.kind, Namespace: p.only()}); {
	case p.has && p.value.Left:
		note = styled.Of(styled.Medium, fmt.Sprintf(" the first %s: there are more", text.Count(len(p.value.Objects))))
	case !measures(p.kind) || p.env.Inspector == nil:
	case m.why != "" && m.why != notMeasured:
		note = styled.Of(styled.Muted, " CPU and memory: "+m.why)
	case m.why == "":
		note = styled.Of(styled.Muted, " CPU and memory: reading ...")
	default:
		note = styled.Of(styled.Muted, " CPU and memory of "+p.env.Clock(m.at)+"; %c and %m of the limit")
		if p.kind == model.KindNode {
			note[0].Text = " CPU and memory of " + p.env.Clock(m.at) + "; %c and %m of what pods may have"
		}
	}
	if note == nil || h < 4 {
		return p.draw(noun, w, h, focused)
	}
	return append(p.draw(noun, w, h-1, focused), widget.DrawLine(th, note, w, widget.Plain))
}
