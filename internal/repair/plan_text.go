package repair

import (
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/sanitize"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/text"
)

// column is the cells of the labels of a plan.
const column = 16

// labelled is a paragraph of one role after a label, safe to print.
func labelled(role styled.Role, label, format string, arguments ...any) styled.Para {
	return styled.Para{
		Label: styled.Of(labelRole(role), label), Column: column,
		Body: styled.Of(role, sanitize.Line(fmt.Sprintf(format, arguments...), 1000)),
	}
}

// labelRole is the role of a label: that of its text where that stands out.
func labelRole(body styled.Role) styled.Role {
	if body == styled.Normal {
		return styled.Muted
	}
	return body
}

// Text is the plan as it is shown before it is applied: first what it risks and what that
// rests on, then the writes with their diffs, then the rights one by one.
func (p *Plan) Text() []styled.Para {
	out := []styled.Para{styled.Heading(sanitize.Line(p.Title, 300))}
	for _, b := range p.Blocked() {
		out = append(out, labelled(styled.Bad, "Blocked", "%s", b))
	}
	out = append(out, p.riskText(), p.undoText())
	out = append(out, p.rightsText()...)
	out = append(out, p.revertersText()...)
	out = append(out, p.proofText(), labelled(styled.Normal, "Cluster", "context %s, server %s", p.Context, p.Server))
	for _, a := range p.Asks {
		out = append(out, labelled(styled.Medium, "Needs", "the value of key %s in %s; it is not shown while it is typed", a.Key, a.Ref))
	}
	if p.Confirm != "" {
		out = append(out, labelled(styled.Medium, "Confirm", "%s: type %s", p.ConfirmReason(), p.Confirm))
	}
	for _, n := range p.Notes {
		out = append(out, labelled(styled.Muted, "Note", "%s", n))
	}
	out = append(out, styled.Blank())
	for i, w := range p.Writes {
		out = append(out, w.text(i+1)...)
	}
	out = append(out, styled.Blank(), styled.Heading("Rights, one by one"))
	for _, r := range p.Rights {
		out = append(out, styled.Para{Indent: 2, Body: styled.Of(answerRole(r.Answer), sanitize.Line(r.line(), 500)), Hang: 2})
	}
	return out
}

// riskText says what applying the plan may cost, and how much it writes.
func (p *Plan) riskText() styled.Para {
	role := styled.Normal
	switch p.Risk {
	case finding.Destructive:
		role = styled.Bad
	case finding.Disruptive:
		role = styled.Medium
	case finding.Safe:
	}
	word := p.Risk.String()
	if p.Risk == finding.Destructive {
		word = strings.ToUpper(word)
	}
	return labelled(role, "Risk", "%s; %s", word, text.Counted(len(p.Writes), "write"))
}

// text is one write: what it does to which version of which object, what the server
// says to that, the diff, and what is waited for afterwards.
func (w *Write) text(n int) []styled.Para {
	state, role := w.dryRun.String(), styled.Muted
	if w.Before != nil && w.DependsOn == 0 {
		state = "resourceVersion " + w.Before.GetResourceVersion() + ", " + state
	}
	if w.dryRun.State == Refused {
		role = styled.Bad
	}
	out := []styled.Para{
		styled.Heading(fmt.Sprintf("%d %-8s %s", n, w.Verb, sanitize.Line(w.Ref.String(), 300))),
		{Indent: 2, Body: styled.Of(role, state)},
	}
	if w.Summary != "" {
		out = append(out, styled.Para{Indent: 2, Body: styled.Of(styled.Muted, sanitize.Line(w.Summary, 300))})
	}
	out = append(out, styled.Lines(4, w.Diff())...)
	if w.dryRun.State == Refused {
		out = append(out, styled.Para{Indent: 4, Body: styled.Of(styled.Bad, "refused: "+w.dryRun.Text), Hang: 2})
	}
	if w.Wait.For != "" {
		of := ""
		if !w.Wait.Of.IsZero() {
			of = " (" + sanitize.Line(w.Wait.Of.String(), 300) + ")"
		}
		out = append(out, styled.Para{
			Indent: 4, Body: styled.Of(styled.Muted, fmt.Sprintf("then waits until %s%s, for at most %s", w.Wait.For.words(), of, text.Duration(w.Wait.Within))), Hang: 2,
		})
	}
	return out
}

