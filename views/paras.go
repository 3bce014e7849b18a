package views

import (
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/views/widget"
)

func textLine(role widget.Role, s string) para { return para{Left: widget.Line{widget.T(role, s)}} }

func blankLine() para { return para{Left: widget.L("")} }

func heading(s string) para { return para{Left: widget.Line{widget.T(widget.Strong, s)}} }

// field is a name and its value, the values of one block beginning in one column.
type field struct {
	name  string
	value string
	role  widget.Role
	note  string
	to    Subject // where it leads, if anywhere
}

// fields writes a block of them, indented.
func fields(indent int, block string, list []field) []para {
	width := 0
	for _, f := range list {
		width = max(width, min(widget.Width(widget.Clean(f.name)), 30))
	}
	out := make([]para, 0, len(list))
	for _, f := range list {
		name := widget.Clean(f.name)
		var line widget.Line
		if f.value != "" {
			line = append(line, widget.T(f.role, f.value))
		}
		if f.note != "" {
			lead := "  "
			if f.value == "" {
				lead = ""
			}
			line = append(line, widget.T(widget.Muted, lead+f.note))
		}
		p := para{
			Left:  widget.Line{widget.T(widget.Muted, widget.Pad(pad(indent)+name, indent+width)+"  ")},
			Value: line, Below: indent + 2, Hang: indent + min(width, 30) + 2,
		}
		if !f.to.IsZero() {
			p.Stop, p.Key = true, stop{to: f.to, mark: block + f.name + f.value}
		}
		out = append(out, p)
	}
	return out
}

func pad(n int) string { return widget.Pad("", n) }

// refTitle is a reference as titles write it: the kind, then the name in bold.
func refTitle(r model.Ref) widget.Line {
	if r.IsZero() {
		return nil
	}
	if r.Name == "*" { // all of the kind
		return widget.Line{widget.T(widget.Strong, everyText(r))}
	}
	return widget.Line{widget.T(widget.Muted, string(r.Kind)+" "), widget.T(widget.Strong, r.Path())}
}

// refFrom writes a reference as seen from a namespace: its own is left out.
func refFrom(r model.Ref, namespace string) string {
	if r.Namespace == namespace {
		return string(r.Kind) + " " + r.Name
	}
	return r.String()
}
