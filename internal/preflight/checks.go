package preflight

import (
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/probes"
)

// The checks that only the moment before can make. They have no Run: what they look
// at is a chart beside a snapshot.
var (
	Rights = &probes.Probe{ID: "preflight-rights", Worst: finding.High, Doc: `The current user lacks permissions that the release needs
Helm creates, reads and patches each object as the user who runs it. The server is asked,
with one access review for each verb and resource, before anything is sent. What the user
may not do with the release's own records is reported under helm-cannot-update-records.`}

	KindNotServed = &probes.Probe{ID: "preflight-kind-not-served", Worst: finding.High, Doc: `The server does not serve a kind that the chart declares
Helm builds every object before it creates the first, so one unknown kind fails the whole
install. A CustomResourceDefinition in the chart's crds folder counts; one among its
templates does not help the objects beside it, because both are built at once.`}

	Refused = &probes.Probe{ID: "preflight-refused", Worst: finding.High, Doc: `The server refuses an object of the chart
Each object is sent with dryRun=All: the server validates it, runs its admission plugins
and webhooks, and stores nothing. One pod of each workload is sent too, since quota, limit
ranges and pod security judge pods; a refused pod is reported under admission-refused.`}

	QuotaExceeded = &probes.Probe{ID: "preflight-quota", Worst: finding.High, Doc: `The namespace's quota is too small for all replicas
The dry run sends one pod of each workload; here the requests of all replicas are added up
and compared with what each ResourceQuota has left.`}

	Immutable = &probes.Probe{ID: "preflight-immutable", Worst: finding.High, Doc: `An upgrade changes a field that cannot be changed
Selectors, a StatefulSet's volume claim templates, a Job's template, a binding's role: the
server refuses the patch, and the release is left failed halfway.`}

	HookOrder = &probes.Probe{ID: "preflight-hook-order", Worst: finding.High, Doc: `A hook needs an object that is created after it
Hooks of pre-install and pre-upgrade run before the release's own objects are created. A
Job that uses a ServiceAccount, a Secret or a ConfigMap of the same chart finds none.`}

	NamespaceMissing = &probes.Probe{ID: "preflight-namespace", Worst: finding.High, Doc: `The release's namespace does not exist
Helm creates it only with --create-namespace.`}

	OwnershipConflict = &probes.Probe{ID: "release-ownership-conflict", Worst: finding.High, Doc: `An object of the chart exists and does not belong to the release
Helm installs over an existing object only if its label app.kubernetes.io/managed-by is Helm
and its annotations meta.helm.sh/release-name and release-namespace name this release
(helm pkg/action/validate.go, checkOwnership). Otherwise the install stops: "invalid
ownership metadata". Hooks are exempt, because Helm deletes their earlier run first, and so
are CustomResourceDefinitions of the crds folder, which Helm leaves as they are.

**By hand.** Remove the object, rename it in the chart, or let the release adopt it: set the
label and both annotations.`}

	RecordSize = &probes.Probe{ID: "release-record-size", Worst: finding.High, Doc: `The release's record is nearly too large for a Secret
Helm stores each revision in one Secret: chart, values and manifest as JSON, gzipped and
base64-encoded. The API server takes at most 1,048,576 bytes of a Secret's data (core
validation, MaxSecretSize); beyond that the install fails before it begins. Reported from
80 % on, with the chart's largest files.

**By hand.** Keep files that no template reads out of the chart, with .helmignore.`}

	Unread = &probes.Probe{ID: "preflight-unread", Worst: finding.Medium, Doc: `Something could not be checked
A read, an access review or a dry run was refused or failed. What is listed here is neither
good nor bad; the evidence says why.`}
)

// Checks lists this package's own checks.
func Checks() []*probes.Probe {
	return []*probes.Probe{
		Rights, KindNotServed, Refused, QuotaExceeded, Immutable, HookOrder, NamespaceMissing, OwnershipConflict, RecordSize, Unread,
	}
}
