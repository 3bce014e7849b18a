package probes

import (
	"fmt"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const errorsInLogID finding.ProbeID = "errors-in-log"

// ErrorsInLog finds programs that count as ready and cannot do their work.
var ErrorsInLog = &Probe{
	ID: errorsInLogID,
	Doc: `A ready container keeps logging the same error
A program without a readiness probe, or with one that does not ask for what it depends on, counts
as ready while its database refuses it, or a host that it calls does not exist.

**Rule.** A dump holds the log of a container that runs and is ready, or careen was asked to read
those (--ready-logs); among its last 200 lines one error about what the program needs stands three
times or more, with the same host, user, file or table; and the log has not gone on from it: the
error is its last message, or comes back among the others, with nothing since that says that all
is well. Where the log has times, the last one is of the half hour before the look. Where it has
none, a host that cannot be reached must have no Service, no ready pod or no such port. Inferred:
it is what the program says.

Where the container has no readiness probe, which could have told, two more count. An error in
words that are not known, or a connection that fails without a word to whom: it must be at least
one message in five and come back over a minute, or twenty times, by the log's times (low, the former). And an error by which the program says that it ends
("Application crashed", "FATAL: shutting down"), as the last message of its log for a minute or
more, though its container runs on. What a line says of the program's own clients is left out: requests
for files that are not there, wrong passwords, connections that were closed.

Where such a line names nothing that could be looked at, and the revision of the Deployment before
this one set a variable that it no longer sets, that is said.

**Evidence.** The newest such line, how often and since when it stands there, what stands behind
the host that it names.

**What it cannot see.** Logs of ready containers of a cluster, unless it is asked to read them;
of each workload one pod is read then, and 500 containers at most. Errors in words that it does
not know, of containers that have a readiness probe, or among much else.

**By hand.** ` + "`kubectl logs POD -c CONTAINER --tail=200 --timestamps`" + `, then look at what the
line names. A readiness probe that asks for it would show the next time in ` + "`kubectl get pods`" + `.

**Silent** for what a program said as it started, for containers of a name that fail in another pod
of the workload (container-failing and probe-failing speak of these), and for a right that the API
refuses (account-forbidden).`,
	Worst: finding.Medium,
	Needs: []model.Kind{model.KindPod},
	Uses:  reads(workloadReads, []model.Kind{model.KindLogTail, model.KindService, model.KindEndpointSlice, model.KindSecret, model.KindConfigMap, model.KindNamespace}),
	Run:   staying(runErrorsInLog),
}

const (
	// logForgotten is how old the newest line of an error may be.
	logForgotten = 30 * time.Minute
	// lastWordsFor is for how long a log must have ended with an error that says that the program ends.
	lastWordsFor = time.Minute
	// What names nothing must come back for this long, or this often in 200 lines.
	wentOnFor = time.Minute
	manyTimes = 20
	// zonesApart is how far a time that does not say its zone may be from what it seems.
	zonesApart = 14 * time.Hour
)

func runErrorsInLog(p *Pass) {
	told := map[finding.ID]bool{}
	for tail := range model.Each[*model.LogTail](p.Space, model.KindLogTail) {
		pod, ok := model.Get[*model.Pod](p.Snapshot, tail.Pod)
		if !ok || !tail.Well || tail.Telling == nil || !alive(pod) {
			continue
		}
		subject, slot := p.Graph.Workload(pod.Ref()), containerSlot(pod.Template, tail.Container)
		id := finding.IDOf(errorsInLogID, subject, slot)
		if _, forbidden := deniedBy(pod, tail.Telling); forbidden || told[id] || failsElsewhere(p, subject, tail.Container) {
			continue
		}
		if f, ok := errorsIn(p, pod, tail); ok {
			told[id], f.Subject, f.Slot = true, subject, slot
			p.Report(f)
		}
	}
}

// failsElsewhere reports whether a container of a workload fails in one of its pods, of which
// other rules speak.
func failsElsewhere(p *Pass, subject model.Ref, container string) bool {
	for _, pod := range p.Graph.Pods(subject) {
		if tail, ok := tailOf(p, pod, container); ok && !tail.Well && alive(pod) {
			return true
		}
	}
	return false
}

func errorsIn(p *Pass, pod *model.Pod, tail *model.LogTail) (finding.Finding, bool) {
	said := p.say(pod, tail.Container, tail.Telling)
	ended, vague := tail.Times == 1, saysNothingKnown(tail.Telling)
	if (ended || vague) && readinessTells(pod, tail.Container) || vague && !ended && !wentOn(tail) || !ended && !goesOnNow(p, tail, said.shown) || ended && !saidLast(p, tail) {
		return finding.Finding{}, false
	}
	words := ": " + quote(tail.Telling.Line)
	switch tail.Telling.Class {
	case model.LogUnknown, model.LogRefused, model.LogNoAnswer:
		if tail.Telling.Host != "" {
			words = " that " + said.Words
		}
	default:
	}
	often := text.Counted(tail.Times, "time") + " in its last lines"
	if !tail.Last.IsZero() {
		if first, last := stamp(tail.First), stamp(tail.Last); first == last {
			often += ", at " + last
		} else {
			often += ", from " + first + " to " + last
		}
		if !tail.Zone {
			often += " by its own clock"
		}
	}
	severity := finding.Medium
	if c := tail.Telling.Class; c == model.LogSaid || c == model.LogException {
		severity = finding.Low
	}
	begins := "but keeps logging"
	if ended {
		severity, begins, often = finding.Medium, "but its log has ended with an error", "at the end of its log, at "+stamp(tail.Last)
	}
	if t := tail.Telling; t.Host == "" && t.User == "" && (t.Name == "" || t.Class == model.LogSetting) {
		missing, shown := lacking(p, p.Graph.Workload(pod.Ref()), tail.Container)
		words, said.Evidence = words+missing, append(said.Evidence, shown...)
	}
	line := said.Evidence[0]
	line.Note = fmt.Sprintf("container %s, %s", tail.Container, often)
	return finding.Finding{
		Severity: severity, Grade: finding.Inferred,
		Summary: fmt.Sprintf("Container %s is ready, %s%s.", tail.Container, begins, words),
		Evidence: append([]finding.Evidence{line, {
			Ref: pod.Ref(), Path: fmt.Sprintf("status.containerStatuses[%s].ready", tail.Container), Value: "true",
		}}, said.Evidence[1:]...),
		Causes: append(said.Causes, dependencyCauses(p, pod, tail.Container)...),
	}, true
}

// saysNothingKnown reports whether a line names nothing that could be looked at.
func saysNothingKnown(t *model.Telling) bool {
	switch t.Class {
	case model.LogSaid, model.LogException:
		return true
	case model.LogNoAnswer, model.LogTLS:
		return t.Host == ""
	default:
		return false
	}
}

// readinessTells reports whether a container has a readiness probe, which says that it is well.
func readinessTells(pod *model.Pod, container string) bool {
	c := containerOf(pod.Template, container)
	return c == nil || c.ProbeOf(model.Readiness) != nil
}

// wentOn reports whether a line came back for longer than programs take to start, or that often
// that it does not matter.
func wentOn(tail *model.LogTail) bool {
	return !tail.Last.IsZero() && (tail.Times >= manyTimes || tail.Last.Sub(tail.First) >= wentOnFor)
}

// saidLast reports whether a log has ended for a while with its last words.
func saidLast(p *Pass, tail *model.LogTail) bool {
	return !tail.Last.IsZero() && p.After(tail.Last, lastWordsFor)
}

// goesOnNow reports whether what a container keeps logging is said of the present, as far as
// that can be told: by times, or for a host by what stands behind it.
func goesOnNow(p *Pass, tail *model.LogTail, shown bool) bool {
	switch {
	case tail.Last.IsZero():
		switch tail.Telling.Class {
		case model.LogUnknown, model.LogRefused, model.LogNoAnswer, model.LogTLS:
			return shown
		default:
			return true
		}
	case tail.Zone:
		return !p.After(tail.Last, logForgotten)
	}
	return !p.After(tail.Last, logForgotten+zonesApart)
}
