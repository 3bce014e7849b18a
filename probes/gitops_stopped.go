package probes

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

const gitopsStoppedID finding.ProbeID = "gitops-stopped"

// suspendedFor is after how long a suspension may have been forgotten.
const suspendedFor = 24 * time.Hour

// GitOpsStopped finds what Argo CD and Flux no longer bring from Git to the cluster.
var GitOpsStopped = &Probe{
	ID: gitopsStoppedID,
	Doc: `Argo CD or Flux does not apply what is in Git
What is merged does not arrive: the last synchronisation failed, the source cannot be fetched,
or somebody suspended it and forgot.

**Rule.** A Flux object (Kustomization, HelmRelease, GitRepository, OCIRepository,
HelmRepository, HelmChart, Bucket) has Ready=False or Stalled=True for five minutes, thirty
where the reason says that work is under way; or it is suspended, and its specification was
last written a day ago or longer. The last operation of an Argo CD Application ended Failed or
Error five minutes ago or longer, or has been tried again for thirty, or it has a condition of a type that ends in Error; an ApplicationSet has
ErrorOccurred=True. Its status must be of its newest generation. High for what applies to the cluster, medium for
sources and for what stands beside (images, notifications), low for what is suspended. An Application that is Synced though its
operation failed, as after a hook that failed, is medium, low where it is Healthy. Sources: Flux, "Conditions" of each API; Argo CD,
"Application Specification" and pkg/apis/application/v1alpha1 (ApplicationConditionType).

**Evidence.** The condition or operation with its message and time; who wrote the suspension.

**What it cannot see.** An Application that is out of sync because it is synchronised by hand;
controllers that do not run: their objects keep the status that they had.

**By hand.** Read the message. ` + "`flux resume KIND NAME`" + `, or ` + "`argocd app sync NAME`" + `.

**Silent** for what was suspended within a day, for an operation that failed of another revision than the one with which an Application
is Synced now, and for what waits for a dependency that is
reported itself: it is named as the cause.`,
	Worst: finding.High,
	Needs: []model.Kind{model.KindCustom},
	Scope: Cluster,
	Run: func(p *Pass) {
		eachCustom(p, func(o *model.Object) {
			switch tool := gitops(o.Kind); {
			case tool == "" || !o.Deleting.IsZero():
			case o.Suspended && tool == "Flux":
				if at := o.SpecChanged(); p.After(at, suspendedFor) {
					p.Report(suspendedFinding(p, o, at))
				}
			default:
				if c := gitopsFailure(o, tool); c != nil && p.After(c.Since, gitopsSettles(c)) {
					p.Report(gitopsFinding(o, c))
				}
			}
		})
	},
}

// gitops is the tool to which a kind belongs: "Flux", "Argo CD", or neither.
func gitops(kind model.Kind) string {
	_, group, _ := strings.Cut(string(kind), ".")
	switch {
	case strings.HasSuffix(group, ".toolkit.fluxcd.io"):
		return "Flux"
	case group == "argoproj.io" && strings.HasPrefix(string(kind), "Application"):
		return "Argo CD"
	}
	return ""
}

// gitopsFailure is the condition, or the operation, that failed; nil where none did.
func gitopsFailure(o *model.Object, tool string) *model.Condition {
	if tool == "Flux" {
		return failingCondition(o)
	}
	var failed *model.Condition
	for i := range o.Conditions {
		c := &o.Conditions[i]
		switch {
		case c.Type == operationType && c.Status != "True" && !overtaken(o.Conditions):
			if failed == nil {
				failed = c
			}
		case strings.HasSuffix(c.Type, "Error"), c.Type == "ErrorOccurred" && c.Status == "True":
			failed = c
		}
	}
	return failed
}

// operationType is the condition that holds the last operation of an Application: false where it
// failed, unknown where it is tried again.
const operationType = "Operation"

// conditionStatus is how a condition of an object stands; empty where it has none.
func conditionStatus(list []model.Condition, typ string) string {
	if c := model.FindCondition(list, typ); c != nil {
		return c.Status
	}
	return ""
}

// overtaken reports whether what an operation did not achieve is so by now: what runs is as Git
// has it, and that is another revision than it was of.
func overtaken(list []model.Condition) bool {
	return conditionStatus(list, "Synced") == "True" && conditionStatus(list, "Current") == "False"
}

func gitopsSettles(c *model.Condition) time.Duration {
	if c.Type == operationType && c.Status == "Unknown" {
		return progressSettles
	}
	return settlesFor(c, "")
}

