package views

import (
	"fmt"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/views/widget"
)

// severitySign is the symbol, the word and the colour of a finding's severity. A
// finding of grade unknown says that first: it is not known to be wrong.
func severitySign(th *widget.Theme, f *finding.Finding) styled.Span {
	if f.Grade == finding.Unknown {
		return styled.T(styled.Muted, "? UNKN")
	}
	return levelSign(th, f.Severity)
}

func levelSign(th *widget.Theme, s finding.Severity) styled.Span {
	switch s {
	case finding.Critical:
		return styled.T(styled.Critical, th.Critical+" CRIT")
	case finding.High:
		return styled.T(styled.High, th.High+" HIGH")
	case finding.Medium:
		return styled.T(styled.Medium, th.Medium+" MED")
	case finding.Low:
	}
	return styled.T(styled.Low, th.Low+" LOW")
}

func severityRole(s finding.Severity) styled.Role {
	switch s {
	case finding.Critical:
		return styled.Critical
	case finding.High:
		return styled.High
	case finding.Medium:
		return styled.Medium
	case finding.Low:
	}
	return styled.Low
}

func riskRole(r finding.Risk) styled.Role {
	switch r {
	case finding.Destructive:
		return styled.Critical
	case finding.Disruptive:
		return styled.Medium
	case finding.Safe:
	}
	return styled.Good
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
	text := text.Many(r.Kind.Plain())
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

// counted is a text with a number in it.
func counted(format string, n int) string { return fmt.Sprintf(format, text.Count(n)) }
