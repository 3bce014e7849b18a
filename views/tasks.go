package views

import (
	"strconv"
	"strings"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// TaskLine is one of the things that can be asked for an object: a plan by its id, or a
// command to be copied, which careen does not run.
type TaskLine struct{ ID, Title, Note, Command string }

// Tasks is the list of what can be asked for an object without a finding. What is chosen
// is planned, and nothing is applied before its plan was seen.
type Tasks struct {
	choice[TaskLine, string]
	ref model.Ref
}

// CopyTasks are the commands for what careen never does itself: a shell in a pod, a port
// of it on this machine.
func (e *Env) CopyTasks(ref model.Ref) (out []TaskLine) {
	if e.Report == nil {
		return nil
	}
	target := strings.ToLower(string(ref.Kind)) + "/" + ref.Name
	shell := func(t *model.Template) {
		for _, c := range t.Containers {
			if c.Init && !c.Sidecar {
				continue
			}
			words := []string{"exec", "-it", target, "-c", c.Name, "--", "sh"}
			out = append(out, TaskLine{ID: "exec " + c.Name, Title: "Copy: a shell in " + c.Name, Command: kubectl(ref, words...)})
		}
		for _, c := range t.Containers {
			for _, port := range c.Ports {
				out = append(out, forward(ref, target, port.Number))
			}
		}
	}
	switch r := e.Report.Snapshot.Row(ref).(type) {
	case *model.Pod:
		shell(r.Template)
	case *model.Workload:
		if ref.Kind != model.KindCronJob {
			shell(&r.Template)
		}
	case *model.Service:
		for _, p := range r.Ports {
			out = append(out, forward(ref, target, p.Number))
		}
	}
	out = out[:min(len(out), mostCopies)]
	for i := range out {
		out[i].Note = out[i].Command
	}
	return out
}

// mostCopies bounds the commands of one object.
const mostCopies = 20

func forward(ref model.Ref, target string, port int32) TaskLine {
	n := strconv.Itoa(int(port))
	return TaskLine{ID: "forward " + n, Title: "Copy: port " + n + " on this machine", Command: kubectl(ref, "port-forward", target, n+":"+n)}
}

// NewTasks makes the list.
func NewTasks(env *Env, ref model.Ref, list []TaskLine) *Tasks {
	p := &Tasks{choice: choice[TaskLine, string]{env: env}, ref: ref}
	p.table = widget.NewTable(widget.Spec[TaskLine, string]{
		Key:   func(t TaskLine) string { return t.ID },
		Match: func(t TaskLine) string { return t.Title + " " + t.Note },
		Columns: []widget.Column[TaskLine]{
			{Title: "task", First: true, Min: 10, Cell: func(t TaskLine) styled.Span { return styled.T(styled.Strong, t.Title) }},
			{Title: "note", Min: 10, Grow: true, Cell: func(t TaskLine) styled.Span { return styled.T(styled.Muted, t.Note) }},
		},
	})
	p.table.SetItems(list)
	return p
}

// Load has nothing to take over: the list does not change under the cursor.
func (p *Tasks) Load() {}

// Title names the object.
func (p *Tasks) Title() (title, right styled.Line) {
	return append(styled.Of(styled.Strong, "What to do with "), refTitle(p.ref)...), styled.Of(styled.Muted, "enter plans it")
}

// Offers lists what a choice answers.
func (p *Tasks) Offers() []keymap.Offer {
	plan := keymap.Offer{Action: keymap.Open, Label: "plan it"}
	if t, ok := p.table.Selected(); ok && t.Command != "" {
		plan.Label = "copy the command"
	}
	if p.table.Shown() == 0 {
		plan.Disabled = "nothing is selected"
	}
	return p.offers(plan)
}

// Do answers an action.
func (p *Tasks) Do(a keymap.Action) Request {
	if a == keymap.Open {
		if t, ok := p.table.Selected(); ok {
			if t.Command != "" {
				return Copy{"the command", t.Command}
			}
			return PlanTask{Ref: p.ref, ID: t.ID}
		}
		return nil
	}
	return p.choice.Do(a)
}

// Draw returns exactly h lines of w cells.
func (p *Tasks) Draw(w, h int, focused bool) []string { return p.draw("task", w, h, focused) }
