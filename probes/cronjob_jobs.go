package probes

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// cronLook looks at the Jobs of CronJobs. They, and the events about them, are gathered
// when the first is asked for.
type cronLook struct {
	*Pass
	jobs   map[model.Ref][]*model.Workload
	events map[model.Ref][]*model.Event
}

// made lists the Jobs that a CronJob made and that are still there, newest first.
func (l *cronLook) made(ref model.Ref) []*model.Workload {
	if l.jobs == nil {
		l.jobs = madeBy(l.Pass)
		for _, list := range l.jobs {
			slices.SortFunc(list, func(a, b *model.Workload) int {
				return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(a.Name, b.Name))
			})
		}
	}
	return l.jobs[ref]
}

// underway lists those that have not ended, oldest first.
func (l *cronLook) underway(w *model.Workload) (out []*model.Workload) {
	for _, j := range l.made(w.Ref()) {
		if j.Finished.IsZero() && j.Deleting.IsZero() {
			out = append(out, j)
		}
	}
	slices.Reverse(out)
	return out
}

func succeeded(j *model.Workload) bool { return !j.Finished.IsZero() && !j.Failed }

// refused is the newest event since then that says that something could not be made of
// an object; nil for none.
func (l *cronLook) refused(ref model.Ref, since time.Time) *model.Event {
	if l.events == nil {
		l.events = eventsAbout(l.Pass, "FailedCreate")
	}
	if list := l.events[ref]; len(list) > 0 && list[0].Last.After(since) {
		return list[0]
	}
	return nil
}

// blocked is a CronJob that may run one Job at a time, and whose Job cannot end.
func (l *cronLook) blocked(w *model.Workload, t timetable) (f finding.Finding, ok bool) {
	running := l.underway(w)
	if w.Schedule.Concurrency != "Forbid" || len(running) == 0 || running[0].Paused {
		return f, false
	}
	j := running[0]
	began := cmp.Or(j.Started, j.Created)
	due := t.nth(began, failedRuns)
	if due.IsZero() || !l.Due(due, 0) {
		return f, false
	}
	f = finding.Finding{Severity: finding.Medium, Grade: finding.Proved, Since: began}
	why, ok := l.endless(w, j, t, began, &f)
	if !ok {
		return f, false
	}
	if l.Due(latest(w.Schedule.Success, w.Created), longSilence) {
		f.Severity = finding.High
	}
	f.Summary = fmt.Sprintf("Its Job %s has not ended for %s, and concurrencyPolicy Forbid lets no other begin: %s.", j.Name, l.Age(began), why)
	f.Evidence = append([]finding.Evidence{{Ref: j.Ref(), Path: "status.startTime", Value: stamp(began), Note: "has not ended"}}, f.Evidence...)
	return f, true
}

// endless says why a Job cannot end; ok is false where it may.
func (l *cronLook) endless(w, j *model.Workload, t timetable, began time.Time, f *finding.Finding) (why string, ok bool) {
	if kept, is := keptAlive(l.Pass, j); is {
		f.Evidence = append(f.Evidence, kept.Evidence...)
		f.Causes = append(f.Causes, finding.IDOf(jobFailedID, w.Ref(), kept.Slot))
		return "one of its containers is done, and another still runs", true
	}
	var pods []*model.Pod
	for _, pod := range l.Graph.Pods(j.Ref()) {
		if alive(pod) {
			pods = append(pods, pod)
		}
	}
	f.Causes = append(f.Causes, podTroubles(l.Pass, w.Ref())...)
	if e := l.refused(j.Ref(), began); len(pods) == 0 && e != nil && l.Due(e.First, scheduleGrace) {
		class := classify(l.Pass, e.Message)
		f.Evidence = append(append(f.Evidence, eventEvidence(e)), class.evidence...)
		return "its pods are refused: " + class.why, true
	}
	stuck := (*model.Pod)(nil)
	for _, pod := range pods {
		if pod.Phase == "Running" && !slices.ContainsFunc(pod.Containers, func(c model.ContainerStatus) bool { return failureOf(l.Pass, &c) != "" }) {
			return l.overlong(w, j, t, began, f)
		}
		if l.Due(pod.Created, scheduleGrace) {
			stuck = pod
		}
	}
	if stuck == nil {
		return "", false
	}
	f.Evidence = append(f.Evidence, finding.Evidence{Ref: stuck.Ref(), Path: "status", Value: state(stuck), Note: "since " + stamp(stuck.Created)})
	return fmt.Sprintf("pod %s does not run: %s", stuck.Name, state(stuck)), true
}

// A CronJob of which no Job has ended is said to be blocked by the first when it has missed
// this many schedules, and has run for this long.
const (
	neverEnded    = 10
	neverEndedFor = 30 * time.Minute
)

// overlong is a Job that has run for a day, and many times as long as any before it; or one
// that has kept all schedules since from being run, where none was ever seen to end.
func (l *cronLook) overlong(w, j *model.Workload, t timetable, began time.Time, f *finding.Finding) (why string, ok bool) {
	longest := time.Duration(0)
	for _, old := range l.made(w.Ref()) {
		if old != j && !old.Finished.IsZero() && !old.Started.IsZero() {
			longest = max(longest, old.Finished.Sub(old.Started))
		}
	}
	if longest <= 0 && w.Schedule.Success.IsZero() {
		due := t.nth(began, neverEnded)
		if due.IsZero() || !l.Due(latest(due, began.Add(neverEndedFor)), 0) {
			return "", false
		}
		f.Grade = finding.Inferred
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: w.Ref(), Path: "jobs", Value: "none has ended", Note: "the first one may yet"})
		return "no Job of it has ended yet", true
	}
	if longest <= 0 || !l.Due(began, max(longSilence, overlong*longest)) {
		return "", false
	}
	f.Grade = finding.Inferred
	f.Evidence = append(f.Evidence, finding.Evidence{Ref: w.Ref(), Path: "jobs", Value: longest.Truncate(time.Second).String(), Note: "the longest run of those that are kept"})
	return fmt.Sprintf("the longest run before it took %s", longest.Truncate(time.Second)), true
}
