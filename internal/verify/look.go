package verify

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// Reader reads what no snapshot holds: manifests, and objects of any kind.
type Reader interface {
	// Declared are the objects of a revision's manifest; trouble says which documents of
	// it could not be read.
	Declared(ctx context.Context, rec *model.Record) (list []inspect.Object, trouble []string, err error)
	// States says how each object is, in their order.
	States(ctx context.Context, list []inspect.Object, namespace string) []inspect.State
}

// Look says how a deploy stands at the moment of a report. Its error is ctx's.
func Look(ctx context.Context, r *engine.Report, reader Reader, t Target) (*Verdict, error) {
	l := &look{Verdict: &Verdict{}, report: r, reader: reader, Target: t}
	l.run(ctx)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return l.Verdict, nil
}

type look struct {
	*Verdict
	Target
	report *engine.Report
	reader Reader
}

func (l *look) run(ctx context.Context) {
	objects := l.Objects
	if l.leaving() {
		return
	}
	if l.Release == "" {
		l.Title = fmt.Sprintf("%d objects", len(objects))
		if len(objects) == 1 {
			l.Title = objects[0].Ref.String()
		}
	} else {
		rec := l.record()
		if rec == nil {
			l.related(l.report, l.Target, nil)
			return
		}
		l.hooks(rec)
		list, trouble, err := l.reader.Declared(ctx, rec)
		if err != nil {
			l.unknown(Object, l.release(), fmt.Sprintf("The manifest of revision %d could not be read: %s.", rec.Revision, err))
		}
		for _, text := range trouble {
			l.unknown(Object, l.release(), fmt.Sprintf("Part of the manifest of revision %d could not be read: %s.", rec.Revision, text))
		}
		objects = list
	}
	l.states = l.reader.States(ctx, objects, l.Namespace)
	of := map[model.Ref]bool{}
	for i, s := range l.states {
		of[s.Ref] = true
		l.object(objects[i], s)
	}
	l.related(l.report, l.Target, of)
}

// leaving reports a namespace that is being deleted: nothing in it becomes well.
func (l *look) leaving() bool {
	ref := model.Ref{Kind: model.KindNamespace, Name: l.Namespace}
	ns, ok := model.Get[*model.Namespace](l.report.Snapshot, ref)
	if !ok || ns.Deleting.IsZero() {
		return false
	}
	l.Title = "namespace " + l.Namespace
	fact := finding.Evidence{Ref: ref, Path: "metadata.deletionTimestamp", Value: ns.Deleting.UTC().Format(time.RFC3339)}
	if l.Release != "" {
		l.Title = "release " + l.Release
		l.wrong(Record, l.release(), fmt.Sprintf("Namespace %s is being deleted, and release %s with it.", l.Namespace, l.Release), fact)
		return true
	}
	l.wrong(Object, ref, fmt.Sprintf("Namespace %s is being deleted, and what was deployed with it.", l.Namespace), fact)
	return true
}

func (l *look) release() model.Ref {
	return model.Ref{Kind: model.KindRelease, Namespace: l.Namespace, Name: l.Release}
}

// record is the revision whose objects count; nil where the deploy has not got as far
// as that, or where nobody knows.
func (l *look) record() *model.Record {
	l.Title = "release " + l.Release
	rel := l.report.Snapshot.Release(l.Namespace, l.Release)
	if rel == nil {
		if known, why := l.report.Snapshot.Knows(model.KindRecord, l.Namespace); !known {
			l.unknown(Record, l.release(), fmt.Sprintf("Whether there is a release %s is not known: %s.", l.Release, why))
		} else {
			l.wait(Record, l.release(), fmt.Sprintf("There is no release %s in namespace %s.", l.Release, l.Namespace))
		}
		return nil
	}
	newest := rel.Last()
	if newest == nil {
		newest = rel.Newest()
	}
	rec := newest
	if l.Revision > 0 {
		i := slices.IndexFunc(rel.Records, func(rec *model.Record) bool { return rec.Revision == l.Revision })
		switch {
		case i >= 0:
			rec = rel.Records[i]
		case newest.Revision < l.Revision:
			l.wait(Record, l.release(), fmt.Sprintf("Revision %d is not there yet; the newest is %d.", l.Revision, newest.Revision))
			return nil
		default:
			l.wrong(Record, l.release(), fmt.Sprintf("Revision %d is not kept any more; the newest is %d.", l.Revision, newest.Revision))
			return nil
		}
	}
	l.Title, l.Judged = fmt.Sprintf("release %s revision %d", l.Release, rec.Revision), rec.Revision
	if newest.Revision > rec.Revision {
		l.wrong(Record, l.release(), fmt.Sprintf("Revision %d has begun since revision %d (%s).", newest.Revision, rec.Revision, newest.LabelStatus), recordFact(newest))
		return nil
	}
	return l.status(rec)
}

