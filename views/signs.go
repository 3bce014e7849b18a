package views

import (
	"fmt"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/views/widget"
)

// severitySign is the symbol, the word and the colour of a finding's severity. A
// finding of grade unknown says that first: it is not known to be wrong.
func severitySign(th *widget.Theme, f *probes.Finding) widget.Span {
	if f.Grade == probes.Unknown {
		return widget.T(widget.Muted, "? UNKN")
	}
	return levelSign(th, f.Severity)
}

func levelSign(th *widget.Theme, s probes.Severity) widget.Span {
	switch s {
	case probes.Critical:
		return widget.T(widget.Critical, th.Critical+" CRIT")
	case probes.High:
		return widget.T(widget.High, th.High+" HIGH")
	case probes.Medium:
		return widget.T(widget.Medium, th.Medium+" MED")
	case probes.Low:
	}
	return widget.T(widget.Low, th.Low+" LOW")
}

func severityRole(s probes.Severity) widget.Role {
	switch s {
	case probes.Critical:
		return widget.Critical
	case probes.High:
		return widget.High
	case probes.Medium:
		return widget.Medium
	case probes.Low:
	}
	return widget.Low
}

func riskRole(r probes.Risk) widget.Role {
	switch r {
	case probes.Destructive:
		return widget.Critical
	case probes.Disruptive:
		return widget.Medium
	case probes.Safe:
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
func placeText(f *probes.Finding) string {
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
func subjectText(f *probes.Finding) string {
	text := placeText(f)
	if f.Slot != "" && f.Slot != f.Subject.Name {
		text += " #" + f.Slot
	}
	return text
}

func counted(format string, n int) string { return fmt.Sprintf(format, widget.Count(n)) }
