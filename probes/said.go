package probes

import (
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/graph"
	"github.com/careen-tui/careen/internal/model"
)

// Saying is what a line of a container's log says, joined to the objects that it names. It is
// what a program says, which healthy ones do as well: no finding, and nothing is to be fixed
// by it alone.
type Saying struct {
	Words    string             // "db:5432 refuses the connection, and Service db has no pods"
	Evidence []finding.Evidence // the line itself comes first
	Causes   []finding.ID       // what would explain it; not all of them need be found
	shown    bool               // what stands behind the host that it names explains it
}

// Say joins a line of a log that was read because somebody asked: as container-failing
// does, and for a container that runs as well.
func Say(snap *model.Snapshot, g *graph.Graph, settings Settings, now time.Time, pod *model.Pod, container string, t *model.Telling) Saying {
	p := &Pass{Snapshot: snap, Space: snap.Space(pod.Namespace), Graph: g, Now: now, Settings: settings, Report: func(finding.Finding) {}}
	out := p.say(pod, container, t)
	if d, ok := deniedBy(pod, t); ok {
		tail := &model.LogTail{Pod: pod.Ref(), Container: container, Telling: t}
		if f, lacks := forbiddenFinding(p, d, askedIn(tail)); lacks {
			out.Words = "it may not " + d.verb + " " + d.what() + " in " + d.where() + ", and no role of its ServiceAccount " + d.account.Name + " grants it"
			out.Evidence = append(out.Evidence, f.Evidence[1:]...)
		}
	}
	return out
}

// say joins a line of a log to what would explain it, for a container that need not fail.
func (p *Pass) say(pod *model.Pod, container string, t *model.Telling) Saying {
	told := accountOf(p, pod, container, t)
	out := Saying{told.clause, told.evidence, told.causes, told.shown}
	j := joiner{p: p, pod: pod, t: t}
	if ref, ok := j.service(); ok && t.Host != "" {
		own := p.Graph.Workload(pod.Ref())
		out.Causes = append(out.Causes, finding.IDOf(serviceUnreachableID, ref, ""), finding.IDOf(hostDanglingID, own, t.Host))
		out.Causes = append(out.Causes, networkCauses(p, own, ref)...)
	}
	return out
}
