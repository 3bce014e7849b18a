package tui

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/careen-tui/careen/internal/diagram"
	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	cluster "github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/report"
	textual "github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views"
)

// batch is how many rows are printed at once.
const batch = 20

// list prints the rows of a pane, some at a time, and opens those that are chosen.
func (p *plain) list(list views.Browser) error {
	at := 0
	var shown []views.Subject // by number: rows come and go while one types
	for {
		p.active, p.right = p.panes[slices.IndexFunc(p.panes, func(o pane) bool { return o.browser == list })].ID, false
		list.Load()
		_, of := list.Place()
		if at >= of {
			at = 0
		}
		p.say("\n%s", flat(first(list.Title())))
		subjects, texts := p.rows(list, at, batch)
		for i, text := range texts {
			p.say("%d. %s", at+i+1, text)
		}
		if of == 0 {
			p.page(list)
		}
		const keys = "a key and numbers do what the key does there (? lists the keys), : finds anything"
		what := "A number opens, " + keys + ", /TEXT filters, / shows all, b goes back."
		if at+batch < of {
			what = fmt.Sprintf("A number opens, Enter shows more (%d to %d of %d), "+keys+", /TEXT filters, / shows all, b goes back.", at+batch+1, min(at+2*batch, of), of)
		}
		text, err := p.ask(what)
		if err != nil {
			return err
		}
		shown = append(shown[:min(at, len(shown))], subjects...)
		n, ok := pick(text, len(shown))
		switch {
		case text == "":
			at += batch
		case strings.HasPrefix(text, "/"):
			list.Filter(strings.TrimSpace(text[1:]))
			at = 0
		case ok:
			if err := inside(p.open(shown[n])); err != nil {
				return err
			}
		default:
			word, rows := rowsNamed(text, shown)
			if len(rows) > 0 {
				err = p.keyed(list, word, rows)
			} else {
				err = p.typed(list, text)
			}
			if err != nil {
				return err
			}
		}
	}
}

// rowsNamed are the rows whose numbers follow a word; none where anything else does.
func rowsNamed(text string, shown []views.Subject) (word string, rows []views.Subject) {
	words := strings.Fields(text)
	for _, w := range words[1:] {
		n, ok := pick(w, len(shown))
		if !ok {
			return text, nil
		}
		rows = append(rows, shown[n])
	}
	return words[0], rows
}

// way is one thing that can be chosen on a page.
type way struct {
	text string
	walk func() error
}

// open prints what is known of a subject, and what can be done from there.
func (p *plain) open(s views.Subject) error {
	page, n := views.NewDetailOver(p.env, s), len(p.pages)
	p.pages, p.right = append(p.pages, opened{page, p.right}), true
	defer func() {
		if len(p.pages) > n {
			p.right = p.pages[n].right
			p.uncover(n)
		}
	}()
	if ask := p.env.AskUsage(s.Ref); ask != nil {
		p.pump(p.answer(nil, ask))
	}
	for {
		p.page(page)
		ways := p.ways(s)
		p.say("")
		for i, w := range ways {
			p.say("%d. %s", i+1, w.text)
		}
		what := "A number goes there, Enter prints this again, b goes back."
		if keys := p.others(page); keys != "" {
			what = "A number goes there, Enter prints this again, " + keys + ", : finds anything, b goes back."
		}
		text, err := p.ask(what)
		if err != nil {
			return err
		}
		at, ok := pick(text, len(ways))
		switch {
		case text == "":
		case !ok:
			err = p.typed(page, text)
		default:
			err = inside(ways[at].walk())
		}
		if err != nil {
			return err
		}
	}
}

