package repair

import (
	"fmt"
	"time"

	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/text"
)

// Text lists the journal, newest first: what, how far, when, by whom.
func (j Journal) Text(now time.Time) []styled.Para {
	var out []styled.Para
	for _, e := range j.Entries {
		age, _ := text.Steps(now.Sub(e.At))
		role, state := styled.Normal, string(e.State)
		switch {
		case e.Problem != "":
			role, state = styled.Bad, "unusable"
		case e.State == Open:
			role, state = styled.Bad, fmt.Sprintf("open %d/%d", len(e.Progress), len(e.Writes))
		case e.State == Unconfirmed:
			role = styled.Muted
		}
		out = append(out, styled.P(role, fmt.Sprintf("%s  %-11s  %-9s  %s  %s  by %s", e.ID, state, age, e.Namespace, e.Title, e.By)))
		switch {
		case e.Problem != "":
			out = append(out, styled.Para{Indent: 4, Body: styled.Of(styled.Bad, e.Problem)})
		case e.State == Open:
			out = append(out, styled.Para{Indent: 4, Body: styled.Of(styled.Muted, fmt.Sprintf("interrupted: careen undo %s takes back what was done, careen undo %s --finish does the rest", e.ID, e.ID))})
		}
	}
	for _, u := range j.Unread {
		out = append(out, styled.P(styled.Muted, "not read: "+u))
	}
	return out
}
