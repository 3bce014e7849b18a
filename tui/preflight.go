package tui

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	cluster "github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/repair"
	"github.com/careen-tui/careen/internal/report"
	"github.com/careen-tui/careen/internal/sanitize"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views"
)

// Preflight says before a chart is installed what would go wrong.
type Preflight interface {
	// Foretell runs a preflight of what was typed (a release, a chart, flags) over the
	// cluster as it is now. chosen are the namespaces looked at; none for all. Its error
	// may be shown.
	Foretell(ctx context.Context, typed string, chosen []string) (*Foretold, error)
}

// Foretold is what a preflight found.
type Foretold struct {
	Release cluster.Ref
	Chart   string
	Report  *engine.Report
	Changes []report.Planned
}

func (m *model) preflightOffer() keymap.Offer {
	o := keymap.Offer{Action: keymap.Preflight}
	if m.opts.Preflight == nil {
		o.Disabled = "this needs a live cluster"
	}
	return o
}

// askPreflight asks for the release and the chart of a preflight.
func (m *model) askPreflight() {
	m.prompt = typing(m.focused(), "preflight RELEASE CHART", false, func(text string) views.Request {
		return views.Foretell{Asked: text}
	})
}

// openPreflight opens the page of a preflight, and runs it.
func (m *model) openPreflight(asked string) tea.Cmd {
	if m.opts.Preflight == nil {
		m.message = "preflight: " + m.preflightOffer().Disabled
		return nil
	}
	return m.push(views.NewPreflight(m.env, sanitize.Line(asked, 300), m.foresight(asked)))
}

// foresight runs a preflight over the namespaces that are looked at.
func (m *model) foresight(asked string) func(context.Context) (views.Foresight, error) {
	source, chosen := m.opts.Preflight, slices.Sorted(maps.Keys(m.env.Namespaces))
	return func(ctx context.Context) (views.Foresight, error) {
		f, err := source.Foretell(ctx, asked, chosen)
		if err != nil {
			return views.Foresight{}, err
		}
		return foresightOf(f), nil
	}
}

func foresightOf(f *Foretold) views.Foresight {
	out := views.Foresight{
		Of:     fmt.Sprintf("%s in %s, from %s", f.Release.Name, f.Release.Namespace, sanitize.Line(f.Chart, 200)),
		Report: f.Report,
	}
	for _, c := range f.Changes {
		l := styled.Line{styled.T(styled.Strong, c.Verb), styled.T(styled.Normal, " "+c.Ref.String())}
		if c.Summary != "" {
			l = append(l, styled.T(styled.Muted, "  "+c.Summary))
		}
		out.Changes = append(out.Changes, l)
		for _, line := range c.Lines {
			out.Changes = append(out.Changes, styled.Of(styled.Muted, "  "+line))
		}
	}
	return out
}

// planForetold opens the plan of what prevents findings of a preflight. Once it was
// applied, preflight runs again.
func (m *model) planForetold(page *views.PreflightPage, list []*finding.Finding) tea.Cmd {
	if m.opts.Mender == nil {
		return m.push(views.NewFixPage(m.env, list, m.env.NoPlan))
	}
	subject, choices := m.alternatives(list, page.Report)
	return m.pushPlan(subject, choices, &afterwards{page})
}

// afterwards is what follows a plan that prevents what a preflight foretells. Such a plan
// is proved by its checks: no probe finds what has not happened.
type afterwards struct{ page *views.PreflightPage }

// seenWithin is how long what was just written may take to be seen, and seenEvery how often
// it is looked for.
const (
	seenWithin = 30 * time.Second
	seenEvery  = time.Second
)

// run looks again until what was to be prevented is foretold no longer, and says of each
// finding what became of it. Those of a plan's proof are meant: a prevention for later
// leaves what is foretold as it is.
func (a *afterwards) run(ctx context.Context, ids []finding.ID, show func(func() views.Request), tell func(styled.Line)) {
	deadline := time.Now().Add(seenWithin)
	for {
		f, err := a.page.Look(ctx)
		var lines []styled.Line
		gone := true
		if err == nil {
			for _, id := range ids {
				l, ok := views.Wanted(f.Report, id)
				lines, gone = append(lines, l), gone && ok
			}
		}
		if err != nil || gone || ctx.Err() != nil || time.Now().After(deadline) {
			show(func() views.Request {
				a.page.Again(f, err)
				for _, l := range lines {
					a.page.Tell(l)
					tell(l)
				}
				if err != nil {
					tell(styled.Line{styled.T(styled.Bad, "It was applied, but preflight could not run again: "), styled.T(styled.Normal, err.Error())})
				}
				return nil
			})
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(seenEvery):
		}
	}
}

// foretold runs a preflight in the interface that talks in lines, of what it asks for where
// nothing was typed, and looks again once something was applied.
func (p *plain) foretold(asked string) error {
	if p.opts.Preflight == nil {
		p.say("There is no preflight here: it needs a live cluster.")
		return nil
	}
	if asked == "" {
		var err error
		if asked, err = p.ask("RELEASE CHART, and flags as those of careen preflight."); err != nil || asked == "" {
			return err
		}
	}
	for {
		p.say("Rendering the chart, and asking the server what it would do.")
		f, err := p.opts.Preflight.Foretell(p.ctx, asked, slices.Sorted(maps.Keys(p.env.Namespaces)))
		if err != nil {
			p.say("Nothing can be foretold: %s", err)
			return p.ctx.Err()
		}
		seen := foresightOf(f)
		page := views.NewPreflight(p.env, asked, func(context.Context) (views.Foresight, error) { return seen, nil })
		page.Again(seen, nil)
		p.say("\nPreflight %s", seen.Of)
		p.page(page)
		ways := p.preventing(f.Report)
		for i, w := range ways {
			p.say("%d. %s", i+1, w.text)
		}
		text, err := p.ask("A number plans that, Enter looks again, b goes back.")
		if err != nil {
			return err
		}
		if n, ok := pick(text, len(ways)); ok {
			if err := inside(ways[n].walk()); err != nil {
				return err
			}
		} else if text != "" {
			p.say("%q is not one of the choices.", text)
		}
	}
}

// preventing lists the plans that prevent what a preflight foretells.
func (p *plain) preventing(r *engine.Report) (out []way) {
	for _, f := range r.Findings {
		for _, fix := range f.Plans() {
			out = append(out, way{fmt.Sprintf("Plan for %s of %s: %s (%s)", f.Probe, f.Subject, fix.Title, fix.Risk), func() error {
				if p.opts.Mender == nil {
					p.say("It cannot be planned: nothing that could apply it is connected.")
					return nil
				}
				return p.planned(func(ctx context.Context, in repair.Inputs) (*repair.Plan, error) {
					return p.opts.Mender.Plan(ctx, r, f, fix.ID, in)
				}, nil)
			}})
		}
	}
	return out
}
