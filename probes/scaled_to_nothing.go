package probes

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const scaledToNothingID finding.ProbeID = "scaled-to-nothing"

// ScaledToNothing finds workloads that are switched off while something depends on them.
var ScaledToNothing = &Probe{
	ID: scaledToNothingID,
	Doc: `A workload that others depend on is switched off
It has replicas: 0, or its rollout is paused, and its callers find nobody.

**Rule.** One of these:

- a Deployment, StatefulSet or ReplicationController has replicas: 0, and a Service selects its
  pods and no other workload's, and something names that Service (an Ingress, an address in an
  environment variable, argument or ConfigMap): medium, high where one of those has pods that
  are not ready;
- a Deployment has been paused for an hour with a template that is not rolled out: medium, high
  where it has no pod that is ready. Two minutes are enough where it has no pod at all.

Sources: kubernetes pkg/apis/apps/types.go (replicas, paused), KEP-555 (managed fields say who
wrote replicas last, and when).

**Evidence.** Who scaled it and when, the Services that select it, who names them.

**What it cannot see.** Whether it was meant so; how many replicas it had, where no autoscaler
and no older ReplicaSet says that. Where custom resources or EndpointSlices were not read it is
inferred.

**By hand.** ` + "`kubectl scale deployment NAME --replicas=N`" + `, ` + "`kubectl rollout resume deployment NAME`" + `.

**Silent** where no Service selects it or nothing names that Service, where other pods answer for it; where a custom resource
names it, which may scale it by itself (KEDA, unless the ScaledObject says that it fails, which makes it inferred; Flagger, Argo Rollouts), or an operator made it;
for the first two minutes. Where it is asleep on purpose, silent as long as no pod of what depends on it
fails: an annotation notes how many replicas it had (kube-downscaler, OpenShift's idling, Devtron), a mark of
it or its namespace, a custom resource of the namespace, or who scaled it is that of a tool which puts workloads to sleep (Sablier, kube-green,
Snorlax, loft), or an autoscaler has minReplicas: 0.`,
	Worst: finding.High,
	Needs: []model.Kind{model.KindService, model.KindPod},
	Uses: reads(workloadReads, []model.Kind{
		model.KindCustom, model.KindHPA, model.KindIngress, model.KindConfigMap, model.KindEndpointSlice, model.KindNamespace,
		model.KindValidatingWebhook, model.KindMutatingWebhook, model.KindAPIService,
	}),
	Run: staying(runScaledToNothing),
}

const pausePatience = time.Hour

func runScaledToNothing(p *Pass) {
	for _, kind := range []model.Kind{model.KindDeployment, model.KindStatefulSet, model.KindReplicationController} {
		p.Sees(kind)
		for w := range model.Each[*model.Workload](p.Space, kind) {
			if !w.Deleting.IsZero() || !topLevel(w) || operated(&w.Meta) {
				continue
			}
			switch {
			case w.Desired == 0:
				scaledDown(p, w)
			case w.Paused && w.Updated < w.Desired:
				paused(p, w)
			}
		}
	}
}

