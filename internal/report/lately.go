package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/timeline"
)

// lately is what changed around a finding, on paper.
type lately struct {
	Verdict string
	Moments []happened
	Left    string
	Onset   bool // of something that is found
}

// happened is one line of it.
type happened struct {
	At, Ref, What, By string
	Suspect           bool
}

// timeLine is what a look alone knows of what changed around a finding.
func timeLine(look *engine.Report, f *finding.Finding) *timeline.Line {
	return timeline.Make(timeline.Input{
		Snapshot: look.Snapshot, Graph: look.Graph, About: f.Subject, Finding: f, Findings: look.About(f.Subject),
	})
}

// latelyOf writes a time line, newest first and no more than so many of its entries; the
// suspect and the onset are among them. It is nil where nothing is known.
func latelyOf(l *timeline.Line, most int) *lately {
	if l == nil || len(l.Entries) == 0 {
		return nil
	}
	out := &lately{Verdict: verdict(l), Onset: !l.Onset.IsZero()}
	kept := nearOnset(l, most)
	for i := range kept {
		out.Moments = append(out.Moments, happenedOf(&kept[i]))
	}
	if left := len(l.Entries) - len(kept); left > 0 || l.Cut {
		out.Left = "There is more around it than is told here."
	}
	return out
}

// nearOnset are the entries that tell most: those around the onset, or the newest where
// none is known.
func nearOnset(l *timeline.Line, most int) []timeline.Entry {
	if len(l.Entries) <= most {
		return l.Entries
	}
	first := 0
	for i := range l.Entries {
		if e := &l.Entries[i]; e.Source == timeline.Finding || e.Suspect {
			first = max(0, min(i-most/2, len(l.Entries)-most))
			break
		}
	}
	return l.Entries[first : first+most]
}

func happenedOf(e *timeline.Entry) happened {
	out := happened{At: moment(e.At), Ref: line(e.Ref.String()), What: line(e.What), By: line(e.By), Suspect: e.Suspect}
	if e.Times > 1 {
		out.What += fmt.Sprintf(" (%d times)", e.Times)
	}
	if e.Until.Sub(e.At) > time.Minute {
		out.What += ", until " + moment(e.Until)
	}
	if e.Latest {
		out.What += ", at this time or before"
	}
	return out
}

// verdict names the suspect, or says why none is.
func verdict(l *timeline.Line) string {
	switch {
	case l.Suspect != nil:
		s := l.Suspect
		what := line(s.Ref.String()) + ": " + line(s.What)
		if s.By != "" {
			what += ", by " + line(s.By)
		}
		return "Last change before it started: " + what + " (" + l.Before() + "). Inferred from timing only."
	case l.Onset.IsZero():
		return "When it began is not known, so no change is named the suspect."
	}
	return "No change is known in the two hours before " + strings.TrimSpace(moment(l.Onset)) + ", when it began."
}
