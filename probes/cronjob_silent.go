package probes

import (
	"fmt"
	"slices"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const cronJobSilentID finding.ProbeID = "cronjob-silent"

// CronJobSilent finds CronJobs that do not run, or never come to a good end.
var CronJobSilent = &Probe{
	ID: cronJobSilentID,
	Doc: `A CronJob has not run, or has not succeeded, for several of its schedules
Backups, renewals, clean-ups: nobody misses them until they are needed.

**Rule.** A CronJob that is not suspended, and one of these:

- its schedule or its time zone cannot be read, so that it never runs;
- it has missed two schedules, the second for ten minutes, since it last ran, was made or was
  changed; the summary says what stands in the way: its Jobs are refused, its
  startingDeadlineSeconds is shorter than the ten seconds in which the controller looks, or
  nothing that can be seen;
- concurrencyPolicy is Forbid, three schedules have passed since the Job that it waits for began,
  and that Job cannot end: none of its pods has run for ten minutes, a container keeps it
  alive, or it runs for a day and five times as long as any run before; or, inferred, none of its
  Jobs has ended yet, and this one runs for half an hour and ten schedules;
- concurrencyPolicy is Replace, and each of the last three runs was replaced before it ended;
- three of its schedules or more have passed since it last succeeded and since its specification was
  last written, it was run at the last of them, and nothing of it runs now; inferred where
  no Job that failed is left: one that is cleared away at once may have ended well unseen.

Medium; high where it cannot run at all, or nothing has succeeded for a day. Schedules are read
with the controller's own parser, in the CronJob's time zone; where it names none, in UTC, and
one more must be missed where its runs show that the controller has another. Sources: kubernetes
pkg/controller/cronjob/cronjob_controllerv2.go (syncCronJob), utils.go (nextScheduleTime);
github.com/robfig/cron/v3.

**Evidence.** The schedule, when it last ran and last succeeded, how many were missed, the Job
that it waits for, the event that says why.

**What it cannot see.** Whether what it did was good; runs of clusters whose controller does not
write lastSuccessfulTime.

**By hand.** ` + "`kubectl create job --from=cronjob/NAME NAME-now`" + ` runs it at once; then by cause: correct
the schedule, delete the Job that hangs, set activeDeadlineSeconds on the Job's template.

**Silent** while suspended; for a date that never comes (February 30), which people write to run
it by hand alone; while a run is under way, however long, that may still end.`,
	Worst: finding.High,
	Needs: []model.Kind{model.KindCronJob, model.KindJob},
	Uses: []model.Kind{
		model.KindPod, model.KindEvent, model.KindNamespace, model.KindLease, model.KindResourceQuota, model.KindLimitRange, model.KindServiceAccount,
		model.KindSecret, model.KindConfigMap, model.KindClaim, model.KindValidatingWebhook, model.KindMutatingWebhook, model.KindPriorityClass, model.KindRuntimeClass,
		model.KindService, model.KindEndpointSlice,
	},
	Run: staying(runCronJobSilent),
}

const (
	missedSchedules = 2                // without a run
	failedRuns      = 3                // without a success, and schedules that a Job blocks
	scheduleGrace   = 10 * time.Minute // how late the controller may be
	longSilence     = 24 * time.Hour   // from which on nothing succeeded for too long
	overlong        = 5                // times the longest run before
	lookEvery       = 10 * time.Second // the controller's own interval
)

func runCronJobSilent(p *Pass) {
	look := cronLook{Pass: p}
	for w := range model.Each[*model.Workload](p.Space, model.KindCronJob) {
		if w.Paused || w.Schedule == nil || !w.Deleting.IsZero() {
			continue
		}
		table, why := timetableOf(w.Schedule)
		if why != "" {
			p.Report(unreadableSchedule(w, why))
			continue
		}
		for _, rule := range []func(*model.Workload, timetable) (finding.Finding, bool){look.blocked, look.missed, look.unsuccessful} {
			if f, ok := rule(w, table); ok {
				f.Subject = w.Ref()
				f.Evidence = append(scheduleEvidence(w), f.Evidence...)
				p.Report(f)
				break
			}
		}
	}
}

func unreadableSchedule(w *model.Workload, why string) finding.Finding {
	return finding.Finding{
		Subject: w.Ref(), Severity: finding.High, Grade: finding.Proved,
		Summary: fmt.Sprintf("It never runs: %s.", why), Evidence: scheduleEvidence(w),
	}
}

func scheduleEvidence(w *model.Workload) []finding.Evidence {
	s := w.Schedule
	zone := "in the controller's time zone"
	if s.Zone != "" {
		zone = "in time zone " + s.Zone
	}
	return []finding.Evidence{
		{Ref: w.Ref(), Path: "spec.schedule", Value: s.Cron, Note: zone},
		{Ref: w.Ref(), Path: "status.lastScheduleTime", Value: stamp(s.Last)},
		{Ref: w.Ref(), Path: "status.lastSuccessfulTime", Value: stamp(s.Success)},
	}
}

// missed is a CronJob of which no Job was made when it was due.
func (l *cronLook) missed(w *model.Workload, t timetable) (f finding.Finding, ok bool) {
	if w.Schedule.Concurrency == "Forbid" && len(l.underway(w)) > 0 {
		return f, false // it waits, and does not write when it last looked
	}
	since := latest(w.Schedule.Last, w.Created, w.SpecChanged())
	due := t.nth(since, missedSchedules)
	if due.IsZero() || !l.Due(due, scheduleGrace) {
		return f, false
	}
	ran := "it has never run"
	if !w.Schedule.Last.IsZero() {
		ran = "it last ran " + l.Age(w.Schedule.Last) + " ago"
	}
	f = finding.Finding{Severity: finding.High, Grade: finding.Proved, Since: t.nth(since, 1)}
	f.Summary = fmt.Sprintf("It has missed each schedule since %s: %s", stamp(f.Since), ran)
	f.Causes = []finding.ID{finding.IDOf(controlPlaneUnwellID, model.Ref{Kind: model.KindLease, Namespace: systemSpace, Name: "kube-controller-manager"}, "")}
	if e := l.refused(w.Ref(), since); e != nil {
		class := classify(l.Pass, e.Message)
		f.Summary += fmt.Sprintf(", and its Jobs are refused: %s", class.why)
		f.Evidence = append(append(f.Evidence, eventEvidence(e)), class.evidence...)
		f.Causes = append(f.Causes, class.causes...)
	} else if d := w.Schedule; d.Limited && d.Deadline < lookEvery {
		f.Summary += fmt.Sprintf(", and its startingDeadlineSeconds of %d is over before the controller looks", int(d.Deadline.Seconds()))
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: w.Ref(), Path: "spec.startingDeadlineSeconds", Value: fmt.Sprint(int(d.Deadline.Seconds())), Note: "the controller looks every 10 seconds"})
	}
	f.Summary += "."
	return f, true
}

