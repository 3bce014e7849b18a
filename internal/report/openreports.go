package report

import (
	"cmp"
	"io"

	"sigs.k8s.io/yaml"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/openreports"
)

// writeOpenReports writes a List of report objects, as kubectl apply takes it.
func writeOpenReports(w io.Writer, d *Document, o Options) error {
	return writeObjects(w, openreports.OpenReports.All(d.Objects(o)))
}

func writeObjects(w io.Writer, items []openreports.Report) error {
	b, err := yaml.Marshal(struct {
		APIVersion string               `json:"apiVersion"`
		Kind       string               `json:"kind"`
		Items      []openreports.Report `json:"items"`
	}{"v1", "List", items})
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return err
}

// Objects is what report objects are made from: the findings that are shown.
func (d *Document) Objects(o Options) *openreports.Look {
	l := &openreports.Look{At: d.CompletedAt, Name: cmp.Or(o.Name, "careen"), Context: d.Cluster.Context, Version: o.Version}
	if d.look != nil {
		l.Namespaces = d.look.Snapshot.Namespaces()
	}
	for _, p := range o.ran() {
		l.Probes = append(l.Probes, p.ID)
	}
	for i := range d.Findings {
		l.Findings = append(l.Findings, openreports.Finding{Finding: d.Findings[i].found(), Known: d.Findings[i].Known})
	}
	return l
}

// found is as much of the finding on paper as a report object tells.
func (f *Finding) found() *finding.Finding {
	out := &finding.Finding{
		Probe: f.Probe, Severity: f.Severity, Grade: f.Grade, Subject: f.Subject, Slot: f.Slot, Summary: f.Summary, Causes: f.Causes,
	}
	if f.Since != nil {
		out.Since = *f.Since
	}
	for _, x := range f.Fixes {
		out.Fixes = append(out.Fixes, finding.Fix{ID: x.ID, Title: x.Title})
	}
	return out
}
