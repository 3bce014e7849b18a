package tui

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	cluster "github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/repair"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views"
)

// respond does what a pane asked for, as answer does where there is a screen.
func (p *plain) respond(from views.Pane, r views.Request) error {
	n := len(p.pages)
	switch r := r.(type) {
	case nil:
	case views.Open:
		return inside(p.reach(r.Subject))
	case views.OpenPage:
		if s, ok := r.Page.(interface{ Subject() views.Subject }); ok && r.Page.Scope() == keymap.InDetail && !p.env.Unread(s.Subject().Ref) {
			return inside(p.open(s.Subject()))
		}
		p.pump(p.push(r.Page))
		return p.settle(n)
	case views.ListKind:
		p.close()
		n = len(p.pages)
		p.pump(p.push(views.NewKindPage(p.env, r.Kind)))
		return p.settle(n)
	case views.Around:
		p.around(r.Ref)
	case views.Fetch:
		p.pump(p.fetch(from, r))
	case views.Plan:
		return inside(p.planThese(r.Findings))
	case views.PlanTask:
		return inside(p.task(r))
	case views.PlanRollback:
		return inside(p.plan(func(ctx context.Context, _ repair.Inputs) (*repair.Plan, error) {
			return p.opts.Mender.PlanRollback(ctx, p.latest.Load(), r.Release, r.Revision)
		}))
	case views.PlanUninstall:
		return inside(p.plan(func(ctx context.Context, _ repair.Inputs) (*repair.Plan, error) {
			return p.opts.Mender.PlanUninstall(ctx, p.latest.Load(), r.Release)
		}))
	case views.Copy: // there is no clipboard that lines could reach
		p.say("%s:\n%s", capital(r.What), r.Text)
	case views.CopyHidden:
		p.say("%s is not copied where there is no screen.", capital(r.What))
	case views.Foretell:
		p.close()
		return inside(p.foretold(r.Asked))
	case views.Switch:
		p.close()
		if r.Context == p.env.Context {
			p.say("This is already %s.", r.Context)
			return nil
		}
		return inside(p.enter(r.Context))
	case views.Choose:
		p.pump(p.answer(from, r))
		p.say("Looking at %s.", p.extent())
	case views.Run:
		p.close()
		return p.perform(p.focused(), r.Action)
	case views.Ask:
		return p.perform(from, r.Action)
	case views.Only:
		p.close()
		p.findings.Filter(r.Probe)
		return inside(p.list(p.findings))
	default:
		p.pump(p.answer(from, r))
	}
	return p.settle(max(n, len(p.pages)))
}

// reach opens a subject: a release where its records can be read, an object of a kind that
// is not watched by reading it.
func (p *plain) reach(s views.Subject) error {
	if s.Finding != "" || !p.env.Unread(s.Ref) {
		return p.open(s)
	}
	n := len(p.pages)
	p.pump(p.push(views.NewObjectRead(p.env, s.Ref)))
	return p.settle(n)
}

// records shows the revisions of a release, and what they hold.
func (p *plain) records(release cluster.Ref) error {
	n := len(p.pages)
	p.pump(p.push(views.NewHistory(p.env, release)))
	return p.settle(n)
}

// planThese plans what there is for findings: one of the fixes of one, or the first of each
// of several.
func (p *plain) planThese(list []*finding.Finding) error {
	if p.opts.Mender == nil {
		p.page(views.NewFixPage(p.env, list, p.env.NoPlan))
		return nil
	}
	_, choices := p.alternatives(list, p.latest.Load)
	at := 0
	if len(choices) > 1 {
		for i, c := range choices {
			p.say("%d. %s", i+1, c.title)
		}
		text, err := p.ask("A number plans that, b goes back.")
		if err != nil {
			return err
		}
		var ok bool
		if at, ok = pick(text, len(choices)); !ok {
			p.say("Nothing is planned: %q is not one of the choices.", text)
			return nil
		}
	}
	return p.plan(choices[at].make)
}

// task plans what was chosen of what can be done with an object.
func (p *plain) task(r views.PlanTask) error {
	tasks := repair.Tasks(p.env.Report, r.Ref)
	i := slices.IndexFunc(tasks, func(t repair.Task) bool { return t.ID == r.ID })
	if i < 0 {
		p.say("%s changed meanwhile: look again.", r.Ref)
		return nil
	}
	if tasks[i].Ask != "" {
		var err error
		if r.Typed, err = p.ask(capital(tasks[i].Ask) + "; b gives up."); err != nil || r.Typed == "" {
			return err
		}
	}
	return p.plan(func(ctx context.Context, _ repair.Inputs) (*repair.Plan, error) {
		return p.opts.Mender.PlanTask(ctx, p.latest.Load(), r.Ref, tasks[i], r.Typed)
	})
}

// extent names the namespaces looked at.
func (p *plain) extent() string {
	if p.env.Namespaces == nil {
		return "all namespaces"
	}
	return strings.Join(slices.Sorted(maps.Keys(p.env.Namespaces)), ", ")
}

// capital is a text as the beginning of a sentence.
func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
