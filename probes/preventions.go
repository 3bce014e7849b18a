package probes

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// Preventions change nothing that is wrong now: they are for the next time. Their ids begin
// with prevent-.

// guardable are the kinds of workloads whose template a guard can read.
var guardable = []model.Kind{model.KindDeployment, model.KindStatefulSet, model.KindDaemonSet, model.KindCronJob}

// guarding has the server tell of whoever deletes what a workload names. names are objects
// beside those of its template: what it reads through the API. It is not offered where the
// workload is only guessed.
func guarding(f *finding.Finding, of model.Ref, names ...model.Ref) []finding.Fix {
	if f.Grade > finding.Observed || !slices.Contains(guardable, of.Kind) {
		return nil
	}
	names = slices.DeleteFunc(slices.Clone(names), func(n model.Ref) bool { return n.Namespace != of.Namespace })
	name := fmt.Sprintf("%s%s.%s.%s", finding.GuardPrefix, of.Namespace, strings.ToLower(string(of.Kind)), of.Name)
	if len(name) > 253 {
		name = fmt.Sprintf("%s%s.%08x", finding.GuardPrefix, of.Namespace, model.Word(name))
	}
	policy := model.Ref{Kind: finding.KindGuard, Name: name}
	return []finding.Fix{{
		ID: "prevent-deletion", Title: fmt.Sprintf("Warn when a Secret, ConfigMap or account that %s %s uses is deleted; planned again, refuse it", of.Kind, of.Name), Risk: finding.Safe,
		Steps: []finding.Step{{
			Verb: "create", Ref: policy, Summary: "it reads the template of " + of.Name + " whenever one is deleted",
			Change: finding.Guard{Of: of, Names: names},
		}},
		Undo:  "deletes the policy and its binding; where it refused, it warns again",
		Proof: finding.Proof{Text: "the policy is there", Within: 10 * time.Second, Checks: []finding.Check{{Ref: policy, Path: "exists"}}},
	}}
}

// reloading asks the reloader that runs, at, to roll a workload when an object that it reads
// once changes. Where none runs it says what the chart can do instead; unknown is why that is
// not known.
func reloading(p *Pass, of model.Ref, config *model.Meta, at, unknown string) ([]finding.Fix, []finding.Withheld) {
	title := fmt.Sprintf("Have a reloader roll %s %s when %s %s changes", of.Kind, of.Name, config.Kind, config.Name)
	w, ok := model.Get[*model.Workload](p.Snapshot, of)
	if !ok || !mayRestart(of.Kind) || reloads(w, config) {
		return nil, nil
	}
	key, value := "", ""
	switch at {
	case "":
		if unknown != "" {
			return nil, []finding.Withheld{{Fix: "prevent-outdated", Title: title, Why: "whether a reloader runs is not known: " + unknown}}
		}
		return nil, []finding.Withheld{{
			Fix: "prevent-outdated", Title: title,
			Why: "no reloader runs in the cluster; in the chart, an annotation checksum/config of the pod template, made of the rendered object, does the same",
		}}
	case waveReloader:
		key, value = waveAnnotation, "true"
	default:
		key, value = reloadAnnotation(config.Kind), config.Name
		if listed := w.Annotations[key]; listed != "" {
			value = listed + "," + value
		}
	}
	path := []string{"metadata", "annotations", key}
	return []finding.Fix{{
		ID: "prevent-outdated", Title: title, Risk: finding.Safe,
		Steps: []finding.Step{{
			Verb: "patch", Ref: of, Summary: fmt.Sprintf("annotation %s: %s", key, value),
			Change: finding.Patch{Set: []finding.FieldValue{{Path: path, Value: value}}},
		}},
		Undo: "gives it the annotations that it had",
		Note: "Nothing rolls now: the next change does. A chart that sets this annotation otherwise takes it back.",
		Proof: finding.Proof{
			Text: "the workload carries the annotation", Within: 10 * time.Second,
			Checks: []finding.Check{{Ref: of, Path: "metadata.annotations." + strings.ReplaceAll(key, ".", `\.`), Want: value}},
		},
	}}, nil
}

// PreventOutdated is for an upgrade that will change an object which a live workload reads
// once: it asks the reloader that runs, at, to roll it then. done tells that it does so
// already; unknown is why it is not known whether one runs.
func PreventOutdated(p *Pass, of model.Ref, config *model.Meta, at, unknown string) (fixes []finding.Fix, withheld []finding.Withheld, done bool) {
	if w, ok := model.Get[*model.Workload](p.Snapshot, of); ok && reloads(w, config) && at != "" {
		return nil, nil, true
	}
	fixes, withheld = reloading(p, of, config, at, unknown)
	return fixes, withheld, false
}

// PreventLeaving has the claims of a StatefulSet go with it when it is deleted; none where
// they do so already.
func PreventLeaving(set *model.Workload) []finding.Fix {
	if set.Kind != model.KindStatefulSet || set.RetainWhenDeleted == "Delete" || len(set.ClaimTemplates) == 0 {
		return nil
	}
	path := []string{"spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted"}
	return []finding.Fix{{
		ID: "prevent-leaving", Title: fmt.Sprintf("Let the claims of StatefulSet %s go with it when it is deleted", set.Name), Risk: finding.Disruptive,
		Steps: []finding.Step{{
			Verb: "patch", Ref: set.Ref(), Summary: "persistentVolumeClaimRetentionPolicy.whenDeleted -> Delete",
			Change: finding.Patch{Set: []finding.FieldValue{{Path: path, Value: "Delete"}}},
		}},
		Undo: "gives it the policy that it had",
		Note: "Nothing is deleted now. An uninstall then deletes the claims, and with the policy Delete of their volumes the data.",
		Proof: finding.Proof{
			Text: "the StatefulSet has the policy", Within: 10 * time.Second,
			Checks: []finding.Check{{Ref: set.Ref(), Path: strings.Join(path, "."), Want: "Delete"}},
		},
	}}
}

// preventStuck lets those who install here finish their records the next time: the verb
// that each lacks, of the first alone.
func preventStuck(p *Pass, denied []denial) []finding.Fix {
	for _, d := range denied {
		for _, fix := range d.fixes(p) {
			fix.ID = "prevent-stuck"
			return []finding.Fix{fix}
		}
	}
	return nil
}
