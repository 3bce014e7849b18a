package probes

import (
	"slices"
	"strconv"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// sleepers are words of the labels, annotations, custom resources and field managers by
// which tools put workloads to sleep and wake them again: downscalers, OpenShift's and
// Lagoon's idling, Sablier, kube-green, Snorlax, the sleep mode of loft.
var sleepers = []string{"downscal", "idling", "idled", "sleep", "hibernat", "sablier", "snorlax", "kube-green", "scale-to-zero"}

func isSleeper(name string) bool {
	name = strings.ToLower(name)
	return holdsWord(name, sleepers) && !strings.Contains(name, "exclude")
}

func holdsWord(s string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s, w) })
}

// asleep reports whether a workload without replicas is so on purpose: what scaled it noted
// how many it had, or something that wakes it again is known, which the evidence names.
func asleep(p *Pass, w *model.Workload) (e finding.Evidence, ok bool) {
	if key, n := notedReplicas(w); n > 0 {
		return finding.Evidence{Ref: w.Ref(), Path: "metadata.annotations." + key, Value: strconv.Itoa(n), Note: "how many it had, noted by what scaled it to 0"}, true
	}
	if e, ok = sleepMark(&w.Meta); ok {
		return e, true
	}
	if ns, exists := model.Get[*model.Namespace](p.Snapshot, model.Ref{Kind: model.KindNamespace, Name: w.Namespace}); exists {
		if e, ok = sleepMark(&ns.Meta); ok {
			return e, true
		}
	}
	if _, by := scaled(w); isSleeper(by) {
		return finding.Evidence{Ref: w.Ref(), Path: "metadata.managedFields", Value: by, Note: "scaled it to 0"}, true
	}
	for a := range model.Each[*model.Autoscaler](p.Space, model.KindHPA) {
		if a.Target == w.Ref() && a.Min == 0 {
			return finding.Evidence{Ref: a.Ref(), Path: "spec.minReplicas", Value: "0", Note: "may scale it to 0"}, true
		}
	}
	for _, kind := range p.Space.Kinds() {
		if table := p.Space.Tables[kind]; kind.IsCustom() && isSleeper(string(kind)) && len(table) > 0 {
			return finding.Evidence{Ref: table[0].Base().Ref(), Note: "puts workloads of the namespace to sleep"}, true
		}
	}
	return e, false
}

// sleepMark is a label or annotation by which a tool puts an object to sleep. What only
// says when (downscaler/uptime) is none: that tool notes how many replicas there were.
func sleepMark(m *model.Meta) (e finding.Evidence, ok bool) {
	find := func(field string, marks map[string]string) bool {
		for _, key := range sortedKeys(marks) {
			if isSleeper(key) && !strings.HasPrefix(key, "downscaler/") && marks[key] != "false" {
				e = finding.Evidence{Ref: m.Ref(), Path: "metadata." + field + "." + key, Value: marks[key], Note: "by which it is put to sleep"}
				return true
			}
		}
		return false
	}
	ok = find("annotations", m.Annotations) || find("labels", m.Labels)
	return e, ok
}

// noted are words of annotations that note what a number of replicas was.
var noted = []string{"original", "previous", "paused", "unidle", "last", "saved", "before"}

// notedReplicas is the annotation in which something that scaled a workload to 0 noted how
// many replicas it had: downscaler/original-replicas, idling.alpha.openshift.io/previous-scale,
// hibernator.devtron.ai/replicas.
func notedReplicas(w *model.Workload) (key string, n int) {
	for _, key := range sortedKeys(w.Annotations) {
		name := key[strings.LastIndex(key, "/")+1:]
		if name != "replicas" && !(holdsWord(name, []string{"replicas", "scale"}) && holdsWord(name, noted)) {
			continue
		}
		if n, err := strconv.Atoi(w.Annotations[key]); err == nil && n > 0 && n < 1000 {
			return key, n
		}
	}
	return "", 0
}
