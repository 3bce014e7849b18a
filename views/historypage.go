package views

import (
	"fmt"

	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// The parts of a release's page.
const (
	partRevisions = iota
	partDiff
	partValues
	partDrift
	partObjects
	partHooks
	partNotes
	partUninstall
	parts
)

var partNames = [parts]string{"History", "Diff", "Values", "Drift", "Objects", "Hooks", "Notes", "Uninstall"}

// historyPage is the page of a release: its revisions, what differs between two of
// them and between one and the cluster, and what else their records hold.
type historyPage struct {
	env    *Env
	ref    model.Ref
	seen   bool // the release was there at some time since the page was opened
	part   int
	bodies [parts]body
	texts  [parts]textOf // what the bodies of lines were made for

	history loaded[*inspect.History]
	chosen  int // the revision looked at
	base    int // the one it is compared with; 0 for the one before it
	diff    loaded[differences]
	diffOf  [2]int // the revisions that diff is of
	live    loaded[*inspect.Live]
	liveOf  int // the revision that live is of
	leaving loaded[[]inspect.Leaving]
}

// differences are what was read of two revisions.
type differences struct {
	manifest *inspect.Difference
	values   []styled.Line
}

// textOf tells one text of a part from the next: only another one goes back to its
// beginning.
type textOf struct{ chosen, base, lines int }

// NewHistory makes the page.
func NewHistory(env *Env, ref model.Ref) Pane { return newHistory(env, ref) }

func newHistory(env *Env, ref model.Ref) *historyPage {
	p := &historyPage{env: env, ref: ref}
	for i := range parts {
		switch i {
		case partDiff, partValues, partDrift, partNotes:
			p.bodies[i] = newLines("")
		default:
			p.bodies[i] = newParagraphs(p.paras)
		}
	}
	return p
}

// release is what is stored of it at present; nil where it is gone.
func (p *historyPage) release() *model.Release {
	if p.env.Report == nil {
		return nil
	}
	return p.env.Report.Snapshot.Release(p.ref.Namespace, p.ref.Name)
}

// revision is one of those that were read; nil where it is not among them.
func (p *historyPage) revision(n int) *inspect.Revision {
	if !p.history.has {
		return nil
	}
	for i := range p.history.value.Revisions {
		if p.history.value.Revisions[i].Number == n {
			return &p.history.value.Revisions[i]
		}
	}
	return nil
}

// pair is the revisions to compare: from and to; ok is false where there is only one.
func (p *historyPage) pair() (from, to int, ok bool) {
	from = p.base
	if from == 0 || from == p.chosen {
		from = p.before(p.chosen)
	}
	if from == 0 {
		return 0, p.chosen, false
	}
	return min(from, p.chosen), max(from, p.chosen), true
}

// before is the newest stored revision older than n; 0 where there is none.
func (p *historyPage) before(n int) int {
	if p.history.has {
		for _, r := range p.history.value.Revisions {
			if r.Number < n {
				return r.Number
			}
		}
	}
	return 0
}

// choose looks at another revision.
func (p *historyPage) choose(n int) { p.chosen = n }

// Load has nothing to take over: what was read is of the moment it was read.
func (p *historyPage) Load() {}

// Scope is that of a page.
func (p *historyPage) Scope() keymap.Scope { return keymap.InPage }

// Click selects what is drawn at a line, where it can be selected.
func (p *historyPage) Click(line int) bool { return p.bodies[p.part].Click(line - 1) }

// Nth selects the nth of what can be selected; of the revisions it is looked at.
func (p *historyPage) Nth(n int) bool {
	body := p.bodies[p.part]
	if !body.Nth(n) {
		return false
	}
	if at, ok := body.at(); ok && p.part == partRevisions && at.mark == "revision" {
		p.choose(at.number)
	}
	return true
}

// Title names the release, and the revisions that the part is about.
func (p *historyPage) Title() (title, right styled.Line) {
	title = refTitle(p.ref)
	if p.part != partRevisions && p.chosen > 0 {
		what := fmt.Sprintf("  revision %d", p.chosen)
		switch p.part {
		case partDiff, partValues:
			if from, to, ok := p.pair(); ok {
				what = fmt.Sprintf("  revision %d %s %d", from, p.env.Theme.Arrow, to)
			}
		case partDrift, partObjects:
			what += " and the cluster"
		case partUninstall:
			what = ""
		}
		title = append(title, styled.T(styled.Normal, what))
	}
	return title, backHint()
}

// Offers lists what the page answers.
func (p *historyPage) Offers() []keymap.Offer {
	open := keymap.Offer{Action: keymap.Open}
	at, ok := p.bodies[p.part].at()
	switch {
	case ok && p.part == partRevisions && at.mark == "revision":
		open.Label = "what it changed"
	case !ok || at.to.IsZero():
		open.Disabled = noLink
	}
	mark := keymap.Offer{Action: keymap.Mark, Label: "compare with this"}
	if p.part != partRevisions {
		mark.Disabled = "revisions are marked in the History part"
	} else if p.base != 0 && p.base == p.chosen {
		mark.Label = "compare with the previous one"
	}
	return append([]keymap.Offer{
		{Action: keymap.NextPart, Label: "next part"},
		{Action: keymap.PrevPart, Label: "previous part"},
		open,
		mark,
		{Action: keymap.Rollback, Disabled: p.noRollback()},
		{Action: keymap.Uninstall, Disabled: p.noUninstall()},
		{Action: keymap.Reload},
		{Action: keymap.Back},
	}, movement...)
}

// noRollback says why no rollback can be planned; empty where one can.
func (p *historyPage) noRollback() string {
	switch r, rel := p.revision(p.chosen), p.release(); {
	case p.env.NoPlan != "":
		return p.env.NoPlan
	case r == nil || rel == nil:
		return "there is no revision to go back to"
	case r.Problem != "":
		return "this revision cannot be read"
	case rel.Newest().Revision == r.Number:
		return "this is the newest revision: select an older one"
	}
	return ""
}

// noUninstall says why no uninstall can be planned; empty where one can.
func (p *historyPage) noUninstall() string {
	switch {
	case p.env.NoPlan != "":
		return p.env.NoPlan
	case p.part != partUninstall:
		return "see what it would do first, in the Uninstall part"
	case p.release() == nil:
		return "the release no longer exists"
	case !p.leaving.fresh():
		return "what it would do is not known"
	}
	return ""
}

// Do answers an action.
func (p *historyPage) Do(a keymap.Action) Request {
	body := p.bodies[p.part]
	if body.moved(a) {
		if at, ok := body.at(); ok && p.part == partRevisions && at.mark == "revision" {
			p.choose(at.number)
		}
		return nil
	}
	switch a {
	case keymap.Back:
		return Close{}
	case keymap.NextPart:
		p.part = (p.part + 1) % parts
		return p.need()
	case keymap.PrevPart:
		p.part = (p.part + parts - 1) % parts
		return p.need()
	case keymap.Open:
		at, _ := body.at()
		if p.part == partRevisions && at.mark == "revision" {
			p.part = partDiff
			return p.need()
		}
		if !at.to.IsZero() {
			return Open{at.to}
		}
	case keymap.Mark:
		if p.base == p.chosen {
			p.base = 0
		} else {
			p.base = p.chosen
		}
	case keymap.Rollback:
		return PlanRollback{p.ref, p.chosen}
	case keymap.Uninstall:
		return PlanUninstall{p.ref}
	case keymap.Reload:
		return p.Start()
	}
	return nil
}

// Draw returns exactly h lines of w cells.
func (p *historyPage) Draw(w, h int, focused bool) []string {
	th := p.env.Theme
	head := []string{widget.DrawLine(th, p.tabs(w), w, widget.Plain)}
	if p.env.Report != nil {
		p.seen = p.seen || p.env.there(p.ref)
		if p.env.absent(p.ref) {
			head = append(head, drawText(th, []styled.Line{goneLine(p.ref, p.seen, p.history.has)}, w, 2)...)
		}
	}
	if h <= len(head) {
		return widget.Fill(head, w, h)
	}
	if text, ok := p.bodies[p.part].(*lines); ok {
		list := p.lines()
		if of := (textOf{p.chosen, p.base, len(list)}); p.texts[p.part] != of {
			p.texts[p.part] = of
			text.Ends(false)
		}
		text.put(list)
	}
	return widget.Fill(append(head, p.bodies[p.part].draw(th, nil, w, h-len(head), focused)...), w, h)
}

// tabs is the line of parts, the one shown in brackets as well as in bold. Where
// they do not all fit, those before it go.
func (p *historyPage) tabs(w int) styled.Line {
	for from := 0; ; from++ {
		var l styled.Line
		for i, name := range partNames[from:] {
			if i > 0 {
				l = append(l, styled.T(styled.Normal, " "))
			}
			if from+i == p.part {
				l = append(l, styled.T(styled.Accent, "["+name+"]"))
			} else {
				l = append(l, styled.T(styled.Muted, name))
			}
		}
		if from > 0 {
			l = append(styled.Of(styled.Muted, p.env.Theme.Cut+" "), l...)
		}
		if widget.LineWidth(l) < w || from >= p.part {
			return append(styled.Of(styled.Normal, " "), l...)
		}
	}
}
