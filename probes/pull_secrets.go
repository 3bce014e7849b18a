package probes

import (
	"fmt"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// logins adds which pull secrets a pod has to a finding, and says what is wrong with
// them, as the end of a sentence.
func logins(p *Pass, pod *model.Pod, registry string, f *finding.Finding) string {
	covered, named, gone := false, 0, ""
	for _, r := range pullRefs(pod) {
		named++
		s, ok := model.Get[*model.Secret](p.Snapshot, r.To)
		switch {
		case !ok:
			if a, absent := p.Absent(r.To); absent {
				f.Evidence = append(f.Evidence, finding.Evidence{Ref: r.To, Path: r.Path, Note: strings.TrimSuffix("pull secret; "+a.Claim+" ("+a.Grade.String()+")", " (proved)")})
				gone = r.To.Name
			}
		default:
			f.Evidence = append(f.Evidence, finding.Evidence{Ref: r.To, Path: r.Path, Value: text.Joined(s.Registries, 6), Note: "pull secret; the registries that it has a login for"})
			covered = covered || covers(s, registry)
		}
	}
	switch {
	case covered:
		return ", though a pull secret for it is there"
	case gone != "":
		return fmt.Sprintf("; its pull secret %s does not exist", gone)
	case named > 0:
		return fmt.Sprintf("; no pull secret of the pod is for %s", registry)
	}
	return "; the pod names no pull secret"
}

// pullRefs are the pull secrets that a pod names: admission copies those of its account
// into it.
func pullRefs(pod *model.Pod) []model.Reference { return pullSecrets(&pod.Meta) }

// pullSecrets are the pull secrets that an object names.
func pullSecrets(m *model.Meta) (out []model.Reference) {
	for _, r := range m.Refs {
		if r.Type == model.EdgePulls {
			out = append(out, r)
		}
	}
	return out
}

// covers reports whether a pull secret holds a login for a registry.
func covers(s *model.Secret, registry string) bool {
	for _, host := range s.Registries {
		if dockerHub(host) == dockerHub(registry) {
			return true
		}
	}
	return false
}

// dockerHub makes one of the names of Docker Hub.
func dockerHub(host string) string {
	if host == "index.docker.io" || host == "registry-1.docker.io" || host == "registry.hub.docker.com" {
		return "docker.io"
	}
	return host
}

// lostPullSecrets are the findings about pull secrets of a pod that are not there.
func lostPullSecrets(p *Pass, subject model.Ref, pod *model.Pod) (out []finding.ID) {
	for _, r := range pullRefs(pod) {
		if _, absent := p.Absent(r.To); absent {
			account := model.Ref{Kind: model.KindServiceAccount, Namespace: pod.Namespace, Name: pod.Template.ServiceAccount}
			out = append(out, finding.IDOf(pullSecretMissingID, subject, r.To.Name), finding.IDOf(pullSecretMissingID, account, r.To.Name))
		}
	}
	return out
}

// loginFixes name a pull secret that is there for the registry, where the workload
// names none, neither for the pod that waits nor by now.
func loginFixes(p *Pass, subject model.Ref, pod *model.Pod, container, registry string) (fixes []finding.Fix) {
	w, ok := presently(p, subject, pod, container, func(t, c *model.Container) bool { return t.Image == c.Image })
	if !ok || !mayRestart(subject.Kind) || len(pullRefs(pod)) > 0 || len(pullSecrets(&w.Meta)) > 0 {
		return nil
	}
	for s := range model.Each[*model.Secret](p.Space, model.KindSecret) {
		if !covers(s, registry) || !s.Deleting.IsZero() {
			continue
		}
		fixes = append(fixes, finding.Fix{
			ID: "name-" + s.Name, Title: fmt.Sprintf("Pull with Secret %s, which has a login for %s", s.Name, registry), Risk: finding.Disruptive,
			Steps: []finding.Step{{
				Verb: "patch", Ref: subject, Summary: "imagePullSecrets: " + s.Name,
				Change: finding.Patch{Set: []finding.FieldValue{{Path: splitPath(podPath(w.Kind) + ".imagePullSecrets"), Value: []any{map[string]any{"name": s.Name}}}}},
			}},
			Undo: "takes the pull secret out again", Note: "Whether its login may read the image is not known.",
			Proof: finding.Proof{Text: "the image is pulled and its pods become ready", Within: 3 * time.Minute, Checks: []finding.Check{{Ref: subject, Path: "ready"}}},
		})
		if len(fixes) == 2 {
			break
		}
	}
	return fixes
}
