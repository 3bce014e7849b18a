package report

import (
	"io"
	"net/url"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/careen-tui/careen/internal/finding"
)

// clusterprint names the partialFingerprints entry that holds a finding's cluster,
// beside that of its id.
const clusterprint = "careenCluster/v1"

// writeSARIFList writes one run for all clusters, so that each rule is there once: a
// result carries its cluster in its fingerprints, its places and its properties, and
// each cluster is an invocation.
func writeSARIFList(w io.Writer, l *List, o Options) error {
	all := &Document{}
	for _, d := range l.Items {
		all.Findings = append(all.Findings, d.Findings...)
	}
	run := sarif.NewRunWithInformationURI("careen", homepage)
	run.Tool.Driver.WithVersion(orDash(o.Version)).WithRules(rules(all, o))
	run.WithAutomationDetails(sarif.NewRunAutomationDetails().WithID("careen/"))
	run.WithProperties(sarif.NewPropertyBag().Add("summary", l.Total()))
	index := map[finding.ProbeID]int{}
	for i, r := range run.Tool.Driver.Rules {
		index[finding.ProbeID(*r.ID)] = i
	}
	for _, d := range l.Items {
		run.AddInvocation(clusterInvocation(d))
		for i := range d.Findings {
			r := result(&d.Findings[i], index)
			inCluster(r, d.name())
			run.AddResult(r)
		}
	}
	return writeLog(w, sarif.NewReport().AddRun(run))
}

// clusterInvocation is the look at one cluster.
func clusterInvocation(d *Document) *sarif.Invocation {
	in := invocation(d)
	in.WithProperties(sarif.NewPropertyBag().Add("cluster", d.Cluster).Add("coverage", d.Coverage).Add("summary", d.Summary))
	if d.failed {
		in.WithExecutionSuccessful(false)
		in.ToolExecutionNotifications = []*sarif.Notification{
			sarif.NewNotification().WithLevel("error").WithMessage(sarif.NewMessage().WithText(d.name() + ": " + d.Message)),
		}
	}
	return in
}

// inCluster puts the cluster before each place of a result: the object is not the same
// elsewhere.
func inCluster(r *sarif.Result, cluster string) {
	r.PartialFingerprints[clusterprint] = cluster
	r.PartialFingerprints[lineHash] = hashOf(finding.ID(cluster + " " + r.PartialFingerprints[fingerprint]))
	r.Properties.Add("cluster", cluster)
	for _, at := range append(r.Locations[:len(r.Locations):len(r.Locations)], r.RelatedLocations...) {
		for _, logical := range at.LogicalLocations {
			logical.WithFullyQualifiedName(cluster + "/" + *logical.FullyQualifiedName)
		}
		artifact := at.PhysicalLocation.ArtifactLocation
		artifact.WithURI("kubernetes/" + url.PathEscape(cluster) + strings.TrimPrefix(*artifact.URI, "kubernetes"))
	}
}
