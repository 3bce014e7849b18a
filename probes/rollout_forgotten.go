package probes

import (
	"fmt"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// forgotten is a StatefulSet or DaemonSet that has had pods of an old template for a day,
// because its strategy leaves them to a person.
func forgotten(p *Pass, w *model.Workload) (f finding.Finding, ok bool) {
	since := w.SpecChanged()
	if operated(&w.Meta) || since.Equal(w.Created) || !p.After(since, forgottenAfter) {
		return f, false
	}
	old := 0
	path, value, why := "spec.updateStrategy.type", w.Strategy, "its strategy is OnDelete: each pod is replaced only when it is deleted"
	switch {
	case w.Strategy == "OnDelete" && w.Kind == model.KindDaemonSet:
		old = int(w.Desired - w.Updated)
	case w.Kind == model.KindStatefulSet && w.Revision != "" && (w.Strategy == "OnDelete" || w.Partition > 0):
		for _, pod := range p.Graph.Pods(w.Ref()) {
			if hash := pod.Labels["controller-revision-hash"]; alive(pod) && hash != "" && hash != w.Revision {
				old++
			}
		}
		if w.Strategy != "OnDelete" {
			path, value = "spec.updateStrategy.rollingUpdate.partition", fmt.Sprint(w.Partition)
			why = keepsPods(w)
		}
	}
	if old <= 0 {
		return f, false
	}
	f = finding.Finding{
		Subject: w.Ref(), Slot: "old-template", Severity: finding.Medium, Grade: finding.Proved, Since: since,
		Summary: fmt.Sprintf("%s of %s still %s the old template, which was changed %s ago: %s.", text.Count(old), text.Counted(int(w.Desired), "pod"), text.Plural(old, "runs", "run"), p.Age(since), why),
	}
	f.Evidence = []finding.Evidence{{Ref: w.Ref(), Path: path, Value: value, Note: "last changed " + stamp(since)}}
	return f, true
}
