package probes

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
		ReleaseHistoryBroken,
		ReleaseAPIRemoved,
		ReleaseObjectMissing,
		ServiceAccountMissing,
		WebhookUnavailable,
		APIServiceUnavailable,
		AdmissionRefused,
		ReferenceMissing,
		APIReadSecretMissing,
		ControlPlaneUnwell,
		Unschedulable,
		NodeUnwell,
		ClaimPending,
		VolumeReleased,
		VolumeMultiAttach,
		TerminatingStuck,
		StartStalled,
		ContainerFailing,
		ImageUnpullable,
		ProbeFailing,
		PortConflict,
		AccountForbidden,
		PullSecretMissing,
		ConditionFailing,
		GitOpsStopped,
		SecretOrphan,
		ClaimOrphan,
		ClaimOlderThanOwner,
		ConfigNewerThanProcess,
		MemberListStale,
	}
}
