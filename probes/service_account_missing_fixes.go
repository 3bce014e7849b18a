package probes

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

func accountFixes(p *Pass, w *model.Workload, account model.Ref, source *model.Release, lacking []*model.Workload, children map[model.Ref][]*model.Workload) []finding.Fix {
	create := finding.Fix{
		ID: "create-account", Title: "Create service account " + account.Name, Risk: finding.Safe,
		Undo: "deletes the account, if it is unchanged",
		Proof: finding.Proof{
			Text: "the failure is gone, and ready replicas rise", Within: 2 * time.Minute,
			Checks: []finding.Check{{Ref: account, Path: "exists"}},
		},
	}
	create.Proof.Checks = append(create.Proof.Checks, becomesReady(w)...)
	if source != nil {
		create.Steps = []finding.Step{{
			Verb: "create", Ref: account, Summary: "as release " + source.Name + " declares it, with Helm's label and annotations",
			Change: finding.CreateFromRelease{Release: source.Ref()},
		}}
	} else {
		create.Steps = []finding.Step{{
			Verb: "create", Ref: account, Summary: "minimal: no permissions, no token mounted",
			Change: finding.Create{Manifest: bareAccount(account)},
		}}
		create.Note = "The account gets no rights: what the workload does with the API server it may still not do."
	}
	for _, other := range lacking {
		if other.Template.ServiceAccount == account.Name {
			create.Steps = append(create.Steps, nudges(other, children)...)
		}
	}
	fixes := []finding.Fix{create}
	if w.Kind == model.KindJob {
		return fixes // its template cannot be changed
	}
	for _, name := range candidates(p, account) {
		fixes = append(fixes, finding.Fix{
			ID: "use-" + name, Title: "Run under service account " + name + " instead", Risk: finding.Disruptive,
			Steps: []finding.Step{{
				Verb: "patch", Ref: w.Ref(), Summary: fmt.Sprintf("serviceAccountName %s -> %s", account.Name, name),
				Change: finding.Patch{Set: []finding.FieldValue{{Path: strings.Split(podPath(w.Kind)+".serviceAccountName", "."), Value: name}}},
			}},
			Undo: "names the earlier account again",
			Note: "Its pods then have the rights of " + name + ". " + rolled(w),
			Proof: finding.Proof{
				Text: "its pods come and are ready", Within: 2 * time.Minute,
				Checks: becomesReady(w),
			},
		})
	}
	return fixes
}

// candidates are the accounts that could stand in: those of similar names, and
// default.
func candidates(p *Pass, account model.Ref) (out []string) {
	for _, like := range p.Graph.Similar(account, 2) {
		out = append(out, like.Name)
	}
	usual := model.Ref{Kind: account.Kind, Namespace: account.Namespace, Name: "default"}
	if account != usual && !slices.Contains(out, usual.Name) && p.Row(usual) != nil {
		out = append(out, usual.Name)
	}
	return out
}

func bareAccount(ref model.Ref) string {
	return fmt.Sprintf(`apiVersion: v1
kind: ServiceAccount
metadata:
  name: %q
  namespace: %q
automountServiceAccountToken: false
`, ref.Name, ref.Namespace)
}

// nudges make the controllers of a workload try again at once: a ReplicaSet waits up
// to 1,000 s otherwise (kubernetes pkg/controller/replicaset, its rate limiter).
func nudges(w *model.Workload, children map[model.Ref][]*model.Workload) []finding.Step {
	var steps []finding.Step
	nudge := func(ref model.Ref) {
		steps = append(steps, finding.Step{Verb: "patch", Ref: ref, Summary: "an annotation, so that it tries again now", Change: finding.Nudge{}})
	}
	switch w.Kind {
	case model.KindCronJob:
		return nil // its next Job has a backoff of its own
	case model.KindDeployment:
		for _, rs := range children[w.Ref()] {
			if rs.Kind == model.KindReplicaSet && rs.Current < rs.Desired {
				nudge(rs.Ref())
			}
		}
	default:
		nudge(w.Ref())
	}
	return steps
}
