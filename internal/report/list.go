package report

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// ListKind is the kind of a List.
const ListKind = "ReportList"

// List is a look at many clusters: a report of each, in the order of their contexts.
type List struct {
	APIVersion string      `json:"apiVersion"`
	Kind       string      `json:"kind"`
	Items      []*Document `json:"items"`
}

// NewList makes the list of those reports.
func NewList(items []*Document) *List {
	return &List{APIVersion: APIVersion, Kind: ListKind, Items: append([]*Document{}, items...)}
}

// Failed is the document of a cluster that could not be looked at: nothing of the kinds
// is known, and message says why.
func Failed(c Cluster, kinds []model.Kind, started, completed time.Time, message string) *Document {
	d := &Document{
		APIVersion: APIVersion, Kind: Kind, Cluster: c, Message: line(message), failed: true,
		StartedAt: started.UTC().Truncate(time.Second), CompletedAt: completed.UTC().Truncate(time.Second),
		Coverage: []Watch{}, Findings: []Finding{},
	}
	resources := model.Coverage{}
	for _, k := range kinds {
		resources = append(resources, model.Watch{Kind: k, Resource: model.Lookup(k).Resource, State: model.Absent, Message: "not read: the cluster could not be looked at", Partial: true})
	}
	resources.Sort()
	for _, w := range resources {
		d.Coverage = append(d.Coverage, OnPaper(w))
	}
	d.incomplete = d.Coverage
	return d
}

// Failed reports whether the cluster could not be looked at; Message says why.
func (d *Document) Failed() bool { return d.failed }

// Reached are the reports of the clusters that could be looked at.
func (l *List) Reached() (out []*Document) {
	for _, d := range l.Items {
		if !d.failed {
			out = append(out, d)
		}
	}
	return out
}

// ExitCode is 1 where a finding that counts is at or above the level in any cluster, 3
// where none could be looked at, 4 where one could not, or a look was partial, else 0.
func (l *List) ExitCode(f FailOn) int {
	code := 0
	for _, d := range l.Items {
		switch at := d.ExitCode(f); {
		case at == 1:
			return 1
		case at != 0 || d.failed:
			code = 4
		}
	}
	if len(l.Reached()) == 0 {
		return 3
	}
	return code
}

// incompleteEach bounds what is said of one cluster of many.
const incompleteEach = 5

// Incomplete lists what could not be read, one line each with its cluster. Clusters that
// could not be looked at at all are left out: see Failures.
func (l *List) Incomplete() (out []string) {
	for _, d := range l.Reached() {
		lines := d.Incomplete()
		for i, text := range lines {
			if i == incompleteEach {
				out = append(out, fmt.Sprintf("%s: and %d more", d.name(), len(lines)-i))
				break
			}
			out = append(out, d.name()+": "+text)
		}
	}
	return out
}

// Failures lists the clusters that could not be looked at, one line each.
func (l *List) Failures() (out []string) {
	for _, d := range l.Items {
		if d.failed {
			out = append(out, d.name()+": "+d.Message)
		}
	}
	return out
}

// name is how a cluster is called among others: by its name, its context, or, where a
// look had neither (with --server, in a pod), by its server.
func (d *Document) name() string {
	return orDash(cmp.Or(d.Cluster.Name, d.Cluster.Context, hostOf(d.Cluster.Server)))
}

// hostOf is a server without what is the same for all of them.
func hostOf(server string) string {
	if u, err := url.Parse(server); err == nil && u.Host != "" {
		return u.Host + strings.TrimSuffix(u.Path, "/")
	}
	return server
}

// Total is the summary of all clusters.
func (l *List) Total() (s Summary) {
	for _, d := range l.Items {
		s.Critical += d.Summary.Critical
		s.High += d.Summary.High
		s.Medium += d.Summary.Medium
		s.Low += d.Summary.Low
		s.Unknown += d.Summary.Unknown
		s.Known += d.Summary.Known
	}
	return s
}

// words writes a summary without what there is none of; empty where there is nothing.
func (s Summary) words() string {
	var parts []string
	for _, c := range []struct {
		n    int
		word string
	}{
		{s.Critical, finding.Critical.String()},
		{s.High, finding.High.String()},
		{s.Medium, finding.Medium.String()},
		{s.Low, finding.Low.String()},
		{s.Unknown, finding.Unknown.String()},
		{s.Known, "known"},
	} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.word))
		}
	}
	return strings.Join(parts, ", ")
}
