package views

import (
	"fmt"
	"slices"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/views/widget"
)

// findingPage is what is known of one finding: what is wrong, how well that is
// known, what shows it, what explains it, what it explains, what can be done.
func (e *Env) findingPage(f *finding.Finding) []para {
	id := f.ID()
	sep := widget.T(widget.Muted, " "+e.Theme.Dot+" ")
	meta := []widget.Line{
		{severitySign(e.Theme, f)},
		{widget.T(widget.Normal, string(f.Probe))},
		{widget.T(gradeRole(f.Grade), f.Grade.String())},
	}
	if !f.Since.IsZero() {
		meta = append(meta, widget.Line{widget.T(widget.Normal, "since "+e.Clock(f.Since)), widget.T(widget.Muted, " ("+e.Age(f.Since)+")")})
	}
	if f.Slot != "" {
		meta = append(meta, widget.Line{widget.T(widget.Muted, f.Slot)})
	}
	if n := len(e.World.Symptoms[id]); n > 0 {
		meta = append(meta, widget.Line{widget.T(widget.Normal, plural(n, "symptom"))})
	}
	out := []para{
		{Left: widget.Line{widget.T(widget.Strong, f.Summary)}},
		{Left: widget.Join(sep, meta...)},
	}
	out = append(out, e.evidence(f)...)
	out = append(out, e.related("Cause", f.Causes)...)
	out = append(out, e.related("Symptoms", e.World.Symptoms[id])...)
	return append(out, e.fixes(f)...)
}

func gradeRole(g finding.Grade) widget.Role {
	if g == finding.Unknown || g == finding.Inferred {
		return widget.Medium
	}
	return widget.Normal
}

// evidence lists the facts by the object they were read from. Every line leads
// there.
func (e *Env) evidence(f *finding.Finding) []para {
	if len(f.Evidence) == 0 {
		return nil
	}
	out := []para{blankLine(), heading("Evidence")}
	for _, group := range byPlace(f.Evidence) {
		ref := group[0].Ref
		head := para{Left: widget.Line{widget.T(widget.Normal, "  "+refFrom(ref, f.Subject.Namespace))}, Hang: 4}
		if len(group) == 1 && group[0].Path == "" {
			ev := group[0]
			head.Left = append(head.Left, widget.T(widget.Strong, lead(ev.Value)), widget.T(widget.Muted, lead(ev.Note)))
			head.Stop, head.Key = true, stop{to: Subject{Ref: ref}, mark: "evidence" + ev.Value, copy: ev.Value}
			out = append(out, head)
			continue
		}
		if !ref.IsZero() {
			out = append(out, head)
		}
		list := make([]field, 0, len(group))
		for _, ev := range group {
			list = append(list, field{name: ev.Path, value: ev.Value, note: ev.Note, to: Subject{Ref: ref}})
		}
		block := fields(4, "evidence", list)
		for k := range block {
			block[k].Key.copy = group[k].Value
		}
		out = append(out, block...)
	}
	return out
}

// byPlace gathers the facts read from one object, the objects in the order in
// which they come first.
func byPlace(list []finding.Evidence) [][]finding.Evidence {
	at := map[model.Ref]int{}
	var out [][]finding.Evidence
	for _, ev := range list {
		i, ok := at[ev.Ref]
		if !ok {
			i = len(out)
			at[ev.Ref] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], ev)
	}
	return out
}

func lead(s string) string {
	if s == "" {
		return ""
	}
	return "  " + s
}

func (e *Env) related(title string, ids []finding.ID) []para {
	var out []para
	for _, id := range ids {
		g := e.World.Finding(id)
		if g == nil {
			continue
		}
		if out == nil {
			out = []para{blankLine(), heading(title)}
		}
		out = append(out,
			para{
				Left: widget.Line{
					widget.T(widget.Normal, "  "), severitySign(e.Theme, g), widget.T(widget.Normal, "  "+string(g.Probe)),
					widget.T(widget.Muted, "  "+refText(g.Subject)),
				},
				Hang: 10, Stop: true, Key: stop{to: Subject{id, g.Subject}, mark: title},
			},
			para{Left: widget.Line{widget.T(widget.Muted, pad(10)+g.Summary)}, Hang: 10},
		)
	}
	return out
}

func refText(r model.Ref) string { return string(r.Kind) + " " + r.Path() }

func (e *Env) fixes(f *finding.Finding) []para {
	if len(f.Fixes) == 0 {
		return []para{blankLine(), heading("Fixes"), textLine(widget.Muted, "  None that careen could apply: the evidence leads to the place to look.")}
	}
	title := "Fix"
	if len(f.Fixes) > 1 {
		title = "Fixes, of which one is applied"
	}
	out := []para{blankLine(), heading(title)}
	for i, fix := range f.Fixes {
		key := "  "
		if i == 0 {
			key = "f "
		}
		out = append(out, para{
			Left:  widget.Line{widget.T(widget.Accent, "  "+key), widget.T(widget.Normal, fix.Title)},
			Right: riskLine(e.Theme, fix), Hang: 4,
		})
		for n, s := range fix.Steps {
			line := s.Summary
			if line == "" {
				line = s.Verb + " " + refFrom(s.Ref, f.Subject.Namespace)
			}
			lead := pad(4)
			if len(fix.Steps) > 1 {
				lead += fmt.Sprintf("%d ", n+1)
			}
			out = append(out, para{
				Left: widget.Line{widget.T(widget.Muted, lead+s.Verb+" "+refFrom(s.Ref, f.Subject.Namespace)+tail(s.Summary))},
				Hang: 6, Stop: true, Key: stop{to: Subject{Ref: s.Ref}, mark: fix.ID + line},
			})
		}
		if fix.Note != "" {
			out = append(out, para{Left: widget.Line{widget.T(widget.Muted, pad(4)+fix.Note)}, Hang: 4})
		}
	}
	return out
}

func tail(s string) string {
	if s == "" {
		return ""
	}
	return ": " + s
}

func riskLine(th *widget.Theme, fix finding.Fix) widget.Line {
	return widget.Line{widget.T(riskRole(fix.Risk), fix.Risk.String()), widget.T(widget.Muted, " "+th.Dot+" "+undoWord(fix))}
}

func undoWord(fix finding.Fix) string {
	if fix.Undo == "" {
		return "no undo"
	}
	return "undoable"
}

// worstOf orders findings severest first, for lists that mix subjects.
func worstOf(list []*finding.Finding) []*finding.Finding {
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b *finding.Finding) int { return int(b.Severity) - int(a.Severity) })
	return out
}
