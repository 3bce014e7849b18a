package views

import (
	"fmt"
	"strings"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// Findings is the pane of what is wrong, symptoms folded under their cause.
type Findings struct {
	browse[findingRow, finding.ID]
	open  map[finding.ID]bool
	all   []findingRow
	of    *engine.Report // what they were made from,
	with  Waivers        // and what was accepted then
	below int            // lines below causes that are folded
	roomy bool           // every row has room for its sentence
	tall  bool           // those of what is down now have
	broad bool           // there is a column for the impact
	slim  bool           // a sign alone tells the severity
	news  news
}

func newFindings(env *Env, info PaneInfo) *Findings {
	p := &Findings{open: map[finding.ID]bool{}}
	p.browse = browse[findingRow, finding.ID]{
		env: env, info: info,
		subject: func(r findingRow) Subject { return Subject{r.id, r.Subject} },
		total: func() int {
			if env.Report == nil {
				return 0
			}
			return len(env.Report.Findings)
		},
		hidden: p.outOfScope,
		table: widget.NewTable(widget.Spec[findingRow, finding.ID]{
			Key:    func(r findingRow) finding.ID { return r.id },
			Indent: func(r findingRow) int { return 2 * r.depth },
			Sign:   func(r findingRow) string { return p.news.sign(r) },
			Under:  p.under,
			Below:  func(r findingRow) bool { return r.depth > 0 },
			Match:  matchText,
			Columns: []widget.Column[findingRow]{
				{
					Title: "severity", First: true, Min: 1, Tight: true, Cell: func(r findingRow) styled.Span {
						sign := severitySign(env.Theme, r.Finding)
						if p.slim {
							sign.Text, _, _ = strings.Cut(sign.Text, " ")
						}
						return styled.T(r.tint(sign.Role), sign.Text)
					},
					Order: compareRows,
				},
				{Title: "probe", First: true, Min: 20, Max: 28, Keep: 2, Cell: func(r findingRow) styled.Span { return styled.T(r.tint(styled.Normal), string(r.Probe)) }},
				{
					Title: "subject", Min: 18, Grow: true, Middle: true, Cell: func(r findingRow) styled.Span {
						return styled.T(r.tint(styled.Normal), subjectText(r.Finding)+r.times())
					},
					Short: func(r findingRow) styled.Span { return styled.T(r.tint(styled.Normal), placeText(r.Finding)+r.times()) },
				},
				{
					Title: "impact", Right: true, Tight: true, Cell: func(r findingRow) styled.Span {
						if !p.broad {
							return styled.Span{} // it stands before the sentence
						}
						return impactSpan(r)
					},
					Order: func(a, b findingRow) int { return b.impact.Rank() - a.impact.Rank() },
				},
				{Title: "fix", Min: 1, Keep: 1, Tight: true, Cell: func(r findingRow) styled.Span {
					if len(env.Plannable(r.Finding)) == 0 {
						return styled.Span{}
					}
					return styled.T(styled.Accent, "f")
				}},
				{
					Title: "age", Min: 3, Keep: 1, Right: true, Cell: func(r findingRow) styled.Span { return styled.T(styled.Muted, env.Age(r.Since)) },
					Order: func(a, b findingRow) int { return b.Since.Compare(a.Since) },
				},
			},
		}),
	}
	return p
}

// Load builds the rows again.
func (p *Findings) Load() {
	if p.env.Report == nil {
		p.table.SetItems(nil)
		return
	}
	if p.of != p.env.Report || p.with != p.env.Waivers {
		p.all, p.of, p.with = folded(p.env.Report, p.env.why), p.env.Report, p.env.Waivers
	}
	p.news.observe(p.env.Report, p.env.knows().settled())
	rows := make([]findingRow, 0, len(p.all))
	for _, r := range p.all {
		if !p.shows(r) {
			continue
		}
		if len(r.under()) == 0 || !p.open[r.id] {
			rows = append(rows, r)
			continue
		}
		r.folded = false
		rows = append(rows, r)
		for i, f := range r.under() {
			row := findingRow{Finding: f, id: f.ID(), depth: 1, accepted: p.env.why(f)}
			if row.counts(f); i < len(r.alike) {
				row.reaches(p.env.Report, f) // a symptom is down as its cause is: said once
			}
			rows = append(rows, row)
		}
	}
	p.below = 0
	for _, r := range rows {
		if r.folded && len(r.under()) > 0 {
			p.below++
		}
	}
	p.take(rows, true)
}

// broadList is the width from which the list of findings has a column for the impact, and
// needs to cut neither probes nor subjects for it.
const broadList = 76

// slimList is the width below which a sign alone tells the severity, so that probes are
// whole and the age is seen.
const slimList = 60

// tallList is the height from which what is down now says its sentence, though then not
// every row is seen at once.
const tallList = 12

// Draw lets every row say its sentence where all of them have room for it, and else those
// that tell what is down now.
func (p *Findings) Draw(w, h int, focused bool) []string {
	n := p.table.Shown()
	p.roomy = 2*n+min(n, p.below) <= h
	p.tall, p.broad, p.slim = h >= tallList, w >= broadList, w < slimList
	return p.browse.Draw(w, h, focused)
}

// speaks reports whether a row has its sentence below it.
func (p *Findings) speaks(r findingRow) bool {
	return p.roomy || r.accepted != "" || p.tall && (r.impact.Down() || r.worst == finding.Critical)
}

func (p *Findings) shows(r findingRow) bool {
	if r.worst < p.env.Severity && !r.hides {
		return false // what could not be looked at may be as severe as anything
	}
	in := p.env.In(r.Subject.Namespace)
	for _, f := range r.under() {
		in = in || p.env.In(f.Subject.Namespace)
	}
	return in
}

// under are the lines below a row: its sentence where there is room, and of a cause the
// worst of what it explains, and how many.
func (p *Findings) under(r findingRow) (out []styled.Line) {
	th := p.env.Theme
	if p.speaks(r) {
		line := styled.Line{styled.T(styled.Muted, strings.Repeat(" ", 2*r.depth+8))}
		if impact := impactSpan(r); !p.broad && impact.Text != "" {
			line = append(line, impact, styled.T(styled.Normal, "  "))
		}
		if r.accepted != "" { // which its colour alone does not say
			line = append(line, styled.T(styled.Normal, r.accepted+"  "))
		}
		out = append(out, append(line, styled.T(styled.Muted, r.Summary)))
	}
	if !r.folded || len(r.under()) == 0 {
		return out
	}
	if n := len(r.alike); n > 0 {
		line := fmt.Sprintf("        %s%d more %s the same: %s", th.Last, n, text.Plural(n, "says", "say"), names(r.alike))
		if len(r.below) > 0 {
			line += "; " + text.Counted(len(r.below), "symptom") + ": " + probeNames(r.below)
		}
		return append(out, styled.Line{styled.T(styled.Muted, line)})
	}
	worst := r.below[0]
	l := styled.Line{styled.T(styled.Muted, "        "+th.Last)}
	if worst.Severity > r.Severity {
		l = append(l, severitySign(th, worst), styled.T(styled.Normal, " "))
	}
	if n := len(r.below); n > 1 {
		l = append(l, styled.T(styled.Muted, text.Counted(n, "symptom")+": "+probeNames(r.below)))
	} else {
		l = append(l, styled.T(styled.Muted, string(worst.Probe)+"  "+subjectText(worst)))
	}
	return append(out, l)
}

func (p *Findings) outOfScope() styled.Line {
	total := text.Counted(len(p.env.Report.Findings), "finding")
	if p.env.Severity > finding.Low {
		return styled.Line{
			styled.T(styled.Normal, fmt.Sprintf("%s, none in %s at or above %s. ", total, p.env.extent(), p.env.Severity)),
			styled.T(styled.Accent, "s"), styled.T(styled.Muted, " changes the threshold"),
		}
	}
	return styled.Line{
		styled.T(styled.Normal, fmt.Sprintf("%s, none in %s. ", total, p.env.extent())),
		styled.T(styled.Accent, "n"), styled.T(styled.Muted, " chooses namespaces"),
	}
}

// Forget forgets what was news: another cluster is looked at.
func (p *Findings) Forget() { p.news = news{} }

// Chosen are the findings that the marked rows stand for, or the selected row, with all
// that is folded under it.
func (p *Findings) Chosen() (list []*finding.Finding) {
	rows := p.table.Marked()
	if r, ok := p.table.Selected(); ok && len(rows) == 0 {
		rows = append(rows, r)
	}
	for _, r := range rows {
		list = append(list, r.Finding)
		if r.folded {
			list = append(list, r.under()...)
		}
	}
	return list
}

// Alike are the findings that share the row of one, and say the same.
func (p *Findings) Alike(id finding.ID) []*finding.Finding {
	for _, r := range p.all {
		if r.id == id {
			return r.alike
		}
	}
	return nil
}

// Title adds to the count what of it does not count, and the threshold.
func (p *Findings) Title() (title, right styled.Line) {
	title, right = p.browse.Title()
	n := 0
	for _, r := range p.all {
		if r.accepted != "" && p.shows(r) {
			n += 1 + len(r.alike)
		}
	}
	if n > 0 {
		title = append(title, styled.T(styled.Muted, fmt.Sprintf("  %d accepted", n)))
	}
	if p.env.Severity > finding.Low {
		title = append(title, styled.T(styled.Accent, "  "+p.env.Severity.String()+" and above"))
	}
	return title, right
}

// Offers adds planning, marking and folding.
func (p *Findings) Offers() []keymap.Offer {
	fix := keymap.Offer{Action: keymap.Fix}
	unfold := keymap.Offer{Action: keymap.Unfold, Disabled: "nothing is folded here"}
	fold := keymap.Offer{Action: keymap.Fold, Disabled: "nothing is unfolded here"}
	r, ok := p.table.Selected()
	switch marked := p.table.Marked(); {
	case !ok:
		fix.Disabled = "nothing is selected"
	case len(marked) > 0:
		fix.Label = fmt.Sprintf("plan %d marked", len(marked))
		if p.env.ReadOnly {
			fix.Label = "plan (read-only)"
		}
	default:
		fix = p.env.fixOffer(r.Finding)
		if n := len(r.alike); r.folded && n > 0 && len(r.Fixes) > 0 && !p.env.ReadOnly {
			fix.Label = fmt.Sprintf("plan all %d", 1+n)
		}
	}
	if ok && len(r.under()) > 0 {
		if r.folded {
			unfold.Disabled = ""
		} else {
			fold.Disabled = ""
		}
	}
	if ok && r.depth > 0 {
		fold.Disabled = ""
	}
	return append(p.offers(fix), unfold, fold)
}

// Do answers an action. What a key selects is no news any more.
func (p *Findings) Do(a keymap.Action) Request {
	done := p.act(a)
	if r, ok := p.table.Selected(); ok {
		p.news.seen(r)
	}
	return done
}

func (p *Findings) act(a keymap.Action) Request {
	if r, ok := p.do(a); ok {
		return r
	}
	r, ok := p.table.Selected()
	if !ok {
		return nil
	}
	switch a {
	case keymap.Fix:
		if marked := p.table.Marked(); len(marked) > 0 {
			var list []*finding.Finding
			for _, m := range marked {
				list = append(list, m.all()...)
			}
			return Plan{Findings: list}
		}
		return Plan{Findings: r.all()}
	case keymap.Unfold:
		p.open[r.id] = true
		p.Load()
	case keymap.Fold:
		p.fold(r)
	}
	return nil
}

func (p *Findings) fold(r findingRow) {
	id := r.id
	for _, top := range p.all {
		for _, f := range top.under() {
			if f.ID() == id {
				id = top.id
			}
		}
	}
	delete(p.open, id)
	p.table.Select(id)
	p.Load()
}

// Show selects the finding, unfolding its cause where it stands under one.
func (p *Findings) Show(s Subject) bool {
	for _, r := range p.all {
		if r.id == s.Finding {
			p.table.Select(r.id)
			return true
		}
		for _, f := range r.under() {
			if f.ID() == s.Finding {
				p.open[r.id] = true
				p.Load()
				p.table.Select(s.Finding)
				return true
			}
		}
	}
	return false
}

// Counts are the severities of the rows that stand for themselves, and how many
// of those explain others.
func (p *Findings) Counts() (by map[finding.Severity]int, unknown, causes int) {
	by = map[finding.Severity]int{}
	for _, r := range p.all {
		if !p.shows(r) || r.accepted != "" {
			continue
		}
		if !r.known {
			unknown += 1 + len(r.alike)
			continue
		}
		by[r.worst] += 1 + len(r.alike)
		if len(r.below) > 0 {
			causes++
		}
	}
	return by, unknown, causes
}
