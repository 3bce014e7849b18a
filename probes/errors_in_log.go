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
it is what the program says. What a line says of the program's own clients is left out: requests
for files that are not there, wrong passwords, connections that were closed.

**Evidence.** The newest such line, how often and since when it stands there, what stands behind
the host that it names.

**What it cannot see.** Logs of ready containers of a cluster, unless it is asked to read them;
of each workload one pod is read then, and 500 containers at most. Errors in words that it does
not know.

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
		subject, slot := p.Graph.Workload(pod.Ref()), containerSlot(&pod.Template, tail.Container)
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
	if !goesOnNow(p, tail, said.shown) {
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
	line := said.Evidence[0]
	line.Note = fmt.Sprintf("container %s, %s", tail.Container, often)
	return finding.Finding{
		Severity: finding.Medium, Grade: finding.Inferred,
		Summary: fmt.Sprintf("Container %s is ready, but keeps logging%s.", tail.Container, words),
		Evidence: append([]finding.Evidence{line, {
			Ref: pod.Ref(), Path: fmt.Sprintf("status.containerStatuses[%s].ready", tail.Container), Value: "true",
		}}, said.Evidence[1:]...),
		Causes: append(said.Causes, dependencyCauses(p, pod, tail.Container)...),
	}, true
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
