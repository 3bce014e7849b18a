package views

import (
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/views/widget"
)

// field is a name and its value, the values of one block beginning in one column.
type field struct {
	name  string
	value string
	role  styled.Role
	note  string
	to    Subject // where it leads, if anywhere
	copy  string  // what copying the line copies, where that is not the name of what it leads to
}

// widestName is how wide the column of names gets at most.
const widestName = 30

// fields writes a block of them, indented.
func fields(indent int, block string, list []field) []styled.Para {
	width := 0
	for _, f := range list {
		width = max(width, min(widget.Width(widget.Clean(f.name)), widestName))
	}
	out := make([]styled.Para, 0, len(list))
	for _, f := range list {
		p := styled.Para{Indent: indent, Label: styled.Of(styled.Muted, f.name), Column: width + 2}
		if f.value != "" {
			p.Body = append(p.Body, styled.T(f.role, f.value))
		}
		if f.note != "" {
			lead := "  "
			if f.value == "" {
				lead = ""
			}
			p.Body = append(p.Body, styled.T(styled.Muted, lead+f.note))
		}
		if !f.to.IsZero() {
			p.Key = stop{to: f.to, mark: block + f.name + f.value, copy: f.copy}
		}
		out = append(out, p)
	}
	return out
}

// selected is the selected line of a page; ok is false where none is.
func selected(p *widget.Page) (at stop, ok bool) {
	at, ok = p.Selected().(stop)
	return at, ok
}

func pad(n int) string { return widget.Pad("", n) }

// refTitle is a reference as titles write it: the kind, then the name in bold.
func refTitle(r model.Ref) styled.Line {
	if r.IsZero() {
		return nil
	}
	if r.Name == "*" { // all of the kind
		return styled.Line{styled.T(styled.Strong, everyText(r))}
	}
	return styled.Line{styled.T(styled.Muted, r.Kind.Plain()+" "), styled.T(styled.Strong, r.Path())}
}

// refFrom writes a reference as seen from a namespace: its own is left out.
func refFrom(r model.Ref, namespace string) string {
	if r.Namespace == namespace {
		return r.Kind.Plain() + " " + r.Name
	}
	return r.String()
}
