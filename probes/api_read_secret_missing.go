package probes

import (
	"fmt"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const apiReadSecretMissingID finding.ProbeID = "api-read-secret-missing"

// APIReadSecretMissing finds crash-looping containers that read, through the API, a
// Secret or ConfigMap which is not there.
var APIReadSecretMissing = &Probe{
	ID: apiReadSecretMissingID,
	Doc: `An application reads, through the API, a Secret that is not there
Nothing in the pod's specification names the Secret: the program asks the API server for it
while it starts, is told 404, and ends. Only its log knows.

**Rule.** A container crashes repeatedly, the end of its previous log (at most 200 lines,
256 KiB) says that a Secret or ConfigMap was not found, and it is indeed absent in the
pod's namespace, or in the one that the container's K8S_NAMESPACE names. Sources:
keephq/keep #4384, #3401, #646, #4398: a provider that is renamed leaves a database row
whose Secret is gone, and every later start ends in 404.

**Evidence.** The line of the log, the restarts, and Secrets of the same shape that are there
and that nothing refers to: the earlier one may still hold what is needed. Their names
and ages are shown, never what they hold.

**What it cannot see.** What the program wants to find in it; logs that rotated away or that
may not be read.

**By hand.** ` + "`kubectl logs POD --previous | grep 'not found'`" + `, then create the Secret under that
name from a good copy (` + "`kubectl get secret OLD -o yaml`" + `), or roll the release back to the
revision before it was renamed; then restart the workload.

**Silent** once the object is there, once the container stays up, and for an object whose
kind may not be listed.`,
	Worst: finding.High,
	Needs: []model.Kind{model.KindPod, model.KindSecret},
	Uses:  reads(workloadReads, []model.Kind{model.KindConfigMap, model.KindLogTail, model.KindEvent, model.KindRecord, model.KindNamespace}),
	Run:   staying(runAPIReadSecretMissing),
}

func runAPIReadSecretMissing(p *Pass) {
	if len(p.Space.Tables[model.KindLogTail]) == 0 {
		return
	}
	events := failureEvents(p)
	for subject, list := range failuresBySubject(p) {
		for _, f := range list {
			if f.how != crashing {
				continue
			}
			if found, ok := readFinding(p, subject, f, f.told(events)); ok {
				p.Report(found)
			}
		}
	}
}

// absences lists what the previous log of a container says was not found, and what
// is indeed absent, the newest first.
func absences(p *Pass, pod *model.Pod, container string) (out []unread) {
	tail, ok := model.Get[*model.LogTail](p.Snapshot, model.Ref{Kind: model.KindLogTail, Namespace: pod.Namespace, Name: pod.Name + "/" + container})
	if !ok {
		return nil
	}
	namespace := pod.Namespace
	if c := containerOf(pod.Template, container); c != nil && c.Env["K8S_NAMESPACE"] != "" {
		namespace = c.Env["K8S_NAMESPACE"]
	}
	for _, m := range tail.Missing {
		ref := model.Ref{Kind: m.Kind, Namespace: namespace, Name: m.Name}
		if a, absent := p.Absent(ref); absent {
			out = append(out, unread{ref, m.Line, a})
		}
	}
	if len(out) > 0 && namespace != pod.Namespace {
		p.Wake(p.Now.Add(otherNamespace))
	}
	return out
}

// unread is what a program did not find.
type unread struct {
	ref     model.Ref
	line    string // of its log
	absence finding.Absence
}

func readFinding(p *Pass, subject model.Ref, f failing, since time.Time) (finding.Finding, bool) {
	var pod *model.Pod
	var gone []unread
	for _, candidate := range f.pods {
		if gone = absences(p, candidate, f.name); len(gone) > 0 {
			pod = candidate
			break
		}
	}
	if pod == nil {
		return unreadLog(p, subject, f, since)
	}
	missing := gone[0].ref
	why := "because it does not exist"
	if gone[0].absence.Grade != finding.Proved {
		why = "saying that it does not exist, which cannot be checked"
	}
	out := finding.Finding{
		Subject: subject, Slot: f.slot(), Severity: finding.High, Grade: finding.Proved, Since: since, Rests: []finding.Absence{gone[0].absence},
		Summary:  fmt.Sprintf("Container %s reads %s %s through the API and ends, %s.", f.name, missing.Kind, missing.Name, why),
		Evidence: []finding.Evidence{{Ref: pod.Ref(), Path: "log", Value: gone[0].line, Note: "the end of container " + f.name + "'s previous log"}},
	}
	note := "not there, and nothing in the pod's specification names it"
	if missing.Namespace != pod.Namespace {
		note = "not there; K8S_NAMESPACE of the container names that namespace"
	}
	out.Evidence = append(out.Evidence, finding.Evidence{Ref: missing, Note: note})
	worst, c := f.worst()
	out.Evidence = append(out.Evidence, finding.Evidence{Ref: worst.Ref(), Path: fmt.Sprintf("status.containerStatuses[%s].restartCount", f.name), Value: fmt.Sprint(c.Restarts)})
	if e := lastExit(c); e != nil {
		out.Evidence = append(out.Evidence, finding.Evidence{Ref: worst.Ref(), Path: fmt.Sprintf("status.containerStatuses[%s].lastState.terminated.exitCode", f.name), Value: fmt.Sprint(e.Code), Note: e.Reason})
	}
	family := siblings(p, missing)
	for _, s := range family {
		out.Evidence = append(out.Evidence, finding.Evidence{Ref: s.Ref(), Value: "keys " + text.Joined(keysOf(s), 6), Note: "of the same shape, " + p.Age(s.Created) + " old, nothing refers to it"})
	}
	for _, also := range gone[1:min(len(gone), 4)] {
		out.Evidence = append(out.Evidence, finding.Evidence{Ref: also.ref, Note: "the log misses it, too"})
	}
	if gone[0].absence.Grade == finding.Proved {
		out.Fixes, out.Withheld = readFixes(p, subject, missing, family)
		out.Preventions = guarding(&out, subject, missing)
	}
	return out, true
}

// unreadLog says that a crashing container's log may not be read: what it misses
// then cannot be known.
func unreadLog(p *Pass, subject model.Ref, f failing, since time.Time) (finding.Finding, bool) {
	pod, _ := f.worst()
	tail, ok := model.Get[*model.LogTail](p.Snapshot, model.Ref{Kind: model.KindLogTail, Namespace: pod.Namespace, Name: pod.Name + "/" + f.name})
	if !ok || !tail.Forbidden {
		return finding.Finding{}, false
	}
	return finding.Finding{
		Subject: subject, Slot: f.slot(), Severity: finding.High, Grade: finding.Unknown, Since: since,
		Summary:  fmt.Sprintf("Whether container %s ends because it reads something that does not exist cannot be told: its log may not be read.", f.name),
		Evidence: []finding.Evidence{{Ref: pod.Ref(), Path: "log", Value: tail.Error}},
	}, true
}

// maxSiblings bounds the alternatives offered.
const maxSiblings = 3

// siblings are the Secrets of the same shape as one that is missing, which nothing
// refers to: those that share most of its name first, then the newest.
func siblings(p *Pass, missing model.Ref) []*model.Secret {
	if missing.Kind != model.KindSecret {
		return nil
	}
	var out []*model.Secret
	for s := range model.Each[*model.Secret](p.Snapshot.Space(missing.Namespace), model.KindSecret) {
		if sameShape(s.Name, missing.Name) && len(referrers(p, s.Ref())) == 0 && s.Deleting.IsZero() {
			out = append(out, s)
		}
	}
	sortSiblings(out, missing.Name)
	return out[:min(len(out), maxSiblings)]
}

// sameShape reports whether two names were made by one program: they begin with the
// same word, and end with an identifier of the same form. A name without such an
// end has no siblings but those that differ in a few characters.
func sameShape(a, b string) bool {
	fa, fb := family(a), family(b)
	if fa.form == "" || fb.form == "" {
		return fa.form == fb.form && text.Distance(a, b) <= max(2, len(b)/4)
	}
	first := func(s string) string { word, _, _ := strings.Cut(s, "-"); return word }
	return fa.form == fb.form && first(fa.stem) == first(fb.stem)
}
