package views

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// Text is a page of lines read from the cluster about one object. What it shows is
// given to it; it knows no cluster.
type Text struct {
	env     *Env
	pager   *widget.Pager
	name    string // "YAML"
	ref     model.Ref
	uid     string
	version string // of the object when it was read
	lines   []inspect.Line
	shown   []int // the lines that match the filter; nil for all
	filter  string
	facts   widget.Line // in the title
	notes   []widget.Line
	paint   func(inspect.Line) widget.Line
	state   readingState
	err     error
}

type readingState uint8

const (
	beingRead readingState = iota
	wasRead
	notRead
)

// NewText makes a page that waits for what it shows.
func NewText(env *Env, name string, ref model.Ref) *Text {
	t := &Text{env: env, pager: widget.NewPager(), name: name, ref: ref, paint: toned}
	if row := t.row(); row != nil {
		t.uid = row.Base().UID
	}
	t.show()
	return t
}

func (t *Text) row() model.Row {
	if t.env.World == nil {
		return nil
	}
	return t.env.World.lookup(t.ref)
}

// Ref is the object that the page is about.
func (t *Text) Ref() model.Ref { return t.ref }

// Begin says that it is being read, anew.
func (t *Text) Begin() { t.state, t.err = beingRead, nil }

// Fail says why it could not be read. What was read before stays.
func (t *Text) Fail(err error) { t.state, t.err = notRead, err }

// SetDocument shows an object's text.
func (t *Text) SetDocument(d *inspect.Document) {
	t.state, t.err = wasRead, nil
	t.lines, t.uid, t.version = d.Lines, d.UID, d.ResourceVersion
	t.facts = widget.Line{widget.T(widget.Muted, "read "+t.env.Clock(d.Read))}
	t.notes = nil
	if d.Masked > 0 {
		t.notes = append(t.notes, widget.Line{widget.T(widget.Muted, plural(d.Masked, "value")+" masked")})
	}
	if d.Left > 0 {
		t.notes = append(t.notes, widget.Line{widget.T(widget.Medium, widget.Count(d.Left)+" more lines are not shown")})
	}
	t.show()
}

// SetLines shows lines that are no object's text.
func (t *Text) SetLines(list []inspect.Line, notes ...widget.Line) {
	t.state, t.err, t.lines, t.notes = wasRead, nil, list, notes
	t.show()
}

// show applies the filter.
func (t *Text) show() {
	t.shown = nil
	if t.filter != "" {
		t.shown = []int{}
		want := strings.ToLower(t.filter)
		for i, l := range t.lines {
			if strings.Contains(strings.ToLower(l.Text), want) {
				t.shown = append(t.shown, i)
			}
		}
		t.pager.Set(len(t.shown), func(i int) widget.Line { return t.line(t.lines[t.shown[i]]) })
		return
	}
	t.pager.Set(len(t.lines), func(i int) widget.Line { return t.line(t.lines[i]) })
}

func (t *Text) line(l inspect.Line) widget.Line { return t.paint(l) }

// toned is a line in the role that its tone has.
func toned(l inspect.Line) widget.Line {
	role := widget.Normal
	switch l.Tone {
	case inspect.Faint, inspect.Hunk:
		role = widget.Muted
	case inspect.Head:
		role = widget.Strong
	case inspect.Added:
		role = widget.Good
	case inspect.Removed:
		role = widget.Bad
	case inspect.Alert:
		role = widget.Medium
	case inspect.Plain:
	}
	return widget.Line{widget.T(role, l.Text)}
}

// keyed is a line of YAML with its key apart from its value.
func keyed(l inspect.Line) widget.Line {
	i := strings.Index(l.Text, ": ")
	if i < 0 && strings.HasSuffix(l.Text, ":") {
		i = len(l.Text) - 1
	}
	if l.Tone != inspect.Plain || i < 0 || strings.ContainsAny(strings.TrimLeft(l.Text[:i], " -"), " \"'{") {
		return toned(l)
	}
	value := widget.T(widget.Normal, l.Text[i+1:])
	if strings.TrimSpace(value.Text) == inspect.Hidden {
		value.Role = widget.Muted
	}
	return widget.Line{widget.T(widget.Accent, l.Text[:i]), widget.T(widget.Muted, ":"), value}
}

// Filter shows only lines that hold a text.
func (t *Text) Filter(s string) {
	if s == t.filter {
		return
	}
	t.filter = s
	t.show()
	t.pager.Show(0)
}

// Filtered is the text of the filter.
func (t *Text) Filtered() string { return t.filter }

// Place is the first line on the screen, and the number of lines shown.
func (t *Text) Place() (at, of int) { return min(t.pager.Top()+1, t.pager.Lines()), t.pager.Lines() }

// Load has nothing to take over: what was read is of the moment it was read.
func (t *Text) Load() {}

// Scope is that of a page.
func (t *Text) Scope() keymap.Scope { return keymap.InPage }

