package preflight

import (
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// The checks that only the moment before can make. What they find beyond these
// stands under the probe that would find it afterwards.
const (
	CheckID     = "preflight-unread"
	rightsID    = "preflight-rights"
	kindID      = "preflight-kind-not-served"
	refusedID   = "preflight-refused"
	quotaID     = "preflight-quota"
	immutableID = "preflight-immutable"
	hookID      = "preflight-hook-order"
	namespaceID = "preflight-namespace"
)

// overlaid are the probes that run over the cluster as it would be.
var overlaid = []string{"service-account-missing", "reference-missing", "pull-secret-missing", "selects-nothing", "member-list-stale"}

// told are the probes under whose ids checks of this package report too, and those
// whose findings about the release of today stand in the way of an upgrade.
var told = []string{
	"release-stuck", "helm-cannot-update-records", "webhook-blocks-records", "release-record-mismatch", "release-many-deployed",
	"release-record-size", "release-record-unreadable", "release-history-broken", "release-ownership-conflict",
	"api-read-secret-missing", "config-newer-than-process", "claim-older-than-owner",
}

// Checks lists this package's own checks. They have no Run: what they look at is no
// snapshot.
func Checks() []*probes.Probe {
	return []*probes.Probe{
		{ID: rightsID, Worst: finding.High, Doc: `The acting identity may not do what the release needs
Helm creates, reads and patches each object as whoever runs it. The server is asked, with
one access review for each verb and resource, before anything is sent. What an account may
not do with the release's own records stands under helm-cannot-update-records.`},
		{ID: kindID, Worst: finding.High, Doc: `The server does not serve a kind that the chart declares
Helm builds every object before it creates the first, so one unknown kind fails the whole
install. A definition in the chart's crds folder counts; one among its templates does not
help the objects beside it, because both are built at once.`},
		{ID: refusedID, Worst: finding.High, Doc: `Admission would refuse an object
Each object is sent with dryRun=All: the server validates it, runs its admission plugins
and webhooks, and keeps nothing. Of each workload one pod is sent too, since quota, limits
and pod security judge pods.`},
		{ID: quotaID, Worst: finding.High, Doc: `The namespace's quota does not hold all replicas
The dry run sends one pod of each workload; here the requests of all replicas are added up
and compared with what each quota has left.`},
		{ID: immutableID, Worst: finding.High, Doc: `An upgrade changes a field that cannot be changed
Selectors, a StatefulSet's volume claim templates, a Job's template, a binding's role: the
server refuses the patch, and the release is left failed in the middle.`},
		{ID: hookID, Worst: finding.High, Doc: `A hook needs an object that comes after it
Hooks of pre-install and pre-upgrade run before the release's own objects are created. A
Job that uses an account, a Secret or a ConfigMap of the same chart finds none.`},
		{ID: namespaceID, Worst: finding.High, Doc: `The release's namespace does not exist
Helm creates it only when told to.`},
		{ID: CheckID, Worst: finding.Medium, Doc: `Something could not be looked at
What stands here is neither good nor bad: a read, a review or a dry run was refused or
failed, and why.`},
	}
}

// Catalogue lists every probe and check that a preflight reports under.
func Catalogue() []*probes.Probe {
	out := Checks()
	for _, p := range probes.All() {
		if slices.Contains(overlaid, p.ID) || slices.Contains(told, p.ID) {
			out = append(out, p)
		}
	}
	return out
}

// Kinds lists what a preflight reads of the cluster.
func Kinds() []model.Kind {
	kinds := []model.Kind{
		model.KindNamespace, model.KindRecord, model.KindClaim, model.KindVolume, model.KindStorageClass, model.KindResourceQuota,
		model.KindStatefulSet, model.KindDeployment, model.KindDaemonSet, model.KindJob, model.KindCronJob, model.KindService,
		model.KindSecret, model.KindConfigMap, model.KindServiceAccount, model.KindIngress, model.KindRole, model.KindRoleBinding,
		model.KindClusterRole, model.KindClusterRoleBinding, model.KindPod, model.KindPDB, model.KindHPA,
	}
	for _, p := range Catalogue() {
		for _, k := range p.Reads() {
			if !slices.Contains(kinds, k) && k != model.KindLogTail && k != model.KindCustom && k != model.KindEvent {
				kinds = append(kinds, k)
			}
		}
	}
	return kinds
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