// Diff is the write's unified diff, masked. Where the server was asked, it shows what
// the server would store.
func (w *Write) Diff() []styled.Line {
	show := w.scrub.diff
	if w.whole {
		show = w.scrub.wholeDiff
	}
	switch {
	case w.Verb.byHelm():
		return w.helmLines
	case w.Verb == Delete:
		return show(w.Before, nil, nil)
	case w.dryRun.Result != nil && w.Verb != Create:
		return show(w.Before, w.dryRun.Result, w.shown)
	}
	return show(w.Before, w.After, w.shown)
}

func (u Until) words() string {
	switch u {
	case RolledOut:
		return "every pod of the new template is ready"
	case Taken:
		return "the controller has seen the change"
	case Replicas:
		return "the pods are ready, or deleted"
	case Gone:
		return "it is deleted"
	case Bound:
		return "it is bound"
	case Usable:
		return "it can be used; where that does not come, nothing after it is done"
	case Moved:
		return "its owner has written it again"
	}
	return string(u)
}

// rightsText says whether all rights are there, and names those that are not.
func (p *Plan) rightsText() []styled.Para {
	out := []styled.Para{labelled(styled.Normal, "Rights", "as %s: all %d are there", p.Identity, len(p.Rights))}
	var lacks []styled.Para
	for _, r := range p.Rights {
		if r.Answer != Yes {
			lacks = append(lacks, labelled(answerRole(r.Answer), "", "%s", r.line()))
		}
	}
	if n := len(lacks); n > 0 {
		role := styled.Medium
		if slices.ContainsFunc(p.Rights, func(r Right) bool { return r.Answer == No }) {
			role = styled.Bad
		}
		out[0] = labelled(role, "Rights", "as %s: %d of %d are there", p.Identity, len(p.Rights)-n, len(p.Rights))
	}
	return append(out, lacks...)
}

// line says of a right whether it is there, and what for.
func (r Right) line() string {
	out := r.String() + ": " + r.Answer.String()
	if r.Answer == Unasked && r.Reason != "" {
		out += " (" + r.Reason + ")"
	}
	if r.Journal {
		out += ", to save the undo"
	}
	return out
}

func answerRole(a Answer) styled.Role {
	switch a {
	case No:
		return styled.Bad
	case Unasked:
		return styled.Medium
	case Yes:
	}
	return styled.Muted
}

func (p *Plan) undoText() styled.Para {
	if p.Journal.Missing != "" {
		return labelled(styled.Bad, "Undo", "NONE: %s may not %s, so the objects as they are cannot be saved; applying it anyway needs an explicit yes", p.Identity, p.Journal.Missing)
	}
	what := strings.Join(p.Undo, "; ")
	if what == "" {
		what = "the objects as they were"
	}
	if p.Finishes != "" {
		return labelled(styled.Normal, "Undo", "%s; saved in journal entry %s", what, p.Finishes)
	}
	where := p.Journal.Namespace
	if p.Journal.Why != "" {
		where += ", " + p.Journal.Why
	}
	return labelled(styled.Normal, "Undo", "%s; saved in a Secret in namespace %s", what, where)
}

func (p *Plan) revertersText() []styled.Para {
	if len(p.Reverters)+len(p.Conflicts) == 0 {
		return []styled.Para{labelled(styled.Normal, "Overwritten by", "nothing found")}
	}
	var out []styled.Para
	label := "Overwritten by"
	for _, r := range p.Reverters {
		out = append(out, labelled(styled.Medium, label, "%s would overwrite %s (%s)", r.Who, r.Ref, r.Why))
		label = ""
	}
	for _, c := range p.Conflicts {
		out = append(out, labelled(styled.Medium, label, "%s: the next server-side apply by %s conflicts with %s until this is undone (%s owns %s)", c.Write.Ref, c.Manager, manager, c.Manager, text.Joined(c.Fields, 6)))
		label = ""
	}
	return out
}

func (p *Plan) proofText() styled.Para {
	return labelled(styled.Normal, "Proof", "%s, within %s", p.proves(), text.Duration(p.Proof.Within))
}

// proves is what is seen once the plan has done what it is for.
func (p *Plan) proves() string {
	switch {
	case p.Proof.Text == "" && p.UndoOf != "":
		return "the objects are as they were"
	case p.Proof.Text == "":
		return "the finding is gone"
	}
	return p.Proof.Text
}
