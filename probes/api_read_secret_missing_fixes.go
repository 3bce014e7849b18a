package probes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// otherNamespace is how often a probe looks again at what lies in another
// namespace, whose changes do not make it run.
const otherNamespace = 30 * time.Second

func sortSiblings(list []*model.Secret, name string) {
	slices.SortFunc(list, func(a, b *model.Secret) int {
		return cmp.Or(
			commonPrefix(b.Name, name)-commonPrefix(a.Name, name),
			b.Created.Compare(a.Created),
			strings.Compare(a.Name, b.Name),
		)
	})
}

func commonPrefix(a, b string) (n int) {
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func readFixes(p *Pass, subject model.Ref, missing model.Ref, family []*model.Secret) (fixes []finding.Fix, withheld []finding.Withheld) {
	proof := finding.Proof{
		Text: "the restart count stands still for a minute, and the container is ready", Within: 3 * time.Minute, Hold: time.Minute,
		Checks: []finding.Check{{Ref: missing, Path: "exists"}},
	}
	var after []finding.Step
	if mayRestart(subject.Kind) {
		after = []finding.Step{restart(subject)}
		proof.Checks = append(proof.Checks, finding.Check{Ref: subject, Path: "ready"})
	}
	if missing.Kind == model.KindSecret {
		for _, s := range family {
			fixes = append(fixes, finding.Fix{
				ID: "copy-" + s.Name, Title: fmt.Sprintf("Create the Secret as a copy of %s", s.Name), Risk: finding.Disruptive,
				Steps: append([]finding.Step{{
					Verb: "create", Ref: missing, Summary: fmt.Sprintf("data, type and labels of Secret %s; its values are not shown", s.Name),
					Change: finding.CopySecret{From: s.Ref()},
				}}, after...),
				Undo:  "deletes the Secret that was made, if its UID and content are still ours",
				Note:  fmt.Sprintf("%s is %s old, and nothing refers to it.", s.Name, p.Age(s.Created)),
				Proof: proof,
			})
		}
		if len(family) > 0 {
			fixes = append(fixes, finding.Fix{
				ID: "fill", Title: "Create the Secret with values typed here", Risk: finding.Disruptive,
				Steps: append([]finding.Step{{
					Verb: "create", Ref: missing, Summary: "keys " + text.Joined(keysOf(family[0]), 6) + ", as its siblings have; values are typed in a masked form",
					Change: finding.FillSecret{Keys: keysOf(family[0])},
				}}, after...),
				Undo: "deletes the Secret that was made, if its UID and content are still ours", Proof: proof,
			})
		}
	}
	if source := declaring(p, missing, nil); source != nil {
		fixes = append(fixes, finding.Fix{
			ID: "restore", Title: fmt.Sprintf("Create it as release %s declares it", source.Name), Risk: finding.Disruptive,
			Steps: append([]finding.Step{{Verb: "create", Ref: missing, Summary: "from the newest manifest, with Helm's label and annotations", Change: finding.CreateFromRelease{Release: source.Ref()}}}, after...),
			Undo:  "deletes what was made, if it is unchanged", Proof: proof,
		})
	}
	if row := p.Row(subject); row != nil {
		back, against := rollBack(p, releaseOf(p, row.Base()), subject, after)
		fixes, withheld = append(fixes, back...), against
	}
	return fixes, withheld
}

// rollBack takes a workload's release back to the revision before. Where that is no way
// out, the second result says why.
func rollBack(p *Pass, rel *model.Release, subject model.Ref, after []finding.Step) (fixes []finding.Fix, withheld []finding.Withheld) {
	if rel == nil || rel.Last() == nil || leaving(rel) {
		return nil, nil
	}
	rec := rel.Last()
	old := rel.Before(rec)
	if old == nil {
		return nil, nil
	}
	title := fmt.Sprintf("Roll release %s back to revision %d", rel.Name, old.Revision)
	why := against(rec, old)
	if model.Pending(statusOf(rec)) && !leftAlone(p, rec) {
		why = fmt.Sprintf("revision %d is %s, and whoever makes it may still be at work", rec.Revision, statusOf(rec))
	}
	if why != "" {
		return nil, []finding.Withheld{{Fix: "rollback", Title: title, Why: why}}
	}
	return []finding.Fix{{
		ID: "rollback", Title: title, Risk: finding.Disruptive,
		Steps: append([]finding.Step{{
			Verb: "rollback", Ref: rel.Ref(), Summary: fmt.Sprintf("revision %d -> %d", rec.Revision, old.Revision),
			Change: finding.Rollback{Revision: old.Revision},
		}}, after...),
		Undo: fmt.Sprintf("rolls the release forward to what revision %d was", rec.Revision),
		Note: "Everything else that the newer revision changed is taken back as well.",
		Proof: finding.Proof{
			Text: "the restart count stands still for a minute, and the container is ready", Within: 3 * time.Minute, Hold: time.Minute,
			Checks: []finding.Check{{Ref: subject, Path: "ready"}},
		},
	}}, nil
}
