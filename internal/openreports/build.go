package openreports

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/sanitize"
	"github.com/careen-tui/careen/internal/text"
)

// source is the tool that made the objects.
const source = "careen"

// The bounds of one object. An API server stores a little over a megabyte.
const (
	maxBytes   = 700 << 10 // of its results
	maxMessage = 1000
	maxWord    = 300
	maxCauses  = 20
)

// Look is what a set of objects is made from.
type Look struct {
	Findings   []Finding
	Probes     []finding.ProbeID // those that ran
	Namespaces []string          // those that were looked at
	At         time.Time
	Name       string // of the objects
	Context    string // of the kubeconfig
	Version    string // of careen
}

// Finding is one, and why it does not count where it does not.
type Finding struct {
	*finding.Finding
	Known string
}

// All makes the objects of a look: that of the cluster, then one for each namespace that
// was looked at or that has a finding, by name.
func (v Variant) All(l *Look) []Report {
	names := slices.Clone(l.Namespaces)
	for _, f := range l.Findings {
		names = append(names, f.Subject.Namespace)
	}
	slices.Sort(names)
	out := []Report{v.ForCluster(l)}
	for _, ns := range slices.Compact(names) {
		if ns != "" {
			out = append(out, v.ForNamespace(l, ns))
		}
	}
	return out
}

// Whole makes one object, in no namespace, of all that was found in a cluster, whose name
// every result carries: what is kept of many clusters in one place.
func (v Variant) Whole(l *Look) Report {
	r := v.made(l, func(*Finding) bool { return true }, map[string]string{"cluster": sanitize.Line(l.Context, maxWord)})
	r.Kind = v.Cluster
	return r
}

// ForNamespace makes the object of one namespace.
func (v Variant) ForNamespace(l *Look, namespace string) Report {
	r := v.of(l, namespace)
	r.Kind, r.Metadata.Namespace = v.Kind, namespace
	r.Scope = &Object{APIVersion: "v1", Kind: string(model.KindNamespace), Name: namespace}
	return r
}

// ForCluster makes the object of what is in no namespace.
func (v Variant) ForCluster(l *Look) Report {
	r := v.of(l, "")
	r.Kind = v.Cluster
	return r
}

func (v Variant) of(l *Look, namespace string) Report {
	return v.made(l, func(f *Finding) bool { return f.Subject.Namespace == namespace }, nil)
}

// made makes an object of the findings that are in it. Every result has the properties of
// each.
func (v Variant) made(l *Look, in func(*Finding) bool, each map[string]string) Report {
	r := Report{
		APIVersion: v.APIVersion,
		Metadata: Metadata{
			Name: l.Name,
			Labels: labels(map[string]string{
				"app.kubernetes.io/managed-by": source, "app.kubernetes.io/version": l.Version, "careen/context": l.Context,
			}),
		},
	}
	if v.headed {
		r.Source = source
	}
	found := map[finding.ProbeID]bool{} // or not looked for
	size, left := 0, 0
	for i := range l.Findings {
		f := &l.Findings[i]
		if f.Grade == finding.Unknown && f.Subject.Namespace == "" {
			found[f.Probe] = true // unknown everywhere
		}
		if !in(f) {
			continue
		}
		found[f.Probe] = true
		result := resultOf(f, l.At)
		maps.Copy(result.Properties, each)
		r.Summary.count(result.Result)
		if left > 0 || size+bytesOf(&result) > maxBytes {
			left++
			continue
		}
		size += bytesOf(&result)
		r.Results = append(r.Results, result)
	}
	for _, id := range l.Probes {
		if !found[id] {
			r.Summary.Pass++
		}
	}
	if left > 0 {
		r.Results = append(r.Results, leftOut(left, l.At))
	}
	return r
}

// leftOut is a result that says how many others there are.
func leftOut(n int, at time.Time) Result {
	return Result{
		Source: source, Policy: source, Rule: "left-out", Timestamp: timestamp(at), Result: Skip,
		Message:    text.Counted(n, "more finding") + " left out: an object has an end. careen audit lists them.",
		Properties: map[string]string{"leftOut": strconv.Itoa(n)},
	}
}

func resultOf(f *Finding, at time.Time) Result {
	r := Result{
		Source: source, Policy: string(f.Probe), Rule: cmp.Or(sanitize.Line(f.Slot, maxWord), string(f.Probe)),
		Severity: f.Severity.String(), Timestamp: timestamp(at), Result: outcome(f), Message: sanitize.Line(f.Summary, maxMessage),
		Properties: map[string]string{"id": sanitize.Line(string(f.ID()), maxMessage), "grade": f.Grade.String()},
	}
	r.Scored = r.Result == Fail
	if f.Subject.Name != "" && f.Subject.Name != "*" {
		r.Resources = []Object{object(f.Subject)}
	}
	if !f.Since.IsZero() {
		r.Timestamp = timestamp(f.Since)
		r.Properties["since"] = f.Since.UTC().Format(time.RFC3339)
	}
	if len(f.Causes) > 0 {
		ids := make([]string, 0, len(f.Causes))
		for _, id := range f.Causes[:min(len(f.Causes), maxCauses)] {
			ids = append(ids, sanitize.Line(string(id), maxWord))
		}
		r.Properties["cause"] = strings.Join(ids, ", ")
	}
	if f.Known != "" {
		r.Properties["known"] = sanitize.Line(f.Known, maxWord)
	}
	if len(f.Fixes) > 0 {
		r.Properties["fix"] = sanitize.Line(f.Fixes[0].Title, maxWord)
	}
	return r
}

func outcome(f *Finding) Outcome {
	switch {
	case f.Known != "":
		return Skip
	case f.Grade == finding.Unknown:
		return Error
	case f.Severity <= finding.Low:
		return Warn
	}
	return Fail
}

func (s *Summary) count(o Outcome) {
	switch o {
	case Fail:
		s.Fail++
	case Warn:
		s.Warn++
	case Error:
		s.Error++
	case Skip:
		s.Skip++
	}
}

// object refers to the subject of a finding. The version in which a custom resource is
// served is not known here, so that it has none.
func object(ref model.Ref) Object {
	o := Object{Kind: string(ref.Kind), Namespace: ref.Namespace, Name: ref.Name}
	switch info, builtin := model.Info(ref.Kind); {
	case builtin:
		o.APIVersion = strings.TrimPrefix(info.Group+"/"+info.Version, "/")
	case ref.Kind == model.KindRelease:
		o.APIVersion = "helm.sh/v3"
	}
	return o
}

func timestamp(t time.Time) Timestamp { return Timestamp{Seconds: t.Unix()} }

func bytesOf(r *Result) int {
	b, err := json.Marshal(r)
	if err != nil {
		return maxBytes // strings and numbers: it does not happen
	}
	return len(b)
}
