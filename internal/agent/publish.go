package agent

import (
	"fmt"
	"strings"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/openreports"
	"github.com/careen-tui/careen/internal/text"
)

// The names of what an agent writes.
const (
	Name  = "careen"       // of every report object: that of careen audit -o openreports
	Lease = "careen-agent" // in the agent's own namespace
)

// Publish says which report objects are written.
type Publish string

// The values of --publish.
const (
	Auto          Publish = "auto" // Reports where they are served, else PolicyReports
	OpenReports   Publish = "openreports"
	PolicyReports Publish = "policyreports"
	None          Publish = "none"
)

// Publishes are all values, the default first.
var Publishes = []Publish{Auto, OpenReports, PolicyReports, None}

// ParsePublish reads a value of --publish.
func ParsePublish(s string) (Publish, error) {
	names := make([]string, len(Publishes))
	for i, p := range Publishes {
		if names[i] = string(p); names[i] == s {
			return p, nil
		}
	}
	return "", fmt.Errorf("%q: unknown%s (one of %s)", s, text.DidYouMean(s, names), strings.Join(names, ", "))
}

// Variants are the APIs that may be written, the one that is liked best first.
func (p Publish) Variants() []openreports.Variant {
	switch p {
	case None:
		return nil
	case OpenReports:
		return []openreports.Variant{openreports.OpenReports}
	case PolicyReports:
		return []openreports.Variant{openreports.PolicyReports}
	case Auto:
	}
	return []openreports.Variant{openreports.OpenReports, openreports.PolicyReports}
}

// Writes are all that an agent in that namespace may write: what its guard lets pass.
func Writes(p Publish, namespace string) (out []connect.Write) {
	for _, v := range p.Variants() {
		for _, resource := range []string{v.Resource, v.Clusters} {
			out = append(out, connect.Write{Group: v.Group(), Resource: resource, Name: Name, Verbs: []string{"create", "update", "delete"}})
		}
	}
	if len(out) > 0 {
		out = append(out, connect.Write{Group: "coordination.k8s.io", Resource: "leases", Namespace: namespace, Name: Lease, Verbs: []string{"create", "update"}})
	}
	return out
}
