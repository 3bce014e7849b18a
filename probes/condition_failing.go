package probes

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

const conditionFailingID finding.ProbeID = "condition-failing"

const (
	conditionSettles = 5 * time.Minute
	progressSettles  = 30 * time.Minute // where the reason says that it is being worked on
)

// ConditionFailing finds custom resources whose controller says that they fail.
var ConditionFailing = &Probe{
	ID: conditionFailingID,
	Doc: `A custom resource says of itself that it is not ready
Certificates that are not issued, Secrets that are not synchronised, databases and brokers that
do not come up: their controllers say so, with the reason, in a condition that nobody reads.

**Rule.** A custom resource has Ready=False, Stalled=True or Degraded=True; of a known family
also what that uses instead (Crossplane Synced=False, Gateway API Accepted=False and
Programmed=False, OLM ResolutionFailed=True, Strimzi NotReady=True, Sealed Secrets Synced=False, policies of Cilium Valid=False,
operators of OpenShift Available=False). A
CustomResourceDefinition has Established=False or NamesAccepted=False. It must have said so for
five minutes, for thirty where the reason or the phase says that work is under way, and its status must be
of its newest generation. High where something that it makes is missing, else medium. Sources:
Kubernetes API conventions, "Typical status properties"; kstatus (kubernetes-sigs/cli-utils
pkg/kstatus); the documentation of the families named.

**Evidence.** The condition with its reason, message and time; what the object makes that is
missing.

**What it cannot see.** Controllers that write no conditions, or no longer run; kinds whose
objects are not read.

**By hand.** Read the message; ` + "`kubectl describe`" + ` the object, then the log of its controller.

**Silent** for objects that are suspended, paused, hibernated, stopped or completed on purpose, or wait for their first consumer or an
upload (DataVolumes of KubeVirt), that are being
deleted, that another custom resource with conditions of its own made, and for Flux and Argo
CD, of which gitops-stopped tells.`,
	Worst: finding.High,
	Needs: []model.Kind{model.KindCustom, model.KindCRD},
	Uses:  []model.Kind{model.KindSecret},
	Scope: Cluster,
	Run: func(p *Pass) {
		eachCustom(p, func(o *model.Object) {
			if gitops(o.Kind) != "" {
				return
			}
			if c := failingCondition(o); c != nil && speaks(p, o) && p.After(saidSince(o, c), settlesFor(c, o.Detail)) {
				p.Report(conditionFinding(p, o, c))
			}
		})
	},
}

// eachCustom visits every custom resource, and every definition of one.
func eachCustom(p *Pass, visit func(*model.Object)) {
	for _, ns := range append([]string{""}, p.Namespaces()...) {
		space := p.Snapshot.Space(ns)
		for _, kind := range space.Kinds() {
			if !kind.IsCustom() && kind != model.KindCRD {
				continue
			}
			for o := range model.Each[*model.Object](space, kind) {
				visit(o)
			}
		}
	}
}

// bad are the conditions by which an object of any kind says that it fails, and the
// status that says so; families has those of kinds of a group.
var (
	bad = map[string]string{"Ready": "False", "Stalled": "True", "Degraded": "True"}

	families = []struct {
		group string // or its end
		bad   map[string]string
	}{
		{"crossplane.io", map[string]string{"Synced": "False"}},
		{"upbound.io", map[string]string{"Synced": "False"}},
		{"gateway.networking.k8s.io", map[string]string{"Accepted": "False", "Programmed": "False"}},
		{"operators.coreos.com", map[string]string{"ResolutionFailed": "True", "InstallPlanFailed": "True"}},
		{"strimzi.io", map[string]string{"NotReady": "True"}},
		{"velero.io", map[string]string{"Available": "False"}},
		{"keda.sh", map[string]string{"Fallback": "True"}},
		{"bitnami.com", map[string]string{"Synced": "False"}},
		{"cilium.io", map[string]string{"Valid": "False"}},
		{"config.openshift.io", map[string]string{"Available": "False", "Failing": "True"}},
		{"monitoring.coreos.com", map[string]string{"Available": "False", "Reconciled": "False"}},
	}

	definitionBad = map[string]string{"Established": "False", "NamesAccepted": "False"}
)

// onPurpose matches the reasons of what is as somebody asked for it to be, underWay those
// of what is being worked on.
var (
	onPurpose = regexp.MustCompile(`(?i)suspend|paused|disabled|stopped|hibernat|complet|succeeded|inactive|scaled?to(zero|0)|notrequested|VMINotExists|halted|terminat|deleting|standby`)
	// notYet matches reasons that hold a word of onPurpose and say that it is not so.
	notYet = regexp.MustCompile(`(?i)not(yet)?(complet|succeed|terminat)|incomplet|unsuccess`)
	// asleepTypes matches the conditions by which an object says that it was put to rest.
	asleepTypes = regexp.MustCompile(`(?i)^([a-z0-9.-]+/)?((reconciliation)?paused?|suspended|hibernat\w*|stopped|halted|disabled)$`)
	underWay    = regexp.MustCompile(`(?i)creating|progress|pending|reconciling|provisioning|waiting|initiali[sz]|issuing|starting|upgrading|updating|scaling|installing|(import|clone|upload)scheduled|syncing$`)
)

// restPhases are phases in which an object waits for what somebody else does first: the volume of a class that
// waits for its first pod, an upload (CDI, pkg/apis/core/v1beta1/types.go), an end of its pause.
var restPhases = regexp.MustCompile(`(?i)^(waitforfirstconsumer|pendingpopulation|uploadready|paused|suspended|hibernated|stopped|halted)$`)

