package diagram

import (
	"encoding/json"
	"io"

	"github.com/careen-tui/careen/internal/report"
)

var commands = []string{"graph"}

// Formats are those that a diagram is written in.
var Formats = report.Formats[*Diagram]{
	{Name: "tree", Extension: "txt", Doc: "for people, at the terminal", Commands: commands, Write: func(w io.Writer, d *Diagram, o report.Options) error { return d.tree(w, o.ASCII) }},
	{Name: "dot", Extension: "dot", Doc: "for Graphviz", Commands: commands, Write: func(w io.Writer, d *Diagram, _ report.Options) error { return d.dot(w) }},
	{Name: "mermaid", Extension: "mmd", Doc: "for Mermaid, in Markdown", Commands: commands, Write: func(w io.Writer, d *Diagram, _ report.Options) error { return d.mermaid(w) }},
	{Name: "json", Extension: "json", Doc: "for scripts", Commands: commands, Write: writeJSON},
}

func writeJSON(w io.Writer, d *Diagram, _ report.Options) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(d)
}
