package views

import (
	"fmt"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/views/widget"
)

// status says what is not there yet, or why it is not.
func status[T any](l Loaded[T]) []para {
	switch {
	case l.Reading:
		return []para{textLine(widget.Muted, "Reading from the cluster ...")}
	case l.Err != nil:
		return []para{{Left: widget.Line{widget.T(widget.Bad, "Not read: "), widget.T(widget.Normal, sentence(l.Err.Error()))}}}
	}
	return nil
}

func (p *History) paras() []para {
	out := []para{blankLine()}
	switch {
	case p.reading && p.history == nil:
		return append(out, textLine(widget.Muted, "Reading from the cluster ..."))
	case p.err != nil:
		out = append(out, para{Left: widget.Line{widget.T(widget.Bad, "Not read: "), widget.T(widget.Normal, sentence(p.err.Error()))}})
	}
	if p.history == nil {
		return out
	}
	switch p.part {
	case partRevisions:
		return append(out, p.revisions()...)
	case partObjects:
		return append(out, p.objects()...)
	case partHooks:
		return append(out, p.hooks()...)
	case partUninstall:
		return append(out, p.uninstall()...)
	}
	return out
}

func (p *History) revisions() []para {
	e := p.env
	var out []para
	newest := &p.history.Revisions[0]
	if rel := p.Release(); rel != nil && rel.Newest().Revision > newest.Number {
		out = append(out, textLine(widget.Medium, "There is a newer revision than those read."), blankLine())
	}
	for i := range p.history.Revisions {
		out = append(out, p.revisionParas(&p.history.Revisions[i])...)
	}
	if p.history.Left > 0 {
		out = append(out, textLine(widget.Muted, counted("  of %s older revisions only the label was read", p.history.Left)))
	}
	if list := e.findingsOn(p.ref); len(list) > 0 {
		out = append(out, list...)
	}
	return out
}

func (p *History) revisionParas(r *inspect.Revision) []para {
	e := p.env
	state := first(r.Status, r.Label)
	left := widget.Line{
		widget.T(widget.Strong, fmt.Sprintf("%4d  ", r.Number)), widget.T(statusRole(state), widget.Pad(state, 16)),
		widget.T(widget.Normal, "  "+strings.TrimSpace(r.Chart+" "+r.Version)),
	}
	if r.App != "" {
		left = append(left, widget.T(widget.Muted, "  app "+r.App))
	}
	if r.Number == p.base {
		left = append(left, widget.T(widget.Accent, "  compared with"))
	}
	right := widget.Line{widget.T(widget.Muted, e.Clock(r.Updated)+"  "+e.Age(r.Updated))}
	out := []para{{Left: left, Right: right, Hang: 6, Stop: true, Key: stop{mark: "revision", number: r.Number}}}
	switch {
	case r.Problem != "":
		out = append(out, para{Left: widget.Line{widget.T(widget.Bad, "      "+sentence(r.Problem))}, Hang: 6})
	case r.Status != "" && r.Label != "" && r.Status != r.Label:
		out = append(out, para{Left: widget.Line{widget.T(widget.Medium, "      its label says "+r.Label)}, Hang: 6})
	}
	if r.Description != "" {
		out = append(out, para{Left: widget.Line{widget.T(widget.Muted, "      "+r.Description)}, Hang: 6})
	}
	return out
}

func (p *History) objects() []para {
	r := p.revision(p.chosen)
	out := status(p.live)
	if p.live.Value == nil {
		return out
	}
	block := make([]field, 0, len(p.live.Value.States))
	for _, s := range p.live.Value.States {
		f := field{name: refFrom(s.Ref, p.ref.Namespace), value: stateWord(s.Status), role: stateRole(s.Status), note: s.Message, to: Subject{Ref: s.Ref}}
		if s.Keep {
			f.note = strings.TrimSpace(f.note + "  kept on uninstall")
		}
		block = append(block, f)
	}
	if len(block) == 0 {
		return append(out, textLine(widget.Muted, "The manifest of this revision declares no objects."))
	}
	out = append(out, textLine(widget.Muted, fmt.Sprintf("%s as they were at %s.", plural(len(block), "object"), p.env.Clock(p.live.Value.Read))), blankLine())
	out = append(out, fields(1, "object", block)...)
	if r != nil && r.Trouble != "" {
		out = append(out, blankLine(), textLine(widget.Medium, sentence(r.Trouble)))
	}
	return out
}

