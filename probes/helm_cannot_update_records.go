package probes

import (
	"fmt"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const helmCannotUpdateRecordsID finding.ProbeID = "helm-cannot-update-records"

// HelmCannotUpdateRecords finds who may create Helm's records, but not update them.
var HelmCannotUpdateRecords = &Probe{
	ID: helmCannotUpdateRecordsID,
	Doc: `Somebody may create Helm's records, but not update them
Helm creates a record as pending and updates it when it is done. An account that may create
Secrets but not update them installs everything, prints "deployed", exits 0, and leaves
the record pending; each later upgrade is refused.

**Rule.** A subject bound in the namespace may list and create Secrets (ConfigMaps, where
Helm stores its records there), may not update them, and a record there, older than
--stuck-after, was never updated since it was created. Sources: helm/helm #13189, #10549;
pkg/storage/driver/secrets.go, Create and Update; pkg/action/install.go, which only logs
that the record could not be written.

**Evidence.** The role, the rule that lacks the verb, the binding, the record.

**What it cannot see.** Who ran the client: a record does not say it. Groups of users stand
in no object; where a group has the right and a user has not, the finding is inferred. Rights
given by another authorizer than RBAC.

**By hand.** ` + "`kubectl auth can-i update secrets --as=WHO -n NAMESPACE`" + `, then add "update"
to the verbs of that rule with ` + "`kubectl edit role NAME`" + `; never "*".

**Silent** for Kubernetes' own subjects, and where every record was updated.`,
	Worst: finding.High,
	Holds: true,
	Needs: []model.Kind{model.KindRecord, model.KindRole, model.KindRoleBinding, model.KindClusterRole, model.KindClusterRoleBinding},
	Run:   runHelmCannotUpdateRecords,
}

func runHelmCannotUpdateRecords(p *Pass) {
	left := map[model.Kind]*model.Record{} // by driver: the oldest record that was left behind
	for _, rel := range p.Space.Releases() {
		rec := rel.Last()
		if rec == nil || !neverUpdated(rec) || !model.Pending(rec.LabelStatus) || !leftAlone(p, rec) {
			continue
		}
		if first := left[rec.Driver]; first == nil || begun(rec).Before(begun(first)) {
			left[rec.Driver] = rec
		}
	}
	for _, driver := range []model.Kind{model.KindSecret, model.KindConfigMap} {
		rec := left[driver]
		if rec == nil {
			continue
		}
		denied, _ := deniedUpdates(p, driver)
		for _, d := range denied {
			p.Report(deniedFinding(p, d, rec))
		}
	}
}

func deniedFinding(p *Pass, d denial, rec *model.Record) finding.Finding {
	f := finding.Finding{
		Subject: d.ref(p), Slot: d.slot(p), Severity: finding.High, Grade: finding.Proved, Since: begun(rec),
		Summary: fmt.Sprintf("%s may create %s in namespace %s, but not update them, so Helm cannot finish a record there.",
			d.who(), d.resource, p.Namespace()),
		Evidence: append(d.evidence(), finding.Evidence{
			Ref: storedIn(rec), Path: "metadata.labels.modifiedAt",
			Note: "the record is as it was created at " + stamp(rec.CreatedAt),
		}),
	}
	if d.groups {
		f.Grade = finding.Inferred
		f.Evidence = append(f.Evidence, finding.Evidence{Path: "groups", Note: "a group has the right; who is in it stands in no object"})
	}
	f.Fixes = d.fixes(p)
	if why := d.against(); why != "" {
		f.Withheld = []finding.Withheld{{Fix: "allow-update", Title: d.allowTitle(), Why: why}}
	}
	return f
}

// fixes add the verb that lacks to the rule that allows the others.
func (d denial) fixes(p *Pass) []finding.Fix {
	step, ok := d.allowStep()
	if !ok {
		return nil
	}
	return []finding.Fix{{
		ID: "allow-update", Title: d.allowTitle(), Risk: finding.Safe,
		Steps: []finding.Step{step}, Undo: "takes the verb out of the rule again", Note: d.wider(d.subject.Name, []string{"update"}, "", d.resource, p.Namespace()),
		Proof: finding.Proof{Text: fmt.Sprintf("%s may update %s in namespace %s", d.who(), d.resource, p.Namespace()), Within: 10 * time.Second},
	}}
}

func (d denial) allowTitle() string {
	return fmt.Sprintf("Add update to %s %s", d.role.Kind, d.role.Name)
}

// AllowRecordUpdates are the fixes that let a subject, which may create Helm's records in
// the namespace of p, update them too: what must be there before it installs anything.
// driver is the kind that holds the records.
func AllowRecordUpdates(p *Pass, driver model.Kind, subject model.Ref) (out []finding.Fix) {
	denied, _ := deniedUpdates(p, driver)
	for _, d := range denied {
		if d.ref(p) == subject {
			out = append(out, d.fixes(p)...)
		}
	}
	return out
}

// wider says what else the added verbs would allow whom in a namespace.
func (d denial) wider(who string, verbs []string, group, resource, namespace string) string {
	notes := []string{widened(who, verbs, group, resource, namespace)}
	if r := d.role.Rules[d.rule]; len(r.Resources) > 1 {
		notes = append(notes, "The rule covers "+text.Joined(r.Resources, 6)+": what is added holds for all of them.")
	}
	if d.role.Kind == model.KindClusterRole {
		notes = append(notes, "The rule then holds wherever ClusterRole "+d.role.Name+" is bound.")
	}
	return strings.Join(notes, " ")
}
