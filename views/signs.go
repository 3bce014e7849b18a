package views

import (
	"fmt"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/views/widget"
)

// severitySign is the symbol, the word and the colour of a finding's severity. A
// finding of grade unknown says that first: it is not known to be wrong.
func severitySign(th *widget.Theme, f *finding.Finding) widget.Span {
	if f.Grade == finding.Unknown {
		return widget.T(widget.Muted, "? UNKN")
	}
	return levelSign(th, f.Severity)
}

func levelSign(th *widget.Theme, s finding.Severity) widget.Span {
	switch s {
	case finding.Critical:
		return widget.T(widget.Critical, th.Critical+" CRIT")
	case finding.High:
		return widget.T(widget.High, th.High+" HIGH")
	case finding.Medium:
		return widget.T(widget.Medium, th.Medium+" MED")
	case finding.Low:
	}
	return widget.T(widget.Low, th.Low+" LOW")
}

func severityRole(s finding.Severity) widget.Role {
	switch s {
	case finding.Critical:
		return widget.Critical
	case finding.High:
		return widget.High
	case finding.Medium:
		return widget.Medium
	case finding.Low:
	}
	return widget.Low
}

func riskRole(r finding.Risk) widget.Role {
	switch r {
	case finding.Destructive:
		return widget.Critical
	case finding.Disruptive:
		return widget.Medium
	case finding.Safe:
	}
	return widget.Good
}

// plural writes "1 symptom", "2 symptoms".
func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	many := one + "s"
	switch one[len(one)-1] {
	case 'y':
		many = one[:len(one)-1] + "ies"
	case 's':
		many = one + "es"
	}
	return widget.Count(n) + " " + many
}

// placeText names the subject of a finding; one that stands for all of a kind by
// that kind.
func placeText(f *finding.Finding) string {
	if f.Subject.Name != "*" {
		return f.Subject.Path()
	}
	return everyText(f.Subject)
}

// everyText names all objects of a kind.
func everyText(r model.Ref) string {
	text := plural(2, string(r.Kind))[len("2 "):]
	if r.Namespace != "" {
		text += " of " + r.Namespace
	}
	return text
}

// subjectText is placeText with the slot, where that tells anything.
func subjectText(f *finding.Finding) string {
	text := placeText(f)
	if f.Slot != "" && f.Slot != f.Subject.Name {
		text += " #" + f.Slot
	}
	return text
}

func counted(format string, n int) string { return fmt.Sprintf(format, widget.Count(n)) }