// status judges a record by what it says.
func (l *look) status(rec *model.Record) *model.Record {
	body := rec.Body
	switch {
	case body == nil:
		l.unknown(Record, l.release(), fmt.Sprintf("The record of revision %d was not read.", rec.Revision))
		return nil
	case body.Problem != "":
		l.wrong(Record, l.release(), fmt.Sprintf("The record of revision %d cannot be read: %s.", rec.Revision, body.Problem), recordFact(rec))
		return nil
	}
	l.Begun = body.LastDeployed
	switch {
	case body.Status == "deployed":
		return rec
	case model.Pending(body.Status):
		l.wait(Record, l.release(), fmt.Sprintf("Revision %d is %s: Helm has not finished, or was interrupted.", rec.Revision, body.Status), recordFact(rec))
	default:
		text := fmt.Sprintf("Revision %d is %s.", rec.Revision, body.Status)
		if body.Description != "" {
			text = fmt.Sprintf("Revision %d is %s: %s.", rec.Revision, body.Status, strings.TrimRight(mask.Line(body.Description, 500), ". "))
		}
		l.wrong(Record, l.release(), text, recordFact(rec))
	}
	return nil
}

func recordFact(rec *model.Record) finding.Evidence {
	e := finding.Evidence{Ref: model.Ref{Kind: rec.Driver, Namespace: rec.Namespace, Name: rec.Name}, Path: "metadata.labels.status", Value: rec.LabelStatus}
	if rec.Body != nil && rec.Body.Status != rec.LabelStatus {
		e.Note = "the record itself says " + rec.Body.Status
	}
	return e
}

// hooks judges the hooks of a revision by what the record says of them.
func (l *look) hooks(rec *model.Record) {
	for _, h := range rec.Body.Hooks {
		fact := finding.Evidence{Ref: recordFact(rec).Ref, Path: "hooks[" + h.Ref.Name + "].last_run.phase", Value: h.Phase}
		switch h.Phase {
		case "Failed":
			l.wrong(Hook, h.Ref, fmt.Sprintf("Hook %s failed.", h.Ref), fact)
		case "Running":
			l.wait(Hook, h.Ref, fmt.Sprintf("Hook %s is running.", h.Ref), fact)
		}
	}
}

// object judges one object of the deploy.
func (l *look) object(o inspect.Object, s inspect.State) {
	said := ""
	if s.Message != "" {
		said = ": " + s.Message
	}
	fact := finding.Evidence{Ref: s.Ref, Path: "status", Value: s.Status, Note: s.Message}
	switch status.Status(s.Status) {
	case status.CurrentStatus:
		l.completed(s.Ref, fact)
	case status.NotFoundStatus:
		switch {
		case leaves(o):
		case l.Release == "":
			l.wait(Object, s.Ref, fmt.Sprintf("%s does not exist.", s.Ref), fact)
		default:
			l.wrong(Object, s.Ref, fmt.Sprintf("%s is declared by the release and does not exist.", s.Ref), fact)
		}
	case status.FailedStatus:
		l.wrong(Object, s.Ref, fmt.Sprintf("%s has failed%s.", s.Ref, said), fact)
	case status.InProgressStatus, status.TerminatingStatus:
		l.wait(Object, s.Ref, fmt.Sprintf("%s is %s%s.", s.Ref, words[status.Status(s.Status)], said), fact)
	default:
		l.unknown(Object, s.Ref, fmt.Sprintf("Whether %s is ready is not known%s.", s.Ref, said), fact)
	}
}

var words = map[status.Status]string{status.InProgressStatus: "not ready", status.TerminatingStatus: "being deleted"}

// completed waits for a Job, which kstatus takes for current as soon as it has started.
func (l *look) completed(ref model.Ref, fact finding.Evidence) {
	if ref.Kind != model.KindJob {
		return
	}
	job, ok := model.Get[*model.Workload](l.report.Snapshot, ref)
	if ok && job.Finished.IsZero() && !job.Failed && !job.Paused {
		l.wait(Object, ref, fmt.Sprintf("%s has not completed.", ref), fact)
	}
}

// leaves reports whether an object goes by itself once it has done its work.
func leaves(o inspect.Object) bool {
	spec, _ := o.Fields["spec"].(map[string]any)
	return o.Ref.Kind == model.KindJob && spec["ttlSecondsAfterFinished"] != nil
}

func (l *look) wrong(check *probes.Probe, subject model.Ref, summary string, facts ...finding.Evidence) {
	l.Wrong = append(l.Wrong, l.found(check, subject, finding.Proved, summary, facts))
}

func (l *look) wait(check *probes.Probe, subject model.Ref, summary string, facts ...finding.Evidence) {
	l.Waiting = append(l.Waiting, l.found(check, subject, finding.Proved, summary, facts))
}

func (l *look) unknown(check *probes.Probe, subject model.Ref, summary string, facts ...finding.Evidence) {
	l.Unknown = append(l.Unknown, l.found(check, subject, finding.Unknown, summary, facts))
}

func (l *look) found(check *probes.Probe, subject model.Ref, grade finding.Grade, summary string, facts []finding.Evidence) *finding.Finding {
	return &finding.Finding{
		Probe: check.ID, Subject: subject, Severity: finding.High, Grade: grade, Summary: summary, Evidence: facts,
	}
}
