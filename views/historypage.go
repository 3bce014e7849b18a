package views

import (
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/exhibit"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/probes"
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

	history  *exhibit.History
	chosen   int // the revision looked at
	base     int // the one it is compared with; 0 for the one before it
	diff     Loaded[*exhibit.Difference]
	values   []exhibit.Line
	live     Loaded[*exhibit.Live]
	leaving  Loaded[[]exhibit.Leaving]
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

// NewHistory makes the page; it waits for its history. noPlan is why no rollback
// can be planned; empty where one can.
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
	p.diff, p.live, p.leaving = Loaded[*exhibit.Difference]{}, Loaded[*exhibit.Live]{}, Loaded[[]exhibit.Leaving]{}
}

// SetHistory shows the history; err is why it could not be read.
func (p *History) SetHistory(h *exhibit.History, err error) {
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

func (p *History) revision(n int) *exhibit.Revision {
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
		p.diff = Loaded[*exhibit.Difference]{Reading: true}
		return NeedDiff
	case partDrift, partObjects:
		if p.chosen == 0 || p.liveFor == p.chosen && (p.live.Done || p.live.Reading) {
			return NeedNothing
		}
		p.liveFor = p.chosen
		p.live = Loaded[*exhibit.Live]{Reading: true}
		return NeedLive
	case partUninstall:
		if p.leaving.Done || p.leaving.Reading {
			return NeedNothing
		}
		p.leaving = Loaded[[]exhibit.Leaving]{Reading: true}
		return NeedLeaving
	}
	return NeedNothing
}

// Chosen is the revision looked at.
func (p *History) Chosen() int { return p.chosen }

// SetDiff shows the difference of two revisions.
func (p *History) SetDiff(d *exhibit.Difference, values []exhibit.Line, err error) {
	p.diff, p.values = Loaded[*exhibit.Difference]{Value: d, Err: err, Done: true}, values
	p.lastText = [parts]string{}
}

// SetLive shows a revision beside the cluster.
func (p *History) SetLive(l *exhibit.Live, err error) {
	p.live = Loaded[*exhibit.Live]{Value: l, Err: err, Done: true}
	p.lastText = [parts]string{}
}

