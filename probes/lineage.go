package probes

import (
	"cmp"
	"fmt"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

const instanceLabel = "app.kubernetes.io/instance"

// formerRelease is the Helm release that an object says it belonged to, and that has
// no record; ok is false where it says nothing, where the release is there, and where
// something else than Helm says that the object is its own.
func formerRelease(p *Pass, m *model.Meta) (release model.Ref, gone finding.Absence, ok bool) {
	if _, other := m.Manager(); other {
		return release, gone, false
	}
	release = model.Ref{Kind: model.KindRelease, Namespace: m.Namespace}
	if release.Name = m.Annotations["meta.helm.sh/release-name"]; release.Name != "" {
		release.Namespace = cmp.Or(m.Annotations["meta.helm.sh/release-namespace"], m.Namespace)
		gone, ok = p.Absent(release)
		return release, gone, ok
	}
	helms := byHelm(m)
	if release.Name = m.Labels[instanceLabel]; release.Name == "" && helms {
		release.Name = m.Labels["release"] // charts before 2019; any other tool may use the word
	}
	if release.Name == "" || elsewhereStored(p, release) {
		return release, gone, false
	}
	// A record may lie in another namespace than what its release made.
	gone, ok = p.Absent(release)
	p.lacks(&gone, model.KindRecord, "")
	if !helms && gone.Grade == finding.Proved {
		gone.Grade = finding.Inferred
		gone.Why = append(gone.Why, "the label "+instanceLabel+" alone speaks of it, and other tools than Helm set it")
	}
	gone.Claim = fmt.Sprintf("release %s is gone", release.Name)
	return release, gone, ok
}

// byHelm reports whether an object carries marks that a chart leaves on what it
// generates: charts call the tool that installs them Release.Service, which is Helm,
// or Tiller before version 3.
func byHelm(m *model.Meta) bool {
	for _, k := range []string{"app.kubernetes.io/managed-by", "heritage"} {
		if v := m.Labels[k]; v == "Helm" || v == "Tiller" {
			return true
		}
	}
	return m.Labels["helm.sh/chart"] != ""
}

// elsewhereStored reports whether a release of that name has its record in another
// namespace and declares objects in this one, or may: what a record declares that was
// not read is not known.
func elsewhereStored(p *Pass, release model.Ref) bool {
	for _, namespace := range p.Namespaces() {
		rel := p.Release(namespace, release.Name)
		if rel == nil {
			continue
		}
		rec := rel.Last()
		if namespace == release.Namespace || rec == nil || !usable(rec) {
			return true
		}
		for _, d := range rec.Body.Objects {
			if d.Ref.Namespace == release.Namespace {
				return true
			}
		}
	}
	return false
}