func scaledDown(p *Pass, w *model.Workload) {
	at, by := scaled(w)
	if !p.After(cmp.Or(at, w.Created), podPatience) {
		return
	}
	failing, works := scalers(p, w.Ref())
	if works {
		return
	}
	p.Wake(p.Now.Add(otherNamespace)) // who names it may stand in another namespace
	var f *finding.Finding
	for _, ref := range p.Graph.Selecting(w.Ref()) {
		s, ok := model.Get[*model.Service](p.Snapshot, ref)
		if !ok || s.Type == "ExternalName" || !alone(p, s) {
			continue
		}
		users := dependantsOf(p, ref)
		users = slices.DeleteFunc(users, func(d dependant) bool { return d.ref == w.Ref() })
		slices.SortStableFunc(users, func(a, b dependant) int { return rank(failingNow(p, b.ref) != "") - rank(failingNow(p, a.ref) != "") })
		if f == nil {
			f = &finding.Finding{Subject: w.Ref(), Severity: finding.Low, Grade: finding.Proved, Since: at}
			f.Summary = fmt.Sprintf("It is scaled to 0%s, and Service %s leads to nothing else.", whoScaled(by, at), s.Name)
			f.Evidence = []finding.Evidence{{Ref: w.Ref(), Path: "spec.replicas", Value: "0", Note: noteOfScaling(by, at)}}
			if len(failing) == 0 {
				f.Rests = []finding.Absence{unscaled(p, w.Ref())}
			}
			for _, o := range failing {
				f.Grade = finding.Inferred // it may be at 0 by itself
				f.Evidence = append(f.Evidence, finding.Evidence{Ref: o.Ref(), Path: "status.conditions", Note: "scales it, and says that it fails"})
				f.Causes = append(f.Causes, finding.IDOf(conditionFailingID, o.Ref(), ""))
			}
		}
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: ref, Path: "spec.selector", Value: pairs(s.Selector), Note: "selects its pods alone"})
		for _, d := range users[:min(len(users), 3)] {
			ill := failingNow(p, d.ref)
			f.Evidence = append(f.Evidence, finding.Evidence{Ref: d.ref, Path: d.path, Value: s.Name, Note: "depends on it" + ill})
			switch {
			case ill != "" && f.Severity < finding.High:
				f.Severity = finding.High
				f.Summary = fmt.Sprintf("It is scaled to 0%s, but %s %s depends on it%s.", whoScaled(by, at), d.ref.Kind, d.ref.Name, ill)
			case f.Severity < finding.Medium:
				f.Severity = finding.Medium
				f.Summary = fmt.Sprintf("It is scaled to 0%s, but %s %s depends on it.", whoScaled(by, at), d.ref.Kind, d.ref.Name)
			}
		}
	}
	if f == nil || f.Severity == finding.Low { // nobody misses it: it may be off on purpose
		return
	}
	purpose, sleeps := asleep(p, w)
	if sleeps && f.Severity < finding.High {
		return
	}
	f.Fixes = []finding.Fix{scaleUp(p, w)}
	if sleeps {
		f.Evidence = append(f.Evidence, purpose)
		f.Fixes[0].Note += " What put it to sleep may do so again."
	}
	p.Report(*f)
}

// alone reports whether a Service has nothing to lead to but a workload without pods.
func alone(p *Pass, s *model.Service) bool {
	workloads, pods := p.Graph.Selected(s.Ref())
	return len(workloads) == 1 && !slices.ContainsFunc(pods, alive) && readyEndpoints(p, s) == 0
}

// unscaled is the claim that nothing else decides how many replicas a workload has.
func unscaled(p *Pass, ref model.Ref) finding.Absence {
	a := finding.Absence{Of: ref, Claim: "no autoscaler and no custom resource scales it", Grade: finding.Proved}
	p.doubts(&a, []model.Kind{model.KindHPA, model.KindCustom, model.KindEndpointSlice}, ref.Namespace)
	return a
}

// bystanders are the groups of custom resources that name workloads and do not scale
// them: what deploys, routes to, watches or describes them.
var bystanders = []string{
	".argoproj.io", ".toolkit.fluxcd.io", ".monitoring.coreos.com", ".networking.istio.io", ".security.istio.io", ".gateway.networking.k8s.io", ".cert-manager.io",
	".external-secrets.io", ".operator.victoriametrics.com", ".traefik.io", ".cilium.io", ".policy.linkerd.io", ".app.k8s.io", ".velero.io",
}

// bystands reports whether custom resources of a kind neither make nor scale what they name. A
// Rollout of Argo does both.
func bystands(kind model.Kind) bool {
	return kind != "Rollout.argoproj.io" && slices.ContainsFunc(bystanders, func(end string) bool { return strings.HasSuffix(string(kind), end) })
}

// scalers are the custom resources that name a workload, and may scale it by themselves: those that say
// that they fail, and whether there is any that does not. Of a kind that is not known to scale what it
// names nothing follows from its failing.
func scalers(p *Pass, ref model.Ref) (failing []*model.Object, works bool) {
	space := p.Snapshot.Space(ref.Namespace)
	words := model.WordsFor(ref.Namespace, ref.Name)
	for _, kind := range space.Kinds() {
		if !kind.IsCustom() || bystands(kind) {
			continue
		}
		for o := range model.Each[*model.Object](space, kind) {
			switch {
			case !o.Cut && !slices.ContainsFunc(words, o.Words.Has):
			case kind == scaledObject && failingCondition(o) != nil:
				failing = append(failing, o)
			default:
				return nil, true
			}
		}
	}
	return failing, false
}

// scaledObject is KEDA's, which wakes what it names.
const scaledObject model.Kind = "ScaledObject.keda.sh"

// scaled is who set the replicas of a workload last, and when.
func scaled(w *model.Workload) (at time.Time, by string) {
	for _, write := range w.Writes {
		if write.Replicas {
			return write.Time, write.Manager
		}
	}
	return time.Time{}, ""
}

