package probetest

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// want is one expectation of a fixture.
type want struct {
	place    string // file:line
	subjects []model.Ref
	scene    bool            // it stands in the fixture's own document
	probe    finding.ProbeID // empty: the probe under test
	severity string
	grade    string
	summary  *regexp.Regexp
}

var wantComment = regexp.MustCompile(`#\s*want\s+(.*)$`)

// expect reads the want comments of one document, which is about refs.
func (s *Scene) expect(file string, doc document, refs []model.Ref, own bool) error {
	for i, line := range strings.Split(doc.text, "\n") {
		m := wantComment.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		w, err := parseWant(m[1])
		if err != nil {
			return fmt.Errorf("%s:%d: %w", file, doc.line+i, err)
		}
		w.place, w.subjects = fmt.Sprintf("%s:%d", file, doc.line+i), refs
		w.scene = own
		s.wants = append(s.wants, w)
	}
	return nil
}

func parseWant(text string) (w want, err error) {
	words, pattern, ok := strings.Cut(text, `"`)
	if !ok {
		return w, fmt.Errorf(`"want %s": a summary in double quotes is missing`, text)
	}
	pattern, err = strconv.Unquote(`"` + strings.TrimSpace(pattern))
	if err != nil {
		return w, fmt.Errorf(`"want %s": the summary is not a quoted string`, text)
	}
	f := strings.Fields(words)
	if len(f) == 3 {
		w.probe, f = finding.ProbeID(f[0]), f[1:]
	}
	if len(f) != 2 {
		return w, fmt.Errorf(`"want %s": say severity and grade`, text)
	}
	w.severity, w.grade = f[0], f[1]
	if _, err := finding.ParseSeverity(w.severity); err != nil {
		return w, err
	}
	w.summary, err = regexp.Compile(pattern)
	return w, err
}

// meets reports whether f is what w wants of the probe under test.
func (w want) meets(f *finding.Finding, probe finding.ProbeID, documented func(model.Ref) bool) bool {
	if w.probe != "" {
		probe = w.probe
	}
	// What has no document of its own is wanted by the fixture's: a user, a
	// namespace of which something cannot be known.
	about := slices.Contains(w.subjects, f.Subject) || w.scene && !documented(f.Subject)
	return about && f.Probe == probe && f.Severity.String() == w.severity && f.Grade.String() == w.grade && w.summary.MatchString(f.Summary)
}

func (w want) String() string {
	return strings.Join(slices.DeleteFunc([]string{string(w.probe), w.severity, w.grade, strconv.Quote(w.summary.String())}, func(s string) bool { return s == "" }), " ")
}
