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

	Unread = &probes.Probe{ID: "preflight-unread", Worst: finding.Medium, Doc: `Something could not be checked
A read, an access review or a dry run was refused or failed. What is listed here is neither
good nor bad; the evidence says why.`}
)

// Checks lists this package's own checks.
func Checks() []*probes.Probe {
	return []*probes.Probe{
		Rights, KindNotServed, Refused, QuotaExceeded, Immutable, HookOrder, NamespaceMissing, Unread,
	}
}
