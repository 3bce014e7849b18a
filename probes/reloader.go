package probes

import (
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

// reloads reports whether a workload's annotations ask a reloader to roll it when an
// object changes (github.com/stakater/Reloader, github.com/wave-k8s/wave).
func reloads(w *model.Workload, config *model.Meta) bool {
	word := "configmap"
	if config.Kind == model.KindSecret {
		word = "secret"
	}
	for _, notes := range []map[string]string{w.Annotations, w.Template.Annotations} {
		if notes["reloader.stakater.com/auto"] == "true" || notes[word+".reloader.stakater.com/auto"] == "true" || notes["wave.pusher.com/update-on-config-change"] == "true" {
			return true
		}
		if notes["reloader.stakater.com/search"] == "true" && config.Annotations["reloader.stakater.com/match"] == "true" {
			return true
		}
		listed := strings.FieldsFunc(notes[word+".reloader.stakater.com/reload"], func(r rune) bool { return r == ',' || r == ' ' })
		if slices.Contains(listed, config.Name) {
			return true
		}
	}
	return false
}

// reloaderRuns reports whether a reloader is at work anywhere in the cluster.
func reloaderRuns(p *Pass) bool {
	for _, ns := range p.Namespaces() {
		for w := range model.Each[*model.Workload](p.Snapshot.Space(ns), model.KindDeployment) {
			if w.Ready == 0 {
				continue
			}
			for _, c := range w.Template.Containers {
				image, _, _ := strings.Cut(c.Image, "@")
				if strings.Contains(image, "stakater/reloader") || strings.Contains(image, "wave-k8s/wave") || strings.Contains(image, "pusher/wave") {
					return true
				}
			}
		}
	}
	return false
}
