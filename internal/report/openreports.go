package report

import (
	"cmp"
	"io"

	"sigs.k8s.io/yaml"

	"github.com/careen-tui/careen/internal/openreports"
)

// writeOpenReports writes a List of report objects, as kubectl apply takes it.
func writeOpenReports(w io.Writer, d *Document, o Options) error {
	items := openreports.OpenReports.All(d.Objects(o))
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
	l := &openreports.Look{
		At: d.CompletedAt, Name: cmp.Or(o.Name, "careen"), Context: d.Cluster.Context, Version: o.Version,
		Namespaces: d.look.Snapshot.Namespaces(),
	}
	for _, p := range o.ran() {
		l.Probes = append(l.Probes, p.ID)
	}
	for i := range d.Findings {
		if f := d.look.Find(d.Findings[i].ID); f != nil {
			l.Findings = append(l.Findings, openreports.Finding{Finding: f, Known: d.Findings[i].Known})
		}
	}
	return l
}
