package views

import (
	"fmt"

	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
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

// History is the page of a release: its revisions, what differs between two of them
// and between one and the cluster, and what else their records hold. What was read
// from the cluster is given to it.
type History struct {
	env   *Env
	ref   model.Ref
	part  int
	pages [parts]*widget.Page[stop]
	texts [parts]*widget.Pager

	history  *inspect.History
	chosen   int // the revision looked at
	base     int // the one it is compared with; 0 for the one before it
	diff     Loaded[*inspect.Difference]
	values   []inspect.Line
	live     Loaded[*inspect.Live]
	leaving  Loaded[[]inspect.Leaving]
	err      error
	reading  bool
	noPlan   string // why nothing can be planned
	diffFor  [2]int
	liveFor  int
	lastText [parts]string // what a pager's lines were made for
}

// Loaded is something read from the cluster, or on its way.
type Loaded[T any] struct {
	Value   T
	Err     error
	Reading bool
	Done    bool
}

// NewHistory makes the page; it waits for its history. noPlan is why neither a
// rollback nor an uninstall can be planned; empty where they can.
func NewHistory(env *Env, ref model.Ref, noPlan string) *History {
	p := &History{env: env, ref: ref, reading: true, noPlan: noPlan}
	for i := range parts {
		p.pages[i] = widget.NewPage[stop]()
		p.texts[i] = widget.NewPager()
	}
	return p
}

// Ref is the release.
func (p *History) Ref() model.Ref { return p.ref }

// Release is what is stored of it at present; nil where it is gone.
func (p *History) Release() *model.Release {
	if p.env.World == nil {
		return nil
	}
	return p.env.World.Snapshot.Release(p.ref.Namespace, p.ref.Name)
}

// BeginHistory says that the history is being read, anew.
func (p *History) BeginHistory() {
	p.reading, p.err = true, nil
	p.diff, p.live, p.leaving = Loaded[*inspect.Difference]{}, Loaded[*inspect.Live]{}, Loaded[[]inspect.Leaving]{}
}

// SetHistory shows the history; err is why it could not be read.
func (p *History) SetHistory(h *inspect.History, err error) {
	p.reading, p.err = false, err
	if h == nil {
		return
	}
	p.history = h
	if p.revision(p.chosen) == nil && len(h.Revisions) > 0 {
		p.chosen = h.Revisions[0].Number
	}
	if page := p.pages[partRevisions]; p.part == partRevisions {
		page.Set(p.paras())
		page.Select(stop{mark: "revision", number: p.chosen})
	}
}

func (p *History) revision(n int) *inspect.Revision {
	if p.history == nil {
		return nil
	}
	for i := range p.history.Revisions {
		if p.history.Revisions[i].Number == n {
			return &p.history.Revisions[i]
		}
	}
	return nil
}

// Pair is the revisions to compare: from and to; ok is false where there is only one.
func (p *History) Pair() (from, to int, ok bool) {
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
func (p *History) before(n int) int {
	if p.history == nil {
		return 0
	}
	for _, r := range p.history.Revisions {
		if r.Number < n {
			return r.Number
		}
	}
	return 0
}

// Need is what the part shown has to read from the cluster.
type Need uint8

// The needs.
const (
	NeedNothing Need = iota
	NeedDiff
	NeedLive
	NeedLeaving
)

// Needs tells what is to be read now, and says that it is being read.
func (p *History) Needs() Need {
	switch p.part {
	case partDiff, partValues:
		from, to, ok := p.Pair()
		if !ok || p.diffFor == [2]int{from, to} && (p.diff.Done || p.diff.Reading) {
			return NeedNothing
		}
		p.diffFor = [2]int{from, to}
		p.diff = Loaded[*inspect.Difference]{Reading: true}
		return NeedDiff
	case partDrift, partObjects:
		if p.chosen == 0 || p.liveFor == p.chosen && (p.live.Done || p.live.Reading) {
			return NeedNothing
		}
		p.liveFor = p.chosen
		p.live = Loaded[*inspect.Live]{Reading: true}
		return NeedLive
	case partUninstall:
		if p.leaving.Done || p.leaving.Reading {
			return NeedNothing
		}
		p.leaving = Loaded[[]inspect.Leaving]{Reading: true}
		return NeedLeaving
	}
	return NeedNothing
}

// Chosen is the revision looked at.
func (p *History) Chosen() int { return p.chosen }

// SetDiff shows the difference of two revisions.
func (p *History) SetDiff(d *inspect.Difference, values []inspect.Line, err error) {
	p.diff, p.values = Loaded[*inspect.Difference]{Value: d, Err: err, Done: true}, values
	p.lastText = [parts]string{}
}

// SetLive shows a revision beside the cluster.
func (p *History) SetLive(l *inspect.Live, err error) {
	p.live = Loaded[*inspect.Live]{Value: l, Err: err, Done: true}
	p.lastText = [parts]string{}
}

// SetLeaving shows what an uninstall would do.
func (p *History) SetLeaving(l []inspect.Leaving, err error) {
	p.leaving = Loaded[[]inspect.Leaving]{Value: l, Err: err, Done: true}
}

// Load has nothing to take over: what was read is of the moment it was read.
func (p *History) Load() {}

// Scope is that of a page.
func (p *History) Scope() keymap.Scope { return keymap.InPage }

// Title names the release, and the revisions that the part is about.
func (p *History) Title() (title, right widget.Line) {
	title = refTitle(p.ref)
	if p.part != partRevisions && p.chosen > 0 {
		what := fmt.Sprintf("  revision %d", p.chosen)
		switch p.part {
		case partDiff, partValues:
			if from, to, ok := p.Pair(); ok {
				what = fmt.Sprintf("  revision %d %s %d", from, p.env.Theme.Arrow, to)
			}
		case partDrift, partObjects:
			what += " and the cluster"
		case partUninstall:
			what = ""
		}
		title = append(title, widget.T(widget.Normal, what))
	}
	return title, widget.Line{widget.T(widget.Accent, "esc"), widget.T(widget.Muted, " back")}
}

// Offers lists what the page answers.
func (p *History) Offers() []keymap.Offer {
	open := keymap.Offer{Action: keymap.Open}
	at, ok := p.pages[p.part].Selected()
	switch {
	case ok && p.part == partRevisions && at.mark == "revision":
		open.Label = "what it changed"
	case !ok || at.to.IsZero():
		open.Disabled = "no line that leads elsewhere is selected"
	}
	mark := keymap.Offer{Action: keymap.Mark, Label: "compare with this"}
	if p.part != partRevisions {
		mark.Disabled = "revisions are marked in the first part"
	} else if p.base != 0 && p.base == p.chosen {
		mark.Label = "compare with the one before"
	}
	back := keymap.Offer{Action: keymap.Rollback, Disabled: p.noPlan}
	if r := p.revision(p.chosen); back.Disabled == "" {
		switch rel := p.Release(); {
		case r == nil || rel == nil:
			back.Disabled = "there is no revision to go back to"
		case r.Problem != "":
			back.Disabled = "this revision cannot be read"
		case rel.Newest().Revision == r.Number:
			back.Disabled = "this is the newest revision: choose an older one"
		}
	}
	remove := keymap.Offer{Action: keymap.Uninstall, Disabled: p.noPlan}
	if remove.Disabled == "" {
		switch {
		case p.part != partUninstall:
			remove.Disabled = "look first at what it would do, in the last part"
		case p.Release() == nil:
			remove.Disabled = "the release is gone"
		case !p.leaving.Done || p.leaving.Err != nil:
			remove.Disabled = "what it would do is not known"
		}
	}
	return append([]keymap.Offer{
		{Action: keymap.NextPart, Label: "next part"},
		{Action: keymap.PrevPart, Label: "part before"},
		open,
		mark,
		back,
		remove,
		{Action: keymap.Reload},
		{Action: keymap.Back},
	}, movement...)
}

// Turn goes to another part; ok is false for other actions.
func (p *History) Turn(a keymap.Action) (ok bool) {
	switch a {
	case keymap.NextPart:
		p.part = (p.part + 1) % parts
	case keymap.PrevPart:
		p.part = (p.part + parts - 1) % parts
	case keymap.Open:
		if at, ok := p.pages[p.part].Selected(); !ok || p.part != partRevisions || at.mark != "revision" {
			return false
		}
		p.part = partDiff
	default:
		return false
	}
	return true
}

// Do answers an action.
func (p *History) Do(a keymap.Action) Request {
	page, text := p.pages[p.part], p.texts[p.part]
	switch a {
	case keymap.Down:
		page.Move(1)
		text.Move(1)
	case keymap.Up:
		page.Move(-1)
		text.Move(-1)
	case keymap.PageDown:
		page.Turn(1)
		text.Turn(1)
	case keymap.PageUp:
		page.Turn(-1)
		text.Turn(-1)
	case keymap.Top:
		page.Ends(false)
		text.Ends(false)
	case keymap.Bottom:
		page.Ends(true)
		text.Ends(true)
	case keymap.Back:
		return Close{}
	case keymap.Open:
		if at, ok := page.Selected(); ok && !at.to.IsZero() {
			return Open{at.to}
		}
	case keymap.Mark:
		if p.base == p.chosen {
			p.base = 0
		} else {
			p.base = p.chosen
		}
	}
	if p.part == partRevisions {
		if at, ok := page.Selected(); ok && at.mark == "revision" {
			p.choose(at.number)
		}
	}
	return nil
}

// choose looks at another revision.
func (p *History) choose(n int) {
	if n != p.chosen {
		p.chosen = n
		p.lastText = [parts]string{}
	}
}

// Draw returns exactly h lines of w cells.
func (p *History) Draw(w, h int, focused bool) []string {
	th := p.env.Theme
	head := []string{p.tabs(w).Draw(th, w, widget.Plain)}
	if p.Release() == nil && p.env.World != nil && p.env.absent(p.ref) {
		head = append(head, drawText(th, []widget.Line{goneLine(p.ref, p.history != nil)}, w, 2)...)
	}
	if h <= len(head) {
		return widget.Fill(head, w, h)
	}
	room := h - len(head)
	var body []string
	switch p.part {
	case partDiff, partValues, partDrift, partNotes:
		body = p.drawText(w, room)
	default:
		page := p.pages[p.part]
		page.Set(p.paras())
		body = page.Draw(th, w, room, focused)
	}
	return widget.Fill(append(head, body...), w, h)
}

// tabs is the line of parts, the one shown in brackets as well as in bold. Where
// they do not all fit, those before it go.
func (p *History) tabs(w int) widget.Line {
	for from := 0; ; from++ {
		var l widget.Line
		for i, name := range partNames[from:] {
			if i > 0 {
				l = append(l, widget.T(widget.Normal, " "))
			}
			if from+i == p.part {
				l = append(l, widget.T(widget.Accent, "["+name+"]"))
			} else {
				l = append(l, widget.T(widget.Muted, name))
			}
		}
		if from > 0 {
			l = append(widget.Line{widget.T(widget.Muted, p.env.Theme.Cut+" ")}, l...)
		}
		if l.Width() < w || from >= p.part {
			return append(widget.Line{widget.T(widget.Normal, " ")}, l...)
		}
	}
}
