package probes

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const jobFailedID finding.ProbeID = "job-failed"

// JobFailed finds Jobs that failed, and those that cannot end.
var JobFailed = &Probe{
	ID: jobFailedID,
	Doc: `A Job failed, or cannot end
Its work is not done, and nothing tries it again.

**Rule.** One of these:

- a Job that no CronJob made has the condition Failed=True, for less than a day;
- the newest Job of a CronJob has it, and none after it succeeded: the finding is the CronJob's;
- three or more pods of a Job that is tried again have failed, and none of its pods runs: medium;
- a pod of a running Job has had a container that ended with exit code 0 for ten minutes, and
  another that still runs and is no sidecar of Kubernetes' own (an init container with
  restartPolicy Always): where that does not end by itself, the Job waits for it for ever (inferred);
- a container of a Job has run for ten minutes, and its command is a shell script that goes round in
  a loop (while true, until false) which nothing in it leaves: no break, exit, exec, kill or set -e.
  Inferred; medium where a CronJob made it, else low, since somebody may want it so.

Sources: kubernetes pkg/controller/job/job_controller.go (BackoffLimitExceeded, DeadlineExceeded,
PodFailurePolicy), KEP-753 (sidecar containers).

The summary says how the container of the newest failed pod ended, and what the line of its log that
tells most says, as container-failing does.

**Evidence.** The condition with its message, how its containers ended, the end of their log, which one
still runs.

**What it cannot see.** Why the program failed, once its pods are gone; a log whose container ended more
than an hour ago.

**By hand.** ` + "`kubectl logs job/NAME`" + `, then delete the Job and create it again. A sidecar that keeps
a Job alive belongs among the init containers, with restartPolicy: Always.

**Silent** for Jobs that have activeDeadlineSeconds or that another controller than a CronJob made, as to
loops; for Jobs that succeeded, are suspended, are tried again for the first or second time, or
failed more than a day ago; for a CronJob whose later Job succeeded.`,
	Worst: finding.High,
	Needs: []model.Kind{model.KindJob},
	Uses: reads([]model.Kind{model.KindCronJob, model.KindPod, model.KindNamespace}, []model.Kind{
		model.KindServiceAccount, model.KindSecret, model.KindConfigMap, model.KindClaim, model.KindEvent, model.KindService, model.KindLogTail,
	}),
	Run: staying(runJobFailed),
}

const (
	failureMemory   = 24 * time.Hour
	sidecarPatience = 10 * time.Minute
)

func runJobFailed(p *Pass) {
	newest := map[model.Ref]*model.Workload{} // of each CronJob, the Job that ended last
	lasting := map[finding.ID][]finding.Finding{}
	for j := range model.Each[*model.Workload](p.Space, model.KindJob) {
		if !j.Deleting.IsZero() {
			continue
		}
		subject := p.Graph.Workload(j.Ref())
		switch {
		case j.Finished.IsZero():
			for _, rule := range []func(*Pass, *model.Workload) (finding.Finding, bool){keptAlive, triedAgain, goesRound} {
				if f, ok := rule(p, j); ok {
					f.Subject = subject
					id := finding.IDOf(jobFailedID, subject, f.Slot)
					lasting[id] = append(lasting[id], f)
					break
				}
			}
		case subject.Kind == model.KindCronJob:
			if last := newest[subject]; last == nil || j.Finished.After(last.Finished) {
				newest[subject] = j
			}
		case j.Failed && !p.After(j.Finished, failureMemory):
			f := failedJob(p, j)
			f.Subject, f.Causes = subject, append(f.Causes, podTroubles(p, subject)...)
			p.Report(f)
		}
	}
	for _, list := range lasting {
		p.Report(longest(list))
	}
	for subject, j := range newest {
		c, ok := model.Get[*model.Workload](p.Snapshot, subject)
		if !ok || !j.Failed || c.Paused || c.Schedule != nil && c.Schedule.Success.After(j.Finished) || p.After(j.Finished, failureMemory) {
			continue
		}
		f := failedJob(p, j)
		f.Subject, f.Causes = subject, append(f.Causes, podTroubles(p, subject)...)
		f.Summary = "Its last run failed: " + f.Summary[len("It failed: "):]
		p.Report(f)
	}
}

