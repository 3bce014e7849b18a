package preflight

import (
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// preventing are those of a finding's fixes that can be applied before the chart is
// installed, with what they do to objects that are not there yet left out. The probe made
// them for the cluster as it would be, where each was tried.
func (l *look) preventing(fixes []finding.Fix) (out []finding.Fix) {
	for _, fix := range fixes {
		if p, ok := l.prevents(fix); ok {
			out = append(out, p)
		}
	}
	return out
}

// prevents is a fix without what only the installed chart needs; ok is false where
// nothing of it is left, or where it would write what the chart is about to write.
func (l *look) prevents(fix finding.Fix) (finding.Fix, bool) {
	made := map[model.Ref]bool{}
	var steps []finding.Step
	for _, s := range fix.Steps {
		live := l.Snapshot.Row(s.Ref) != nil
		switch s.Change.(type) {
		case finding.Nudge, finding.Restart:
			if !live || l.declared(s.Ref) != nil {
				continue // it begins with the install
			}
		case finding.Create, finding.CreateFromRelease, finding.CopySecret, finding.FillSecret:
			if live || l.declared(s.Ref) != nil {
				return fix, false
			}
			made[s.Ref] = true
		default:
			if !live || l.declared(s.Ref) != nil {
				return fix, false
			}
		}
		steps = append(steps, s)
	}
	if len(steps) == 0 {
		return fix, false
	}
	fix.Steps = steps
	fix.Proof.Checks = slices.DeleteFunc(slices.Clone(fix.Proof.Checks), func(c finding.Check) bool {
		return !made[c.Ref] && (l.Snapshot.Row(c.Ref) == nil || l.declared(c.Ref) != nil)
	})
	fix.Proof.Text, fix.Proof.Within, fix.Proof.Hold = "preflight foretells it no longer", min(fix.Proof.Within, time.Minute), 0
	return fix, true
}

// recordFixes add the verb that whoever installs lacks to the role that lets it create
// records.
func (l *look) recordFixes() []finding.Fix {
	return l.preventing(probes.AllowRecordUpdates(l.pass(), l.Driver, l.who.ref))
}

// pass is how a probe looks at the release's namespace as it is.
func (l *look) pass() *probes.Pass {
	return &probes.Pass{
		Snapshot: l.Snapshot, Space: l.Snapshot.Space(l.Namespace), Graph: l.graph, Now: l.Now, Settings: l.Settings,
		Report: func(finding.Finding) {},
	}
}

// claimFixes take a PVC out of the release's way that nothing uses at present.
func (l *look) claimFixes(c *model.Claim) []finding.Fix {
	return l.preventing(probes.SettingAside(l.pass(), c))
}

// renameFixes copy the Secrets that belong to a renamed entry of the values to the names
// under which the new entry's will be asked for.
func renameFixes(snap *model.Snapshot, r renamed, secrets []model.Ref) (out []finding.Fix) {
	for _, s := range secrets {
		name := strings.Replace(s.Name, r.from, r.to, 1)
		to := model.Ref{Kind: model.KindSecret, Namespace: s.Namespace, Name: name}
		if name == s.Name || len(name) > 253 || snap.Row(to) != nil {
			continue
		}
		out = append(out, finding.Fix{
			ID: "copy-" + s.Name, Title: "Copy Secret " + s.Name + " to " + name, Risk: finding.Safe,
			Steps: []finding.Step{{Verb: "create", Ref: to, Summary: "with the data of " + s.Name, Change: finding.CopySecret{From: s}}},
			Undo:  "deletes the copy, if it is unchanged", Note: "Add the new entry beside the old one, see it work, and only then take the old one out.",
			Proof: finding.Proof{Text: "the copy is there", Within: 10 * time.Second, Checks: []finding.Check{{Ref: to, Path: "exists"}}},
		})
	}
	return out
}
