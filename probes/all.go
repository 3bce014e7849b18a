package probes

// All is the only list of probes, in the order of the catalogue. Adding a probe is
// one file, one line here and one fixture.
func All() []*Probe {
	return []*Probe{
		ReleaseStuck,
		HelmCannotUpdateRecords,
		ReleaseRecordUnreadable,
		ReleaseRecordMismatch,
		ServiceAccountMissing,
		AdmissionRefused,
		ReferenceMissing,
		APIReadSecretMissing,
		ContainerFailing,
		SecretOrphan,
		ClaimOrphan,
		ClaimOlderThanOwner,
		ConfigNewerThanProcess,
		MemberListStale,
	}
}
