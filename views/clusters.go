package views

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// Clusters is the page of many clusters, and of what was found in all of them.
type Clusters struct {
	env    *Env
	follow func(ctx context.Context, again bool, show func(Fleet))
	fleet  Fleet
	failed error

	table  *widget.Table[ClusterLook, string]
	causes *widget.Table[SharedCause, finding.ID]
	shared bool // causes are shown
}

// NewClusters makes the page. follow reads the clusters until its context ends, again
// whatever was read lately, and shows all that is known whenever that changes.
func NewClusters(env *Env, follow func(ctx context.Context, again bool, show func(Fleet))) *Clusters {
	p := &Clusters{env: env, follow: follow}
	p.table = widget.NewTable(widget.Spec[ClusterLook, string]{
		Header: true,
		Key:    func(c ClusterLook) string { return c.Context },
		Match: func(c ClusterLook) string {
			return strings.Join(append(c.Also, c.Context, c.Server, c.Version, c.Why), " ")
		},
		Columns: slices.Concat(
			[]widget.Column[ClusterLook]{
				{Title: "", Min: 1, Tight: true, Cell: p.current},
				{Title: "context", First: true, Min: 12, Max: 40, Keep: 6, Middle: true, Cell: func(c ClusterLook) styled.Span { return styled.T(styled.Normal, c.Context) }},
				{Title: "version", Min: 7, Max: 20, Keep: 1, Cell: func(c ClusterLook) styled.Span { return styled.T(styled.Muted, c.Version) }},
			},
			p.counts(),
			[]widget.Column[ClusterLook]{
				{Title: "state", Min: 14, Grow: true, Keep: 4, Cell: p.state},
				{Title: "as of", Min: 5, Keep: 2, Right: true, Cell: p.age},
			},
		),
	})
	p.causes = widget.NewTable(widget.Spec[SharedCause, finding.ID]{
		Header: true,
		Key: func(c SharedCause) finding.ID {
			return finding.ID(fmt.Sprintf("%s %t %s", c.ID, c.Unknown, c.Clusters[0]))
		},
		Match: func(c SharedCause) string {
			return string(c.ID) + " " + c.Summary + " " + strings.Join(c.Clusters, " ")
		},
		Columns: []widget.Column[SharedCause]{
			{Title: "severity", Min: 6, Tight: true, Cell: func(c SharedCause) styled.Span { return causeSign(env.Theme, c) }},
			{Title: "probe", First: true, Min: 20, Max: 28, Keep: 3, Cell: func(c SharedCause) styled.Span { return styled.T(styled.Normal, string(c.Probe)) }},
			{Title: "subject", Min: 18, Max: 40, Keep: 4, Middle: true, Cell: func(c SharedCause) styled.Span { return styled.T(styled.Normal, c.Subject) }},
			{Title: "clusters", Min: 12, Max: 40, Keep: 5, Cell: func(c SharedCause) styled.Span { return styled.T(styled.Accent, clustersOf(c)) }},
			{Title: "summary", Min: 10, Grow: true, Keep: 1, Cell: func(c SharedCause) styled.Span { return styled.T(styled.Muted, c.Summary) }},
		},
	})
	return p
}

// Set takes over what is known.
func (p *Clusters) Set(f Fleet) {
	f.Clusters = slices.Clone(f.Clusters)
	slices.SortStableFunc(f.Clusters, compareClusters)
	p.fleet = f
	p.table.SetItems(f.Clusters)
	p.causes.SetItems(f.Causes)
}

// Start begins to read those that were not read lately.
func (p *Clusters) Start() Request { return p.read(false) }

func (p *Clusters) read(again bool) Request {
	p.failed = nil
	return Fetch{
		Slot: "clusters",
		Read: func(ctx context.Context, show func(func() Request)) {
			p.follow(ctx, again, func(f Fleet) { show(func() Request { p.Set(f); return nil }) })
		},
		Fail: func(err error) { p.failed = err },
	}
}

// Load has nothing to take over: the clusters are read beside the one that is entered.
func (p *Clusters) Load() {}

// Scope is that of a page.
func (p *Clusters) Scope() keymap.Scope { return keymap.InPage }

