package probes

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

const containerFailingID finding.ProbeID = "container-failing"

// ContainerFailing finds containers that do not come up, or do not stay up.
var ContainerFailing = &Probe{
	ID: containerFailingID,
	Doc: `A container does not start, or is crash-looping
It crashes each time that it is started (CrashLoopBackOff), is OOMKilled, or cannot be created
or started as its specification says.

**Rule.** For longer than a minute a container waits in CrashLoopBackOff,
CreateContainerConfigError, CreateContainerError or RunContainerError, or it was restarted
twice or more and ended badly within the last ten minutes. A container that runs again
counts as failing until it is ready and has run for a minute, and for twice as long as the
last time; one that ran for a day before it ended, or that ended with its node (reason Unknown, ContainerStatusUnknown),
does not while it runs. Why it ends is read from its exit code (126, 127, 134, 137, 139, 143; OOMKilled;
StartError), and from the line that tells most among the last 200 of its previous and its
present log: a connection refused, a host that does not resolve, a login refused, a file or
permission or setting that is missing, a port in use, a configuration that does not parse, a
schema that is not migrated, memory or disk, TLS, a panic. What the line names is looked up: the
Service of the host and its pods, the key that feeds the password, the volume that should
hold the file, the container that has the port. Sources: kubernetes
pkg/kubelet/container/sync_result.go, pkg/kubelet/kubelet.go (the back-off).

A pod of its own that nothing starts again (restartPolicy Never) counts for a day after it failed by
one of its containers: medium.

A memory limit that is another in the pod than in its template was set when the pod was
admitted, by a LimitRange or a webhook: both are named.

**Evidence.** The state, the last exit, the restarts, the telling line, the last lines of the
log, what stands behind the host, the key or the mount.

**What it cannot see.** Why a program ends, unless its log says so; logs that may not be
read. A line of a log is quoted, not proved: what the cluster's objects bear out is said
beside it.

**By hand.** ` + "`kubectl logs POD -c CONTAINER --previous`" + `, ` + "`kubectl describe pod POD`" + `; then by
cause: start what it waits for, correct the host, port, file or setting in the workload's
template, or set the image of the revision before. Raise a memory limit only where the
program needs it.

**Silent** for pods of Jobs (job-failed), for hooks, for pods that are being deleted, or failed long
ago; image-unpullable speaks of images.`,
	Worst: finding.High,
	Needs: []model.Kind{model.KindPod},
	Uses: reads(workloadReads, []model.Kind{
		model.KindLogTail, model.KindEvent, model.KindService, model.KindSecret, model.KindConfigMap, model.KindClaim,
		model.KindNamespace, model.KindLimitRange, model.KindMutatingWebhook, model.KindServiceAccount,
	}),
	Run: staying(runContainerFailing),
}

func runContainerFailing(p *Pass) {
	runAlone(p)
	var events map[model.Ref][]*model.Event
	for subject, list := range failuresBySubject(p) {
		for _, f := range list {
			if f.how == unpulled {
				continue // see ImageUnpullable
			}
			if events == nil {
				events = failureEvents(p)
			}
			if !f.once() && p.After(f.began(), time.Minute) {
				p.Report(failingFinding(p, subject, f, events))
			}
		}
	}
}

