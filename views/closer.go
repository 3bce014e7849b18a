package views

import (
	"slices"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// historyMark marks the line that leads from a release to its own page.
const historyMark = "history"

// Closer heads the pages that only keys open.
const Closer = "Look closer"

// closer lists what more can be seen of an object than the watches keep. Each line
// asks for it.
func (e *Env) closer(ref model.Ref) []para {
	type look struct {
		action keymap.Action
		name   string
		note   string
	}
	var list []look
	if HasLogs(ref.Kind) {
		list = append(list, look{keymap.Logs, "logs", "of each container: the last run, the run before, what comes"})
	}
	if ref.Kind != model.KindRelease && ref.Kind != model.KindLogTail {
		list = append(list, look{keymap.YAML, "yaml", "as the server has it, secret values masked"},
			look{keymap.Events, "events", "of every type, newest first"})
	}
	list = append(list, look{keymap.Changed, "what changed", "lately, here and around it"})
	if ref.Kind == model.KindSecret {
		list = append(list, look{keymap.Reveal, "one value", "asked for key by key, masked again on leaving"})
	}
	if slices.Contains([]model.Kind{model.KindSecret, model.KindConfigMap}, ref.Kind) {
		list = append(list, look{keymap.Compare, "compare", "with another, key by key, without revealing"})
	}
	out := []para{blankLine(), heading(Closer)}
	if ref.Kind == model.KindRelease && e.there(ref) {
		out = append(out, para{
			Left: widget.Line{widget.T(widget.Normal, "  history       "), widget.T(widget.Muted, "revisions, diff, drift, values, objects, hooks, notes, uninstall")},
			Hang: 16, Stop: true, Key: stop{to: Subject{Ref: ref}, mark: historyMark},
		})
	}
	width := 0
	for _, l := range list {
		width = max(width, len(l.name))
	}
	for _, l := range list {
		out = append(out, para{
			Left: widget.Line{widget.T(widget.Normal, "  "+widget.Pad(l.name, width)+"  "), widget.T(widget.Muted, l.note)},
			Hang: width + 4, Stop: true, Key: stop{ask: l.action, mark: "closer"},
		})
	}
	return out
}
