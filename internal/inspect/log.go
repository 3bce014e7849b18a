package inspect

import (
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/cluster/logtail"
	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/model"
)

// LogAsk says which log is asked for.
type LogAsk struct {
	Pod              model.Ref
	Container        string
	Previous, Follow bool
	Since            time.Duration // how far back; 0 for all that is kept
	Tail             int           // lines of its end; 0 for as many as are read of one log
}

// LogRun is a run of a container whose log is asked what it says.
type LogRun struct {
	Pod       model.Ref
	Container string
	Previous  bool // the run before the present one
}

// MostRuns is how many logs are read at most to answer one question.
const MostRuns = 8

// LogSaid is what the end of a log says of what goes wrong.
type LogSaid struct {
	LogRun
	Lines   int            // that were read
	Telling *model.Telling // what tells most, masked; nil where nothing tells of anything wrong
	At      time.Time      // when it was written; zero where that is not known
	Unread  string         // why the log was not read; empty where it was
}

// Stamped splits a line of a log into when it was written and what was: the server puts the
// time before each line. Where there is none the time is zero.
func Stamped(line string) (at time.Time, text string) { return logtail.Stamped(line) }

// MaxLogLines is how many lines of a log are kept on a page; older ones go.
const MaxLogLines = 5000

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
