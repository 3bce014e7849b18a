package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/report"
)

// Baseline are the findings that an earlier report had.
type Baseline struct {
	Path string
	IDs  map[finding.ID]bool // of all clusters

	many     bool                           // it is a report of many clusters
	clusters map[string]map[finding.ID]bool // by context
}

// baselineLimit bounds a report that is read back.
const baselineLimit = 256 << 20

// LoadBaseline reads a report that `careen audit -o json` wrote, of one cluster or of
// many.
func LoadBaseline(path string) (*Baseline, error) {
	raw, err := readBounded(path, baselineLimit)
	if err != nil {
		return nil, fmt.Errorf("reading the baseline: %w", err)
	}
	var head struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return nil, fmt.Errorf("%s: not a report: %w", place(path, raw, err), err)
	}
	if head.APIVersion != report.APIVersion || head.Kind != report.Kind && head.Kind != report.ListKind {
		return nil, fmt.Errorf("%s: it is %q %q, not the %s %s that careen audit -o json writes",
			path, head.APIVersion, head.Kind, report.APIVersion, report.Kind)
	}
	list := report.List{Items: []*report.Document{{}}}
	var into any = list.Items[0]
	if head.Kind == report.ListKind {
		into = &list
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return nil, fmt.Errorf("%s: %w", place(path, raw, err), err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: something follows the report", path)
	}
	b := &Baseline{Path: path, IDs: map[finding.ID]bool{}, many: head.Kind == report.ListKind, clusters: map[string]map[finding.ID]bool{}}
	for _, doc := range list.Items {
		if err := b.add(doc); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// add takes the findings of one cluster.
func (b *Baseline) add(doc *report.Document) error {
	if doc == nil {
		return fmt.Errorf("%s: one of its items is empty", b.Path)
	}
	of := b.clusters[doc.Cluster.Context]
	if of == nil {
		of = make(map[finding.ID]bool, len(doc.Findings))
		b.clusters[doc.Cluster.Context] = of
	}
	for i, f := range doc.Findings {
		if want := finding.IDOf(f.Probe, f.Subject, f.Slot); f.ID != want {
			return fmt.Errorf("%s: findings[%d]: its id is %q, by its probe and subject it is %q", b.Path, i, f.ID, want)
		}
		b.IDs[f.ID], of[f.ID] = true, true
	}
	return nil
}

// place is the file with line and column where the error tells an offset.
func place(path string, raw []byte, err error) string {
	var offset int64
	var syntax *json.SyntaxError
	var mismatch *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &mismatch):
		offset = mismatch.Offset
	default:
		return path
	}
	before := raw[:min(max(offset-1, 0), int64(len(raw)))]
	line := bytes.Count(before, []byte("\n")) + 1
	return fmt.Sprintf("%s:%d:%d", path, line, len(before)-bytes.LastIndexByte(before, '\n'))
}
