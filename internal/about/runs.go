package about

import (
	"cmp"
	"slices"
	"time"

	"github.com/careen-tui/careen/internal/cluster/logtail"
	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/graph"
	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
)

// Logs are those that are read when somebody asks about an object.
type Logs struct {
	Runs []inspect.LogRun  // to be read, at most inspect.MostRuns
	Mute []inspect.LogSaid // containers that have no log yet, and why
	Pods []model.Ref       // whose they are
	Of   int               // pods that the object has
	Left int               // containers of these pods that are not read
}

// LogsOf chooses the logs of an object: those of the newest of its pods, of the oldest, and
// of the first that is not ready, where it has more.
func LogsOf(r *engine.Report, ref model.Ref) (out Logs) {
	if r == nil || r.Snapshot == nil || !hasPods(ref.Kind) {
		return out
	}
	all := podsOf(r.Graph, ref)
	out.Of = len(all)
	for _, pod := range someOf(all) {
		out.Pods = append(out.Pods, pod.Ref())
		for _, c := range containersOf(pod) {
			run := inspect.LogRun{Pod: pod.Ref(), Container: c.Name}
			switch why := unstarted(c); {
			case why != "":
				out.Mute = append(out.Mute, inspect.LogSaid{LogRun: run, Unread: why})
			case len(out.Runs) == inspect.MostRuns:
				out.Left++
			default:
				run.Previous = c.Waiting != nil && c.Exit == nil && logtail.Crashed(c, r.At)
				out.Runs = append(out.Runs, run)
			}
		}
	}
	return out
}

// hasPods reports whether objects of a kind are asked about for what their pods say. A
// policy or a budget that selects pods is not.
func hasPods(kind model.Kind) bool {
	switch kind {
	case model.KindPod, model.KindService, model.KindRelease:
		return true
	}
	return kind.IsWorkload() || kind.IsCustom()
}

// podsOf lists the pods of an object, those that are there to stay first, newest first.
func podsOf(g *graph.Graph, ref model.Ref) (pods []*model.Pod) {
	pods = slices.Clone(g.Pods(ref))
	if ref.Kind == model.KindRelease {
		for _, e := range g.Out(ref) {
			if e.Type == model.EdgeDeclares && e.To.Kind.IsWorkload() {
				pods = append(pods, g.Pods(e.To)...)
			}
		}
	}
	slices.SortStableFunc(pods, func(a, b *model.Pod) int {
		return cmp.Or(cmp.Compare(gone(a), gone(b)), b.Created.Compare(a.Created), cmp.Compare(a.Name, b.Name))
	})
	return pods
}

func gone(p *model.Pod) int {
	if p.Phase == "Succeeded" || p.Phase == "Failed" || !p.Deleting.IsZero() {
		return 1
	}
	return 0
}

// someOf takes the newest, the oldest, and the first that is not ready. Pods that have ended
// count only where all have.
func someOf(all []*model.Pod) (out []*model.Pod) {
	if n := slices.IndexFunc(all, func(p *model.Pod) bool { return gone(p) == 1 }); n > 0 {
		all = all[:n]
	}
	if len(all) == 0 {
		return nil
	}
	out = all[:1:1]
	if unready := slices.IndexFunc(all, func(p *model.Pod) bool { return !p.Ready && gone(p) == 0 }); unready > 0 && unready < len(all)-1 {
		out = append(out, all[unready])
	}
	if len(all) > 1 {
		out = append(out, all[len(all)-1])
	}
	return out
}

// containersOf lists the containers of a pod that may have something to say, those that are
// not well first: an init container that has done its work has not.
func containersOf(pod *model.Pod) (out []*model.ContainerStatus) {
	for i := range pod.Containers {
		if c := &pod.Containers[i]; !c.Init || c.Exit == nil || c.Exit.Code != 0 {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b *model.ContainerStatus) int { return cmp.Compare(well(a), well(b)) })
	return out
}

func well(c *model.ContainerStatus) int {
	if c.Ready {
		return 1
	}
	return 0
}

// unstarted says why a container has no log; empty where it has one.
func unstarted(c *model.ContainerStatus) string {
	if c.Running.IsZero() && c.Exit == nil && c.LastExit == nil {
		if c.Waiting != nil && c.Waiting.Reason != "" {
			return "it has not started (" + c.Waiting.Reason + ")"
		}
		return "it has not started"
	}
	return ""
}

// Kept is what a look itself read of logs, for one that can read nothing more.
func Kept(r *engine.Report, runs []inspect.LogRun) []inspect.LogSaid {
	out := make([]inspect.LogSaid, len(runs))
	for i, run := range runs {
		out[i].LogRun = run
		tail, ok := model.Get[*model.LogTail](r.Snapshot, model.Ref{Kind: model.KindLogTail, Namespace: run.Pod.Namespace, Name: run.Pod.Name + "/" + run.Container})
		switch {
		case !ok:
			out[i].Unread = "the snapshot does not hold its log"
		case tail.Error != "":
			out[i].Unread = tail.Error
		case tail.Well:
			out[i].Lines, out[i].Telling, out[i].At = tail.Of, cmp.Or(tail.Telling, tail.Said), tail.Last
		default:
			out[i].Lines, out[i].Telling, out[i].At = len(tail.Lines), tail.Telling, time.Time{}
		}
	}
	return out
}
