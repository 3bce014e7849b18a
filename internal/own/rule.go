package own

import (
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/own/objects"
	"github.com/careen-tui/careen/internal/sanitize"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/probes"
)

// Rule is a probe as an operator writes it.
type Rule struct {
	ID       Text // word-word, of which there is no other probe
	Title    Text // one line
	Doc      Text // the page, in Markdown; may be empty
	Kind     Text // of the objects that it is about
	Severity Text
	When     Text // CEL: whether an object is to be found
	Message  Text // what is said of it; or
	Said     Text // CEL: the same, made of the object
	Evidence []Text
}

// Text is a piece of a rule, and where it stands.
type Text struct {
	Value string
	// At is the place of a line and column of the value, both from 1: "config.yaml:12:9".
	At func(line, column int) string
}

// Wrong is an error about a text.
func (t Text) Wrong(format string, args ...any) error { return t.wrongAt(1, 1, format, args...) }

func (t Text) wrongAt(line, column int, format string, args ...any) error {
	return fmt.Errorf("%s: %s", t.At(line, column), sanitize.Line(fmt.Sprintf(format, args...), maxWrong)) // it may quote the text
}

// maxWrong bounds an error about a text, in bytes.
const maxWrong = 1000

// most is how many findings of one rule are listed.
const most = 200

// Compile makes a probe of a rule. Its errors name the place of what is wrong.
func Compile(r Rule) (*probes.Probe, error) {
	severity, err := finding.ParseSeverity(r.Severity.Value)
	if err != nil {
		return nil, r.Severity.Wrong("%s", err)
	}
	kind := model.Kind(r.Kind.Value)
	offer, ok := objects.For(kind)
	if !ok {
		return nil, r.Kind.Wrong("%s", noKind(r.Kind.Value))
	}
	c, err := compile(r, kind, offer)
	if err != nil {
		return nil, err
	}
	p := &probes.Probe{
		ID: finding.ProbeID(r.ID.Value), Doc: r.page(c), Worst: severity, Needs: []model.Kind{model.Lookup(kind).Kind}, Uses: c.uses(), Scope: c.scope(),
		Most: most,
	}
	p.Run = func(pass *probes.Pass) { c.run(pass, p) }
	return p, nil
}

// noKind says that objects of a kind are not offered, and which may have been meant.
func noKind(word string) string {
	var names []string
	for _, k := range objects.Kinds() {
		names = append(names, string(k))
	}
	if i := slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(n, word) }); i >= 0 {
		return fmt.Sprintf("%q is not a kind; did you mean %q?", word, names[i])
	}
	return fmt.Sprintf("%q is not a kind that rules can be about%s (a custom resource is named with its group: Widget.example.com)", word, text.DidYouMean(word, names))
}

// page is the page of the probe: what the operator wrote, and the rule itself.
func (r Rule) page(c *compiled) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", strings.TrimSpace(r.Title.Value))
	if doc := strings.TrimSpace(r.Doc.Value); doc != "" {
		b.WriteString(doc + "\n\n")
	}
	fmt.Fprintf(&b, "A probe of your own configuration, in CEL, about each %s:\n\n```\n%s\n```\n", c.kind, strings.TrimSpace(r.When.Value))
	if c.grade() == finding.Inferred {
		b.WriteString("\nIt looks at other objects as well, so that what it finds is inferred.\n")
	}
	return b.String()
}
