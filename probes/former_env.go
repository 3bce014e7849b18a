package probes

import (
	"fmt"
	"slices"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// mostDropped bounds how many variables are told of: a container that lost more was written anew.
const mostDropped = 4

// dropped are the variables that a Deployment's container had in the revision right before the
// present one, and has no more; with the ReplicaSet that shows it.
func dropped(p *Pass, subject model.Ref, name string) (names []string, shows *model.Workload) {
	w, ok := model.Get[*model.Workload](p.Snapshot, subject)
	if !ok || w.Kind != model.KindDeployment {
		return nil, nil
	}
	for set := range model.Each[*model.Workload](p.Space, model.KindReplicaSet) {
		o, owned := set.Controller()
		if owned && o.Kind == w.Kind && o.Name == w.Name && revision(set) < revision(w) && (shows == nil || revision(set) > revision(shows)) {
			shows = set
		}
	}
	now := containerOf(&w.Template, name)
	if shows == nil || revision(shows) == 0 || now == nil {
		return nil, nil
	}
	then := containerOf(&shows.Template, name)
	if then == nil {
		return nil, nil
	}
	for _, n := range then.EnvNames {
		if !slices.Contains(now.EnvNames, n) && !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	if len(names) > mostDropped {
		return nil, nil
	}
	return names, shows
}

// lacking says that the revision before set variables that are gone, where there are any.
func lacking(p *Pass, subject model.Ref, name string) (words string, evidence []finding.Evidence) {
	names, shows := dropped(p, subject, name)
	if len(names) == 0 {
		return "", nil
	}
	it := fmt.Sprintf("; the revision before set %s, which this one does not", text.Joined(names, mostDropped))
	return it, []finding.Evidence{{
		Ref: shows.Ref(), Path: fmt.Sprintf("spec.template.spec.containers[%s].env", name), Value: text.Joined(names, mostDropped), Note: "set in revision " + shows.Revision + ", and no more",
	}}
}
