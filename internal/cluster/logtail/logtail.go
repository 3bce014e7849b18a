// Package logtail reads the end of a container's log: which Secrets and ConfigMaps
// it says were not found, and its last lines, safe to show. What looks like a
// credential is masked before anything is kept. Pure.
package logtail

import (
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/sanitize"
)

// The bounds of what is asked for and kept.
const (
	MaxLines = 200
	MaxBytes = 256 << 10

	keptLines   = 40
	lineLimit   = 500
	maxAbsences = 16
	readLimit   = 16 << 10 // of one line that is looked at
)

// Tail is what the end of a log says.
type Tail struct {
	Lines   []string        // the last ones, masked
	Missing []model.Absence // what was not found, newest first
	Telling *model.Telling  // why its program ended, or does not work; nil where it does not say
	At      time.Time       // when that was written; zero where the log has no times
	Again   *Recurring      // what it repeats up to its end; nil where there is nothing
	Of      int             // lines that were read
}

// Read reads the end of a log.
func Read(text string) Tail {
	raw := ending(text)
	tail, _ := read(raw, make([]time.Time, len(raw)))
	return tail
}

// ReadStamped reads the end of a log in which the server put the time before each line.
func ReadStamped(text string) Tail {
	raw := ending(text)
	times := make([]time.Time, len(raw))
	for i := range raw {
		times[i], raw[i] = Stamped(raw[i])
	}
	tail, at := read(raw, times)
	if tail.Telling != nil {
		tail.At = times[at]
	}
	return tail
}

// Stamped splits a line of a log into when it was written and what was: the server puts the
// time before each line. Where there is none the time is zero.
func Stamped(line string) (at time.Time, text string) {
	stamp, text, _ := strings.Cut(line, " ")
	if at, err := time.Parse(time.RFC3339Nano, stamp); err == nil {
		return at, text
	}
	return time.Time{}, line
}

// ending are the last lines of a text.
func ending(text string) []string {
	if len(text) > MaxBytes {
		text = text[len(text)-MaxBytes:]
	}
	raw := strings.Split(strings.TrimRight(text, "\r\n"), "\n")
	return raw[max(0, len(raw)-MaxLines):]
}

// read reads lines, and when each was written where that is known; at is the one at which
// what is telling begins.
func read(raw []string, times []time.Time) (tail Tail, at int) {
	var lines []string
	var missing []model.Absence
	var m mask.Stream
	looked := make([]string, 0, len(raw))
	for _, l := range raw {
		l = state(l)
		masked := m.Mask(l)
		shown := sanitize.Line(masked, lineLimit)
		lines, looked = append(lines, shown), append(looked, masked)
		for _, a := range absences(l) {
			a.Line = shown
			// The newest line that says so is kept, once for each object.
			missing = slices.DeleteFunc(missing, func(have model.Absence) bool { return have.Kind == a.Kind && have.Name == a.Name })
			missing = append(missing, a)
		}
	}
	slices.Reverse(missing)
	if len(missing) > maxAbsences {
		missing = missing[:maxAbsences]
	}
	if len(lines) > keptLines {
		lines = slices.Clone(lines[len(lines)-keptLines:])
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	tail = Tail{Lines: lines, Missing: missing, Of: len(raw)}
	if len(raw) == 1 && raw[0] == "" {
		tail.Of = 0
	}
	all := heard(looked)
	tail.Telling, at = tell(all)
	tail.Again = recurring(all, clocks{looked, times})
	return tail, at
}