// ways lists what can be chosen from a subject: its fixes, the findings about it,
// and the objects beside it.
func (p *plain) ways(s views.Subject) (out []way) {
	f := p.env.Report.Find(s.Finding)
	told := map[views.Subject]bool{s: true}
	to := func(how string, other views.Subject) {
		if told[other] || other.Ref.Name == "" {
			return
		}
		told[other] = true
		text := how + " " + other.Ref.String()
		if g := p.env.Report.Find(other.Finding); g != nil {
			text = fmt.Sprintf("%s %s of %s: %s", how, g.Probe, g.Subject, g.Summary)
		}
		out = append(out, way{text, func() error { return p.open(other) }})
	}
	if f != nil {
		for i, fix := range p.env.Plannable(f) {
			word := "Plan"
			if i >= len(f.Fixes) {
				word = "Prevention"
			}
			out = append(out, way{fmt.Sprintf("%s: %s (%s)", word, fix.Title, fix.Risk), func() error { return p.mendOne(f, fix.ID) }})
		}
		for _, id := range f.Causes {
			to("Cause:", views.Subject{Finding: id, Ref: subjectOf(p.env.Report, id)})
		}
		for _, id := range p.env.Report.Symptoms[f.ID()] {
			to("Symptom:", views.Subject{Finding: id, Ref: subjectOf(p.env.Report, id)})
		}
		for _, g := range p.findings.Alike(f.ID()) {
			to("The same:", views.Subject{Finding: g.ID(), Ref: g.Subject})
		}
		to("Object", views.Subject{Ref: f.Subject})
		for _, e := range f.Evidence {
			to("Object", views.Subject{Ref: e.Ref})
		}
	} else {
		for _, g := range p.env.Report.About(s.Ref) {
			to("Finding", views.Subject{Finding: g.ID(), Ref: g.Subject})
		}
		if g := p.env.Report.Graph; g != nil {
			for _, e := range g.Out(s.Ref) {
				to(string(e.Type), views.Subject{Ref: e.To})
			}
			for _, e := range g.In(s.Ref) {
				to(string(e.Type)+" of", views.Subject{Ref: e.From})
			}
		}
	}
	if s.Ref.Kind == cluster.KindRelease && s.Finding == "" && p.env.Inspector != nil {
		out = append(out, way{"History of " + s.Ref.String() + ": revisions, values, drift, notes, uninstall", func() error { return p.records(s.Ref) }})
	}
	if s.Ref.Name != "*" && !s.Ref.IsZero() {
		out = append(out, way{"Graph around " + s.Ref.String(), func() error { p.around(s.Ref); return nil }})
	}
	return out
}

func subjectOf(r *engine.Report, id finding.ID) cluster.Ref {
	if f := r.Find(id); f != nil {
		return f.Subject
	}
	return cluster.Ref{}
}

// draw asks for an object and prints the graph around it.
func (p *plain) draw() error {
	r := p.latest.Load()
	if r == nil {
		p.say("Nothing is known yet.")
		return nil
	}
	text, err := p.ask("Which object? KIND/NAME, deployment/web for example.")
	if err != nil {
		return err
	}
	ref, err := diagram.Find(r.Snapshot.Only(slices.Collect(maps.Keys(p.env.Namespaces))), text)
	if err != nil {
		p.say("%s.", strings.TrimSuffix(strings.ReplaceAll(err.Error(), "with -n", "under Namespaces on the first page"), "."))
		return nil
	}
	p.around(ref)
	return inside(p.open(views.Subject{Ref: ref}))
}

func (p *plain) around(ref cluster.Ref) {
	r := p.latest.Load()
	if r == nil {
		return
	}
	p.say("")
	if err := diagram.Formats.Write(p.out, "tree", diagram.Around(r, ref, 2, 200), report.Options{ASCII: true}); err != nil && p.failed == nil {
		p.failed = err
	}
}

// rows lists what n rows of a pane are about, with their texts.
func (p *plain) rows(pane views.Browser, from, n int) (list []views.Subject, texts []string) {
	pane.Follow(false)
	pane.Do(keymap.Top)
	for range from {
		pane.Do(keymap.Down)
	}
	_, of := pane.Place()
	for i := from; i < of && i < from+n; i++ {
		s := pane.Selected()
		text := strings.TrimSpace(ansi.Strip(strings.Join(pane.Draw(max(p.width, 120), 1, false), " ")))
		if f := p.env.Report.Find(s.Finding); f != nil {
			text = fmt.Sprintf("%s, %s, %s: %s", levelName(f), f.Probe, f.Subject, f.Summary)
			if k := len(p.env.Report.Symptoms[f.ID()]); k > 0 {
				text += fmt.Sprintf(" It explains %d more.", k)
			}
			if k := len(p.findings.Alike(f.ID())); k > 0 {
				text += fmt.Sprintf(" %d more %s the same.", k, textual.Plural(k, "says", "say"))
			}
			if why := p.why(f); why != "" {
				text += " It does not count: " + why + "."
			}
		}
		list, texts = append(list, s), append(texts, text)
		pane.Do(keymap.Down)
	}
	return list, texts
}

// why says why a finding does not count; "" where it does.
func (p *plain) why(f *finding.Finding) string {
	if p.env.Waivers == nil {
		return ""
	}
	return p.env.Waivers.Why(f)
}

func levelName(f *finding.Finding) string {
	if f.Grade == finding.Unknown {
		return "unknown"
	}
	return f.Severity.String()
}
