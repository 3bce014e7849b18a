package repair

import (
	"fmt"
	"strings"

	"github.com/careen-tui/careen/internal/sanitize"
)

// Role says what a line of a plan is, so that whoever draws it can colour it.
type Role int8

// The roles of lines. A line's text says what it is without colour too: a diff's
// lines begin with their sign.
const (
	Plain Role = iota
	Title
	Label // begins with a word of the left column
	Head  // the head of a write
	Added
	Removed
	Context
	Hunk
	Note
	Good
	Bad
)

// Line is one line of text, safe to print, without colours and not wrapped.
type Line struct {
	Role Role
	Text string
}

const labelWidth = 10

func labelled(role Role, label, format string, arguments ...any) Line {
	return Line{role, fmt.Sprintf("%-*s%s", labelWidth, label, sanitize.Line(fmt.Sprintf(format, arguments...), 1000))}
}

// Lines is the plan as text: writes with their diffs, then rights, undo, who would
// revert it, and the proof.
func (p *Plan) Lines() []Line {
	out := []Line{{Title, sanitize.Line(p.Title, 300)}}
	for i, w := range p.Writes {
		out = append(out, w.head(i+1)...)
		if w.Summary != "" {
			out = append(out, Line{Note, "  " + sanitize.Line(w.Summary, 300)})
		}
		for _, l := range w.Diff() {
			out = append(out, Line{l.Role, "    " + l.Text})
		}
		if w.dryRun.State == Refused {
			out = append(out, Line{Bad, "    refused: " + w.dryRun.Text})
		}
		if w.Wait.For != "" {
			of := ""
			if !w.Wait.Of.IsZero() {
				of = " (" + sanitize.Line(w.Wait.Of.String(), 300) + ")"
			}
			out = append(out, Line{Note, fmt.Sprintf("    then waits until %s%s, at most %s", w.Wait.For.words(), of, w.Wait.Within)})
		}
	}
	out = append(out, labelled(Label, "Risk", "%s", p.Risk))
	out = append(out, p.rightLines()...)
	out = append(out, p.undoLines()...)
	out = append(out, p.revertLines()...)
	out = append(out, p.proofLine())
	for _, n := range p.Notes {
		out = append(out, labelled(Note, "Note", "%s", n))
	}
	for _, a := range p.Asks {
		out = append(out, labelled(Note, "Asks", "the value of %s in %s, typed in a masked form", a.Key, a.Ref))
	}
	if p.Confirm != "" {
		out = append(out, labelled(Note, "Confirm", "type %s", p.Confirm))
	}
	for _, b := range p.Blocked() {
		out = append(out, labelled(Bad, "Blocked", "%s", b))
	}
	return out
}

// head names a write, and says of which version of the object it is and what the
// server says to it.
func (w *Write) head(n int) []Line {
	state := w.dryRun.String()
	if w.Before != nil && w.DependsOn == 0 {
		state = "rv " + w.Before.GetResourceVersion() + ", " + state
	}
	role := Note
	if w.dryRun.State == Refused {
		role = Bad
	}
	return []Line{
		{Head, fmt.Sprintf("%d %-8s %s", n, w.Verb, sanitize.Line(w.Ref.String(), 300))},
		{role, "  " + state},
	}
}

// Diff is the write's unified diff, masked. Where the server was asked, it shows what
// the server would store.
func (w *Write) Diff() []Line {
	switch {
	case w.Verb.byHelm():
		return w.helmLines
	case w.Verb == Delete:
		return diff(w.Before, nil, nil)
	case w.dryRun.Result != nil && w.Verb != Create:
		return diff(w.Before, w.dryRun.Result, w.shown)
	}
	return diff(w.Before, w.After, w.shown)
}

func (u Until) words() string {
	switch u {
	case RolledOut:
		return "every pod of the new template is ready"
	case Taken:
		return "the controller has seen the change"
	case Replicas:
		return "the pods are there, or gone"
	case Gone:
		return "it is gone"
	case Bound:
		return "it is bound"
	case Moved:
		return "it is written anew"
	}
	return string(u)
}

func (p *Plan) rightLines() []Line {
	var own, journal []string
	role := Label
	reason := ""
	for _, r := range p.Rights {
		text := r.String() + " " + r.Answer.String()
		if r.Journal {
			journal = append(journal, text)
			continue
		}
		own = append(own, text)
		if r.Answer == No {
			role = Bad
		}
		if r.Answer == Unasked {
			reason = " (" + r.Reason + ")"
		}
	}
	out := []Line{labelled(role, "Rights", "as %s: %s%s", p.Identity, strings.Join(own, " · "), reason)}
	if p.Finishes != "" {
		return out
	}
	role = Label
	if p.Journal.Missing != "" {
		role = Bad
	}
	return append(out, labelled(role, "", "for undo: %s", strings.Join(journal, " · ")))
}

func (p *Plan) undoLines() []Line {
	if p.Journal.Missing != "" {
		return []Line{labelled(Bad, "Undo", "NONE: %s may not %s, so nothing could be kept to take this back with; applying it needs an explicit yes to that", p.Identity, p.Journal.Missing)}
	}
	text := strings.Join(p.Undo, "; ")
	if text == "" {
		text = "the objects as they were"
	}
	where := p.Journal.Namespace
	if p.Journal.Why != "" {
		where += ", " + p.Journal.Why
	}
	if p.Finishes != "" {
		return []Line{labelled(Label, "Undo", "%s; kept in journal entry %s", text, p.Finishes)}
	}
	return []Line{labelled(Label, "Undo", "%s; kept in a Secret of namespace %s", text, where)}
}

func (p *Plan) revertLines() []Line {
	if len(p.Reverters) == 0 {
		return []Line{labelled(Label, "Reverted", "by nobody known")}
	}
	var out []Line
	label := "Reverted"
	for _, r := range p.Reverters {
		out = append(out, labelled(Note, label, "%s would be by %s (%s)", r.Ref, r.Who, r.Why))
		label = ""
	}
	return out
}

func (p *Plan) proofLine() Line {
	text := p.Proof.Text
	switch {
	case text == "" && p.UndoOf != "":
		text = "the objects are as they were"
	case text == "":
		text = "the finding is gone"
	}
	return labelled(Label, "Proof", "%s, within %s", text, p.Proof.Within)
}

// Text is the lines joined, for a terminal without colour or a file.
func Text(lines []Line) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(l.Text)
		b.WriteByte('\n')
	}
	return b.String()
}
