package probes

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/graph"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// How long something that is named may take to come.
const (
	claimPatience = 2 * time.Minute
	issuePatience = 10 * time.Minute // an ACME order with a DNS challenge
)

func brokenFixes(p *Pass, subject model.Ref, b broken, near []string, source *model.Release, made bool) (fixes []finding.Fix) {
	proof := finding.Proof{Text: "what is named is there, and nothing waits for it", Within: 2 * time.Minute}
	if mayRestart(subject.Kind) {
		proof.Checks = []finding.Check{{Ref: subject, Path: "ready"}}
	}
	if source != nil {
		fixes = append(fixes, finding.Fix{
			ID: "restore", Title: fmt.Sprintf("Create %s %s as release %s declares it", b.to.Kind, b.to.Name, source.Name), Risk: finding.Safe,
			Steps: []finding.Step{{
				Verb: "create", Ref: b.to, Summary: "from the newest manifest, with Helm's label and annotations",
				Change: finding.CreateFromRelease{Release: source.Ref()},
			}},
			Undo: "deletes the object, if it is unchanged", Proof: proof,
		})
	}
	holder := b.row.Base().Ref()
	if w, ok := b.row.(*model.Workload); ok && b.fields[0].Type == model.EdgeServes && source == nil {
		fixes = append(fixes, finding.Fix{
			ID: "create-service", Title: "Create the headless Service " + b.to.Name, Risk: finding.Safe,
			Steps: []finding.Step{{Verb: "create", Ref: b.to, Summary: "headless, with the StatefulSet's own selector", Change: finding.Create{Manifest: headless(b.to, w)}}},
			Undo:  "deletes the Service, if it is unchanged", Proof: proof,
		})
	}
	if holder.Kind == model.KindPod || holder.Kind == model.KindJob {
		return fixes // what they name cannot be changed
	}
	if c, ok := b.row.(*model.Claim); ok {
		return append(fixes, classFixes(p, c, b, near, proof)...) // its specification cannot be changed
	}
	patch := func(id, title string, risk finding.Risk, summary, note string, set []finding.FieldValue) {
		fixes = append(fixes, finding.Fix{
			ID: id, Title: title, Risk: risk, Note: note,
			Steps: []finding.Step{{Verb: "patch", Ref: holder, Summary: summary, Change: finding.Patch{Set: set}}},
			Undo:  "puts the fields back as they were", Proof: proof,
		})
	}
	risk := finding.Safe
	if holder.Kind.IsWorkload() {
		risk = finding.Disruptive // its pods are rolled
	}
	if b.key != "" {
		for _, key := range text.Similar(b.key, keysOf(p.Row(b.to)), 2) {
			patch("use-key-"+key, fmt.Sprintf("Read key %s instead", key), risk, fmt.Sprintf("key %s -> %s", b.key, key), "", fields(b, keyField, key))
		}
	} else {
		for _, name := range near {
			if set := fields(b, nameField, name); len(set) > 0 && mayBeMeant(b, name) {
				patch("use-"+name, fmt.Sprintf("Name %s %s instead", b.to.Kind, name), risk, fmt.Sprintf("%s -> %s", b.to.Name, name), "Check first that it holds what is expected.", set)
			}
		}
	}
	if set := fields(b, optionalField, true); len(set) == len(b.fields) && !made && !everThere(p, subject, b) {
		patch("mark-optional", "Mark the reference optional", risk, "optional: true", "Its containers then start without it.", set)
	}
	return fixes
}

// classFixes make a PVC without a volume again with a StorageClass that there is: one with a
// similar name, or else the default. A StatefulSet would make its PVCs as before.
func classFixes(p *Pass, c *model.Claim, b broken, near []string, proof finding.Proof) (fixes []finding.Fix) {
	made := func(e graph.Edge) bool { return strings.HasPrefix(e.Path, "spec.volumeClaimTemplates[") }
	if b.to.Kind != model.KindStorageClass || c.Volume != "" || len(c.Owners) > 0 || slices.ContainsFunc(p.Graph.Users(c.Ref()), made) {
		return nil
	}
	if len(near) == 0 {
		for class := range model.Each[*model.StorageClass](p.Snapshot.Space(""), model.KindStorageClass) {
			if class.Default {
				near = append(near, class.Name)
			}
		}
	}
	for _, name := range near {
		fixes = append(fixes, finding.Fix{
			ID: "use-" + name, Title: "Make the PVC again with StorageClass " + name, Risk: finding.Disruptive,
			Steps: []finding.Step{{Verb: "recreate", Ref: c.Ref(), Summary: fmt.Sprintf("storageClassName %s -> %s", b.to.Name, name), Change: finding.Recreate{Class: name}}},
			Undo:  "makes it again as it was", Note: "The class of a PVC cannot be changed. It has no volume, so that nothing is lost.", Proof: proof,
		})
	}
	return fixes
}

// slip is how many letters a misspelt name is off.
const slip = 2

// mayBeMeant reports whether an object of a similar name can be what a reference means.
// What the same object names already, for another purpose, is not: ConfigMaps of one
// program are called alike. A misspelling in one of several places is.
func mayBeMeant(b broken, name string) bool {
	meant := b.to
	meant.Name = name
	named := slices.ContainsFunc(b.row.Base().Refs, func(r model.Reference) bool { return r.To == meant })
	return !named || text.Distance(b.to.Name, name) <= slip
}

// everThere reports whether a container that reads what is missing has started: it was
// there then, and the program was made to have it.
func everThere(p *Pass, subject model.Ref, b broken) bool {
	for _, pod := range p.Graph.Pods(subject) {
		for _, c := range pod.Containers {
			started := !c.Running.IsZero() || c.Exit != nil || c.LastExit != nil || c.Restarts > 0
			if started && slices.ContainsFunc(b.fields, func(r model.Reference) bool { return r.Container == "" || r.Container == c.Name }) {
				return true
			}
		}
	}
	return false
}

// fields sets the same value in each field that holds the reference, once.
func fields(b broken, where func(model.Reference) []string, value any) (set []finding.FieldValue) {
	seen := map[string]bool{}
	for _, r := range b.fields {
		path := where(r)
		if path == nil {
			return nil
		}
		if key := fmt.Sprint(path); !seen[key] {
			seen[key] = true
			set = append(set, finding.FieldValue{Path: path, Value: value})
		}
	}
	return set
}

func headless(ref model.Ref, w *model.Workload) string {
	out := fmt.Sprintf("apiVersion: v1\nkind: Service\nmetadata:\n  name: %q\n  namespace: %q\nspec:\n  clusterIP: None\n", ref.Name, ref.Namespace)
	if w.Selector == nil || len(w.Selector.Labels) == 0 {
		return out
	}
	out += "  selector:\n"
	for _, k := range sortedKeys(w.Selector.Labels) {
		out += fmt.Sprintf("    %q: %q\n", k, w.Selector.Labels[k])
	}
	return out
}
