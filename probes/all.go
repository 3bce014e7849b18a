package probes

import (
	"sync"

	"github.com/careen-tui/careen/internal/finding"
)

// All is the only list of probes, in the order of the catalogue. Adding a probe is
// one file, one line here and one fixture.
func All() []*Probe {
	return []*Probe{
		ReleaseStuck,
		HelmCannotUpdateRecords,
		WebhookBlocksRecords,
		ReleaseRecordUnreadable,
		ReleaseRecordMismatch,
		ReleaseManyDeployed,
		ReleaseRecordSize,
		ReleaseHistoryBroken,
		ReleaseAPIRemoved,
		ReleaseObjectMissing,
		ReleaseLeftovers,
		ReleaseOwnershipConflict,
		ReleaseSaysDeployed,
		ServiceAccountMissing,
		WebhookUnavailable,
		APIServiceUnavailable,
		QuotaFull,
		AdmissionRefused,
		ReferenceMissing,
		APIReadSecretMissing,
		ControlPlaneUnwell,
		Unschedulable,
		NodeUnwell,
		ClaimPending,
		VolumeReleased,
		VolumeReclaimDelete,
		VolumeMultiAttach,
		TerminatingStuck,
		PodEvicted,
		StartStalled,
		ContainerFailing,
		ImageUnpullable,
		ProbeFailing,
		PortConflict,
		VariableUnset,
		PortRangeNarrow,
		AccountForbidden,
		PullSecretMissing,
		ConditionFailing,
		GitOpsStopped,
		SecretOrphan,
		SecretCopiesDiffer,
		CertificateExpiring,
		ClaimOrphan,
		ClaimOlderThanOwner,
		ConfigNewerThanProcess,
		MemberListStale,
		ServiceUnreachable,
		RolloutStuck,
		ScaledToNothing,
		HostDangling,
		NetworkBlocked,
		AutoscalerBlind,
		JobFailed,
		CronJobSilent,
		DisruptionBlocked,
		SelectsNothing,
		RouteBroken,
		DNSBroken,
		ErrorsInLog,
	}
}

var byID = sync.OnceValue(func() map[finding.ProbeID]*Probe {
	out := map[finding.ProbeID]*Probe{}
	for _, p := range All() {
		out[p.ID] = p
	}
	return out
})

// Find is the probe of that id, or nil.
func Find(id finding.ProbeID) *Probe { return byID()[id] }
