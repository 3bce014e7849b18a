package views

import (
	"cmp"
	"maps"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// everyNamespace is the first choice; no namespace can have this name.
const everyNamespace = "all namespaces"

type namespaceRow struct {
	name           string
	findings       int
	worst          finding.Severity
	releases, pods int
}

// NamespaceChoice is the list from which the namespaces looked at are chosen.
type NamespaceChoice struct {
	choice[namespaceRow, string]
}

// NewNamespaceChoice makes the list, with the present choice marked.
func NewNamespaceChoice(env *Env) *NamespaceChoice {
	p := &NamespaceChoice{choice[namespaceRow, string]{env: env}}
	number := func(n int) styled.Span {
		if n == 0 {
			return styled.T(styled.Muted, "-")
		}
		return styled.T(styled.Normal, text.Count(n))
	}
	p.table = widget.NewTable(widget.Spec[namespaceRow, string]{
		Header: true,
		Key:    func(r namespaceRow) string { return r.name },
		Match:  func(r namespaceRow) string { return r.name },
		Columns: []widget.Column[namespaceRow]{
			{Title: "namespace", Min: 12, Grow: true, Middle: true, Cell: func(r namespaceRow) styled.Span { return styled.T(styled.Normal, r.name) }},
			{Title: "findings", Right: true, Keep: 3, Cell: func(r namespaceRow) styled.Span {
				s := number(r.findings)
				if r.findings > 0 {
					s.Role = severityRole(r.worst)
				}
				return s
			}, Order: func(a, b namespaceRow) int { return cmp.Compare(b.findings, a.findings) }},
			{
				Title: "releases", Right: true, Keep: 2, Cell: func(r namespaceRow) styled.Span { return number(r.releases) },
				Order: func(a, b namespaceRow) int { return cmp.Compare(b.releases, a.releases) },
			},
			{
				Title: "pods", Right: true, Keep: 1, Cell: func(r namespaceRow) styled.Span { return number(r.pods) },
				Order: func(a, b namespaceRow) int { return cmp.Compare(b.pods, a.pods) },
			},
		},
	})
	for n := range env.Namespaces {
		p.table.SetMark(n, true)
	}
	p.Load()
	return p
}

// Load lists the namespaces that are known.
func (p *NamespaceChoice) Load() {
	rows := []namespaceRow{{name: everyNamespace}}
	if w := p.env.Report; w != nil {
		by := map[string]*namespaceRow{}
		for _, n := range w.Snapshot.Namespaces() {
			space := w.Snapshot.Space(n)
			rows = append(rows, namespaceRow{name: n, releases: len(space.Releases()), pods: len(space.Tables[model.KindPod])})
		}
		for i := range rows {
			by[rows[i].name] = &rows[i]
		}
		for _, f := range w.Findings {
			for _, n := range []string{f.Subject.Namespace, everyNamespace} {
				if r := by[n]; r != nil {
					r.findings++
					r.worst = max(r.worst, f.Severity)
				}
			}
		}
		for _, r := range rows[1:] {
			rows[0].releases += r.releases
			rows[0].pods += r.pods
		}
	}
	p.table.SetItems(rows)
}

// Title counts the marks.
func (p *NamespaceChoice) Title() (title, right styled.Line) {
	title = styled.Line{styled.T(styled.Strong, "Namespaces"), styled.T(styled.Muted, "  "+text.Count(p.table.Len()-1))}
	if f := p.table.Filtered(); f != "" {
		title = append(title, styled.T(styled.Accent, "  /"+f))
	}
	return title, styled.Of(styled.Muted, "space marks several")
}

// Offers lists what a choice answers.
func (p *NamespaceChoice) Offers() []keymap.Offer {
	none := ""
	if p.table.Shown() == 0 {
		none = "nothing matches"
	}
	return p.offers(keymap.Offer{Action: keymap.Open, Label: "choose", Disabled: none}, keymap.Offer{Action: keymap.Mark, Disabled: none})
}

// Do answers an action.
func (p *NamespaceChoice) Do(a keymap.Action) Request {
	switch a {
	case keymap.Mark:
		if r, ok := p.table.Selected(); ok && r.name != everyNamespace {
			p.table.Mark()
		}
		return nil
	case keymap.Open:
		return p.choose()
	}
	return p.choice.Do(a)
}

// choose takes what is marked, and what is selected where nothing is.
func (p *NamespaceChoice) choose() Request {
	r, ok := p.table.Selected()
	if !ok {
		return nil
	}
	if r.name == everyNamespace {
		return Choose{}
	}
	chosen := map[string]bool{}
	for _, m := range p.table.Marked() {
		chosen[m.name] = true
	}
	if len(chosen) == 0 || maps.Equal(chosen, p.env.Namespaces) {
		chosen = map[string]bool{r.name: true}
	}
	return Choose{chosen}
}

// Draw returns exactly h lines of w cells.
func (p *NamespaceChoice) Draw(w, h int, focused bool) []string {
	return p.draw("namespace", w, h, focused)
}
