package views

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/views/widget"
)

// paras writes the part that is shown, where that is one of paragraphs.
func (p *historyPage) paras() []styled.Para {
	out := append([]styled.Para{styled.Blank()}, statusParas(&p.history, "the history")...)
	if !p.history.has {
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

// statusParas is the status of what a part shows; what was deleted is said here too.
func statusParas[T any](l *loaded[T], what string) []styled.Para {
	if errors.Is(l.err, inspect.ErrGone) {
		return []styled.Para{styled.P(styled.Bad, "It no longer exists.")}
	}
	return styled.Lines(0, l.status(what))
}

func (p *historyPage) revisions() []styled.Para {
	history := p.history.value
	var out []styled.Para
	if len(history.Revisions) == 0 {
		return append(out, styled.P(styled.Muted, "No revision is stored."))
	}
	if rel := p.release(); rel != nil && rel.Newest().Revision > history.Revisions[0].Number {
		out = append(out, styled.P(styled.Medium, "There is a newer revision than those read."), styled.Blank())
	}
	for i := range history.Revisions {
		out = append(out, p.revisionParas(&history.Revisions[i])...)
	}
	if history.Left > 0 {
		out = append(out, styled.P(styled.Muted, counted("  of %s older revisions only the label was read", history.Left)))
	}
	return append(out, p.env.findingsOn(p.ref)...)
}

func (p *historyPage) revisionParas(r *inspect.Revision) []styled.Para {
	e := p.env
	state := first(r.Status, r.Label)
	left := styled.Line{
		styled.T(styled.Strong, fmt.Sprintf("%4d  ", r.Number)), styled.T(statusRole(state), widget.Pad(state, 16)),
		styled.T(styled.Normal, "  "+strings.TrimSpace(r.Chart+" "+r.Version)),
	}
	if r.App != "" {
		left = append(left, styled.T(styled.Muted, "  app "+r.App))
	}
	if r.Number == p.base {
		left = append(left, styled.T(styled.Accent, "  compared with"))
	}
	right := styled.Line{styled.T(styled.Muted, e.Clock(r.Updated)+"  "+e.Age(r.Updated))}
	out := []styled.Para{{Body: left, Right: right, Hang: 6, Key: stop{mark: "revision", number: r.Number}}}
	switch {
	case r.Problem != "":
		out = append(out, styled.Para{Body: styled.Line{styled.T(styled.Bad, "      "+sentence(r.Problem))}, Hang: 6})
	case r.Status != "" && r.Label != "" && r.Status != r.Label:
		out = append(out, styled.Para{Body: styled.Line{styled.T(styled.Medium, "      its label says "+r.Label)}, Hang: 6})
	}
	if r.Description != "" {
		out = append(out, styled.Para{Body: styled.Line{styled.T(styled.Muted, "      "+r.Description)}, Hang: 6})
	}
	return out
}

func (p *historyPage) objects() []styled.Para {
	r := p.revision(p.chosen)
	out := statusParas(&p.live, "the objects")
	if !p.live.has {
		return out
	}
	block := make([]field, 0, len(p.live.value.States))
	for _, s := range p.live.value.States {
		f := field{name: refFrom(s.Ref, p.ref.Namespace), value: stateWord(s.Status), role: stateRole(s.Status), note: s.Message, to: Subject{Ref: s.Ref}}
		if s.Keep {
			f.note = strings.TrimSpace(f.note + "  kept at uninstall")
		}
		block = append(block, f)
	}
	if len(block) == 0 {
		return append(out, styled.P(styled.Muted, "The manifest of this revision declares no objects."))
	}
	out = append(out, styled.P(styled.Muted, fmt.Sprintf("%s as they were at %s.", text.Counted(len(block), "object"), p.env.Clock(p.live.value.Read))), styled.Blank())
	out = append(out, fields(1, "object", block)...)
	if r != nil && r.Trouble != "" {
		out = append(out, styled.Blank(), styled.P(styled.Medium, sentence(r.Trouble)))
	}
	return out
}

// stateWord is a status of kstatus in the words of the other panes.
func stateWord(s string) string {
	switch s {
	case "NotFound":
		return "missing"
	case "InProgress":
		return "in progress"
	}
	return strings.ToLower(s)
}

func stateRole(s string) styled.Role {
	switch s {
	case "Current":
		return styled.Good
	case "Failed", "NotFound":
		return styled.Bad
	case "InProgress", "Terminating":
		return styled.Medium
	}
	return styled.Muted
}

func (p *historyPage) hooks() []styled.Para {
	r := p.revision(p.chosen)
	if r == nil || len(r.Hooks) == 0 {
		return []styled.Para{styled.P(styled.Muted, "This revision has no hooks.")}
	}
	var out []styled.Para
	for i, h := range r.Hooks {
		state, role := "never ran", styled.Muted
		if h.Phase != "" {
			state, role = strings.ToLower(h.Phase), styled.Normal
			switch h.Phase {
			case "Succeeded":
				role = styled.Good
			case "Failed":
				role = styled.Bad
			case "Running":
				role = styled.Medium
			}
		}
		line := styled.Line{styled.T(styled.Normal, " "+refFrom(h.Ref, p.ref.Namespace)+"  "), styled.T(role, state), styled.T(styled.Muted, "  "+strings.Join(h.Events, ", "))}
		if !h.Started.IsZero() {
			line = append(line, styled.T(styled.Muted, "  "+p.env.Clock(h.Started)))
			if d := h.Done.Sub(h.Started); !h.Done.IsZero() && d >= 0 {
				line = append(line, styled.T(styled.Muted, fmt.Sprintf(", took %s", d.Round(time.Second/10))))
			}
		}
		if p.env.missing(h.Ref) {
			line = append(line, styled.T(styled.Muted, "  no longer exists"))
		}
		out = append(out, styled.Para{Body: line, Hang: 3, Key: stop{to: Subject{Ref: h.Ref}, mark: fmt.Sprint("hook", i)}})
	}
	return out
}

func (p *historyPage) uninstall() []styled.Para {
	out := statusParas(&p.leaving, "what an uninstall would do")
	if !p.leaving.fresh() {
		return out
	}
	heads := []struct{ verb, title string }{
		{"", "Data that would be lost or left behind"}, {"leave", "Left behind"}, {"keep", "Kept by its resource policy"}, {"delete", "Deleted"},
	}
	for _, head := range heads {
		var block []styled.Para
		for i, l := range p.leaving.value {
			if head.verb != l.Verb && (head.verb != "" || !l.Serious) || l.Serious && head.verb != "" {
				continue
			}
			line := styled.Line{styled.T(styled.Normal, "  "+refFrom(l.Ref, p.ref.Namespace)), styled.T(styled.Muted, lead(l.Text))}
			if l.Serious {
				line = styled.Line{styled.T(styled.Normal, "  "), levelWord(p.env.Theme, l.Verb), styled.T(styled.Normal, "  "+l.Text)}
			}
			block = append(block, styled.Para{Body: line, Hang: 4, Key: stop{to: Subject{Ref: l.Ref}, mark: fmt.Sprint("leave", i)}})
		}
		if len(block) > 0 {
			out = append(append(append(out, styled.Heading(head.title)), block...), styled.Blank())
		}
	}
	if len(out) == 0 {
		out = append(out, styled.P(styled.Muted, "An uninstall would delete nothing, and leave nothing behind that careen knows of."))
	}
	return append(out, styled.P(styled.Muted, "This is a forecast: nothing is uninstalled until you apply the plan."))
}

func levelWord(th *widget.Theme, name string) styled.Span {
	for s := finding.Low; s <= finding.Critical; s++ {
		if s.String() == name {
			return levelSign(th, s)
		}
	}
	return styled.T(styled.Muted, name)
}
