package report

import (
	"fmt"

	"github.com/careen-tui/careen/internal/finding"
)

// FailOn is the level from which findings fail a look; None never does.
type FailOn struct {
	Level finding.Severity
	None  bool
}

// ParseFailOn reads a severity or "none".
func ParseFailOn(text string) (FailOn, error) {
	if text == "none" {
		return FailOn{None: true}, nil
	}
	level, err := finding.ParseSeverity(text)
	if err != nil {
		return FailOn{}, fmt.Errorf("%q is no level: use critical, high, medium, low or none", text)
	}
	return FailOn{Level: level}, nil
}

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
