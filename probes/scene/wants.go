package scene

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// Want is one expectation of a fixture.
type Want struct {
	Place    string // file:line
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
		w.Place, w.subjects = fmt.Sprintf("%s:%d", file, doc.line+i), refs
		w.scene = own
		s.Wants = append(s.Wants, w)
	}
	return nil
}

func parseWant(text string) (w Want, err error) {
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

// Compare says what the probes under test found that the scene does not want, and what
// it wants that was not found. Findings of other probes may be wanted as well; a want
// that names no probe is met by any of those under test.
func (s *Scene) Compare(found []*finding.Finding, tested ...finding.ProbeID) (unwanted []*finding.Finding, missing []Want) {
	missing = slices.Clone(s.Wants)
	for _, f := range found {
		i := slices.IndexFunc(missing, func(w Want) bool { return w.meets(f, tested, s.documented) })
		switch {
		case i >= 0:
			missing = slices.Delete(missing, i, i+1)
		case slices.Contains(tested, f.Probe):
			unwanted = append(unwanted, f)
		}
	}
	return unwanted, missing
}

// meets reports whether f is what w wants of the probes under test.
func (w Want) meets(f *finding.Finding, tested []finding.ProbeID, documented func(model.Ref) bool) bool {
	if w.probe != "" {
		tested = []finding.ProbeID{w.probe}
	}
	// What has no document of its own is wanted by the fixture's: a user, a
	// namespace of which something cannot be known.
	about := slices.Contains(w.subjects, f.Subject) || w.scene && !documented(f.Subject)
	return about && slices.Contains(tested, f.Probe) && f.Severity.String() == w.severity && f.Grade.String() == w.grade && w.summary.MatchString(f.Summary)
}

func (w Want) String() string {
	return strings.Join(slices.DeleteFunc([]string{string(w.probe), w.severity, w.grade, strconv.Quote(w.summary.String())}, func(s string) bool { return s == "" }), " ")
}
