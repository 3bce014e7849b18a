package repair

import (
	"context"
	"fmt"
	"time"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// releaseWithin is how long the proof of a rollback or an uninstall may take.
const releaseWithin = 3 * time.Minute

// PlanRollback plans going back to an earlier revision of a release. No finding calls
// for it, so what proves it is that the workloads of that revision are ready. The
// error is a *Refusal.
func (m *Mender) PlanRollback(ctx context.Context, report *engine.Report, rel model.Ref, revision int) (*Plan, error) {
	newest, err := newestOf(report, rel)
	if err != nil {
		return nil, err
	}
	return m.plan(ctx, report, []intent{{subject: rel, fix: &finding.Fix{
		ID: "rollback", Title: fmt.Sprintf("Roll release %s back to revision %d", rel.Name, revision), Risk: finding.Disruptive,
		Steps: []finding.Step{{
			Verb: "rollback", Ref: rel, Summary: fmt.Sprintf("revision %d -> %d", newest, revision), Change: finding.Rollback{Revision: revision},
		}},
		Undo:  fmt.Sprintf("rolls the release forward to what revision %d was", newest),
		Note:  "Helm runs the rollback, and the hooks that the chart has for it.",
		Proof: finding.Proof{Text: "the workloads of the release are ready", Within: releaseWithin},
	}}}, Inputs{})
}

// PlanUninstall plans an uninstall of a release. The error is a *Refusal.
func (m *Mender) PlanUninstall(ctx context.Context, report *engine.Report, rel model.Ref) (*Plan, error) {
	newest, err := newestOf(report, rel)
	if err != nil {
		return nil, err
	}
	return m.plan(ctx, report, []intent{{subject: rel, fix: &finding.Fix{
		ID: "uninstall", Title: "Uninstall release " + rel.Name, Risk: finding.Destructive,
		Steps: []finding.Step{{
			Verb: "uninstall", Ref: rel, Summary: fmt.Sprintf("at revision %d; its records stay", newest), Change: finding.Uninstall{},
		}},
		Proof: finding.Proof{Text: "what the manifest declares is gone", Within: releaseWithin},
	}}}, Inputs{})
}

// PlanRestore plans giving a Secret or ConfigMap the data that a revision of a release
// declares for it. The error is a *Refusal.
func (m *Mender) PlanRestore(ctx context.Context, report *engine.Report, ref, rel model.Ref, revision int) (*Plan, error) {
	return m.plan(ctx, report, []intent{{subject: ref, fix: &finding.Fix{
		ID: "restore", Title: fmt.Sprintf("Give %s the data of revision %d of release %s", ref, revision, rel.Name), Risk: finding.Disruptive,
		Steps: []finding.Step{{
			Verb: "patch", Ref: ref, Summary: fmt.Sprintf("data as revision %d declares it", revision), Change: finding.RestoreData{Release: rel, Revision: revision},
		}},
		Undo:  "gives it back the data that it has now",
		Note:  "Who mounts it sees the data after a while; who reads it at the start sees it after a restart.",
		Proof: finding.Proof{Text: "the object reads as written", Within: 10 * time.Second},
	}}}, Inputs{})
}

// newestOf is the newest revision of a release that a report knows.
func newestOf(report *engine.Report, rel model.Ref) (int, error) {
	history := report.Snapshot.Release(rel.Namespace, rel.Name)
	if history == nil {
		return 0, refuse("%s has no records any more.", rel)
	}
	return history.Newest().Revision, nil
}

// proveReady adds to the proof that the workloads which a revision declares become
// ready.
func (e *expander) proveReady(to revision) {
	for _, o := range to.body.Objects {
		switch o.Ref.Kind {
		case model.KindDeployment, model.KindStatefulSet, model.KindDaemonSet:
			e.checks = append(e.checks, finding.Check{Ref: o.Ref, Path: "ready"})
		}
	}
}
