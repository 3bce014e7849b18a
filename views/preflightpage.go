package views

import (
	"context"
	"fmt"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// Foresight is what a preflight found of a release before its chart is installed.
type Foresight struct {
	Of      string         // "web in shop, from ./web"
	Report  *engine.Report // of the cluster as it is, with what is foretold as its findings
	Changes []styled.Line  // what an upgrade would do
}

// PreflightPage is the page of what installing a chart would break. It is a pane of
// findings in an environment of its own, with the keys of the other.
type PreflightPage struct {
	loaded[Foresight]
	asked    string
	own      *Env
	findings *Findings
	read     func(context.Context) (Foresight, error)
	told     []styled.Line // what became of the fixes that were applied from here
	above    int           // lines drawn above the findings
}

// NewPreflight makes the page of a preflight; asked is what was typed for it.
func NewPreflight(env *Env, asked string, read func(context.Context) (Foresight, error)) *PreflightPage {
	own := *env
	own.Report, own.Namespaces, own.Severity = nil, nil, 0
	return &PreflightPage{asked: asked, own: &own, findings: newFindings(&own, PaneInfo{Title: "Preflight", Noun: "finding"}), read: read}
}

// Start runs the preflight.
func (p *PreflightPage) Start() Request {
	return p.fetch("preflight", p.read, func() Request {
		if p.fresh() {
			p.take(p.value)
		}
		return nil
	})
}

// Again takes over what a preflight says that was run once more.
func (p *PreflightPage) Again(f Foresight, err error) {
	p.set(f, err)
	if err == nil {
		p.take(f)
	}
}

// Look runs the preflight without showing what it says.
func (p *PreflightPage) Look(ctx context.Context) (Foresight, error) { return p.read(ctx) }

// Tell adds a line above what is foretold.
func (p *PreflightPage) Tell(l styled.Line) { p.told = append(p.told, l) }

func (p *PreflightPage) take(f Foresight) {
	p.own.Report = f.Report
	p.findings.Load()
}

// Report is what the preflight found; nil before it is known.
func (p *PreflightPage) Report() *engine.Report { return p.own.Report }

// Subject is what is selected.
func (p *PreflightPage) Subject() Subject { return p.findings.Selected() }

// Load has nothing to take over: a preflight is of the moment at which it was run.
func (p *PreflightPage) Load() {}

// Scope is that of a list.
func (p *PreflightPage) Scope() keymap.Scope { return keymap.InList }

// Title names the release, and counts what is foretold.
func (p *PreflightPage) Title() (title, right styled.Line) {
	title = styled.Line{styled.T(styled.Strong, "Preflight"), styled.T(styled.Normal, " "+first(p.value.Of, p.asked))}
	if p.has {
		title = append(title, styled.T(styled.Muted, " "+text.Counted(len(p.own.Report.Findings), "finding")))
	}
	if f := p.Filtered(); f != "" {
		title = append(title, styled.T(styled.Accent, "  /"+f))
	}
	return title, backHint()
}

// Offers lists what the page answers: as the findings do, and looking again.
func (p *PreflightPage) Offers() []keymap.Offer {
	again := keymap.Offer{Action: keymap.Preflight, Label: "look again"}
	if p.reading {
		again.Disabled = "it is being run"
	}
	out := []keymap.Offer{}
	for _, o := range p.findings.Offers() {
		if o.Action == keymap.Back {
			o = keymap.Offer{Action: keymap.Back}
		}
		out = append(out, o)
	}
	return append(out, again)
}

// Do answers an action. What the findings would open or plan is opened and planned of
// this preflight.
func (p *PreflightPage) Do(a keymap.Action) Request {
	switch a {
	case keymap.Preflight:
		p.told = nil
		return p.Start()
	case keymap.Back:
		if p.Filtered() == "" && len(p.findings.table.Marked()) == 0 {
			return Close{}
		}
	}
	return p.of(p.findings.Do(a))
}

// of turns what a pane asks for into the same of this preflight.
func (p *PreflightPage) of(r Request) Request {
	switch r := r.(type) {
	case Open:
		if p.own.Report.Find(r.Subject.Finding) == nil {
			return r
		}
		d := &foretoldDetail{NewDetail(p.own), p}
		d.Follow(r.Subject)
		return OpenPage{Page: d}
	case Plan:
		r.Of = p
		return r
	}
	return r
}

// Filter shows what matches.
func (p *PreflightPage) Filter(s string) { p.findings.Filter(s) }

// Filtered is the text of the filter.
func (p *PreflightPage) Filtered() string { return p.findings.Filtered() }

// Place is the selected row's place.
func (p *PreflightPage) Place() (at, of int) { return p.findings.Place() }

// Click selects the row drawn at a line.
func (p *PreflightPage) Click(line int) bool { return p.findings.Click(line - p.above) }

// Draw returns exactly h lines of w cells.
func (p *PreflightPage) Draw(w, h int, focused bool) []string {
	th := p.own.Theme
	head := p.head()
	if !p.has {
		return drawText(th, head, w, h)
	}
	top := p.wrapped(head, w, h/2)
	p.above = len(top)
	if len(p.own.Report.Findings) == 0 {
		nothing := []styled.Line{styled.Of(styled.Good, "Nothing is foretold to go wrong.")}
		return widget.Fill(append(append(top, p.wrapped(nothing, w, h)...), p.wrapped(p.changes(), w, h)...), w, h)
	}
	p.findings.Follow(true)
	room := h - len(top)
	below := p.wrapped(p.changes(), w, max(room-2*p.findings.table.Shown()-p.findings.below-1, 0))
	return append(append(top, p.findings.Draw(w, room-len(below), focused)...), below...)
}

// wrapped draws lines, at most h of the screen.
func (p *PreflightPage) wrapped(list []styled.Line, w, h int) []string {
	rows := 0
	for _, l := range list {
		rows += len(widget.Wrap(l, w-2, 0))
	}
	return drawText(p.own.Theme, list, w, min(rows, h))
}

// head is what stands above what is foretold.
func (p *PreflightPage) head() []styled.Line {
	var out []styled.Line
	switch {
	case p.reading && p.has:
		out = append(out, styled.Of(styled.Muted, "Looking again "+p.own.Theme.Cut))
	case p.reading:
		out = append(out, styled.Of(styled.Muted, "Rendering the chart, and asking the server what it would do "+p.own.Theme.Cut))
	case p.err != nil:
		out = append(out, styled.Line{styled.T(styled.Bad, "Nothing can be foretold: "), styled.T(styled.Normal, sentence(p.err.Error()))})
	}
	return append(out, p.told...)
}

// changes is what an upgrade would do, after a heading.
func (p *PreflightPage) changes() []styled.Line {
	if len(p.value.Changes) == 0 {
		return nil
	}
	return append([]styled.Line{styled.L(""), styled.Of(styled.Strong, "The upgrade changes")}, p.value.Changes...)
}

// foretoldDetail is the detail of something that a preflight foretells.
type foretoldDetail struct {
	*Detail
	of *PreflightPage
}

// Title says that it is foretold.
func (d *foretoldDetail) Title() (title, right styled.Line) {
	title, _ = d.Detail.Title()
	return append(styled.Of(styled.Muted, "Foretold of "), title...), backHint()
}

// Do answers an action.
func (d *foretoldDetail) Do(a keymap.Action) Request { return d.of.of(d.Detail.Do(a)) }

// Wanted says what became of a finding that was to be prevented: gone, still there, or
// resting on values that nothing here changes.
func Wanted(r *engine.Report, id finding.ID) (l styled.Line, gone bool) {
	f := r.Find(id)
	switch {
	case f == nil:
		return styled.Line{styled.T(styled.Good, "Foretold no longer: "), styled.T(styled.Normal, string(id))}, true
	case f.Grade == finding.Inferred:
		return styled.Line{styled.T(styled.Medium, "Applied; preflight still says: "), styled.T(styled.Normal, f.Summary)}, true
	}
	return styled.Line{styled.T(styled.Bad, "Applied, but still foretold: "), styled.T(styled.Normal, fmt.Sprintf("%s (%s)", f.Summary, id))}, false
}