// stateWord is a status of kstatus in the words of the other panes.
func stateWord(s string) string {
	switch s {
	case "NotFound":
		return "not there"
	case "InProgress":
		return "in progress"
	}
	return strings.ToLower(s)
}

func stateRole(s string) widget.Role {
	switch s {
	case "Current":
		return widget.Good
	case "Failed", "NotFound":
		return widget.Bad
	case "InProgress", "Terminating":
		return widget.Medium
	}
	return widget.Muted
}

func (p *History) hooks() []para {
	r := p.revision(p.chosen)
	if r == nil || len(r.Hooks) == 0 {
		return []para{textLine(widget.Muted, "This revision has no hooks.")}
	}
	var out []para
	for i, h := range r.Hooks {
		state, role := "never ran", widget.Muted
		if h.Phase != "" {
			state, role = strings.ToLower(h.Phase), widget.Normal
			switch h.Phase {
			case "Succeeded":
				role = widget.Good
			case "Failed":
				role = widget.Bad
			case "Running":
				role = widget.Medium
			}
		}
		line := widget.Line{widget.T(widget.Normal, " "+refFrom(h.Ref, p.ref.Namespace)+"  "), widget.T(role, state), widget.T(widget.Muted, "  "+strings.Join(h.Events, ", "))}
		if !h.Started.IsZero() {
			line = append(line, widget.T(widget.Muted, "  "+p.env.Clock(h.Started)))
			if d := h.Done.Sub(h.Started); !h.Done.IsZero() && d >= 0 {
				line = append(line, widget.T(widget.Muted, fmt.Sprintf(", took %s", d.Round(time.Second/10))))
			}
		}
		if p.env.missing(h.Ref) {
			line = append(line, widget.T(widget.Muted, "  not there any more"))
		}
		out = append(out, para{Left: line, Hang: 3, Stop: true, Key: stop{to: Subject{Ref: h.Ref}, mark: fmt.Sprint("hook", i)}})
	}
	return out
}

func (p *History) uninstall() []para {
	out := status(p.leaving)
	if !p.leaving.Done || p.leaving.Err != nil {
		return out
	}
	heads := []struct{ verb, title string }{
		{"", "What it would lose or leave behind"}, {"leave", "Left behind"}, {"keep", "Kept by policy"}, {"delete", "Deleted"},
	}
	for _, head := range heads {
		var block []para
		for i, l := range p.leaving.Value {
			if head.verb != l.Verb && (head.verb != "" || !l.Serious) || l.Serious && head.verb != "" {
				continue
			}
			line := widget.Line{widget.T(widget.Normal, "  "+refFrom(l.Ref, p.ref.Namespace)), widget.T(widget.Muted, lead(l.Text))}
			if l.Serious {
				line = widget.Line{widget.T(widget.Normal, "  "), levelWord(p.env.Theme, l.Verb), widget.T(widget.Normal, "  "+l.Text)}
			}
			block = append(block, para{Left: line, Hang: 4, Stop: true, Key: stop{to: Subject{Ref: l.Ref}, mark: fmt.Sprint("leave", i)}})
		}
		if len(block) > 0 {
			out = append(append(append(out, heading(head.title)), block...), blankLine())
		}
	}
	if len(out) == 0 {
		out = append(out, textLine(widget.Muted, "An uninstall would delete nothing, and leave nothing behind that careen knows of."))
	}
	return append(out, textLine(widget.Muted, "This is what would happen; nothing is uninstalled before a plan of it is applied."))
}

func levelWord(th *widget.Theme, name string) widget.Span {
	for s := finding.Low; s <= finding.Critical; s++ {
		if s.String() == name {
			return levelSign(th, s)
		}
	}
	return widget.T(widget.Muted, name)
}
