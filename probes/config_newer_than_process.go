package probes

import (
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

const configNewerThanProcessID finding.ProbeID = "config-newer-than-process"

// ConfigNewerThanProcess finds processes that run on an old configuration.
var ConfigNewerThanProcess = &Probe{
	ID: configNewerThanProcessID,
	Doc: `A process runs on an old configuration
Environment variables are read once, when a container starts, and a mount by subPath never
follows its source. The ConfigMap or Secret changed after that, nothing rolled, and the
process goes on with what it had.

**Rule.** A ConfigMap or Secret that a running container has by env, envFrom or a subPath mount
changed after the container started, more than --stale-after ago, and no rollout is under
way. When it changed is read from its managed fields (proved; KEP-555: the API server dates
each manager's change) or was seen by careen's own watch (observed). Sources:
apecloud/kubeblocks #9253, #10528; kubernetes.io, "Mounted ConfigMaps are updated
automatically", which excepts subPath.

**Evidence.** When it changed and by whom, when each container started, the keys' names. It is
high where the object lists hosts that the container reads, or the mount is a subPath.

**What it cannot see.** Which key changed; a change that a chart's upgrade makes to labels
alone counts as a change of the object, and is inferred. Whether the process reads its
configuration again by itself.

**By hand.** ` + "`kubectl rollout restart deployment NAME`" + `, one workload after the other.

**Silent** while a rollout is under way; for a plain mount, which follows by itself; where a
checksum annotation of the template rolls the pods with each upgrade and an upgrade made the
change; where a running reloader covers the workload.`,
	Worst: finding.High,
	Needs: []model.Kind{model.KindConfigMap, model.KindPod},
	Uses:  reads(workloadReads, []model.Kind{model.KindSecret, model.KindNamespace}),
	Run:   staying(runConfigNewer),
}

// outdated is one object of configuration that a subject's containers are older
// than.
type outdated struct {
	subject    model.Ref
	config     model.Row
	change     change
	containers []started
	subPath    bool
	hosts      bool
}

type started struct {
	pod       *model.Pod
	container string
	at        time.Time
	path      string
}

func runConfigNewer(p *Pass) {
	var found []*outdated
	behind := podsBySubject(p, func(pod *model.Pod) bool {
		return slices.ContainsFunc(pod.Refs, func(r model.Reference) bool {
			_, _, is := behindOf(p, pod, r)
			return is
		})
	})
	for subject, pods := range behind {
		w, _ := p.Row(subject).(*model.Workload)
		if w == nil && subject.Kind.IsWorkload() {
			if known, _ := p.Snapshot.Knows(subject.Kind, subject.Namespace); !known {
				p.Blind(subject.Kind, subject.Namespace) // it may be on its way to new pods, or a reloader may cover it
			}
			continue
		}
		if w != nil && (rolling(w) || !mayRestart(w.Kind)) {
			continue
		}
		found = append(found, outdatedOf(p, subject, w, pods)...)
	}
	for _, o := range found {
		var together []model.Ref
		for _, other := range found {
			if other.config == o.config && mayRestart(other.subject.Kind) && rollsNow(p, other.subject) && len(lackedBy(p, other.subject)) == 0 {
				together = append(together, other.subject)
			}
		}
		slices.SortFunc(together, func(a, b model.Ref) int {
			if d := role(a.Name) - role(b.Name); d != 0 {
				return d
			}
			return a.Compare(b)
		})
		p.Report(outdatedFinding(p, o, together))
	}
}

func outdatedOf(p *Pass, subject model.Ref, w *model.Workload, pods []*model.Pod) (out []*outdated) {
	by := map[model.Ref]*outdated{}
	for _, pod := range pods {
		for _, r := range pod.Refs {
			row, c, is := behindOf(p, pod, r)
			if !is || !p.After(c.at, p.Settings.StaleAfter) || covered(p, w, row, c) {
				continue
			}
			o := by[r.To]
			if o == nil {
				o = &outdated{subject: subject, config: row, change: c}
				by[r.To] = o
				out = append(out, o)
			}
			o.subPath = o.subPath || r.SubPath
			o.hosts = o.hosts || readsHosts(row, r)
			at, _ := runningSince(pod, r.Container)
			if !slices.ContainsFunc(o.containers, func(s started) bool { return s.pod == pod && s.container == r.Container }) {
				o.containers = append(o.containers, started{pod, r.Container, at, r.Path})
			}
		}
	}
	return out
}

// lackedBy lists what a workload's template needs and does not find: what runs has
// perhaps the last copy of it, and would not start again.
func lackedBy(p *Pass, subject model.Ref) []broken {
	w, ok := model.Get[*model.Workload](p.Snapshot, subject)
	if !ok {
		return nil
	}
	return brokenRefs(p, w)
}

// behindOf reports whether a reference of a pod leads to something that changed after
// the container that reads it started.
func behindOf(p *Pass, pod *model.Pod, r model.Reference) (row model.Row, c change, is bool) {
	if !onceRead(r) {
		return nil, c, false
	}
	at, runs := runningSince(pod, r.Container)
	if row = p.Row(r.To); !runs || row == nil {
		return nil, c, false
	}
	if c, is = changeOf(row, at); !is && row.Base().Undated {
		p.BlindTo(r.To.Kind, r.To.Namespace, "the dump does not say when it was changed: kubectl writes managed fields with --show-managed-fields only")
	}
	return row, c, is
}

// onceRead reports whether a container reads what r names only when it starts.
func onceRead(r model.Reference) bool {
	if r.To.Kind != model.KindConfigMap && r.To.Kind != model.KindSecret {
		return false
	}
	return r.Type == model.EdgeEnv || r.Type == model.EdgeEnvFrom || r.Type == model.EdgeMounts && r.SubPath
}

// runningSince is when a container of a pod started. The kubelet dates that by the clock of its
// node, which may be behind that of the API server: it was not before the pod was made.
func runningSince(pod *model.Pod, container string) (time.Time, bool) {
	for _, c := range pod.Containers {
		if c.Name == container && !c.Init && !c.Running.IsZero() {
			if c.Running.Before(pod.Created) {
				return pod.Created, true
			}
			return c.Running, true
		}
	}
	return time.Time{}, false
}

// change is a change of an object's data.
type change struct {
	at    time.Time
	by    string
	grade finding.Grade
}

// changeOf is the change of an object's data that came after start; dated is false
// where none did, as far as can be told.
func changeOf(row model.Row, start time.Time) (c change, dated bool) {
	var seen time.Time
	switch o := row.(type) {
	case *model.ConfigMap:
		c, seen = change{o.Changed, o.ChangedBy, finding.Proved}, o.Seen
	case *model.Secret:
		c, seen = change{o.Changed, o.ChangedBy, finding.Proved}, o.Seen
	}
	switch {
	case c.at.After(start):
		// One manager's labels and data share a date, and an upgrade of a chart moves
		// the chart's label on everything.
		if byUpgrade(row, c) {
			c.grade = finding.Inferred
			if seen.After(start) {
				c.grade = finding.Observed
			}
		}
		return c, true
	case seen.After(start):
		return change{seen, c.by, finding.Observed}, true
	}
	return c, false
}

// byUpgrade reports whether Helm made the change, or what applies charts under a name
// of its own: nobody else ever wrote the object.
func byUpgrade(row model.Row, c change) bool {
	m := row.Base()
	if _, charted := m.Labels["helm.sh/chart"]; !charted && m.Annotations["meta.helm.sh/release-name"] == "" {
		return false
	}
	alone := !slices.ContainsFunc(m.Writes, func(w model.Write) bool { return w.Manager != c.by })
	return alone || strings.Contains(c.by, "helm")
}

// covered reports whether somebody sees to it that the pods follow the object.
func covered(p *Pass, w *model.Workload, config model.Row, c change) bool {
	if w == nil {
		return false
	}
	if byUpgrade(config, c) && hasChecksum(&w.Template) {
		return true // an upgrade that changes the data changes the annotation with it
	}
	return reloads(w, config.Base()) && reloaderRuns(p)
}

func hasChecksum(t *model.Template) bool {
	for k := range t.Annotations {
		if strings.Contains(strings.ToLower(k), "checksum") {
			return true
		}
	}
	return false
}

func readsHosts(row model.Row, r model.Reference) bool {
	cm, ok := row.(*model.ConfigMap)
	if !ok {
		return false
	}
	return slices.ContainsFunc(cm.Hosts, func(l model.HostList) bool { return r.Key == "" || l.Path == "data."+r.Key })
}