// unsuccessful is a CronJob whose runs all end, and none of them well.
func (l *cronLook) unsuccessful(w *model.Workload, t timetable) (f finding.Finding, ok bool) {
	s := w.Schedule
	jobs := l.made(w.Ref())
	if s.Last.IsZero() || s.Success.IsZero() && slices.ContainsFunc(jobs, succeeded) {
		return f, false
	}
	since := latest(s.Success, w.Created)
	n := t.runs(latest(since, w.SpecChanged()), s.Last) // it may have been suspended before
	if s.Concurrency != "Replace" && len(l.underway(w)) > 0 || n < failedRuns {
		return f, false
	}
	f = finding.Finding{Severity: finding.Medium, Grade: finding.Proved, Since: t.nth(since, 1), Causes: append(podTroubles(l.Pass, w.Ref()), finding.IDOf(jobFailedID, w.Ref(), ""))}
	if l.Due(since, longSilence) {
		f.Severity = finding.High
	}
	good := "it has never succeeded"
	if !s.Success.IsZero() {
		good = "it last succeeded " + l.Age(s.Success) + " ago"
	}
	f.Summary = fmt.Sprintf("No run of it has ended well for the last %s: %s.", text.Counted(n, "schedule"), good)
	if running := l.underway(w); s.Concurrency == "Replace" && len(running) > 0 {
		f.Summary = fmt.Sprintf("Each of its last %s was replaced before it ended, since concurrencyPolicy is Replace: %s.", text.Counted(n, "run"), good)
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: running[0].Ref(), Path: "status.startTime", Value: stamp(running[0].Started), Note: "the next schedule replaces it"})
	}
	seen := slices.ContainsFunc(jobs, func(j *model.Workload) bool { return j.Failed })
	if !seen && s.Concurrency != "Replace" { // Jobs that are cleared away at once may have ended well: a TTL of 0, a status that is not written
		f.Grade = finding.Inferred
	}
	for _, j := range jobs {
		if j.Failed {
			c := model.FindCondition(j.Conditions, "Failed")
			f.Evidence = append(f.Evidence, finding.Evidence{Ref: j.Ref(), Path: "status.conditions[Failed]", Value: c.Reason, Note: "at " + stamp(j.Finished)})
			break
		}
	}
	return f, true
}
