package probes

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// former is a container as it was before the workload's present revision.
type former struct {
	container *model.Container
	note      string // where it was found
	ran       bool   // pods of it are ready now
}

// formerContainer finds how a container was in the newest earlier revision in which
// differs is true of it, one whose pods are ready now first: a Deployment's revisions
// are its ReplicaSets, of a StatefulSet or DaemonSet only what pods still show is read.
func formerContainer(p *Pass, subject model.Ref, name string, differs func(*model.Container) bool) (f former, ok bool) {
	w, is := model.Get[*model.Workload](p.Snapshot, subject)
	if !is {
		return f, false
	}
	if w.Kind == model.KindDeployment {
		return formerOfDeployment(p, w, name, differs)
	}
	for _, pod := range p.Graph.Pods(subject) {
		if c := containerOf(pod.Template, name); c != nil && pod.Ready && alive(pod) && differs(c) {
			return former{c, fmt.Sprintf("Pod %s, which is ready, has it.", pod.Name), true}, true
		}
	}
	return f, false
}

func formerOfDeployment(p *Pass, w *model.Workload, name string, differs func(*model.Container) bool) (f former, ok bool) {
	var sets []*model.Workload
	now := revision(w)
	for set := range model.Each[*model.Workload](p.Space, model.KindReplicaSet) {
		o, owned := set.Controller()
		if c := containerOf(&set.Template, name); owned && o.Kind == w.Kind && o.Name == w.Name && revision(set) > 0 && revision(set) < now && c != nil && differs(c) {
			sets = append(sets, set)
		}
	}
	if len(sets) == 0 {
		return f, false
	}
	best := slices.MaxFunc(sets, func(a, b *model.Workload) int {
		return cmp.Or(cmp.Compare(min(a.Ready, 1), min(b.Ready, 1)), cmp.Compare(revision(a), revision(b)))
	})
	f = former{containerOf(&best.Template, name), fmt.Sprintf("Revision %s (ReplicaSet %s) had it; whether it ran well is not recorded.", best.Revision, best.Name), best.Ready > 0}
	if f.ran {
		f.note = fmt.Sprintf("Revision %s (ReplicaSet %s) has it, and %s of it %s ready.", best.Revision, best.Name, text.Counted(int(best.Ready), "pod"), text.Plural(int(best.Ready), "is", "are"))
	}
	return f, true
}

// revision is the number of a Deployment's or ReplicaSet's revision; 0 where there is
// none.
func revision(w *model.Workload) int {
	n, err := strconv.Atoi(w.Revision)
	if err != nil {
		return 0
	}
	return n
}

// presently reports whether a pod's container is as its workload's template has it now,
// by same: a finding about a pod of an earlier revision is not answered by the present
// one.
func presently(p *Pass, subject model.Ref, pod *model.Pod, name string, same func(template, pod *model.Container) bool) (*model.Workload, bool) {
	w, ok := model.Get[*model.Workload](p.Snapshot, subject)
	if !ok {
		return nil, false
	}
	a, b := containerOf(&w.Template, name), containerOf(pod.Template, name)
	return w, a != nil && b != nil && same(a, b)
}
