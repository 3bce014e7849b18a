package inspect

import (
	"errors"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/sanitize"
)

// ErrGone says that the object is not there any more.
var ErrGone = errors.New("it is not there any more")

// Tone says what a line is.
type Tone uint8

// The tones.
const (
	Plain Tone = iota
	Faint      // beside the point
	Head       // begins a part
	Hunk       // where in a file a diff stands
	Added
	Removed
	Alert
)

// Line is one line of text, sanitised, without its newline.
type Line struct {
	Tone Tone
	Text string
}

// The bounds of one text.
const (
	MaxLines  = 20_000
	lineLimit = 4096
)

// Document is an object as text.
type Document struct {
	Ref             model.Ref
	UID             string
	ResourceVersion string
	Read            time.Time
	Lines           []Line
	Masked          int // values that are not shown
	Left            int // lines beyond MaxLines
}

// lines cuts text into lines of one tone, at most MaxLines; left is how many more
// there are.
func lines(text string, tone Tone) (out []Line, left int) {
	text = strings.TrimSuffix(text, "\n")
	if text == "" {
		return nil, 0
	}
	for l := range strings.SplitSeq(text, "\n") {
		if len(out) == MaxLines {
			left++
			continue
		}
		out = append(out, Line{tone, sanitize.Line(l, lineLimit)})
	}
	return out, left
}
