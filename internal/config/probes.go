package config

import (
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/own"
	"github.com/careen-tui/careen/probes"
)

// maxProbes bounds the probes of a file.
const maxProbes = 200

// ownProbes reads the section probes of the file, wherever it stands.
func (d *decoder) ownProbes(root *yaml.Node) error {
	root = follow(root)
	if root.Kind != yaml.MappingNode {
		return nil // which is said where the rest is read
	}
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value != "probes" {
			continue
		}
		n := follow(root.Content[i+1])
		switch {
		case n.Tag == "!!null":
			return nil
		case n.Kind != yaml.SequenceNode:
			return d.wrong(n, "a list of probes is wanted here, not %s", describe(n))
		case len(n.Content) > maxProbes:
			return d.wrong(n, "%d probes are more than the %d that a file may have", len(n.Content), maxProbes)
		}
		for _, item := range n.Content {
			if err := d.ownProbe(follow(item)); err != nil {
				return err
			}
		}
	}
	return nil
}

// ownProbe reads one probe, and compiles it.
func (d *decoder) ownProbe(item *yaml.Node) error {
	var r own.Rule
	text := func(into *own.Text) func(*yaml.Node) error {
		return func(n *yaml.Node) error { return d.piece(n, into) }
	}
	err := d.fields(item, map[string]func(*yaml.Node) error{
		"id": text(&r.ID), "title": text(&r.Title), "doc": text(&r.Doc), "kind": text(&r.Kind), "severity": text(&r.Severity),
		"when": text(&r.When), "message": text(&r.Message), "messageExpression": text(&r.Said),
		"evidence": func(n *yaml.Node) error {
			if n.Kind != yaml.SequenceNode {
				return d.wrong(n, "a list of paths is wanted here, not %s", describe(n))
			}
			for _, path := range n.Content {
				var t own.Text
				if err := d.piece(follow(path), &t); err != nil {
					return err
				}
				r.Evidence = append(r.Evidence, t)
			}
			return nil
		},
	})
	if err != nil {
		return err
	}
	for _, need := range []struct {
		name string
		text own.Text
	}{{"id", r.ID}, {"title", r.Title}, {"kind", r.Kind}, {"severity", r.Severity}, {"when", r.When}} {
		if need.text.Value == "" {
			return d.wrong(item, "the probe has no %s", need.name)
		}
	}
	switch {
	case (r.Message.Value == "") == (r.Said.Value == ""):
		return d.wrong(item, "a probe has either a message or a messageExpression")
	case strings.Contains(strings.TrimSpace(r.Title.Value), "\n"):
		return r.Title.Wrong("a title is one line")
	}
	return d.compile(r)
}

// compile makes a probe of a rule, whose id must be its own.
func (d *decoder) compile(r own.Rule) error {
	id := finding.ProbeID(r.ID.Value)
	for _, known := range d.known {
		if known == id {
			return r.ID.Wrong("there is a probe %s already", id)
		}
	}
	p, err := own.Compile(r)
	if err != nil {
		return err
	}
	if err := probes.Validate([]*probes.Probe{p}); err != nil {
		return r.ID.Wrong("%s", err)
	}
	d.file.Probes, d.known = append(d.file.Probes, p), append(d.known, id)
	return nil
}

// piece reads a text, and keeps where each of its lines and columns stands.
func (d *decoder) piece(n *yaml.Node, into *own.Text) error {
	var value string
	if err := d.text(n, &value); err != nil {
		return err
	}
	if n.Style&yaml.LiteralStyle != 0 {
		value = strings.TrimRight(n.Value, "\n ") // its lines are those of the file
	}
	*into = own.Text{Value: value, At: func(line, column int) string { return d.place(n, value, line, column) }}
	return nil
}

// place is where a line and column of a value stand in the file, both from 1. Where the
// value is not written as it is read, that is where the value begins.
func (d *decoder) place(n *yaml.Node, value string, line, column int) string {
	at := *n
	if n.Style&yaml.LiteralStyle != 0 {
		at.Line, at.Column = n.Line+line, column+d.indent(n.Line+line, value, line)
		return d.at(&at)
	}
	quoted := n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0
	if quoted {
		at.Column++
	}
	if line == 1 && n.Line <= len(d.lines) && strings.HasPrefix(after(d.lines[n.Line-1], at.Column), value) {
		at.Column += column - 1
		return d.at(&at)
	}
	return d.at(n)
}

// indent is how far a line of a block is indented in the file beyond what it has itself.
func (d *decoder) indent(at int, value string, line int) int {
	of := strings.Split(value, "\n")
	if at > len(d.lines) || line > len(of) {
		return 0
	}
	return max(0, blanks(d.lines[at-1])-blanks(of[line-1]))
}

func blanks(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// after is what stands in a line from a column on, counted from 1.
func after(line string, column int) string {
	for range column - 1 {
		_, size := utf8.DecodeRuneInString(line)
		line = line[size:]
	}
	return line
}
