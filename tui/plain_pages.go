package tui

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/diagram"
	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	cluster "github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/report"
	"github.com/careen-tui/careen/views"
)

// batch is how many rows are printed at once.
const batch = 20

// list prints the rows of a pane, some at a time, and opens those that are chosen.
func (p *plain) list(pane views.Browser) error {
	at := 0
	var shown []views.Subject // by number: rows come and go while one types
	for {
		pane.Load()
		_, of := pane.Place()
		if at >= of {
			at = 0
		}
		p.say("\n%s", flat(first(pane.Title())))
		subjects, texts := p.rows(pane, at, batch)
		for i, text := range texts {
			p.say("%d. %s", at+i+1, text)
		}
		if of == 0 {
			p.page(pane)
		}
		what := "A number opens, /TEXT filters, / shows all, b goes back."
		if at+batch < of {
			what = fmt.Sprintf("A number opens, Enter shows more (%d to %d of %d), /TEXT filters, / shows all, b goes back.", at+batch+1, min(at+2*batch, of), of)
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
			pane.Filter(strings.TrimSpace(text[1:]))
			at = 0
		case ok:
			if err := inside(p.open(shown[n])); err != nil {
				return err
			}
		default:
			p.say("%q is not one of the choices.", text)
		}
	}
}

// way is one thing that can be chosen on a page.
type way struct {
	text string
	walk func() error
}

// open prints what is known of a subject, and what can be done from there.
func (p *plain) open(s views.Subject) error {
	for {
		detail := views.NewDetail(p.env)
		detail.Follow(s)
		p.page(detail)
		ways := p.ways(s)
		p.say("")
		for i, w := range ways {
			p.say("%d. %s", i+1, w.text)
		}
		text, err := p.ask("A number goes there, Enter prints this again, b goes back.")
		if err != nil {
			return err
		}
		n, ok := pick(text, len(ways))
		switch {
		case text == "":
		case !ok:
			p.say("%q is not one of the choices.", text)
		default:
			if err := inside(ways[n].walk()); err != nil {
				return err
			}
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
