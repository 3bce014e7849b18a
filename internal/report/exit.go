package report

import (
	"fmt"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/text"
)

// FailOn is the level from which findings fail a look; None never does.
type FailOn struct {
	Level finding.Severity
	None  bool
}

// ParseFailOn reads a severity or "none".
func ParseFailOn(word string) (FailOn, error) {
	if word == "none" {
		return FailOn{None: true}, nil
	}
	level, err := finding.ParseSeverity(word)
	if err != nil {
		return FailOn{}, fmt.Errorf("unknown level %q%s (use %s)", word, text.DidYouMean(word, Levels), strings.Join(Levels, ", "))
	}
	return FailOn{Level: level}, nil
}

// Levels are the values of --fail-on.
var Levels = []string{"critical", "high", "medium", "low", "none"}

// ExitCode is 1 where a finding that counts is at or above the level, shown or not,
// 4 where none is but the look was partial, else 0.
func (d *Document) ExitCode(f FailOn) int {
	switch {
	case !f.None && max(d.Summary.Worst(), d.unshown) >= f.Level:
		return 1
	case d.Partial():
		return 4
	}
	return 0
}
