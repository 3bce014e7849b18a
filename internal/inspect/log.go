package inspect

import (
	"strings"

	"github.com/careen-tui/careen/internal/cluster/logtail"
	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/model"
)

// LogAsk says which log is asked for.
type LogAsk struct {
	Pod              model.Ref
	Container        string
	Previous, Follow bool
}

// MaxLogLines is how many lines of a log are kept; older ones go.
const MaxLogLines = 5000

// Log is the lines of a log that are kept.
type Log struct {
	Lines   []string
	Dropped int
}

// Add appends lines, letting the oldest go beyond MaxLogLines.
func (l *Log) Add(list []string) {
	l.Lines = append(l.Lines, list...)
	if over := len(l.Lines) - MaxLogLines; over > 0 {
		l.Dropped += over
		l.Lines = append(make([]string, 0, MaxLogLines+batch), l.Lines[over:]...)
	}
}

const batch = 1000

// Notes is the text that a chart prints after an installation, line by line.
// Charts write passwords into it, so that it is masked as a log is, and the values that
// are known are taken out.
func Notes(text string, most int, secrets *mask.Values) []string {
	text = strings.TrimSpace(secrets.Text(text))
	if text == "" {
		return nil
	}
	var stream logtail.Stream
	var out []string
	for l := range strings.SplitSeq(text, "\n") {
		if len(out) == most {
			break
		}
		out = append(out, stream.Line(l, lineLimit))
	}
	return out
}
