package repair

import (
	"fmt"
	"time"

	"github.com/careen-tui/careen/internal/text"
)

// Lines lists the journal, newest first: what, how far, when, by whom.
func (j Journal) Lines(now time.Time) []Line {
	var out []Line
	for _, e := range j.Entries {
		age, _ := text.Steps(now.Sub(e.At))
		role, state := Plain, string(e.State)
		switch {
		case e.Problem != "":
			role, state = Bad, "unusable"
		case e.State == Open:
			role, state = Bad, fmt.Sprintf("open %d/%d", len(e.Progress), len(e.Writes))
		case e.State == Unconfirmed:
			role = Note
		}
		out = append(out, Line{role, fmt.Sprintf("%s  %-11s  %-9s  %s  %s  by %s", e.ID, state, age, e.Namespace, e.Title, e.By)})
		switch {
		case e.Problem != "":
			out = append(out, Line{Bad, "    " + e.Problem})
		case e.State == Open:
			out = append(out, Line{Note, fmt.Sprintf("    it was interrupted: careen undo %s takes it back, careen undo %s --finish does the rest", e.ID, e.ID)})
		}
	}
	for _, u := range j.Unread {
		out = append(out, Line{Note, "not looked in " + u})
	}
	return out
}
