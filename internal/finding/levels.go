package finding

import (
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/text"
)

// Severity says how soon a person should look. Greater is severer.
type Severity int8

// The severities, in the words of the report.
const (
	Low Severity = iota + 1
	Medium
	High
	Critical
)

// Severities lists them, severest first.
var Severities = []Severity{Critical, High, Medium, Low}

func (s Severity) String() string { return word(severityWords, int(s)) }

// MarshalText writes the report's word.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the report's word.
func (s *Severity) UnmarshalText(b []byte) error {
	v, err := ParseSeverity(string(b))
	*s = v
	return err
}

// ParseSeverity reads critical, high, medium or low.
func ParseSeverity(word string) (Severity, error) {
	for i, w := range severityWords {
		if i > 0 && strings.EqualFold(w, word) {
			return Severity(i), nil
		}
	}
	words := make([]string, len(Severities))
	for i, s := range Severities {
		words[i] = s.String()
	}
	return 0, unknownWord("severity", word, words)
}

// Grade says how well a finding is known.
type Grade int8

// The grades, best first.
const (
	Proved   Grade = iota + 1 // read from the objects
	Observed                  // our watch saw it change
	Inferred                  // from timing or a pattern
	Unknown                   // not allowed, or not able, to look
)

func (g Grade) String() string { return word(gradeWords, int(g)) }

// MarshalText writes the report's word.
func (g Grade) MarshalText() ([]byte, error) { return []byte(g.String()), nil }

// UnmarshalText reads the report's word.
func (g *Grade) UnmarshalText(b []byte) (err error) {
	*g, err = parseWord[Grade]("grade", gradeWords, string(b))
	return err
}

// Risk says what applying a fix may cost.
type Risk int8

// The risks.
const (
	Safe Risk = iota + 1
	Disruptive
	Destructive
)

func (r Risk) String() string { return word(riskWords, int(r)) }

// MarshalText writes the report's word.
func (r Risk) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads the report's word.
func (r *Risk) UnmarshalText(b []byte) (err error) {
	*r, err = parseWord[Risk]("risk", riskWords, string(b))
	return err
}

var (
	severityWords = []string{"", "low", "medium", "high", "critical"}
	gradeWords    = []string{"", "proved", "observed", "inferred", "unknown"}
	riskWords     = []string{"", "safe", "disruptive", "destructive"}
)

func word(words []string, i int) string {
	if i < 0 || i >= len(words) {
		return "?"
	}
	return words[i]
}

func parseWord[T ~int8](what string, words []string, word string) (T, error) {
	if i := slices.Index(words[1:], word); i >= 0 {
		return T(i + 1), nil
	}
	return 0, unknownWord(what, word, words[1:])
}

func unknownWord(what, word string, words []string) error {
	return fmt.Errorf("unknown %s %q%s (use %s)", what, word, text.DidYouMean(word, words), strings.Join(words, ", "))
}
