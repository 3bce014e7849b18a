package views

import (
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/views/widget"
)

// findingPage is what is known of one finding: what is wrong, how well that is
// known, what shows it, what explains it, what it explains, what can be done.
func (e *Env) findingPage(f *finding.Finding) []styled.Para {
	id := f.ID()
	sep := styled.T(styled.Muted, " "+e.Theme.Dot+" ")
	meta := []styled.Line{
		{severitySign(e.Theme, f)},
		{styled.T(styled.Normal, string(f.Probe))},
		{styled.T(gradeRole(f.Grade), f.Grade.String())},
	}
	if !f.Since.IsZero() {
		meta = append(meta, styled.Line{styled.T(styled.Normal, "since "+e.Clock(f.Since)), styled.T(styled.Muted, " ("+e.Age(f.Since)+")")})
	}
	if f.Slot != "" {
		meta = append(meta, styled.Line{styled.T(styled.Muted, f.Slot)})
	}
	if n := len(e.Report.Symptoms[id]); n > 0 {
		meta = append(meta, styled.Line{styled.T(styled.Normal, text.Counted(n, "symptom"))})
	}
	out := []styled.Para{
		{Body: styled.Line{styled.T(styled.Strong, f.Summary)}},
		{Body: styled.Join(sep, meta...)},
	}
	out = append(out, e.accepted(f)...)
	out = append(out, e.evidence(f)...)
	out = append(out, e.related("Cause", f.Causes)...)
	out = append(out, e.related("Symptoms", e.Report.Symptoms[id])...)
	return append(out, e.fixes(f)...)
}

func gradeRole(g finding.Grade) styled.Role {
	if g == finding.Unknown || g == finding.Inferred {
		return styled.Medium
	}
	return styled.Normal
}

// evidence lists the facts by the object they were read from. Every line leads
// there.
func (e *Env) evidence(f *finding.Finding) []styled.Para {
	if len(f.Evidence) == 0 {
		return nil
	}
	out := []styled.Para{styled.Blank(), styled.Heading("Evidence")}
	for _, group := range byPlace(f.Evidence) {
		ref := group[0].Ref
		head := styled.Para{Body: styled.Line{styled.T(styled.Normal, "  "+refFrom(ref, f.Subject.Namespace))}, Hang: 4}
		if len(group) == 1 && group[0].Path == "" {
			ev := group[0]
			head.Body = append(head.Body, styled.T(styled.Strong, lead(ev.Value)), styled.T(styled.Muted, lead(ev.Note)))
			head.Key = stop{to: Subject{Ref: ref}, mark: "evidence" + ev.Value, copy: ev.Value}
			out = append(out, head)
			continue
		}
		if !ref.IsZero() {
			out = append(out, head)
		}
		list := make([]field, 0, len(group))
		for _, ev := range group {
			list = append(list, field{name: ev.Path, value: ev.Value, note: ev.Note, to: Subject{Ref: ref}, copy: ev.Value})
		}
		out = append(out, fields(4, "evidence", list)...)
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

func (e *Env) related(title string, ids []finding.ID) []styled.Para {
	var out []styled.Para
	for _, id := range ids {
		g := e.Report.Find(id)
		if g == nil {
			continue
		}
		if out == nil {
			out = []styled.Para{styled.Blank(), styled.Heading(title)}
		}
		out = append(out,
			styled.Para{
				Body: styled.Line{
					styled.T(styled.Normal, "  "), severitySign(e.Theme, g), styled.T(styled.Normal, "  "+string(g.Probe)),
					styled.T(styled.Muted, "  "+refText(g.Subject)),
				},
				Hang: 10, Key: stop{to: Subject{id, g.Subject}, mark: title},
			},
			styled.Para{Body: styled.Line{styled.T(styled.Muted, pad(10)+g.Summary)}, Hang: 10},
		)
	}
	return out
}

func refText(r model.Ref) string { return r.Kind.Plain() + " " + r.Path() }

func (e *Env) fixes(f *finding.Finding) []styled.Para {
	if !e.fixesKnown(f) {
		return append([]styled.Para{
			styled.Blank(), styled.Heading("What to do"), {Body: styled.Of(styled.Muted, "  "+sentence(stillRead)), Hang: 2},
		}, byHand(f)...)
	}
	if len(f.Fixes) == 0 {
		out := slices.Concat([]styled.Para{styled.Blank(), styled.Heading("No automatic fix. What to do")}, byHand(f), e.preventions(f))
		return append(out, withheld(f)...)
	}
	title := "Fix"
	if len(f.Fixes) > 1 {
		title = "Fixes (choose one)"
	}
	out := append([]styled.Para{styled.Blank(), styled.Heading(title)}, e.plans(f, f.Fixes, true)...)
	return append(append(out, e.preventions(f)...), withheld(f)...)
}

// preventions are the plans that keep a finding from coming again.
func (e *Env) preventions(f *finding.Finding) []styled.Para {
	if len(f.Preventions) == 0 {
		return nil
	}
	return append([]styled.Para{styled.Blank(), styled.Heading("So that it does not happen again")}, e.plans(f, f.Preventions, len(f.Fixes) == 0)...)
}

// plans lists fixes with their steps; first tells that f plans the first of them.
func (e *Env) plans(f *finding.Finding, list []finding.Fix, first bool) (out []styled.Para) {
	for i, fix := range list {
		key := "  "
		if i == 0 && first {
			key = "f "
		}
		out = append(out, styled.Para{
			Body:  styled.Line{styled.T(styled.Accent, "  "+key), styled.T(styled.Normal, fix.Title)},
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
			out = append(out, styled.Para{
				Body: styled.Line{styled.T(styled.Muted, lead+s.Verb+" "+refFrom(s.Ref, f.Subject.Namespace)+tail(s.Summary))},
				Hang: 6, Key: stop{to: Subject{Ref: s.Ref}, mark: fix.ID + line},
			})
		}
		if fix.Note != "" {
			out = append(out, styled.Para{Body: styled.Line{styled.T(styled.Muted, pad(4)+fix.Note)}, Hang: 4})
		}
	}
	return out
}

// byHand is what to do where careen knows no fix; its commands stand out.
func byHand(f *finding.Finding) []styled.Para {
	doc := probes.ByHand(f)
	if doc == "" {
		return []styled.Para{{Body: styled.Of(styled.Muted, "  The evidence leads to the place to look."), Hang: 2}}
	}
	line := styled.Of(styled.Normal, "  ")
	for i, part := range strings.Split(doc, "`") {
		role := styled.Normal
		if i%2 == 1 {
			role = styled.Strong
		}
		line = append(line, styled.T(role, part))
	}
	return []styled.Para{{Body: line, Hang: 2}}
}

// withheld names the fixes that are not offered as things stand, and why.
func withheld(f *finding.Finding) []styled.Para {
	out := make([]styled.Para, 0, len(f.Withheld))
	for _, w := range f.Withheld {
		out = append(out, styled.Para{Body: styled.Of(styled.Muted, "  Not offered: "+w.Title+", because "+w.Why+"."), Hang: 4})
	}
	return out
}

func tail(s string) string {
	if s == "" {
		return ""
	}
	return ": " + s
}

func riskLine(th *widget.Theme, fix finding.Fix) styled.Line {
	return styled.Line{styled.T(riskRole(fix.Risk), fix.Risk.String()), styled.T(styled.Muted, " "+th.Dot+" "+undoWord(fix))}
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