func whoScaled(by string, at time.Time) string {
	if by == "" || at.IsZero() {
		return ""
	}
	return fmt.Sprintf(" by %s since %s", by, stamp(at))
}

func noteOfScaling(by string, at time.Time) string {
	if by == "" {
		return "who wrote it is not recorded"
	}
	return fmt.Sprintf("written by %s at %s", by, stamp(at))
}

// failingNow says that pods of a dependant are not ready; empty where they are.
func failingNow(p *Pass, ref model.Ref) string {
	w, ok := model.Get[*model.Workload](p.Snapshot, ref)
	if !ok || w.Kind == model.KindJob || w.Kind == model.KindCronJob || w.Ready >= w.Desired {
		return ""
	}
	return fmt.Sprintf(", and %s of %s ready", text.Count(int(w.Ready)), text.Plural(int(w.Desired), "its 1 pod is", fmt.Sprintf("its %d pods are", w.Desired)))
}

// scaleUp scales a workload to as many replicas as it had last, as far as that is known: what
// the newest of its ReplicaSets was meant to have that was not scaled to 0 itself. Those
// before may have had any number.
func scaleUp(p *Pass, w *model.Workload) finding.Fix {
	n, why := int32(1), "How many it had is not known."
	var newest time.Time
	for _, rs := range madeBy(p)[w.Ref()] {
		had, err := strconv.Atoi(rs.Annotations["deployment.kubernetes.io/desired-replicas"])
		if err == nil && had > 0 && had < 1000 && rs.Created.After(newest) {
			n, why, newest = int32(had), fmt.Sprintf("ReplicaSet %s had %d.", rs.Name, had), rs.Created
		}
	}
	for a := range model.Each[*model.Autoscaler](p.Space, model.KindHPA) {
		if a.Target == w.Ref() {
			n, why = max(1, a.Min), fmt.Sprintf("Autoscaler %s asks for at least %d.", a.Name, a.Min)
		}
	}
	if key, had := notedReplicas(w); had > 0 {
		n, why = int32(had), fmt.Sprintf("Its annotation %s says %d.", key, had)
	}
	return finding.Fix{
		ID: "scale-up", Title: fmt.Sprintf("Scale it to %d", n), Risk: finding.Disruptive,
		Steps: []finding.Step{{Verb: "scale", Ref: w.Ref(), Summary: fmt.Sprintf("replicas 0 -> %d", n), Change: finding.Scale{Replicas: n}}},
		Undo:  "scales it to 0", Note: why + " Somebody may have switched it off on purpose.",
		Proof: finding.Proof{Text: "its pods come and are ready", Within: 5 * time.Minute, Checks: []finding.Check{{Ref: w.Ref(), Path: "ready"}}},
	}
}

func paused(p *Pass, w *model.Workload) {
	c := model.FindCondition(w.Conditions, "Progressing")
	patience := pausePatience
	if w.Current == 0 {
		patience = podPatience
	}
	if c == nil || c.Reason != "DeploymentPaused" || !p.After(c.Since, patience) {
		return
	}
	f := finding.Finding{
		Subject: w.Ref(), Slot: "paused", Severity: finding.Medium, Grade: finding.Proved, Since: c.Since,
		Summary: fmt.Sprintf("Its rollout is paused, and %d of %s run the template that it has now.", w.Updated, text.Counted(int(w.Desired), "pod")),
	}
	if w.Ready == 0 {
		f.Severity = finding.High
		f.Summary = "Its rollout is paused, and it has no pod that is ready."
		if w.Current == 0 {
			f.Summary = "Its rollout is paused, so that none of its pods is made."
		}
	}
	f.Evidence = []finding.Evidence{{Ref: w.Ref(), Path: "spec.paused", Value: "true", Note: "since " + stamp(c.Since)}}
	f.Fixes = []finding.Fix{{
		ID: "resume", Title: "Resume its rollout", Risk: finding.Disruptive,
		Steps: []finding.Step{{Verb: "patch", Ref: w.Ref(), Summary: "paused: true -> false", Change: finding.Patch{Set: []finding.FieldValue{{Path: []string{"spec", "paused"}, Value: false}}}}},
		Undo:  "pauses it", Note: "Its pods are then rolled to the template that it has now.",
		Proof: finding.Proof{Text: "all its pods run that template and are ready", Within: 5 * time.Minute, Checks: []finding.Check{{Ref: w.Ref(), Path: "ready"}}},
	}}
	p.Report(f)
}
