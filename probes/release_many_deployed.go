package probes

import (
	"fmt"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

const releaseManyDeployedID finding.ProbeID = "release-many-deployed"

// ReleaseManyDeployed finds releases of which several revisions are labelled deployed.
var ReleaseManyDeployed = &Probe{
	ID: releaseManyDeployedID,
	Doc: `Several revisions of a release are labelled deployed
An upgrade marks the revision before superseded when it is done. Where that write failed, or two
clients worked at once, more than one revision is labelled deployed. Helm then takes the newest
of them; other tools may not.

**Rule.** Two or more revisions that Helm sees are labelled deployed, and the newest of them has
been for --stuck-after. Sources: helm pkg/storage/storage.go (Deployed: "If executed
concurrently, Helm's database gets corrupted and multiple releases are DEPLOYED"); helm/helm
#2941.

**Evidence.** The revisions, and when each was written.

**What it cannot see.** Which revision the cluster matches, where objects were changed by hand.

**By hand.** Rewrite status and label of the older ones to superseded.

**Silent** while an operation is under way, and for --stuck-after after it.`,
	Worst: finding.Medium,
	Needs: []model.Kind{model.KindRecord},
	Run: func(p *Pass) {
		for _, rel := range p.Space.Releases() {
			var deployed []*model.Record
			for _, rec := range rel.Records {
				if rec.LabelOwner == "helm" && rec.LabelStatus == "deployed" {
					deployed = append(deployed, rec)
				}
			}
			if last := rel.Last(); len(deployed) > 1 && !model.Pending(statusOf(last)) {
				newest := deployed[len(deployed)-1]
				if leftAlone(p, newest) {
					p.Report(manyDeployedFinding(rel, deployed))
				}
			}
		}
	},
}

func manyDeployedFinding(rel *model.Release, deployed []*model.Record) finding.Finding {
	newest := deployed[len(deployed)-1]
	numbers := make([]string, len(deployed))
	f := finding.Finding{Subject: rel.Ref(), Severity: finding.Medium, Grade: finding.Proved, Since: newest.ModifiedAt}
	fix := finding.Fix{
		ID: "supersede-older", Title: fmt.Sprintf("Mark all but revision %d superseded", newest.Revision), Risk: finding.Safe,
		Undo: "restores the records as they were", Note: fmt.Sprintf("Helm upgrades from revision %d before and after.", newest.Revision),
		Proof: finding.Proof{Text: fmt.Sprintf("revision %d alone is labelled deployed", newest.Revision), Within: 10 * time.Second},
	}
	for i, rec := range deployed {
		numbers[i] = fmt.Sprint(rec.Revision)
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: storedIn(rec), Path: "metadata.labels.status", Value: rec.LabelStatus, Note: "written " + stamp(later(rec.CreatedAt, rec.ModifiedAt))})
		if rec != newest {
			fix.Steps = append(fix.Steps, finding.Step{
				Verb: "update", Ref: storedIn(rec), Summary: "status deployed -> superseded",
				Change: finding.EditRecord{Status: "superseded", Description: fmt.Sprintf("Superseded by revision %d", newest.Revision)},
			})
		}
	}
	f.Summary = fmt.Sprintf("Revisions %s are all labelled deployed; Helm takes revision %d.", strings.Join(numbers, ", "), newest.Revision)
	f.Fixes = []finding.Fix{fix}
	return f
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
