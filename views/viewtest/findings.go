package viewtest

import (
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

func ref(kind model.Kind, ns, name string) model.Ref {
	return model.Ref{Kind: kind, Namespace: ns, Name: name}
}

// Findings are those of the incidents, severest first.
func Findings() []*finding.Finding {
	recordRef := ref(model.KindSecret, "review", "sh.helm.release.v1.review-app.v1")
	ci := ref(model.KindServiceAccount, "review", "ci")
	account := finding.IDOf(probes.ServiceAccountMissing.ID, ref(model.KindDeployment, "vault", "common-vault"), "")
	return []*finding.Finding{
		{
			Probe: probes.ReleaseStuck.ID, Subject: ref(model.KindRelease, "review", "review-app"), Severity: finding.Critical, Grade: finding.Proved,
			Summary: "Revision 1 has been pending-install for 22m, though all 3 of its objects are live and ready.", Since: ago(22 * time.Minute),
			Evidence: []finding.Evidence{
				{Ref: recordRef, Path: "metadata.labels.status", Value: "pending-install", Note: "label and record agree"},
				{Ref: recordRef, Path: "record info.status", Value: "pending-install"},
				{Ref: recordRef, Path: "metadata.labels.modifiedAt", Value: "", Note: "never written"},
				{Ref: ref(model.KindDeployment, "review", "review-app"), Value: "3 of 3 ready"},
			},
			Causes: []finding.ID{finding.IDOf(probes.HelmCannotUpdateRecords.ID, ci, "")},
			Fixes: []finding.Fix{
				{
					ID: "mark-deployed", Title: "Mark revision 1 deployed", Risk: finding.Safe, Undo: "restores the record as it was",
					Steps: []finding.Step{{Verb: "update", Ref: recordRef, Summary: "status pending-install -> deployed"}},
					Proof: finding.Proof{Text: "the record and its label read deployed", Within: 10 * time.Second},
				},
				{
					ID: "mark-failed", Title: "Mark revision 1 failed", Risk: finding.Safe, Undo: "restores the record as it was",
					Steps: []finding.Step{{Verb: "update", Ref: recordRef, Summary: "status pending-install -> failed"}},
				},
			},
		},
		{
			Probe: probes.ServiceAccountMissing.ID, Subject: ref(model.KindDeployment, "vault", "common-vault"), Severity: finding.Critical, Grade: finding.Proved,
			Summary: "The Deployment runs as ServiceAccount vault-svc, which is not there, so that none of its 2 pods can be made.", Since: ago(4 * time.Minute),
			Evidence: []finding.Evidence{
				{Ref: ref(model.KindDeployment, "vault", "common-vault"), Path: "spec.template.spec.serviceAccountName", Value: "vault-svc"},
				{Ref: ref(model.KindServiceAccount, "vault", "vault-svc"), Note: "not among the 12 accounts of the namespace"},
			},
			Fixes: []finding.Fix{{
				ID: "create-account", Title: "Create ServiceAccount vault-svc and nudge the ReplicaSet", Risk: finding.Safe, Undo: "deletes the account, if unchanged",
				Steps: []finding.Step{
					{Verb: "create", Ref: ref(model.KindServiceAccount, "vault", "vault-svc"), Summary: "as the release declares it"},
					{Verb: "patch", Ref: ref(model.KindReplicaSet, "vault", "common-vault-6c787c5cb5"), Summary: "annotate, so that it retries at once"},
				},
			}},
		},
		{
			Probe: probes.APIReadSecretMissing.ID, Subject: ref(model.KindDeployment, "keep", "keep-backend"), Slot: "keep-backend", Severity: finding.High, Grade: finding.Proved,
			Summary: "Container keep-backend crashes because Secret keep-victoriametrics-e44307bec48549e0b67d3c4586965749 is not there.", Since: ago(3 * time.Hour),
			Fixes: []finding.Fix{{ID: "rollback", Title: "Roll the release back to revision 4", Risk: finding.Disruptive}},
		},
		{
			Probe: probes.HelmCannotUpdateRecords.ID, Subject: ci, Severity: finding.High, Grade: finding.Proved,
			Summary:  "ServiceAccount review/ci may create secrets, but not update them.",
			Evidence: []finding.Evidence{{Ref: ref(model.KindRole, "review", "ci"), Path: "rules[0].verbs", Value: "get, list, create"}},
			Fixes:    []finding.Fix{{ID: "add-update", Title: "Add update to Role ci", Risk: finding.Safe, Undo: "the rule as it was"}},
		},
		{
			Probe: probes.AdmissionRefused.ID, Subject: ref(model.KindDeployment, "vault", "common-vault"), Severity: finding.High, Grade: finding.Observed,
			Summary: "Pods of the Deployment were refused 14 times.", Since: ago(4 * time.Minute), Causes: []finding.ID{account},
		},
		{
			Probe: probes.ContainerFailing.ID, Subject: ref(model.KindDeployment, "shop", "worker"), Slot: "worker", Severity: finding.High, Grade: finding.Proved,
			Summary: "Container worker has been in CrashLoopBackOff for 9h, exit code 1.", Since: ago(9 * time.Hour),
		},
		{
			Probe: probes.MemberListStale.ID, Subject: ref(model.KindConfigMap, "metrics", "vm-vmstorage-env"), Slot: "VMSTORAGE_ADDR", Severity: finding.High, Grade: finding.Proved,
			Summary: "VMSTORAGE_ADDR lists 2 of the 3 pods of StatefulSet vmstorage.", Since: ago(62 * time.Minute),
		},
		{
			Probe: probes.ReleaseSaysDeployed.ID, Subject: ref(model.KindRelease, "vault", "common-vault"), Severity: finding.Medium, Grade: finding.Proved,
			Summary: "The record says deployed, but 0 of 2 pods are ready.", Causes: []finding.ID{account},
		},
		{
			Probe: probes.ClaimOlderThanOwner.ID, Subject: ref(model.KindClaim, "devlake", "data-devlake-mysql-0"), Severity: finding.Medium, Grade: finding.Proved,
			Summary: "This claim is 3d22h old, the release that runs on it 2h.", Since: ago(2 * time.Hour),
			Fixes: []finding.Fix{{ID: "fresh", Title: "Start the set on a fresh volume", Risk: finding.Destructive}},
		},
		{
			Probe: probes.SecretOrphan.ID, Subject: ref(model.KindSecret, "数据平台", "分析-凭证"), Severity: finding.Low, Grade: finding.Inferred,
			Summary: "No reference to this Secret was found.",
		},
		{
			Probe: probes.CertificateExpiring.ID, Subject: ref(model.KindSecret, "", "*"), Severity: finding.High, Grade: finding.Unknown,
			Summary: "Certificates could not be looked at: secrets are forbidden to oncall@corp.",
		},
	}
}

// Symptoms lists, under the finding that explains them, those that it explains.
func Symptoms(list []*finding.Finding) map[finding.ID][]finding.ID {
	out := map[finding.ID][]finding.ID{}
	for _, f := range list {
		for _, c := range f.Causes {
			out[c] = append(out[c], f.ID())
		}
	}
	return out
}