// operationFinding says what of an operation that failed holds now.
func operationFinding(f *finding.Finding, o *model.Object, c *model.Condition) {
	f.Evidence[0].Path, f.Evidence[0].Value = "status.operationState.phase", c.Reason
	why := reasonOf(&model.Condition{Standing: &model.Standing{Message: c.Message}})
	for _, typ := range []string{"Synced", "Healthy"} {
		if x := model.FindCondition(o.Conditions, typ); x != nil {
			path := map[string]string{"Synced": "status.sync.status", "Healthy": "status.health.status"}[typ]
			f.Evidence = append(f.Evidence, finding.Evidence{Ref: o.Ref(), Path: path, Value: x.Reason})
		}
	}
	switch {
	case c.Status == "Unknown":
		f.Summary = fmt.Sprintf("Its synchronisation is tried again and again%s.", why)
	case conditionStatus(o.Conditions, "Synced") == "True":
		f.Severity = finding.Medium
		if conditionStatus(o.Conditions, "Healthy") == "True" {
			f.Severity = finding.Low
		}
		f.Summary = fmt.Sprintf("What is in Git is applied, though the synchronisation of it ended %s%s.", strings.ToLower(c.Reason), why)
	case conditionStatus(o.Conditions, "Current") == "False":
		f.Summary = fmt.Sprintf("The last synchronisation, of another revision than the one it is to have now, ended %s%s.", strings.ToLower(c.Reason), why)
	default:
		f.Summary = fmt.Sprintf("The last synchronisation ended %s%s.", strings.ToLower(c.Reason), why)
	}
}

// beside reports whether what a group of Flux is for stands beside what it applies: images,
// notifications.
func beside(group string) bool {
	return strings.HasPrefix(group, "image.") || strings.HasPrefix(group, "notification.")
}

var fluxDependency = regexp.MustCompile(`dependency '([^/' ]+)/([^/' ]+)' is not ready`)

func gitopsFinding(o *model.Object, c *model.Condition) finding.Finding {
	kind, group, _ := strings.Cut(string(o.Kind), ".")
	f := finding.Finding{
		Subject: o.Ref(), Severity: finding.High, Grade: finding.Proved, Since: c.Since, Evidence: []finding.Evidence{conditionEvidence(o, c)},
		Summary: fmt.Sprintf("What is in Git is not applied%s.", reasonOf(c)),
	}
	switch {
	case c.Type == operationType:
		operationFinding(&f, o, c)
	case c.Type == "ErrorOccurred":
		f.Summary = fmt.Sprintf("Its Applications are not made as it says%s.", reasonOf(c))
	case strings.HasPrefix(group, "source."):
		f.Severity = finding.Medium
		f.Summary = fmt.Sprintf("This %s is not fetched%s.", kind, reasonOf(c))
	case beside(group):
		f.Severity = finding.Medium
		f.Summary = fmt.Sprintf("This %s does not work%s.", kind, reasonOf(c))
	}
	if m := fluxDependency.FindStringSubmatch(c.Message); m != nil {
		f.Causes = append(f.Causes, finding.IDOf(gitopsStoppedID, model.Ref{Kind: o.Kind, Namespace: m[1], Name: m[2]}, ""))
	}
	return f
}

func suspendedFinding(p *Pass, o *model.Object, at time.Time) finding.Finding {
	e := finding.Evidence{Ref: o.Ref(), Path: "spec.suspend", Value: "true"}
	for _, w := range o.Writes {
		if w.Spec && w.Subresource == "" {
			e.Note = "the specification was last written by " + w.Manager + ", " + stamp(w.Time)
			break
		}
	}
	_, group, _ := strings.Cut(string(o.Kind), ".")
	so, note := "what is in Git is not applied", "Everything that was merged since then is applied at once."
	switch {
	case strings.HasPrefix(group, "source."):
		so, note = "nothing new is fetched", "What was merged since then is fetched, and applied at once by what uses it."
	case beside(group):
		so = "it does nothing"
	}
	f := finding.Finding{
		Subject: o.Ref(), Severity: finding.Low, Grade: finding.Proved, Since: at,
		Summary:  fmt.Sprintf("It has been suspended for %s or longer, so %s.", p.Age(at), so),
		Evidence: []finding.Evidence{e},
	}
	if beside(group) {
		return f
	}
	f.Fixes = []finding.Fix{{
		ID: "resume", Title: "Resume it", Risk: finding.Disruptive,
		Steps: []finding.Step{{
			Verb: "patch", Ref: o.Ref(), Summary: "spec.suspend true -> false",
			Change: finding.Patch{Set: []finding.FieldValue{{Path: []string{"spec", "suspend"}, Value: false}}},
		}},
		Undo:  "suspends it again; what was applied meanwhile stays",
		Note:  note + " Ask first who suspended it, and why.",
		Proof: finding.Proof{Text: "it is not suspended", Within: 10 * time.Second, Checks: []finding.Check{{Ref: o.Ref(), Path: "spec.suspend", Want: "false"}}},
	}}
	return f
}
