package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// shared is a finding as several clusters of a List have it: the same probe says it of
// the same release, workload or other object. A release or workload is the same by its
// kind and name, whatever the namespace is called; anything else by its namespace too.
type shared struct {
	*Finding // the severest of them; of those the first
	in       []sighting
}

// sighting is a cluster that has a shared finding, and the namespaces in which it has it.
type sighting struct {
	cluster    string
	namespaces []string
}

// sameness is by what findings of several clusters are one.
type sameness struct {
	probe   finding.ProbeID
	subject model.Ref
	slot    string
	unknown bool // what is unknown here is not what is found there
	known   bool // what counts is not what does not
}

func samenessOf(f *Finding) sameness {
	s := sameness{f.Probe, f.Subject, f.Slot, f.Grade == finding.Unknown, f.Known != ""}
	if f.Subject.Kind == model.KindRelease || f.Subject.Kind.IsWorkload() {
		s.subject.Namespace = ""
	}
	return s
}

// shared are the findings of all clusters, each once: the known before the unknown, the
// severest first, then those of the most clusters.
func (l *List) shared() []*shared {
	found := map[sameness]*shared{}
	var out []*shared
	for _, d := range l.Items {
		for i := range d.Findings {
			f := &d.Findings[i]
			key := samenessOf(f)
			s := found[key]
			if s == nil {
				s = &shared{Finding: f}
				found[key], out = s, append(out, s)
			}
			if f.Severity > s.Severity {
				s.Finding = f
			}
			s.seen(d.name(), f.Subject.Namespace)
		}
	}
	slices.SortStableFunc(out, func(a, b *shared) int {
		return cmp.Or(
			cmp.Compare(isUnknown(a.Finding), isUnknown(b.Finding)),
			cmp.Compare(b.Severity, a.Severity),
			cmp.Compare(len(b.in), len(a.in)),
			cmp.Compare(a.Probe, b.Probe),
			a.Subject.Compare(b.Subject),
			strings.Compare(a.Slot, b.Slot),
		)
	})
	return out
}

func isUnknown(f *Finding) int {
	if f.Grade == finding.Unknown {
		return 1
	}
	return 0
}

func (s *shared) seen(cluster, namespace string) {
	if n := len(s.in); n == 0 || s.in[n-1].cluster != cluster {
		s.in = append(s.in, sighting{cluster: cluster})
	}
	last := &s.in[len(s.in)-1]
	if !slices.Contains(last.namespaces, namespace) {
		last.namespaces = append(last.namespaces, namespace)
	}
}

// everywhere reports whether it stands in one namespace of that name in each cluster.
func (s *shared) everywhere() bool {
	return !slices.ContainsFunc(s.in, func(at sighting) bool {
		return len(at.namespaces) != 1 || at.namespaces[0] != s.Finding.Subject.Namespace
	})
}

// subject is what the finding is about. The namespace stands with the clusters where it
// is not one.
func (s *shared) subject() string {
	f := *s.Finding
	if !s.everywhere() {
		f.Subject.Namespace = ""
	}
	return subject(&f)
}

// clusters are those that have it, with the namespaces where these differ.
func (s *shared) clusters() []string {
	out := make([]string, len(s.in))
	for i, at := range s.in {
		if out[i] = at.cluster; !s.everywhere() {
			out[i] += " (" + strings.Join(at.namespaces, ", ") + ")"
		}
	}
	return out
}