// Title names what is shown and of which object.
func (t *Text) Title() (title, right widget.Line) {
	title = append(widget.Line{widget.T(widget.Normal, t.name+" of ")}, refTitle(t.ref)...)
	if t.filter != "" {
		title = append(title, widget.T(widget.Accent, "  /"+t.filter))
	}
	return title, t.facts
}

// Offers lists what a page of text answers.
func (t *Text) Offers() []keymap.Offer {
	copies := keymap.Offer{Action: keymap.Copy}
	return append([]keymap.Offer{
		{Action: keymap.Back},
		{Action: keymap.Filter},
		{Action: keymap.Reload},
		copies,
	}, movement...)
}

// Do answers an action.
func (t *Text) Do(a keymap.Action) Request {
	if moved(a, t.pager.Move, t.pager.Turn, t.pager.Ends) {
		return nil
	}
	switch a {
	case keymap.Back:
		if t.filter != "" {
			t.Filter("")
			return nil
		}
		return Close{}
	case keymap.Copy:
		return Copy{"the command", t.command()}
	}
	return nil
}

// command is what shows the same outside careen.
func (t *Text) command() string {
	return kubectl(t.ref, "get", strings.ToLower(resourceName(t.ref.Kind)), t.ref.Name, "-o", "yaml")
}

func resourceName(k model.Kind) string {
	if k == model.KindRecord {
		return string(model.KindSecret)
	}
	return string(k)
}

// kubectl writes a command about an object, its words quoted where a shell needs it.
func kubectl(ref model.Ref, words ...string) string {
	out := "kubectl"
	if ref.Namespace != "" {
		out += " -n " + quoted(ref.Namespace)
	}
	for _, w := range words {
		out += " " + quoted(w)
	}
	return out
}

func quoted(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:=", r)
	}
	if word != "" && strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// Draw returns exactly h lines of w cells.
func (t *Text) Draw(w, h int, _ bool) []string {
	head := t.head(w)
	if len(head) > h {
		head = head[:max(h, 0)]
	}
	if len(t.lines) == 0 && t.state != beingRead && t.err == nil {
		head = append(head, drawText(t.env.Theme, []widget.Line{{widget.T(widget.Muted, "Nothing is written there.")}}, w, 1)...)
	}
	if t.filter != "" && len(t.shown) == 0 {
		head = append(head, drawText(t.env.Theme, []widget.Line{{widget.T(widget.Muted, "No line holds "+t.filter+".")}}, w, 1)...)
	}
	return widget.Fill(append(head, t.pager.Draw(t.env.Theme, w, max(h-len(head), 0))...), w, h)
}

// head says what must be known of the text before it is read: that it is not there
// yet, why it is not, that the object is gone or changed since.
func (t *Text) head(w int) []string {
	var list []widget.Line
	switch {
	case t.state == beingRead && len(t.lines) == 0:
		list = append(list, widget.Line{widget.T(widget.Muted, "Reading from the cluster ...")})
	case t.state == beingRead:
		list = append(list, widget.Line{widget.T(widget.Muted, "Reading again ...")})
	case t.err != nil && !errors.Is(t.err, inspect.ErrGone):
		list = append(list, widget.Line{widget.T(widget.Bad, "Not read: "), widget.T(widget.Normal, sentence(t.err.Error()))})
	}
	list = append(list, t.fate()...)
	if t.state == wasRead && t.filter == "" && t.pager.Top() == 0 {
		list = append(list, t.notes...)
	}
	if len(list) == 0 {
		return nil
	}
	n := 0
	for _, l := range list {
		n += len(widget.Wrap(l, w-2, 0))
	}
	return drawText(t.env.Theme, list, w, n)
}

// fate says what became of the object since.
func (t *Text) fate() []widget.Line {
	if errors.Is(t.err, inspect.ErrGone) {
		return []widget.Line{goneLine(t.ref, len(t.lines) > 0)}
	}
	if t.env.World == nil {
		return nil
	}
	row := t.row()
	switch {
	case row == nil && t.env.missing(t.ref):
		return []widget.Line{goneLine(t.ref, len(t.lines) > 0)}
	case row == nil || t.state != wasRead:
		return nil
	case t.uid != "" && row.Base().UID != "" && row.Base().UID != t.uid:
		return []widget.Line{{widget.T(widget.Bad, "It was deleted and made anew since this was read.")}}
	case newer(row.Base().ResourceVersion, t.version):
		return []widget.Line{{widget.T(widget.Medium, "It was changed since this was read.")}}
	}
	return nil
}

func goneLine(ref model.Ref, kept bool) widget.Line {
	l := widget.Line{widget.T(widget.Bad, fmt.Sprintf("%s was deleted while this was open", ref))}
	if kept {
		return append(l, widget.T(widget.Normal, ". What follows is as it was read; esc goes back."))
	}
	return append(l, widget.T(widget.Normal, "; esc goes back."))
}

// newer tells whether version a of an object came after b; they are numbers that
// grow (KEP-5504).
func newer(a, b string) bool {
	na, errA := strconv.ParseUint(a, 10, 64)
	nb, errB := strconv.ParseUint(b, 10, 64)
	return errA == nil && errB == nil && na > nb
}

func sentence(s string) string {
	if s == "" || strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}
