package report

import (
	"encoding/json"
	"io"
	"strings"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/careen-tui/careen/internal/sanitize"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/probes"
)

// Options are what only some formats use.
type Options struct {
	Color   bool
	ASCII   bool
	Width   int  // columns of the terminal; 0 where there is none
	Wide    bool // of a table: each finding with its evidence
	Fixable bool // careen fix can plan the fixes of what was found
	Version string
	Name    string          // of report objects; empty for those of careen audit
	Took    time.Duration   // the look; 0 where that was not measured
	Taken   string          // of a look at a file: its time and age, in words
	Probes  []*probes.Probe // those that ran: the rules of sarif, the suites of junit; nil for all
}

func (o Options) ran() []*probes.Probe {
	if o.Probes == nil {
		return probes.All()
	}
	return o.Probes
}

// harmless sanitises every text below v, a pointer, whichever way it came: what is
// taken out of a document ends on a terminal after all.
func harmless(v any) {
	sanitize.Each(v, func(_, s string) string { return sanitize.Text(s, maxText) })
}

func writeJSON(w io.Writer, d *Document, _ Options) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(d)
}

func writeYAML(w io.Writer, d *Document, _ Options) error {
	b, err := yaml.Marshal(d)
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return err
}

// Partial reports whether the look was: a read was forbidden, timed out or not
// served, or a probe was not able to look for another reason.
func (d *Document) Partial() bool { return len(d.incomplete) > 0 || d.blind > 0 }

// Incomplete lists what could not be read, one line each.
func (d *Document) Incomplete() []string {
	out := make([]string, 0, len(d.incomplete)+1)
	for _, w := range d.incomplete {
		out = append(out, w.String())
	}
	if d.blind > 0 {
		out = append(out, text.Counted(d.blind, "finding")+" of grade unknown")
	}
	return out
}

// String is one line about a read: "nodes: forbidden, ...".
func (w Watch) String() string {
	text := w.Kind
	if w.Namespace != "" {
		text += " in " + w.Namespace
	}
	switch {
	case w.Message == "":
		return text + ": " + string(w.State)
	case strings.HasPrefix(w.Message, string(w.State)):
		return text + ": " + w.Message
	}
	return text + ": " + string(w.State) + ", " + w.Message
}
