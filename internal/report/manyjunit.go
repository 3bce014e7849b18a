package report

import (
	"encoding/xml"
	"io"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
)

// writeJUnitList writes the suites of each cluster, under its name. A cluster that could
// not be looked at is a suite with one case that ended in an error.
func writeJUnitList(w io.Writer, l *List, o Options) error {
	all := junitSuites{Name: "careen"}
	titles := map[finding.ProbeID]string{}
	var ids []finding.ProbeID
	for _, p := range o.ran() {
		ids, titles[p.ID] = append(ids, p.ID), p.Title()
	}
	var took time.Duration
	for _, d := range l.Items {
		for _, suite := range suitesOf(d, ids, titles, o) {
			suite.of(d)
			all.add(suite)
		}
		took += d.CompletedAt.Sub(d.StartedAt)
	}
	all.took(max(o.Took, took, time.Millisecond).Seconds())
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

// suitesOf are the suites of one cluster.
func suitesOf(d *Document, ids []finding.ProbeID, titles map[finding.ProbeID]string, o Options) []junitSuite {
	coverage := coverageSuite(d)
	if d.failed {
		failed := junitSuite{Name: coverage.Name, Properties: coverage.Properties}
		failed.add(junitCase{Name: "cluster", Class: "careen.coverage", Error: &junitReason{Type: "unreachable", Message: d.Message}})
		return []junitSuite{failed}
	}
	out := []junitSuite{coverage}
	for _, id := range append(ids[:len(ids):len(ids)], strangers(d, o.ran())...) {
		out = append(out, probeSuite(id, titles[id], d, o))
	}
	return out
}

// of names the suite and its cases after a cluster: test reports group by the class of a
// case, of which the last dot begins the name.
func (s *junitSuite) of(d *Document) {
	s.Name = d.name() + "/" + s.Name
	s.Timestamp = d.StartedAt.Format("2006-01-02T15:04:05")
	class := "careen." + strings.ReplaceAll(d.name(), ".", "_") + "."
	for i := range s.Cases {
		s.Cases[i].Class = class + strings.TrimPrefix(s.Cases[i].Class, "careen.")
	}
}
