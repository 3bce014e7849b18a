package config

import (
	"errors"
	"strings"

	"go.yaml.in/yaml/v3"
)

// errInOneLine is why a section cannot be edited.
var errInOneLine = errors.New("waivers are written as [...]: write each on lines of its own, with a - before it, so that careen can edit them")

// withItems adds items, as a list without indentation, behind those of the section.
func withItems(text string, section *yaml.Node, items string) (string, error) {
	lines := splitLines(text)
	end := "\n"
	if strings.Contains(text, "\r\n") {
		end = "\r\n"
	}
	at, indent := len(lines), 2
	var before []string
	switch {
	case section == nil:
		if n := len(lines); n > 0 && strings.TrimSpace(lines[n-1]) != "" {
			before = append(before, "")
		}
		before = append(before, "waivers:")
	case section.Kind == yaml.SequenceNode && section.Style&yaml.FlowStyle == 0:
		at, indent = lastLine(lines, section), section.Column-1
	case section.Tag == "!!null" || section.Kind == yaml.SequenceNode && len(section.Content) == 0:
		at = section.Line
		key, _, _ := strings.Cut(lines[at-1], "waivers")
		if rest := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(lines[at-1]), "waivers:")); rest == "[]" {
			lines[at-1] = key + "waivers:" + end
		}
		indent += len(key)
	default:
		return "", errInOneLine
	}
	if n := len(lines); n > 0 && at == n && !strings.HasSuffix(lines[n-1], "\n") {
		lines[n-1] += end
	}
	added := before
	for l := range strings.Lines(items) {
		added = append(added, strings.Repeat(" ", indent)+strings.TrimSuffix(l, "\n"))
	}
	for i := range added {
		added[i] += end
	}
	return strings.Join(lines[:at], "") + strings.Join(added, "") + strings.Join(lines[at:], ""), nil
}

// withoutItems takes items out of the section, and with the last of them its name: it would
// be a section that says nothing. Comments stay.
func withoutItems(text string, section *yaml.Node, gone func(item *yaml.Node) bool) (string, error) {
	if section.Kind != yaml.SequenceNode || section.Style&yaml.FlowStyle != 0 {
		return "", errInOneLine
	}
	lines := splitLines(text)
	left := 0
	for _, item := range section.Content {
		if !gone(item) {
			left++
			continue
		}
		first := dashOf(lines, item, section.Column-1)
		for i := first; i < itemEnd(lines, first, section.Column-1); i++ {
			lines[i] = ""
		}
	}
	if left == 0 {
		withoutName(lines, section)
	}
	return strings.Join(lines, ""), nil
}

// withoutName takes away the line that names a section, but for a comment on it, and the
// blank lines that it leaves at the end of the file.
func withoutName(lines []string, section *yaml.Node) {
	at := min(section.Line, len(lines)) - 1
	for ; at >= 0; at-- {
		rest, named := strings.CutPrefix(strings.TrimLeft(lines[at], " "), "waivers:")
		if !named {
			continue
		}
		lines[at] = strings.TrimLeft(rest, " \t")
		if !strings.HasPrefix(lines[at], "#") {
			lines[at] = ""
		}
		break
	}
	for i := len(lines) - 1; i >= 0 && strings.TrimSpace(lines[i]) == ""; i-- {
		lines[i] = ""
	}
}

// lastLine is the number of lines up to the end of the last item of a list.
func lastLine(lines []string, section *yaml.Node) int {
	last := section.Content[len(section.Content)-1]
	return itemEnd(lines, dashOf(lines, last, section.Column-1), section.Column-1)
}

// dashOf is the line, from 0, in which an item begins: it may have its dash on a line
// before its first key.
func dashOf(lines []string, item *yaml.Node, indent int) int {
	at := min(item.Line-1, len(lines)-1)
	for i := at; i >= 0; i-- {
		if l := strings.TrimRight(lines[i], "\r\n"); len(l) > indent && blanks(l) == indent && l[indent] == '-' {
			return i
		}
	}
	return at
}

// itemEnd is the line after an item that begins in a line: all that is indented further
// belongs to it, but not blank lines behind it.
func itemEnd(lines []string, first, indent int) int {
	end := first + 1
	for i := end; i < len(lines); i++ {
		l := strings.TrimRight(lines[i], "\r\n")
		if strings.TrimSpace(l) == "" {
			continue
		}
		if blanks(l) <= indent {
			break
		}
		end = i + 1
	}
	return end
}

// splitLines keeps the ends of lines with them.
func splitLines(text string) (lines []string) {
	for l := range strings.Lines(text) {
		lines = append(lines, l)
	}
	return lines
}
