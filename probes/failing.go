package probes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/careen-tui/careen/internal/model"
)

// failure is how a container fails.
type failure string

const (
	crashing failure = "crashing" // it ends each time that it is started
	starved  failure = "starved"  // it is killed for lack of memory
	unpulled failure = "unpulled" // its image cannot be had
	unmade   failure = "unmade"   // it cannot be created as its specification says
)

// The reasons of the kubelet (kubernetes pkg/kubelet/container/sync_result.go,
// pkg/kubelet/images/types.go, pkg/kubelet/kuberuntime). Some take turns: a
// container in CrashLoopBackOff runs for a moment, ErrImagePull alternates with
// ImagePullBackOff.
var (
	pullReasons = []string{"ImagePullBackOff", "ErrImagePull", "ErrImageNeverPull", "InvalidImageName", "ImageInspectError", "RegistryUnavailable"}
	makeReasons = []string{"CreateContainerConfigError", "CreateContainerError", "RunContainerError", "PreCreateHookError", "PreStartHookError", "PostStartHookError", "StartError", "ContainerCannotRun"}
)

const (
	// A crash older than this is history: the kubelet waits five minutes at most
	// before it starts a container again, and forgets its crashes after ten
	// (kubernetes pkg/kubelet/kubelet.go, MaxCrashLoopBackOff).
	crashMemory = 10 * time.Minute
	// A container that ran for this long, and twice as long as the last time, works.
	steadyFor = time.Minute
	// One that ran for this long before it ended, and runs again, does not loop, however
	// often it was restarted in its life. Nor does one of which the runtime or the kubelet lost sight
	// (containerd: exit code 255, reason Unknown; the kubelet: 137, ContainerStatusUnknown), as when its
	// node was restarted.
	longRun = 24 * time.Hour
)

// failureOf tells how a container fails now, or "". It looks at no state that
// comes and goes: a container that was started again is failing until it has run
// for longer than it used to.
func failureOf(p *Pass, c *model.ContainerStatus) failure {
	if w := c.Waiting; w != nil {
		switch {
		case slices.Contains(pullReasons, w.Reason):
			return unpulled
		case slices.Contains(makeReasons, w.Reason):
			return unmade
		case w.Reason == "CrashLoopBackOff":
			return crash(lastExit(c))
		}
	}
	exit := lastExit(c)
	if exit == nil || c.Restarts < 1 || exit.Code == 0 && exit.Reason != "OOMKilled" || p.After(exit.Finished, crashMemory) {
		return ""
	}
	if !c.Running.IsZero() {
		long := !exit.Started.IsZero() && exit.Finished.Sub(exit.Started) >= longRun
		if exit.Reason == "Unknown" || exit.Reason == "ContainerStatusUnknown" || long && exit.Reason != "OOMKilled" {
			return ""
		}
		steady := min(max(steadyFor, 2*exit.Finished.Sub(exit.Started)), crashMemory)
		if c.Ready && p.After(c.Running, steady) {
			return ""
		}
	}
	return crash(exit)
}

func crash(exit *model.Exit) failure {
	if exit != nil && exit.Reason == "OOMKilled" {
		return starved
	}
	return crashing
}

// lastExit is how the container last ended, or nil.
func lastExit(c *model.ContainerStatus) *model.Exit {
	if c.Exit != nil {
		return c.Exit
	}
	return c.LastExit
}

// failing is a container of a subject's pods that fails.
type failing struct {
	name     string
	how      failure
	pods     []*model.Pod
	statuses []*model.ContainerStatus
	total    int              // of the subject's pods
	asked    *model.Container // as the template has it that its worst pod was made from; nil where that is not known
}

// failuresBySubject lists the failing containers of the namespace, by what an
// operator would name and by name.
func failuresBySubject(p *Pass) map[model.Ref][]failing {
	ill := podsBySubject(p, func(pod *model.Pod) bool {
		return slices.ContainsFunc(pod.Containers, func(c model.ContainerStatus) bool { return failureOf(p, &c) != "" })
	})
	out := make(map[model.Ref][]failing, len(ill))
	for subject, pods := range ill {
		total := 0
		for _, pod := range p.Graph.Pods(subject) {
			if alive(pod) {
				total++
			}
		}
		out[subject] = failuresOf(p, pods, max(total, len(pods)))
	}
	return out
}

