package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/careen-tui/careen/internal/finding"
)

// writeJUnit writes JUnit XML as Jenkins reads it (junit-10.xsd of its xunit
// plugin): a suite for each probe, in it a failed case for each finding, or one
// passing case where the probe found nothing. What is unknown, or known already,
// is a skipped case. The first suite is the coverage: a case for each read. Probes run
// together, so that the time of the look is shared out to suites and cases alike.
func writeJUnit(w io.Writer, d *Document, o Options) error {
	all := junitSuites{Name: "careen"}
	all.add(coverageSuite(d))
	ran := o.ran()
	titles := map[finding.ProbeID]string{}
	ids := make([]finding.ProbeID, 0, len(ran))
	for _, p := range ran {
		ids = append(ids, p.ID)
		titles[p.ID] = p.Title()
	}
	for _, id := range append(ids, strangers(d, ran)...) {
		all.add(probeSuite(id, titles[id], d, o))
	}
	all.took(max(o.Took, d.CompletedAt.Sub(d.StartedAt), time.Millisecond).Seconds())
	for i := range all.Suites {
		all.Suites[i].Timestamp = d.StartedAt.Format("2006-01-02T15:04:05")
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Time     seconds      `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name       string           `xml:"name,attr"`
	Tests      int              `xml:"tests,attr"`
	Failures   int              `xml:"failures,attr"`
	Errors     int              `xml:"errors,attr"`
	Skipped    int              `xml:"skipped,attr"`
	Time       seconds          `xml:"time,attr"`
	Timestamp  string           `xml:"timestamp,attr,omitempty"`
	Properties *junitProperties `xml:"properties,omitempty"`
	Cases      []junitCase      `xml:"testcase"`
}

type junitProperties struct {
	List []junitProperty `xml:"property"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Name    string       `xml:"name,attr"`
	Class   string       `xml:"classname,attr"`
	Time    seconds      `xml:"time,attr"`
	Skipped *junitReason `xml:"skipped,omitempty"`
	Failure *junitReason `xml:"failure,omitempty"`
	Error   *junitReason `xml:"error,omitempty"`
	Out     string       `xml:"system-out,omitempty"`
}

type junitReason struct {
	Type    string `xml:"type,attr,omitempty"`
	Message string `xml:"message,attr"`
	Text    string `xml:",cdata"`
}

// seconds is a time as JUnit writes it. None is 0, which CI servers take for unknown.
type seconds float64

func (s seconds) MarshalText() ([]byte, error) {
	return strconv.AppendFloat(nil, max(float64(s), 1e-6), 'f', 6, 64), nil
}

func (s *seconds) UnmarshalText(b []byte) error {
	f, err := strconv.ParseFloat(string(b), 64)
	*s = seconds(f)
	return err
}

// took shares a time out.
func (s *junitSuites) took(t float64) {
	s.Time = seconds(t)
	for i := range s.Suites {
		suite := &s.Suites[i]
		suite.Time = seconds(t / float64(len(s.Suites)))
		for j := range suite.Cases {
			suite.Cases[j].Time = suite.Time / seconds(len(suite.Cases))
		}
	}
}

func (s *junitSuites) add(suite junitSuite) {
	s.Suites = append(s.Suites, suite)
	s.Tests += suite.Tests
	s.Failures += suite.Failures
	s.Errors += suite.Errors
}

func (s *junitSuite) add(c junitCase) {
	s.Cases = append(s.Cases, c)
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	case c.Skipped != nil:
		s.Skipped++
	}
}

func coverageSuite(d *Document) junitSuite {
	s := junitSuite{Name: "coverage", Properties: &junitProperties{[]junitProperty{
		{"cluster", d.name()},
		{"context", d.Cluster.Context},
		{"server", d.Cluster.Server},
		{"version", d.Cluster.Version},
		{"complete", strconv.FormatBool(!d.Partial())},
	}}}
	for _, w := range d.Coverage {
		c := junitCase{Name: strings.TrimSuffix(w.Kind+" in "+w.Namespace, " in "), Class: "careen.coverage"}
		if w.State != "live" {
			c.Skipped = &junitReason{Message: w.String()}
		}
		s.add(c)
	}
	return s
}

func probeSuite(id finding.ProbeID, title string, d *Document, o Options) junitSuite {
	s := junitSuite{Name: string(id)}
	if title != "" {
		s.Properties = &junitProperties{[]junitProperty{{"title", title}}}
	}
	class := "careen." + string(id)
	for i := range d.Findings {
		f := &d.Findings[i]
		if f.Probe != id {
			continue
		}
		c := junitCase{Name: subject(f), Class: class}
		switch {
		case f.Known != "":
			c.Skipped = &junitReason{Message: "known: " + f.Known}
			c.Out = f.Summary
		case f.Grade == finding.Unknown:
			c.Skipped = &junitReason{Message: f.Summary}
		default:
			c.Failure = &junitReason{Type: f.Severity.String(), Message: f.Summary, Text: particulars(f)}
		}
		s.add(c)
	}
	if len(s.Cases) == 0 {
		s.add(junitCase{Name: "nothing found", Class: class})
	}
	return s
}

// particulars is the body of a failure: what shows it, and what would fix it.
func particulars(f *Finding) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\nid %s\n%s, %s", f.ID, f.Severity, f.Grade)
	if f.Since != nil {
		fmt.Fprintf(&b, ", since %s", f.Since.Format(time.RFC3339))
	}
	b.WriteString("\n")
	for _, e := range f.Evidence {
		fmt.Fprintf(&b, "evidence  %s\n", evidence(e, "="))
	}
	for _, c := range f.Causes {
		fmt.Fprintf(&b, "because of  %s\n", c)
	}
	for _, x := range f.Fixes {
		fmt.Fprintf(&b, "fix %s  %s (%s)\n", x.ID, x.Title, x.Risk)
	}
	for _, x := range f.Preventions {
		fmt.Fprintf(&b, "prevention %s  %s (%s)\n", x.ID, x.Title, x.Risk)
	}
	return strings.Map(printable, b.String())
}

// printable drops what XML cannot hold; character data is written as it is.
func printable(r rune) rune {
	if r != '\n' && unicode.IsControl(r) || r == 0xFFFE || r == 0xFFFF {
		return -1
	}
	return r
}