func failingFinding(p *Pass, subject model.Ref, f failing, events map[model.Ref][]*model.Event) finding.Finding {
	pod, c := f.worst()
	out := finding.Finding{
		Subject: subject, Slot: f.slot(), Severity: finding.High, Grade: finding.Proved, Since: f.told(events),
		Summary: failingSummary(f),
	}
	path := fmt.Sprintf("status.containerStatuses[%s]", c.Name)
	if w := c.Waiting; f.how == unmade && w != nil {
		out.Evidence = append(out.Evidence, finding.Evidence{Ref: pod.Ref(), Path: path + ".state.waiting", Value: w.Reason, Note: w.Message})
	}
	if e := lastExit(c); e != nil {
		note := e.Reason
		if ran := e.Finished.Sub(e.Started); !e.Started.IsZero() && ran >= 0 {
			note += " after " + ran.Truncate(time.Second).String()
		}
		out.Evidence = append(out.Evidence, finding.Evidence{Ref: pod.Ref(), Path: path + ".lastState.terminated.exitCode", Value: fmt.Sprint(e.Code), Note: note})
	}
	if e := lastExit(c); e != nil && e.Code == 137 && f.how == crashing && e.Reason != "ContainerStatusUnknown" {
		if spec := f.specOf(); spec != nil && spec.Limits["memory"] != "" {
			out.Evidence = append(out.Evidence, finding.Evidence{
				Ref: pod.Ref(), Path: "spec.containers[" + f.name + "].resources.limits.memory", Value: spec.Limits["memory"],
				Note: "a process in it that reaches this is killed, of which not every runtime tells",
			})
		}
	}
	if c.Restarts > 0 {
		note := "" // the word, whatever of its turns the container is in
		if f.how != unmade {
			note = "each start is put off longer than the one before (CrashLoopBackOff)"
		}
		out.Evidence = append(out.Evidence, finding.Evidence{Ref: pod.Ref(), Path: path + ".restartCount", Value: fmt.Sprint(c.Restarts), Note: note})
	}
	out.Causes = failingCauses(p, subject, f)
	if from, t := f.tellingOf(p); t != nil && f.how == crashing && f.tells(p, from, t) {
		told := accountOf(p, from, f.name, t)
		out.Summary = strings.TrimSuffix(out.Summary, ".") + ": " + told.clause + "."
		out.Evidence = append(out.Evidence, told.evidence...)
		out.Causes = append(out.Causes, told.causes...)
	} else if tail, ok := tailOf(p, pod, c.Name); ok && f.how == crashing && tail.Error == "" && !tail.Forbidden && len(tail.Lines) == 0 {
		out.Summary = strings.TrimSuffix(out.Summary, ".") + ", and its log is empty."
	}
	out.Evidence = append(out.Evidence, logEvidence(p, pod, c.Name, out.Evidence)...)
	if f.how == starved {
		if f.limited() {
			out.Evidence = append(out.Evidence, admittedLimit(p, pod, f)...)
			if f.asked.Limits["memory"] != "" {
				return out // the template has it already: what admits the pod is to be mended
			}
		}
		if fix, ok := moreMemory(p, subject, f); ok {
			out.Fixes = []finding.Fix{fix}
		}
		return out
	}
	if spec := f.specOf(); spec != nil {
		if former, ok := formerImage(p, subject, f, spec.Image); ok {
			out.Evidence = append(out.Evidence, former)
		}
	}
	return out
}

// admittedLimit shows a memory limit that is not the template's, and what may have set it.
func admittedLimit(p *Pass, pod *model.Pod, f failing) []finding.Evidence {
	owner, _ := pod.Controller()
	path := "spec.containers[" + f.name + "].resources.limits.memory"
	out := []finding.Evidence{
		{Ref: pod.Ref(), Path: path, Value: f.specOf().Limits["memory"], Note: "set when the pod was admitted"},
		{Ref: model.Ref{Kind: owner.Kind, Namespace: pod.Namespace, Name: owner.Name}, Path: "spec.template." + path, Value: cmp.Or(f.asked.Limits["memory"], "none")},
	}
	for l := range model.Each[*model.LimitRange](p.Space, model.KindLimitRange) {
		for _, item := range l.Items {
			if strings.HasPrefix(item, "Container default memory ") {
				out = append(out, finding.Evidence{Ref: l.Ref(), Path: "spec.limits", Value: item})
			}
		}
	}
	if cluster := p.Snapshot.Space(""); cluster != nil {
		for c := range model.Each[*model.WebhookConfig](cluster, model.KindMutatingWebhook) {
			asked := slices.ContainsFunc(c.Hooks, func(h model.Webhook) bool { return asks(&h, "CREATE", "", "pods") && asksIn(p, &h, pod.Namespace) })
			if asked && len(out) < mostAdmitters {
				out = append(out, finding.Evidence{Ref: c.Ref(), Path: "webhooks", Note: "may change pods of the namespace when they are made"})
			}
		}
	}
	return out
}

// mostAdmitters bounds the evidence of who may have changed a pod.
const mostAdmitters = 6

// clause makes a message of the kubelet the end of a sentence.
func clause(message, otherwise string) string {
	if message == "" {
		return otherwise
	}
	line, _, _ := strings.Cut(message, "\n")
	return strings.TrimRight(line, ". ")
}

const logLines = 3 // of the end of a log, for the eye

