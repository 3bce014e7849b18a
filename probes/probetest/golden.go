package probetest

import (
	"fmt"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
)

// render writes findings for people to review.
func render(list []*finding.Finding) string {
	var b strings.Builder
	line := func(indent int, format string, args ...any) {
		b.WriteString(strings.TrimRight(strings.Repeat("  ", indent)+fmt.Sprintf(format, args...), " ") + "\n")
	}
	for i, f := range list {
		if i > 0 {
			line(0, "")
		}
		line(0, "%s", f.ID())
		line(1, "%s, %s: %s", f.Severity, f.Grade, f.Summary)
		if !f.Since.IsZero() {
			line(1, "since %s", f.Since.UTC().Format(time.RFC3339))
		}
		for _, e := range f.Evidence {
			line(1, "evidence %s", sentence(e.Ref.String(), e.Path, quoted(e.Value), e.Note))
		}
		for _, c := range f.Causes {
			line(1, "cause %s", c)
		}
		for _, w := range f.Withheld {
			line(1, "withheld %s: %s: %s", w.Fix, w.Title, w.Why)
		}
		for i, fix := range f.Plans() {
			word := "fix"
			if i >= len(f.Fixes) {
				word = "prevention"
			}
			line(1, "%s %s: %s (%s)", word, fix.ID, fix.Title, fix.Risk)
			for _, s := range fix.Steps {
				line(2, "%s %s: %s", s.Verb, s.Ref, s.Summary)
				for _, l := range strings.Split(strings.TrimRight(change(s.Change), "\n"), "\n") {
					line(3, "%s", l)
				}
			}
			line(2, "undo: %s", fix.Undo)
			hold := ""
			if fix.Proof.Hold > 0 {
				hold = fmt.Sprintf(", held for %s", fix.Proof.Hold)
			}
			line(2, "proof: %s, within %s%s", fix.Proof.Text, fix.Proof.Within, hold)
			for _, c := range fix.Proof.Checks {
				line(3, "%s", sentence(c.Ref.String(), c.Path, quoted(c.Want)))
			}
			if fix.Note != "" {
				line(2, "note: %s", fix.Note)
			}
		}
	}
	return b.String()
}

func change(c finding.Change) string {
	switch c := c.(type) {
	case finding.Create:
		return "Create\n" + c.Manifest
	case finding.Patch:
		out := "Patch"
		for _, s := range c.Set {
			out += fmt.Sprintf("\n%s = %#v", strings.Join(s.Path, " "), s.Value)
		}
		return out
	}
	return strings.TrimPrefix(fmt.Sprintf("%T%+v", c, c), "finding.")
}

func quoted(s string) string {
	if s == "" {
		return ""
	}
	return fmt.Sprintf("%q", s)
}

func sentence(parts ...string) string {
	var kept []string
	for _, p := range parts {
		if strings.TrimSpace(p) != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, " | ")
}