// pausing are the annotations by which controllers are told to leave an object alone: cluster.x-k8s.io/paused,
// crossplane.io/paused, autoscaling.keda.sh/paused-replicas, strimzi.io/pause-reconciliation.
var pausing = []string{"paused", "paused-replicas", "pause-reconciliation"}

// atRest reports whether an object waits by its phase, or is left alone by an annotation.
func atRest(o *model.Object) bool {
	for key, value := range o.Annotations {
		if _, name, ok := strings.Cut(key, "/"); ok && value != "false" && slices.Contains(pausing, name) {
			return true
		}
	}
	return restPhases.MatchString(o.Detail)
}

// settlesFor is for how long an object may say that it fails: longer where the reason, or its phase,
// says that work is under way.
func settlesFor(c *model.Condition, phase string) time.Duration {
	if underWay.MatchString(c.Reason) || underWay.MatchString(phase) {
		return progressSettles
	}
	return conditionSettles
}

// saidSince is since when an object has said so, as far as that is known: some, as those of KEDA, date no
// condition, and none is older than the specification that it is of.
func saidSince(o *model.Object, c *model.Condition) time.Time {
	if c.Since.IsZero() {
		return o.SpecChanged()
	}
	return c.Since
}

// failingCondition is the condition by which an object says that it fails, or nil.
func failingCondition(o *model.Object) *model.Condition {
	if len(o.Conditions) == 0 || o.Suspended || !o.Deleting.IsZero() || atRest(o) || o.ObservedGeneration > 0 && o.ObservedGeneration < o.Generation {
		return nil
	}
	list := []map[string]string{bad}
	if o.Kind == model.KindCRD {
		list[0] = definitionBad
	} else {
		_, group, _ := strings.Cut(string(o.Kind), ".")
		for _, f := range families {
			if group == f.group || strings.HasSuffix(group, "."+f.group) {
				list = append(list, f.bad)
			}
		}
	}
	var found *model.Condition
	for i := range o.Conditions {
		c := &o.Conditions[i]
		if c.Status == "True" && asleepTypes.MatchString(c.Type) {
			return nil // whatever else it says
		}
		if onPurpose.MatchString(c.Reason) && !notYet.MatchString(c.Reason) {
			if bad[c.Type] == c.Status {
				return nil // Ready=False because it was stopped
			}
			continue
		}
		for _, m := range list {
			if m[c.Type] == c.Status && c.Status != "" && (found == nil || c.Type != "Ready" && found.Type == "Ready" && c.Message != "") {
				found = c
			}
		}
	}
	return found
}

// speaks reports whether an object is to be judged by itself: not where the custom
// resource that made it has conditions of its own.
func speaks(p *Pass, o *model.Object) bool {
	owner, ok := o.Controller()
	if !ok && len(o.Owners) > 0 {
		owner, ok = o.Owners[0], true
	}
	if !ok || !owner.Kind.IsCustom() {
		return true
	}
	for _, ns := range []string{o.Namespace, ""} {
		if by, ok := model.Get[*model.Object](p.Snapshot, model.Ref{Kind: owner.Kind, Namespace: ns, Name: owner.Name}); ok {
			return len(by.Conditions) == 0
		}
	}
	return true
}

func conditionFinding(p *Pass, o *model.Object, c *model.Condition) finding.Finding {
	says := fmt.Sprintf("its condition %s is %s", c.Type, c.Status)
	switch {
	case c.Type == "Ready" || c.Type == "NotReady":
		says = "it is not ready"
	case bad[c.Type] != "":
		says = "it is " + strings.ToLower(c.Type)
	}
	f := finding.Finding{
		Subject: o.Ref(), Severity: finding.Medium, Grade: finding.Proved, Since: c.Since,
		Summary:  fmt.Sprintf("Its controller says that %s%s.", says, reasonOf(c)),
		Evidence: []finding.Evidence{conditionEvidence(o, c)},
	}
	for _, r := range o.Refs {
		if r.Type != model.EdgeMakes {
			continue
		}
		if a, absent := p.Absent(r.To); absent && a.Grade == finding.Proved {
			f.Severity = finding.High
			f.Evidence = append(f.Evidence, finding.Evidence{Ref: r.To, Path: r.Path, Note: "it would make this, which does not exist"})
		}
	}
	if o.Routing != nil {
		quiet := *p // what could not be read is route-broken's to say
		for _, x := range gatewayFaults(&quiet, o) {
			f.Causes = append(f.Causes, finding.IDOf(routeBrokenID, o.Ref(), x.slot))
		}
	}
	if owner, ok := o.Controller(); ok {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: o.Ref(), Path: "metadata.ownerReferences", Value: string(owner.Kind) + " " + owner.Name})
	}
	return f
}

func conditionEvidence(o *model.Object, c *model.Condition) finding.Evidence {
	return finding.Evidence{Ref: o.Ref(), Path: "status.conditions[" + c.Type + "]", Value: strings.TrimSpace(c.Status + " " + c.Reason), Note: c.Message}
}

// reasonOf ends a sentence with a condition's reason and message, as far as it has them.
func reasonOf(c *model.Condition) (out string) {
	if c.Reason != "" {
		out = " (" + c.Reason + ")"
	}
	if line := clause(c.Message, ""); line != "" {
		out += ": " + line
	}
	return out
}

// makerCauses names the findings about what would make an object and fails.
func makerCauses(p *Pass, makers []maker) (out []finding.ID) {
	for _, m := range makers {
		if o, ok := model.Get[*model.Object](p.Snapshot, m.ref); ok && failingCondition(o) != nil {
			if id := finding.IDOf(conditionFailingID, m.ref, ""); !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	return out
}
