package repair

import (
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/text"
)

// journalHead names the columns of a journal.
var journalHead = []string{"ENTRY", "STATE", "AGE", "NAMESPACE", "WHAT", "BY"}

// widestCell is how many cells a column takes at most, so that one long title does not
// move the rest out of sight; what is longer pushes its own line.
const widestCell = 50

// Text lists the journal in columns: what, how far, when, by whom. What was not applied
// from here comes after the rest, and is said to be so.
func (j Journal) Text(now time.Time) []styled.Para {
	rows := make([][]string, 0, len(j.Entries))
	for _, e := range j.Entries {
		age, _ := text.Steps(now.Sub(e.At))
		by := e.By
		switch {
		case !e.Own && by == "":
			by = "not applied from here"
		case !e.Own:
			by = "not applied from here, it names " + by
		}
		rows = append(rows, []string{e.ID, e.Standing(now).State, age, e.Namespace, e.Title, by})
	}
	var out []styled.Para
	widths := columns(append([][]string{journalHead}, rows...))
	if len(rows) > 0 {
		out = append(out, styled.P(styled.Muted, inColumns(journalHead, widths)))
	}
	for i, e := range j.Entries {
		s := e.Standing(now)
		out = append(out, styled.P(s.Role, inColumns(rows[i], widths)))
		if s.Detail != "" {
			out = append(out, styled.Para{Indent: 4, Body: styled.Of(s.Role, strings.TrimSuffix(s.Detail+": "+s.Advice, ": "))})
		}
	}
	for _, note := range j.Notes() {
		out = append(out, styled.P(styled.Medium, note))
	}
	return out
}

// columns are the widths that rows need.
func columns(rows [][]string) []int {
	widths := make([]int, len(journalHead))
	for _, row := range rows {
		for i, cell := range row {
			if w := ansi.StringWidth(cell); w <= widestCell {
				widths[i] = max(widths[i], w)
			}
		}
	}
	return widths
}

func inColumns(row []string, widths []int) string {
	var b strings.Builder
	for i, cell := range row {
		b.WriteString(cell)
		if i < len(row)-1 {
			b.WriteString(strings.Repeat(" ", max(widths[i]-ansi.StringWidth(cell), 0)+2))
		}
	}
	return b.String()
}

// Notes say what the entries do not: what is not known, not shown and not read.
func (j Journal) Notes() (out []string) {
	if j.Warning != "" {
		out = append(out, "What was applied from here is not known: "+j.Warning)
	}
	if j.Passed > 0 {
		out = append(out, fmt.Sprintf("%d more that were not applied from here are not shown", j.Passed))
	}
	for _, u := range j.Unread {
		out = append(out, "Not read: "+u)
	}
	return out
}