// longest is one finding of those that the Jobs of a CronJob make alike: that which is so for
// longest.
func longest(list []finding.Finding) finding.Finding {
	f := slices.MinFunc(list, func(a, b finding.Finding) int { return a.Since.Compare(b.Since) })
	if more := len(list) - 1; more > 0 {
		f.Summary = strings.TrimSuffix(f.Summary, ".") + fmt.Sprintf("; it is the same with %s of it.", text.Counted(more, "other Job"))
	}
	return f
}

func failedJob(p *Pass, j *model.Workload) finding.Finding {
	f := finding.Finding{Severity: finding.High, Grade: finding.Proved, Since: j.Finished, Summary: "It failed: no reason is given."}
	if c := model.FindCondition(j.Conditions, "Failed"); c != nil {
		why := clause(c.Message, c.Reason)
		if c.Reason == "BackoffLimitExceeded" {
			why = fmt.Sprintf("its pods failed, and its backoffLimit of %d is reached", j.Retries)
		}
		f.Summary = fmt.Sprintf("It failed: %s.", why)
		f.Evidence = []finding.Evidence{{Ref: j.Ref(), Path: "status.conditions[Failed]", Value: c.Reason, Note: c.Message}}
		if c.Reason == "DeadlineExceeded" {
			return f // its pods were stopped from outside
		}
	}
	if e, ok := endedOf(p.Graph.Pods(j.Ref())); ok {
		told := e.says(p)
		f.Summary = fmt.Sprintf("%s; container %s %s.", strings.TrimSuffix(f.Summary, "."), e.name, told.clause)
		f.Evidence, f.Causes = append(f.Evidence, told.evidence...), told.causes
	}
	return f
}

// manyTries is a backoffLimit that is no limit: with backoffLimitPerIndex it is 2147483647 where none
// is set (kubernetes pkg/apis/batch/v1/defaults.go).
const manyTries = 1000

// enoughTries is how many pods of a Job must have failed before it is said while it is
// tried again.
const enoughTries = 3

// triedAgain is a Job whose pods fail one after the other.
func triedAgain(p *Pass, j *model.Workload) (f finding.Finding, ok bool) {
	var failed []*model.Pod
	for _, pod := range p.Graph.Pods(j.Ref()) {
		switch {
		case pod.Phase == "Running" || pod.Phase == "Succeeded":
			return f, false
		case pod.Phase == "Failed":
			failed = append(failed, pod)
		}
	}
	e, ok := endedOf(failed)
	if !ok || len(failed) < enoughTries || j.Paused {
		return f, false
	}
	told, until := e.says(p), ""
	if j.Retries < manyTries { // else there is no end that anybody would wait for, or one for each index
		until = fmt.Sprintf(" until %d have", j.Retries+1)
	}
	return finding.Finding{
		Slot: "tried-again", Severity: finding.Medium, Grade: finding.Proved,
		Summary:  fmt.Sprintf("%d of its pods have failed, and it is tried again%s: container %s %s.", len(failed), until, e.name, told.clause),
		Evidence: told.evidence, Causes: told.causes,
	}, true
}

// keptAlive is a Job whose work is done, and that a further container keeps from ending.
func keptAlive(p *Pass, j *model.Workload) (f finding.Finding, ok bool) {
	for _, pod := range p.Graph.Pods(j.Ref()) {
		if !alive(pod) {
			continue
		}
		done, runs := (*model.ContainerStatus)(nil), (*model.ContainerStatus)(nil)
		for i := range pod.Containers {
			c := &pod.Containers[i]
			switch {
			case c.Init:
			case c.Exit != nil && c.Exit.Code == 0:
				done = c
			case c.Exit == nil && !c.Running.IsZero():
				runs = c
			}
		}
		if done == nil || runs == nil || !p.After(done.Exit.Finished, sidecarPatience) {
			continue
		}
		return finding.Finding{
			Slot: "kept-alive", Severity: finding.Medium, Grade: finding.Inferred, Since: done.Exit.Finished,
			Summary: fmt.Sprintf("It has not ended: container %s is done, and container %s still runs.", done.Name, runs.Name),
			Evidence: []finding.Evidence{
				{Ref: pod.Ref(), Path: "status.containerStatuses[" + done.Name + "].state.terminated", Value: "exit code 0", Note: "at " + stamp(done.Exit.Finished)},
				{Ref: pod.Ref(), Path: "status.containerStatuses[" + runs.Name + "].state.running", Note: "since " + stamp(runs.Running) + "; where it ends by itself, nothing is wrong"},
			},
		}, true
	}
	return f, false
}
