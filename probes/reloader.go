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
		if notes["reloader.stakater.com/auto"] == "true" || notes[word+".reloader.stakater.com/auto"] == "true" || notes[waveAnnotation] == "true" {
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

// The annotations by which reloaders are asked, and the names of what they are.
const (
	waveReloader     = "wave"
	stakaterReloader = "stakater"
	waveAnnotation   = "wave.pusher.com/update-on-config-change"
)

// reloadAnnotation lists the objects of a kind that roll a workload.
func reloadAnnotation(kind model.Kind) string {
	if kind == model.KindSecret {
		return "secret.reloader.stakater.com/reload"
	}
	return "configmap.reloader.stakater.com/reload"
}

// reloaderRuns reports whether a reloader is at work anywhere in the cluster.
func reloaderRuns(p *Pass) bool { return reloaderAt(p) != "" }

// reloaderAt is the reloader at work in the cluster; empty where there is none.
func reloaderAt(p *Pass) string {
	for _, ns := range p.Namespaces() {
		for w := range model.Each[*model.Workload](p.Snapshot.Space(ns), model.KindDeployment) {
			if w.Ready == 0 {
				continue
			}
			for _, c := range w.Template.Containers {
				if at := ReloaderOf(c.Image); at != "" {
					return at
				}
			}
		}
	}
	return ""
}

// ReloaderOf is the reloader that an image holds; empty where it holds none.
func ReloaderOf(image string) string {
	image, _, _ = strings.Cut(image, "@")
	switch {
	case strings.Contains(image, "stakater/reloader"):
		return stakaterReloader
	case strings.Contains(image, "wave-k8s/wave"), strings.Contains(image, "pusher/wave"):
		return waveReloader
	}
	return ""
}
