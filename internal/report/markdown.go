package report

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// commentLimit bounds a Markdown report: a comment on GitHub holds 65,536
// characters. What does not fit is counted, never cut in the middle.
const commentLimit = 60_000

// writeMarkdown writes for a merge request's comment: counts, a table, and the
// details of each finding folded away. Strings that came from a cluster cannot
// become markup, mention anybody or close a table cell.
func writeMarkdown(w io.Writer, d *Document, o Options) error {
	var b strings.Builder
	fmt.Fprintf(&b, "## careen: %s\n\n", plainSummary(d))
	fmt.Fprintf(&b, "Context %s, server %s %s, %s.\n\n", code(orDash(d.Cluster.Context)), code(orDash(d.Cluster.Server)),
		prose(d.Cluster.Version), d.CompletedAt.Format(time.RFC3339))
	if o.Taken != "" {
		fmt.Fprintf(&b, "**%s**\n\n", prose(o.Taken))
	}
	coverage := markdownChanges(d) + markdownCoverage(d)
	room := commentLimit - b.Len() - len(coverage) - 400
	// The table may take a third: a long list leaves room for the details of its severest.
	rows, shown := fit(room/3, len(d.Findings), func(i int) string { return row(&d.Findings[i]) })
	if shown > 0 {
		b.WriteString("| Severity | Probe | Subject | Finding |\n|---|---|---|---|\n" + rows + "\n")
	}
	details, told := fit(room-len(rows), shown, func(i int) string { return detail(&d.Findings[i]) })
	b.WriteString(details)
	if told < len(d.Findings) {
		fmt.Fprintf(&b, "%d more in the table, %d more left out: a comment has an end. Run `careen audit` for all.\n\n", shown-told, len(d.Findings)-shown)
	}
	b.WriteString(coverage)
	_, err := io.WriteString(w, b.String())
	return err
}

// fit joins as many of n blocks as fit in limit bytes.
func fit(limit, n int, block func(int) string) (text string, count int) {
	var b strings.Builder
	for i := range n {
		s := block(i)
		if b.Len()+len(s) > limit {
			return b.String(), i
		}
		b.WriteString(s)
	}
	return b.String(), n
}

func plainSummary(d *Document) string {
	s := d.Summary
	var parts []string
	for _, c := range []struct {
		n    int
		word string
	}{{s.Critical, "critical"}, {s.High, "high"}, {s.Medium, "medium"}, {s.Low, "low"}, {s.Unknown, "unknown"}, {s.Known, "known"}} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.word))
		}
	}
	switch {
	case len(parts) > 0:
		return strings.Join(parts, ", ")
	case d.Partial():
		return "nothing found, but not everything could be looked at"
	}
	return "nothing found"
}

func row(f *Finding) string {
	return fmt.Sprintf("| %s | `%s` | %s | %s |\n", standing(f), f.Probe, cell(subject(f)), prose(f.Summary))
}

// standing is the severity, and why it does not count where it does not.
func standing(f *Finding) string {
	word := strings.ToLower(levelWord(f))
	if word != "unknown" {
		word = f.Severity.String()
	}
	if f.Known != "" {
		return word + " (known)"
	}
	return word
}

func detail(f *Finding) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<details>\n<summary>%s: %s, %s</summary>\n\n", standing(f), f.Probe, markup(subject(f)))
	fmt.Fprintf(&b, "%s\n\n%s", prose(f.Summary), f.Grade)
	if f.Since != nil {
		fmt.Fprintf(&b, ", since %s", f.Since.Format(time.RFC3339))
	}
	if f.Known != "" {
		fmt.Fprintf(&b, ", known: %s", prose(f.Known))
	}
	b.WriteString("\n\n")
	for _, e := range f.Evidence {
		b.WriteString("- " + markdownEvidence(e) + "\n")
	}
	for _, c := range f.Causes {
		fmt.Fprintf(&b, "- because of %s\n", code(string(c)))
	}
	for _, x := range f.Fixes {
		fmt.Fprintf(&b, "- fix `%s`: %s (%s)\n", x.ID, prose(x.Title), x.Risk)
	}
	for _, x := range f.Preventions {
		fmt.Fprintf(&b, "- prevention `%s`: %s (%s)\n", x.ID, prose(x.Title), x.Risk)
	}
	fmt.Fprintf(&b, "- id %s\n\n</details>\n\n", code(string(f.ID)))
	return b.String()
}

func markdownEvidence(e Evidence) string {
	var parts []string
	if !e.Ref.IsZero() {
		parts = append(parts, code(e.Ref.String()))
	}
	if e.Path != "" {
		parts = append(parts, code(e.Path))
	}
	text := strings.Join(parts, " ")
	switch {
	case e.Value != "" && text != "":
		text += ": " + code(e.Value)
	case e.Value != "":
		text = code(e.Value)
	}
	if e.Note != "" {
		text += " (" + prose(e.Note) + ")"
	}
	return text
}

func markdownChanges(d *Document) string {
	if len(d.Changes) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<details>\n<summary>%d changes</summary>\n\n", len(d.Changes))
	list, shown := fit(16_000, len(d.Changes), func(i int) string {
		c := d.Changes[i]
		text := "- " + c.Verb + " " + code(c.Ref.String())
		if c.Summary != "" {
			text += ": " + prose(c.Summary)
		}
		for _, l := range c.Lines {
			text += "\n  - " + code(l)
		}
		return text + "\n"
	})
	b.WriteString(list)
	if shown < len(d.Changes) {
		fmt.Fprintf(&b, "- and %d more\n", len(d.Changes)-shown)
	}
	b.WriteString("\n</details>\n\n")
	return b.String()
}

func markdownCoverage(d *Document) string {
	partial := d.incomplete
	read := len(d.Coverage) - len(partial)
	if len(partial) == 0 {
		return fmt.Sprintf("%d of %d reads complete.\n", read, len(d.Coverage))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<details>\n<summary>%d of %d reads complete</summary>\n\n", read, len(d.Coverage))
	list, shown := fit(8_000, len(partial), func(i int) string { return "- " + prose(partial[i].String()) + "\n" })
	b.WriteString(list)
	if shown < len(partial) {
		fmt.Fprintf(&b, "- and %d more\n", len(partial)-shown)
	}
	b.WriteString("\n</details>\n")
	return b.String()
}