// logEvidence is the end of a container's log, but for the lines that are evidence
// already.
func logEvidence(p *Pass, pod *model.Pod, container string, have []finding.Evidence) (out []finding.Evidence) {
	tail, ok := tailOf(p, pod, container)
	if !ok {
		return nil
	}
	if tail.Error != "" {
		return []finding.Evidence{{Ref: pod.Ref(), Path: "log", Note: "the previous log was not read: " + tail.Error}}
	}
	for _, line := range tail.Lines[max(0, len(tail.Lines)-logLines):] {
		if slices.ContainsFunc(have, func(e finding.Evidence) bool { return e.Path == "log" && e.Value == line }) {
			continue
		}
		out = append(out, finding.Evidence{Ref: pod.Ref(), Path: "log", Value: line})
	}
	return out
}

// failingCauses names the findings that explain a failing container; those that are
// not there are dropped when reports are linked.
func failingCauses(p *Pass, subject model.Ref, f failing) (out []finding.ID) {
	if on := f.node(); on != "" {
		out = append(out, finding.IDOf(nodeUnwellID, model.Ref{Kind: model.KindNode, Name: on}, ""))
	}
	if pod, _ := f.worst(); len(absences(p, pod, f.name)) > 0 {
		out = append(out, finding.IDOf(apiReadSecretMissingID, subject, f.slot()))
	}
	pod, c := f.worst()
	if killedLately(p, c) {
		out = append(out, finding.IDOf(probeFailingID, subject, containerSlot(pod.Template, f.name)))
	}
	if port, other := sharedPort(pod, f.name); other != "" {
		out = append(out, finding.IDOf(portConflictID, subject, strconv.Itoa(int(port))))
	}
	out = append(out, dependencyCauses(p, pod, f.name)...)
	row := p.Row(subject)
	if w, ok := row.(*model.Workload); !ok || !ofPresent(w, pod) {
		row = pod // a pod of an earlier revision lacks what its own template names
	}
	for _, b := range brokenRefs(p, row) {
		for _, r := range b.fields {
			if r.Container == f.name || r.Container == "" {
				out = append(out, finding.IDOf(referenceMissingID, subject, b.slot()))
				break
			}
		}
	}
	return out
}

// ofPresent reports whether a pod's references are those of its workload's template: a
// pod of an earlier revision may lack what the present one does not name, and the other
// way round.
func ofPresent(w *model.Workload, pod *model.Pod) bool {
	for _, r := range w.Refs {
		if !strings.Contains(r.Path, "template.spec.") || r.Type != model.EdgeEnv && r.Type != model.EdgeEnvFrom && r.Type != model.EdgeMounts {
			continue
		}
		if !slices.ContainsFunc(pod.Refs, func(o model.Reference) bool { return o.To == r.To && o.Key == r.Key && o.Type == r.Type }) {
			return false
		}
	}
	return true
}

// moreMemory doubles the memory limit, unless the template has another by now: a pod of an
// earlier revision may still be killed while that is rolled out.
func moreMemory(p *Pass, subject model.Ref, f failing) (finding.Fix, bool) {
	pod, _ := f.worst()
	w, ok := presently(p, subject, pod, f.name, func(now, admitted *model.Container) bool {
		asked := cmp.Or(f.asked, admitted)
		return now.Limits["memory"] == asked.Limits["memory"]
	})
	spec := f.specOf()
	if !ok || !mayRestart(subject.Kind) {
		return finding.Fix{}, false
	}
	limit, err := resource.ParseQuantity(spec.Limits["memory"])
	base := containerPath(w, f.name)
	if err != nil || limit.Sign() <= 0 || base == nil {
		return finding.Fix{}, false
	}
	more := limit.DeepCopy()
	more.Add(limit)
	return finding.Fix{
		ID: "raise-memory-limit", Title: fmt.Sprintf("Raise the memory limit of %s to %s", f.name, more.String()), Risk: finding.Disruptive,
		Steps: []finding.Step{{
			Verb: "patch", Ref: subject, Summary: fmt.Sprintf("limits.memory %s -> %s", limit.String(), more.String()),
			Change: finding.Patch{Set: []finding.FieldValue{{Path: append(base, "resources", "limits", "memory"), Value: more.String()}}},
		}},
		Undo: "sets the limit as it was", Note: "A program that leaks memory will reach this limit as well.",
		Proof: finding.Proof{Text: "its pods become ready and are not killed again", Within: 3 * time.Minute, Hold: time.Minute, Checks: []finding.Check{{Ref: subject, Path: "ready"}}},
	}, true
}
