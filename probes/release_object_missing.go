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

const releaseObjectMissingID finding.ProbeID = "release-object-missing"

// ReleaseObjectMissing finds objects that a deployed release declares and that are gone.
var ReleaseObjectMissing = &Probe{
	ID: releaseObjectMissingID,
	Doc: `An object of a deployed release is gone
Helm does not watch what it installed: what somebody deletes stays away, and an upgrade whose
manifest is the same does not notice.

**Rule.** The newest revision is deployed, has been for --stuck-after, and declares an object
that does not exist, though its kind is completely read where it would be. Sources: helm/helm
#5430 (three-way merge creates what is gone only when Helm runs again).

**Evidence.** Each object that is gone, how many of its siblings are there.

**What it cannot see.** Kinds that are not read; who deleted it, unless events or audit logs say
so.

**By hand.** ` + "`helm get manifest NAME | kubectl apply --dry-run=server -f -`" + ` shows what is gone; the
same without --dry-run makes it, then label and annotate it for Helm.

**Silent** for hooks, for what is made to end (Jobs, pods, runs and workflows), for what a
resource policy keeps, and in namespaces that are being deleted.`,
	Worst: finding.High,
	Needs: []model.Kind{model.KindRecord},
	Uses:  manifestReads,
	Run: staying(func(p *Pass) {
		for _, rel := range p.Space.Releases() {
			rec := rel.Last()
			if rec == nil || !usable(rec) || rec.Body.Status != "deployed" || rec.Body.Truncated {
				continue
			}
			if !leftAlone(p, rec) {
				continue
			}
			if f, ok := missingFinding(p, rel, rec); ok {
				p.Report(f)
			}
		}
	}),
}

func missingFinding(p *Pass, rel *model.Release, rec *model.Record) (f finding.Finding, ok bool) {
	f = finding.Finding{Subject: rel.Ref(), Severity: finding.High, Grade: finding.Proved}
	var gone []model.Ref
	there := 0
	for _, d := range rec.Body.Objects {
		ref := placed(p, d.Ref)
		a, absent := p.Absent(ref)
		switch {
		case !absent:
			there++
		case a.Grade != finding.Proved:
			if _, builtin := model.Info(ref.Kind); builtin {
				p.Blind(ref.Kind, ref.Namespace)
			}
		case ends(ref.Kind) || ref.Kind == model.KindNamespace || d.Keep:
		default:
			gone = append(gone, ref)
			f.Rests = append(f.Rests, a)
			if len(gone) <= maxObjectEvidence {
				f.Evidence = append(f.Evidence, finding.Evidence{Ref: ref, Path: "manifest", Value: d.APIVersion, Note: "declared, and not there"})
			}
		}
	}
	if len(gone) == 0 {
		return f, false
	}
	f.Evidence = append(f.Evidence, finding.Evidence{
		Ref: storedIn(rec), Path: "manifest", Value: fmt.Sprintf("%d of %s there", there, text.Counted(len(rec.Body.Objects), "object")),
		Note: "revision " + fmt.Sprint(rec.Revision) + ", deployed " + stamp(rec.Body.LastDeployed),
	})
	f.Summary = fmt.Sprintf("%s, which revision %d declares, does not exist.", gone[0], rec.Revision)
	if more := len(gone) - 1; more > 0 {
		f.Summary = fmt.Sprintf("%s and %s, which revision %d declares, do not exist.", gone[0], text.Counted(more, "other object"), rec.Revision)
	}
	if len(gone) == 1 {
		f.Causes = missedBy(p, gone[0])
	}
	for _, ref := range gone {
		f.Causes = append(f.Causes, quotaCauses(p, ref)...)
	}
	for _, ref := range gone {
		if full := quotasAgainst(p, ref); len(full) > 0 {
			f.Withheld = []finding.Withheld{{Fix: "create", Title: createTitle, Why: fmt.Sprintf("quota %s leaves no room for %s", full[0].Name, ref)}}
			return f, true
		}
	}
	if there > 0 { // else the whole was taken away on purpose, and by another way than Helm
		f.Fixes = createGone(rel, gone)
	}
	return f, true
}

// missedBy names the findings of those who need an object that is gone: they tell of the
// same incident, and what it does.
func missedBy(p *Pass, gone model.Ref) (out []finding.ID) {
	for _, e := range referrers(p, gone) {
		row := p.Row(e.From)
		if row == nil {
			continue
		}
		if gone.Kind == model.KindServiceAccount {
			out = append(out, finding.IDOf(serviceAccountMissingID, e.From, ""))
		}
		for _, b := range brokenRefs(p, row) {
			if b.to == gone {
				out = append(out, finding.IDOf(referenceMissingID, e.From, b.slot()))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// ends reports whether objects of a kind come to an end, and may be cleared away then.
func ends(kind model.Kind) bool {
	name, _, _ := strings.Cut(string(kind), ".")
	return kind == model.KindJob || kind == model.KindPod || strings.HasSuffix(name, "Run") || strings.HasSuffix(name, "Workflow")
}

// maxCreated bounds a fix that creates what is gone.
const maxCreated = 12

const createTitle = "Create what is gone as the release declares it"

func createGone(rel *model.Release, gone []model.Ref) []finding.Fix {
	fix := finding.Fix{
		ID: "create", Title: createTitle, Risk: finding.Disruptive,
		Undo: "deletes what was made, if it is unchanged", Note: "Somebody may have deleted it on purpose; then take it out of the chart instead.",
		Proof: finding.Proof{Text: "it is there", Within: time.Minute},
	}
	for _, ref := range gone {
		if ref.Namespace != rel.Namespace && ref.Namespace != "" || len(gone) > maxCreated {
			return nil
		}
		step := finding.Step{
			Verb: "create", Ref: ref, Summary: "from the newest manifest, with Helm's label and annotations", Change: finding.CreateFromRelease{Release: rel.Ref()},
		}
		if step.Strays() != "" {
			return nil // a kind that careen does not create
		}
		fix.Steps = append(fix.Steps, step)
		fix.Proof.Checks = append(fix.Proof.Checks, finding.Check{Ref: ref, Path: "exists"})
	}
	return []finding.Fix{fix}
}
