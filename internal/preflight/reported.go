package preflight

import (
	"slices"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// overlaid are the probes that run over the cluster as it would be.
var overlaid = []*probes.Probe{probes.ServiceAccountMissing, probes.ReferenceMissing, probes.MemberListStale}

// inTheWay are the probes whose findings about the release of today keep an upgrade
// from working.
var inTheWay = []*probes.Probe{probes.ReleaseStuck, probes.ReleaseRecordMismatch, probes.ReleaseRecordUnreadable, probes.ReleaseHistoryBroken, probes.ReleaseAPIRemoved}

// foretold are the probes whose findings checks of this package foretell: they report
// under the probe that would find the same afterwards.
var foretold = []*probes.Probe{
	probes.ReleaseOwnershipConflict, probes.ReleaseRecordSize, probes.HelmCannotUpdateRecords, probes.AdmissionRefused, probes.APIReadSecretMissing, probes.ConfigNewerThanProcess, probes.ClaimOlderThanOwner,
}

// Catalogue lists every probe and check that a preflight reports under.
func Catalogue() []*probes.Probe { return slices.Concat(Checks(), overlaid, inTheWay, foretold) }

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