// Title counts what is shown.
func (p *Clusters) Title() (title, right styled.Line) {
	part := func(name string, n int, on bool) styled.Line {
		role := styled.Muted
		if on {
			role = styled.Strong
		}
		return styled.Line{styled.T(role, name), styled.T(styled.Muted, " "+text.Count(n))}
	}
	title = append(part("Clusters", len(p.fleet.Clusters), !p.shared), styled.T(styled.Muted, "  "))
	title = append(title, part("findings of all", len(p.fleet.Causes), p.shared)...)
	if f := p.Filtered(); f != "" {
		title = append(title, styled.T(styled.Accent, "  /"+f))
	}
	if p.env.Clusters > 0 {
		return title, nil
	}
	return title, backHint()
}

// Offers lists what the page answers.
func (p *Clusters) Offers() []keymap.Offer {
	open := keymap.Offer{Action: keymap.Open, Label: "go in"}
	back := keymap.Offer{Action: keymap.Back}
	to := p.target()
	switch {
	case to == "":
		open.Disabled = "nothing is selected"
	case to == p.env.Context:
		open.Label = "go back in"
	}
	if p.env.Clusters > 0 && p.Filtered() == "" {
		back.Disabled = "no cluster was entered yet"
	}
	next, before := keymap.Offer{Action: keymap.NextPart, Label: "findings of all"}, keymap.Offer{Action: keymap.PrevPart, Label: "clusters"}
	if p.shared {
		next.Disabled = "these are the findings of all"
	} else {
		before.Disabled = "these are the clusters"
	}
	return slices.Concat([]keymap.Offer{open, back, next, before, {Action: keymap.Filter}, {Action: keymap.Reload}}, movement)
}

// target is the context that is selected.
func (p *Clusters) target() string {
	if p.shared {
		if c, ok := p.causes.Selected(); ok {
			return c.Clusters[0]
		}
		return ""
	}
	c, _ := p.table.Selected()
	return c.Context
}

// Do answers an action.
func (p *Clusters) Do(a keymap.Action) Request {
	if p.shared && moved(a, p.causes.Move, p.causes.Page, p.causes.Ends) || !p.shared && moved(a, p.table.Move, p.table.Page, p.table.Ends) {
		return nil
	}
	switch a {
	case keymap.Open:
		if p.target() == p.env.Context {
			return Close{}
		}
		return Switch{p.target()}
	case keymap.NextPart, keymap.PrevPart:
		p.shared = a == keymap.NextPart
	case keymap.Reload:
		return p.read(true)
	case keymap.Back:
		if p.Filtered() == "" {
			return Close{}
		}
		p.Filter("")
	}
	return nil
}

// Filter shows what matches.
func (p *Clusters) Filter(s string) {
	if p.shared {
		p.causes.Filter(s)
		return
	}
	p.table.Filter(s)
}

// Filtered is the text of the filter.
func (p *Clusters) Filtered() string {
	if p.shared {
		return p.causes.Filtered()
	}
	return p.table.Filtered()
}

// Place is the selected row's place.
func (p *Clusters) Place() (at, of int) {
	if p.shared {
		return p.causes.Place(), p.causes.Shown()
	}
	return p.table.Place(), p.table.Shown()
}

// Click selects the row drawn at a line.
func (p *Clusters) Click(line int) bool {
	if p.shared {
		return p.causes.Pick(line)
	}
	return p.table.Pick(line)
}

// Draw returns exactly h lines of w cells.
func (p *Clusters) Draw(w, h int, focused bool) []string {
	says := ""
	switch _, of := p.Place(); {
	case p.failed != nil:
		says = "The clusters are not read any more: " + sentence(p.failed.Error())
	case of == 0 && p.Filtered() != "":
		says = "Nothing matches " + p.Filtered() + "."
	case of == 0 && p.shared && p.pending() > 0:
		says = "Nothing was found yet; " + text.Counted(p.pending(), "cluster") + " still to be read."
	case of == 0 && p.shared:
		says = "Nothing was found in any cluster that could be read."
	case of == 0:
		says = "Reading the clusters ..."
	case p.shared:
		return p.causes.Draw(p.env.Theme, w, h, pickState(focused))
	default:
		return p.table.Draw(p.env.Theme, w, h, pickState(focused))
	}
	return drawText(p.env.Theme, []styled.Line{styled.L(says)}, w, h)
}

// pending counts the clusters that were not read yet.
func (p *Clusters) pending() (n int) {
	for i := range p.fleet.Clusters {
		if p.fleet.Clusters[i].At.IsZero() {
			n++
		}
	}
	return n
}
