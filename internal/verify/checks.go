package verify

import (
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/probes"
)

// The checks of a deploy. They have no Run: they look at a record and at live objects
// beside a snapshot.
var (
	Record = &probes.Probe{ID: "verify-record", Worst: finding.High, Doc: `The deploy has not ended, or not well
Helm writes what became of a deploy into the release's record, and takes the newest one by
its number. A record that is pending-install, pending-upgrade or pending-rollback belongs to
an operation that is under way or was interrupted, and one that is failed to one that ended
badly; its description says why.

**Rule.** The revision that was asked for, else the newest, has the status deployed; no
newer one has begun.

**By hand.** helm history RELEASE, helm status RELEASE.`}

	Object = &probes.Probe{ID: "verify-object", Worst: finding.High, Doc: `An object of the deploy is missing or not ready
Helm calls a release deployed once its objects were accepted. Whether they work is another
question: this asks it, for each object of the manifest, in the words of kstatus, which
kubectl wait and GitOps tools use too (Current, InProgress, Failed, Terminating, NotFound).

**Rule.** Each object of the manifest is live and Current; a Job has completed. A Job whose
ttlSecondsAfterFinished lets it go once it has finished is not missed.

**What it cannot see.** Custom resources without the standard conditions count as ready
when they are there. Objects that may not be read are unknown.

**By hand.** kubectl get and kubectl describe the object; careen audit names causes.`}

	Hook = &probes.Probe{ID: "verify-hook", Worst: finding.High, Doc: `A hook of the deploy failed, or is still running
Hooks stand in no manifest and do not count as objects of the release. What became of each
stands in the record.

**Rule.** No hook of the revision has the phase Failed; one with the phase Running is waited
for.

**By hand.** kubectl logs of the hook's Job or Pod, unless its delete policy has removed it.`}
)

// Checks lists this package's own checks.
func Checks() []*probes.Probe { return []*probes.Probe{Record, Object, Hook} }
