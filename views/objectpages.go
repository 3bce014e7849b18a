package views

import (
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// ObjectPage is a page that shows more of an object than the watches keep.
type ObjectPage struct {
	Action     keymap.Action // asks for it
	name, note string        // on the detail page
	reads      bool          // it needs an Inspector
	// unfit says why objects of a kind have no such page; empty where they have.
	unfit func(kind model.Kind) string
	// open makes the page; why says why there is none.
	open func(e *Env, s Subject) (p Pane, why string)
}

// ObjectPages are the pages of one object, in the order in which the detail lists
// them. Keys, the detail and the shell read this table: a page is added here.
var ObjectPages = []ObjectPage{
	{
		Action: keymap.Logs, name: "logs", note: "of each container: last run, previous run, live", reads: true,
		unfit: func(kind model.Kind) string {
			if HasLogs(kind) {
				return ""
			}
			return "it has no containers"
		},
		open: func(e *Env, s Subject) (Pane, string) { return NewLog(e, s.Ref) },
	},
	{
		Action: keymap.YAML, name: "yaml", note: "as the server has it, secret values masked", reads: true, unfit: notInAPI,
		open: func(e *Env, s Subject) (Pane, string) { return NewYAML(e, s.Ref), "" },
	},
	{
		Action: keymap.Events, name: "events", note: "of every type, newest first", reads: true, unfit: notInAPI,
		open: func(e *Env, s Subject) (Pane, string) { return NewEvents(e, s.Ref), "" },
	},
	{
		Action: keymap.Changed, name: "what changed", note: "recently, here and around it",
		open: func(e *Env, s Subject) (Pane, string) { return NewTimeline(e, s), "" },
	},
	{
		Action: keymap.Reveal, name: "one value", note: "reveal one key; hidden again when you leave", reads: true,
		unfit: func(kind model.Kind) string {
			switch kind {
			case model.KindSecret:
				return ""
			case model.KindConfigMap:
				return "the values of a ConfigMap are not secret: its YAML shows them"
			}
			return "it is not a Secret"
		},
		open: func(e *Env, s Subject) (Pane, string) { return NewReveal(e, s.Ref), "" },
	},
	{
		Action: keymap.Compare, name: "compare", note: "with another, key by key, without revealing values", reads: true,
		unfit: func(kind model.Kind) string {
			if kind == model.KindSecret || kind == model.KindConfigMap {
				return ""
			}
			return "it is not a Secret or a ConfigMap"
		},
		open: func(e *Env, s Subject) (Pane, string) { return NewCounterpart(e, s.Ref), "" },
	},
}

// notInAPI is why what careen makes up itself has no YAML and no events.
func notInAPI(kind model.Kind) string {
	switch kind {
	case model.KindRelease:
		return "a Helm release is not an object of the API: open it"
	case model.KindLogTail:
		return "a log is not an object of the API"
	}
	return ""
}

// fits reports whether objects of a kind have the page.
func (p ObjectPage) fits(kind model.Kind) bool { return p.unfit == nil || p.unfit(kind) == "" }

// Offer is the page's action, with the reason why the page cannot be shown of a
// subject.
func (p ObjectPage) Offer(e *Env, s Subject) keymap.Offer {
	o := keymap.Offer{Action: p.Action}
	switch {
	case s.IsZero() || p.reads && (s.Ref.IsZero() || s.Ref.Name == "*"):
		o.Disabled = "nothing is selected"
	case p.reads && e.Inspector == nil:
		o.Disabled = "this needs a live cluster"
	case !p.fits(s.Ref.Kind):
		o.Disabled = p.unfit(s.Ref.Kind)
	}
	return o
}

// Open makes the page about a subject that was offered; why says why there is none.
func (p ObjectPage) Open(e *Env, s Subject) (page Pane, why string) { return p.open(e, s) }

// historyMark marks the line that leads from a release to its own page.
const historyMark = "history"

// lookCloser lists the pages of an object. Each line asks for one.
func (e *Env) lookCloser(ref model.Ref) []styled.Para {
	if e.Keyless {
		return nil
	}
	out := []styled.Para{styled.Blank(), styled.Heading("Look closer")}
	width := len("history")
	for _, p := range ObjectPages {
		if p.fits(ref.Kind) {
			width = max(width, widget.Width(p.name))
		}
	}
	line := func(name, note string, key stop) {
		out = append(out, styled.Para{Indent: 2, Label: styled.L(name), Column: width + 2, Body: styled.Of(styled.Muted, note), Key: key})
	}
	if ref.Kind == model.KindRelease && e.there(ref) {
		line("history", "revisions, diff, drift, values, objects, hooks, notes, uninstall", stop{to: Subject{Ref: ref}, mark: historyMark})
	}
	for _, p := range ObjectPages {
		if p.fits(ref.Kind) {
			line(p.name, p.note, stop{ask: p.Action, mark: "closer"})
		}
	}
	return out
}