func failuresOf(p *Pass, pods []*model.Pod, total int) (out []failing) {
	for _, pod := range pods {
		for i := range pod.Containers {
			c := &pod.Containers[i]
			how := failureOf(p, c)
			if how == "" {
				continue
			}
			at := slices.IndexFunc(out, func(f failing) bool { return f.name == c.Name })
			if at < 0 {
				at, out = len(out), append(out, failing{name: c.Name, how: how, total: total})
			}
			out[at].pods = append(out[at].pods, pod)
			out[at].statuses = append(out[at].statuses, c)
		}
	}
	for i := range out {
		pod, _ := out[i].worst()
		out[i].asked = askedFor(p, pod, out[i].name)
	}
	slices.SortFunc(out, func(a, b failing) int { return strings.Compare(a.name, b.name) })
	return out
}

// askedFor is a container as the template has it that a pod was made from: what is another
// in the pod was set when it was admitted. Of controllers that give pods of several
// templates the same name it is not known.
func askedFor(p *Pass, pod *model.Pod, container string) *model.Container {
	owner, ok := pod.Controller()
	if !ok || owner.Kind != model.KindReplicaSet && owner.Kind != model.KindJob {
		return nil
	}
	w, ok := model.Get[*model.Workload](p.Snapshot, model.Ref{Kind: owner.Kind, Namespace: pod.Namespace, Name: owner.Name})
	if !ok {
		return nil
	}
	return containerOf(&w.Template, container)
}

// limited reports whether the container's memory limit was set when its pod was admitted,
// to another than its template has.
func (f failing) limited() bool {
	spec := f.specOf()
	if spec == nil || f.asked == nil || spec.Limits["memory"] == "" {
		return false
	}
	has, err := resource.ParseQuantity(spec.Limits["memory"])
	asked, otherwise := resource.ParseQuantity(cmp.Or(f.asked.Limits["memory"], "0"))
	return err == nil && otherwise == nil && has.Cmp(asked) != 0 // one amount may be written in two ways
}

// worst is the pod that says most: the one whose container was restarted most
// often.
func (f failing) worst() (*model.Pod, *model.ContainerStatus) {
	best := 0
	for i, c := range f.statuses {
		if c.Restarts > f.statuses[best].Restarts {
			best = i
		}
	}
	return f.pods[best], f.statuses[best]
}

// node is the one on which all its pods are, or "": what ails that node may be why they
// fail.
func (f failing) node() string {
	for _, pod := range f.pods[1:] {
		if pod.Node != f.pods[0].Node {
			return ""
		}
	}
	return f.pods[0].Node
}

// since is when the first of its pods ceased to be ready; zero where that moves
// with every restart.
func (f failing) since() (t time.Time) {
	for i, pod := range f.pods {
		c := model.FindCondition(pod.Conditions, "Ready")
		if c == nil || c.Status == "True" || f.statuses[i].Ready {
			return time.Time{}
		}
		if t.IsZero() || c.Since.Before(t) {
			t = c.Since
		}
	}
	return t
}

// told is when its pods' first event about failing containers came, or since where
// that is earlier: readiness may move with each restart, the first event does not.
func (f failing) told(events map[model.Ref][]*model.Event) (t time.Time) {
	t = f.since()
	for _, pod := range f.pods {
		for _, e := range events[pod.Ref()] {
			if !e.First.IsZero() && (t.IsZero() || e.First.Before(t)) && (e.Field == "" || strings.Contains(e.Field, "{"+f.name+"}")) {
				t = e.First
			}
		}
	}
	return t
}

// failureEvents are the kubelet's events about containers that do not come up.
func failureEvents(p *Pass) map[model.Ref][]*model.Event { return eventsAbout(p, "BackOff", "Failed") }

// began is when it was failing already, by what its pods say now: a minute after
// that it is told.
func (f failing) began() time.Time {
	_, c := f.worst()
	if c.Restarts >= 3 {
		return time.Time{} // the back-off alone has taken more than a minute
	}
	if t := f.since(); !t.IsZero() {
		return t
	}
	if e := lastExit(c); e != nil {
		return e.Finished
	}
	pod, _ := f.worst()
	return pod.Started
}

// once reports whether it was restarted only once and runs again.
func (f failing) once() bool {
	_, c := f.worst()
	return (f.how == crashing || f.how == starved) && c.Restarts < 2 && c.Waiting == nil
}

func (f failing) where() string {
	switch {
	case f.total == 1:
		return "Container " + f.name
	case len(f.pods) == f.total:
		return fmt.Sprintf("Container %s of all %d pods", f.name, f.total)
	}
	return fmt.Sprintf("Container %s of %d of %d pods", f.name, len(f.pods), f.total)
}

// specOf is the specification of the failing container.
func (f failing) specOf() *model.Container {
	pod, _ := f.worst()
	return containerOf(pod.Template, f.name)
}

// slot tells the failing container apart from its pod's others.
func (f failing) slot() string {
	pod, _ := f.worst()
	return containerSlot(pod.Template, f.name)
}