// SetLeaving shows what an uninstall would do.
func (p *History) SetLeaving(l []exhibit.Leaving, err error) {
	p.leaving = Loaded[[]exhibit.Leaving]{Value: l, Err: err, Done: true}
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
	return []keymap.Offer{
		{Action: keymap.NextPart, Label: "next part"},
		{Action: keymap.PrevPart, Label: "part before"},
		open,
		mark,
		back,
		{Action: keymap.Reload},
		{Action: keymap.Back},
		{Action: keymap.Down},
		{Action: keymap.Up},
		{Action: keymap.PageDown},
		{Action: keymap.PageUp},
		{Action: keymap.Top},
		{Action: keymap.Bottom},
	}
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

// status says what is not there yet, or why it is not.
func status[T any](l Loaded[T]) []para {
	switch {
	case l.Reading:
		return []para{text(widget.Muted, "Reading from the cluster ...")}
	case l.Err != nil:
		return []para{{Left: widget.Line{widget.T(widget.Bad, "Not read: "), widget.T(widget.Normal, sentence(l.Err.Error()))}}}
	}
	return nil
}

func (p *History) paras() []para {
	out := []para{blankLine()}
	switch {
	case p.reading && p.history == nil:
		return append(out, text(widget.Muted, "Reading from the cluster ..."))
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
		out = append(out, text(widget.Medium, "There is a newer revision than those read."), blankLine())
	}
	for i := range p.history.Revisions {
		out = append(out, p.revisionParas(&p.history.Revisions[i])...)
	}
	if p.history.Left > 0 {
		out = append(out, text(widget.Muted, counted("  of %s older revisions only the label was read", p.history.Left)))
	}
	if list := e.findingsOn(p.ref); len(list) > 0 {
		out = append(out, list...)
	}
	return out
}

func (p *History) revisionParas(r *exhibit.Revision) []para {
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
	counts := map[string]int{}
	for _, s := range p.live.Value.States {
		counts[s.Status]++
		f := field{name: refFrom(s.Ref, p.ref.Namespace), value: stateWord(s.Status), role: stateRole(s.Status), note: s.Message, to: Subject{Ref: s.Ref}}
		if s.Keep {
			f.note = strings.TrimSpace(f.note + "  kept on uninstall")
		}
		block = append(block, f)
	}
	if len(block) == 0 {
		return append(out, text(widget.Muted, "The manifest of this revision declares no objects."))
	}
	out = append(out, text(widget.Muted, fmt.Sprintf("%s as they were at %s.", plural(len(block), "object"), p.env.Clock(p.live.Value.Read))), blankLine())
	out = append(out, fields(1, "object", block)...)
	if r != nil && r.Trouble != "" {
		out = append(out, blankLine(), text(widget.Medium, sentence(r.Trouble)))
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
		return []para{text(widget.Muted, "This revision has no hooks.")}
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
				line = append(line, widget.T(widget.Muted, fmt.Sprintf(", took %s", d.Round(100000000))))
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
		out = append(out, text(widget.Muted, "An uninstall would delete nothing, and leave nothing behind that careen knows of."))
	}
	return append(out, text(widget.Muted, "Nothing is uninstalled here: this is what would happen."))
}

func levelWord(th *widget.Theme, name string) widget.Span {
	for s := probes.Low; s <= probes.Critical; s++ {
		if s.String() == name {
			return levelSign(th, s)
		}
	}
	return widget.T(widget.Muted, name)
}

// drawText draws a part that is text to read: only the lines on the screen are made.
func (p *History) drawText(w, h int) []string {
	list := p.lines()
	pager := p.texts[p.part]
	id := fmt.Sprint(p.part, p.chosen, p.base, len(list))
	if p.lastText[p.part] != id {
		p.lastText[p.part] = id
		pager.Ends(false)
	}
	pager.Set(len(list), func(i int) widget.Line { return toned(list[i]) })
	return pager.Draw(p.env.Theme, w, h)
}

func (p *History) lines() []exhibit.Line {
	out := []exhibit.Line{{}}
	say := func(tone exhibit.Tone, s string) { out = append(out, exhibit.Line{Tone: tone, Text: s}) }
	r := p.revision(p.chosen)
	switch {
	case p.history == nil && p.reading:
		say(exhibit.Faint, "Reading from the cluster ...")
		return out
	case r == nil:
		return out
	}
	switch p.part {
	case partDiff:
		if _, _, ok := p.Pair(); !ok {
			say(exhibit.Faint, "There is no other revision to compare it with.")
			return out
		}
		return append(out, difference(p.diff, p.ref.Namespace, "Nothing in the manifest differs.")...)
	case partDrift:
		var l Loaded[*exhibit.Difference]
		l.Reading, l.Err, l.Done = p.live.Reading, p.live.Err, p.live.Done
		if p.live.Value != nil {
			l.Value = &p.live.Value.Drift
			say(exhibit.Faint, "- as the revision declares it, + as it is in the cluster; what the release does not declare is not compared.")
			say(exhibit.Plain, "")
		}
		return append(out, difference(l, p.ref.Namespace, "Everything that it declares is in the cluster as declared.")...)
	case partValues:
		return append(out, p.valueLines(r)...)
	case partNotes:
		if len(r.Notes) == 0 {
			say(exhibit.Faint, "This revision has no notes.")
		}
		for _, n := range r.Notes {
			say(exhibit.Plain, n)
		}
	}
	return out
}

func (p *History) valueLines(r *exhibit.Revision) (out []exhibit.Line) {
	say := func(tone exhibit.Tone, s string) { out = append(out, exhibit.Line{Tone: tone, Text: s}) }
	if from, to, ok := p.Pair(); ok {
		say(exhibit.Head, fmt.Sprintf("Between revision %d and %d", from, to))
		switch {
		case p.diff.Reading:
			say(exhibit.Faint, "  Reading from the cluster ...")
		case p.diff.Err != nil:
			say(exhibit.Alert, "  Not read: "+sentence(p.diff.Err.Error()))
		case len(p.values) == 0:
			say(exhibit.Faint, "  No value differs.")
		}
		for _, l := range p.values {
			out = append(out, exhibit.Line{Tone: l.Tone, Text: "  " + l.Text})
		}
		say(exhibit.Plain, "")
	}
	say(exhibit.Head, fmt.Sprintf("Given to revision %d", r.Number))
	if len(r.Values) == 0 {
		say(exhibit.Faint, "  None: the chart's defaults hold.")
	}
	for _, v := range r.Values {
		say(exhibit.Plain, "  "+v.Path+": "+v.Text)
	}
	say(exhibit.Plain, "")
	say(exhibit.Faint, "Values are not shown: charts take credentials under any name.")
	return out
}

// difference writes what differs, object by object.
func difference(l Loaded[*exhibit.Difference], namespace, none string) (out []exhibit.Line) {
	say := func(tone exhibit.Tone, s string) { out = append(out, exhibit.Line{Tone: tone, Text: s}) }
	switch {
	case l.Reading:
		say(exhibit.Faint, "Reading from the cluster ...")
		return out
	case l.Err != nil:
		say(exhibit.Alert, "Not read: "+sentence(l.Err.Error()))
		return out
	case l.Value == nil:
		return out
	}
	d := l.Value
	if len(d.Parts) == 0 {
		say(exhibit.Faint, none)
	} else {
		counts := map[string]int{}
		for _, part := range d.Parts {
			counts[part.What]++
		}
		var words []string
		for _, what := range []string{"added", "removed", "changed", "not there"} {
			if counts[what] > 0 {
				words = append(words, fmt.Sprintf("%d %s", counts[what], what))
			}
		}
		say(exhibit.Head, fmt.Sprintf("%s, %d the same", strings.Join(words, ", "), d.Same))
	}
	for _, part := range d.Parts {
		say(exhibit.Plain, "")
		tone := exhibit.Head
		if part.What == "not there" {
			tone = exhibit.Removed
		}
		say(tone, refFrom(part.Ref, namespace)+"  "+part.What)
		out = append(out, part.Lines...)
	}
	if len(d.Unread) > 0 {
		say(exhibit.Plain, "")
		say(exhibit.Alert, "Not compared:")
		for _, u := range slices.Compact(slices.Clone(d.Unread)) {
			say(exhibit.Alert, "  "+u)
		}
	}
	return out
}
