package agent

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/careen-tui/careen/internal/openreports"
	"github.com/careen-tui/careen/internal/report"
)

// digestKey is the annotation by which an agent knows what an object says without
// reading it.
const digestKey = "careen/digest"

// object is a report object as it should be.
type object struct {
	openreports.Report
	digest string // of all that is no age
	whole  string // of all
}

// wanted makes the objects of a look, by namespace; that of the cluster has none.
// Namespaces without a finding have no object. scoped leaves out that of the cluster.
func (s *seen) wanted(v openreports.Variant, l *openreports.Look, scoped bool) map[string]object {
	out, still := map[string]object{}, map[string]time.Time{}
	for _, r := range v.All(l) {
		ns := r.Metadata.Namespace
		if len(r.Results) == 0 || ns == "" && scoped {
			continue
		}
		for i := range r.Results {
			s.date(&r.Results[i], ns, l.At, still)
		}
		o := object{Report: r, digest: digest(timeless(r)), whole: digest(r)}
		o.Metadata.Annotations = map[string]string{digestKey: o.digest}
		out[ns] = o
	}
	s.first = still
	return out
}

// seen keeps when a finding that does not tell since when it holds was first seen, so
// that its timestamp stays.
type seen struct{ first map[string]time.Time }

func (s *seen) date(r *openreports.Result, namespace string, at time.Time, still map[string]time.Time) {
	if r.Properties["since"] != "" {
		return
	}
	key := fmt.Sprintf("%s %s %s", namespace, r.Rule, r.Properties["id"])
	first, ok := s.first[key]
	if !ok {
		first = at
	}
	still[key] = first
	r.Timestamp = openreports.Timestamp{Seconds: first.Unix()}
}

// timeless is a report without ages in its sentences, and without the times at which a
// finding was first seen, of which another agent knows nothing.
func timeless(r openreports.Report) openreports.Report {
	r.Results = slices.Clone(r.Results)
	for i := range r.Results {
		f := &r.Results[i]
		f.Message = report.Ageless(f.Message)
		if f.Properties["since"] == "" {
			f.Timestamp = openreports.Timestamp{}
		}
	}
	return r
}

func digest(r openreports.Report) string {
	b, err := json.Marshal(r)
	if err != nil {
		panic(err) // strings, numbers and maps of them
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}
