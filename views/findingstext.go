package views

import (
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/styled"
)

// matchText is what the filter looks at: all that the row says, and its sentence. What a
// row explains belongs to its name, so that a symptom never comes before its cause.
func matchText(r findingRow) string {
	var b strings.Builder
	b.WriteString(string(r.id))
	for _, f := range r.under() {
		b.WriteByte(',')
		b.WriteString(string(f.ID()))
	}
	for _, f := range append([]*finding.Finding{r.Finding}, r.under()...) {
		for _, s := range []string{subjectText(f), f.Severity.String(), f.Grade.String(), f.Summary} {
			b.WriteByte(' ')
			b.WriteString(s)
		}
	}
	b.WriteByte(' ')
	b.WriteString(r.impact.String())
	b.WriteByte(' ')
	b.WriteString(r.accepted)
	return b.String()
}

// impactSpan says how much of a row's workloads is down; a cause says it of the worst that
// it explains.
func impactSpan(r findingRow) styled.Span {
	role := styled.Medium
	if r.accepted != "" {
		role = styled.Muted
	} else if r.impact.Down() {
		role = styled.Critical
	}
	return styled.T(role, r.impact.String())
}

// names lists the names of the objects of findings.
func names(list []*finding.Finding) string {
	out := make([]string, 0, min(len(list), mostNames))
	for _, f := range list[:min(len(list), mostNames)] {
		out = append(out, f.Subject.Name)
	}
	return strings.Join(out, ", ")
}

// mostNames is how many names a line of names has: no screen is wide enough for more.
const mostNames = 50

// probeNames lists the probes of findings, each once.
func probeNames(list []*finding.Finding) string {
	var names []string
	for _, f := range list {
		if !slices.Contains(names, string(f.Probe)) {
			names = append(names, string(f.Probe))
		}
	}
	return strings.Join(names, ", ")
}

// tint is the role of what a row says: of what does not count nothing stands out.
func (r findingRow) tint(role styled.Role) styled.Role {
	if r.accepted != "" {
		return styled.Muted
	}
	return role
}
