package probes

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const imageUnpullableID finding.ProbeID = "image-unpullable"

// ImageUnpullable finds containers that do not start because their image cannot be
// had.
var ImageUnpullable = &Probe{
	ID: imageUnpullableID,
	Doc: `A container does not start because its image cannot be pulled
The tag or the repository does not exist, the registry asks for a login, does not resolve,
does not answer or limits pulls, its certificate is not trusted, the image is not built for
the node, or the node's disk is full.

**Rule.** For longer than a minute a container waits in ErrImagePull, ImagePullBackOff,
InvalidImageName, ErrImageNeverPull, ImageInspectError or RegistryUnavailable. Which of the
causes it is, is read from what the kubelet said of the last attempt. Sources: kubernetes
pkg/kubelet/images/types.go and image_manager.go; distribution/distribution
registry/api/errcode.

**Evidence.** The message, the image, the pull secrets of the pod with the registries that
they hold logins for (never the logins), other tags of the image that run here.

**What it cannot see.** The registry itself: which tags there are, whether a login is right.
Several registries say that a repository does not exist to whoever may not read it.

**By hand.** ` + "`kubectl describe pod POD`" + ` shows the message; then set the tag with
` + "`kubectl set image`" + `, or create a pull secret for that registry with
` + "`kubectl create secret docker-registry`" + ` and name it in imagePullSecrets.

**Silent** for a first attempt that is under way, for events of images that were pulled
since, and for pods that are done or being deleted.`,
	Worst: finding.High,
	Needs: []model.Kind{model.KindPod},
	Uses:  reads(workloadReads, []model.Kind{model.KindEvent, model.KindSecret, model.KindNamespace}),
	Run:   staying(runImageUnpullable),
}

func runImageUnpullable(p *Pass) {
	var events map[model.Ref][]*model.Event
	for subject, list := range failuresBySubject(p) {
		for _, f := range list {
			if f.how != unpulled {
				continue
			}
			if events == nil {
				events = failureEvents(p)
			}
			if p.After(f.began(), time.Minute) {
				p.Report(unpulledFinding(p, subject, f, events))
			}
		}
	}
}

func unpulledFinding(p *Pass, subject model.Ref, f failing, events map[model.Ref][]*model.Event) finding.Finding {
	pod, c := f.worst()
	image := ""
	if spec := f.specOf(); spec != nil {
		image = spec.Image
	}
	said := pullEvidence(pod, c, events[pod.Ref()])
	reason := ""
	if c.Waiting != nil {
		reason = c.Waiting.Reason
	}
	class := classifyPull(reason, said.Value+" "+said.Note)
	if class == pullOther && c.Waiting != nil {
		class = classifyPull(reason, c.Waiting.Message)
	}
	registry, repository, _, _ := imageParts(image)
	out := finding.Finding{
		Subject: subject, Slot: f.slot(), Severity: finding.High, Grade: finding.Proved, Since: f.told(events),
		Evidence: []finding.Evidence{said, {Ref: pod.Ref(), Path: fmt.Sprintf("spec.containers[%s].image", f.name), Value: image}},
	}
	login := ""
	if class == pullDenied || class == pullUnknown {
		login = logins(p, pod, registry, &out)
	}
	out.Summary = fmt.Sprintf("%s cannot start: %s%s.", f.where(), pullClause(class, image, said.Value+" "+said.Note, pod), login)
	if class == pullMissing || class == pullUnknown {
		if others := tagsHere(p, repository, image); len(others) > 0 {
			out.Evidence = append(out.Evidence, finding.Evidence{Path: "other tags that run in this namespace", Value: text.Joined(others, 4)})
		}
	}
	out.Causes = append(out.Causes, lostPullSecrets(p, subject, pod)...)
	if former, ok := formerImage(p, subject, f, image); ok {
		out.Evidence = append(out.Evidence, former)
	}
	if class == pullDenied || class == pullUnknown {
		out.Fixes = append(out.Fixes, loginFixes(p, subject, pod, f.name, registry)...)
	}
	return out
}

// pullEvidence is what the kubelet said when it last tried to pull an image: the
// state alternates between that and backing off, and newer kubelets repeat it there.
func pullEvidence(pod *model.Pod, c *model.ContainerStatus, events []*model.Event) finding.Evidence {
	out := finding.Evidence{Ref: pod.Ref(), Path: fmt.Sprintf("status.containerStatuses[%s].state.waiting", c.Name)}
	if c.Waiting != nil {
		out.Value, out.Note = c.Waiting.Reason, c.Waiting.Message
	}
	if c.Waiting != nil && c.Waiting.Reason == "ErrImagePull" && c.Waiting.Message != "" || strings.Contains(out.Note, "ErrImagePull: ") {
		return out
	}
	for _, e := range events {
		if strings.Contains(e.Message, "pull image") && !strings.Contains(e.Message, "Back-off") && (e.Field == "" || strings.Contains(e.Field, "{"+c.Name+"}")) {
			return eventEvidence(e)
		}
	}
	return out
}

// tagsHere are other tags of a repository with which containers of the namespace run.
func tagsHere(p *Pass, repository, image string) (out []string) {
	for pod := range model.Each[*model.Pod](p.Space, model.KindPod) {
		if !alive(pod) || !pod.Ready {
			continue
		}
		for _, c := range pod.Template.Containers {
			if _, repo, tag, _ := imageParts(c.Image); repo == repository && tag != "" && c.Image != image && !slices.Contains(out, tag) {
				out = append(out, tag)
			}
		}
	}
	slices.Sort(out)
	return out
}

// formerImage is the image of the last revision that had another, and how to go back to
// it. Which program runs is for a person to decide: no fix writes an image.
func formerImage(p *Pass, subject model.Ref, f failing, image string) (finding.Evidence, bool) {
	pod, _ := f.worst()
	w, ok := presently(p, subject, pod, f.name, func(a, b *model.Container) bool { return a.Image == b.Image })
	if !ok {
		return finding.Evidence{}, false
	}
	old, ok := formerContainer(p, subject, f.name, func(c *model.Container) bool { return c.Image != image })
	if !ok {
		return finding.Evidence{}, false
	}
	by := fmt.Sprintf("kubectl -n %s set image %s/%s %s=%s", w.Namespace, strings.ToLower(string(w.Kind)), w.Name, f.name, old.container.Image)
	return finding.Evidence{Path: "by hand", Value: by, Note: old.note}, true
}
