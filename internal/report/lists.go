package report

import (
	"encoding/json"
	"io"
	"slices"
	"time"

	"sigs.k8s.io/yaml"
)

// manyWriters are the formats that hold the reports of many clusters, by their names.
// What else a format is, is said in Documents.
var manyWriters = map[string]func(io.Writer, *List, Options) error{
	"table":    writeTables,
	"json":     writeJSONList,
	"yaml":     writeYAMLList,
	"jsonl":    writeJSONLines,
	"sarif":    writeSARIFList,
	"junit":    writeJUnitList,
	"markdown": writeMarkdownList,
	"html":     writeHTMLList,

	"openreports": writeOpenReportsList,
}

// Lists are the formats of a look at many clusters: those of Documents that can hold it.
var Lists = func() (out Formats[*List]) {
	for _, f := range Documents {
		if write := manyWriters[f.Name]; write != nil && slices.Contains(f.Commands, "audit") {
			out = append(out, Format[*List]{f.Name, f.Extension, f.Doc, []string{"audit"}, write, nil})
		}
	}
	return out
}()

func writeJSONList(w io.Writer, l *List, _ Options) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(l)
}

func writeYAMLList(w io.Writer, l *List, _ Options) error {
	b, err := yaml.Marshal(l)
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return err
}

// clusterLine is a line of jsonl of many clusters: that of one, and the cluster; or why
// a cluster could not be looked at.
type clusterLine struct {
	Change  Change    `json:"change,omitempty"`
	At      time.Time `json:"at"`
	Cluster string    `json:"cluster"`
	Message string    `json:"message,omitempty"`
	Finding *Finding  `json:"finding,omitempty"`
}

func writeJSONLines(w io.Writer, l *List, _ Options) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, d := range l.Items {
		if d.failed {
			if err := enc.Encode(clusterLine{At: d.CompletedAt, Cluster: d.Cluster.Context, Message: d.Message}); err != nil {
				return err
			}
		}
		for _, line := range Changes(nil, d) {
			if err := enc.Encode(clusterLine{line.Change, line.At, d.Cluster.Context, "", &line.Finding}); err != nil {
				return err
			}
		}
	}
	return nil
}
