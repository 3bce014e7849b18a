package repair

import (
	"fmt"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/text"
)

// Text lists the journal: what, how far, when, by whom. What was not applied from here
// comes after the rest, and is said to be so.
func (j Journal) Text(now time.Time) []styled.Para {
	var out []styled.Para
	for _, e := range j.Entries {
		age, _ := text.Steps(now.Sub(e.At))
		s := e.Standing(now)
		by := "by " + e.By
		if !e.Own {
			by = "not applied from here, it names " + e.By
		}
		out = append(out, styled.P(s.Role, fmt.Sprintf("%s  %-11s  %-9s  %s  %s  %s", e.ID, s.State, age, e.Namespace, e.Title, by)))
		if s.Detail != "" {
			out = append(out, styled.Para{Indent: 4, Body: styled.Of(s.Role, strings.TrimSuffix(s.Detail+": "+s.Advice, ": "))})
		}
	}
	for _, note := range j.Notes() {
		out = append(out, styled.P(styled.Medium, note))
	}
	return out
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
