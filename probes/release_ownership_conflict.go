package probes

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const releaseOwnershipConflictID finding.ProbeID = "release-ownership-conflict"

// ReleaseOwnershipConflict finds objects of a deployed release that say that they belong
// to another, or to none. A preflight reports under it what keeps an install from
// beginning.
var ReleaseOwnershipConflict = &Probe{
	ID: releaseOwnershipConflictID,
	Doc: `An object that a release declares does not say that it belongs to the release
Helm knows its own by three marks: the label app.kubernetes.io/managed-by=Helm and the annotations
meta.helm.sh/release-name and release-namespace. Where they name another release, two releases
write one object, and the uninstall of either deletes it. Where they are absent, somebody made
the object again by other means than Helm.

**Rule.** The newest revision has been deployed for a minute, declares an object that is live, and
that object's marks name another release, or are not complete while another object of the
release has them. Of a chart before it is installed: it declares an object that exists and whose
marks do not name this release, so that the install stops: "invalid ownership metadata". Hooks
are exempt, because Helm deletes their earlier run first, and so are CustomResourceDefinitions of
the crds folder, which Helm leaves as they are. Source: helm pkg/action/validate.go
(checkOwnership, setMetadataVisitor).

**Evidence.** The three marks, what the other release says, who wrote the object last.

**What it cannot see.** Who is right.

**By hand.** Take the object out of one of the charts, remove it, or let the release adopt it: set
the label and both annotations. The evidence has the commands.

**Silent** where no object of a release has the marks (it was moved from Helm 2, or its records
were written by something else: the next upgrade marks them); for objects that are being
deleted or have an owner; for releases that are not deployed.`,
	Worst: finding.High,
	Needs: []model.Kind{model.KindRecord},
	Uses:  manifestReads,
	Run:   staying(runReleaseOwnershipConflict),
}

// ownershipSettles is how long an object may be without the marks: what makes it again
// may write them a moment later.
const ownershipSettles = time.Minute

// Marks are the label and the two annotations by which Helm knows its own.
type Marks struct{ Release, Namespace, ManagedBy string }

// MarksOf reads them.
func MarksOf(m *model.Meta) Marks {
	return Marks{m.Annotations["meta.helm.sh/release-name"], m.Annotations["meta.helm.sh/release-namespace"], m.Labels["app.kubernetes.io/managed-by"]}
}

// Of reports whether they name a release, as Helm asks.
func (k Marks) Of(release, namespace string) bool {
	return k.ManagedBy == "Helm" && k.Release == release && k.Namespace == namespace
}

// Other reports whether they name another release than that, whether complete or not.
func (k Marks) Other(release, namespace string) bool {
	return k.Release != "" && (k.Release != release || k.Namespace != "" && k.Namespace != namespace)
}

// Evidence shows the three.
func (k Marks) Evidence(ref model.Ref) []finding.Evidence {
	return []finding.Evidence{
		{Ref: ref, Path: "metadata.annotations.meta.helm.sh/release-name", Value: k.Release},
		{Ref: ref, Path: "metadata.annotations.meta.helm.sh/release-namespace", Value: k.Namespace},
		{Ref: ref, Path: "metadata.labels.app.kubernetes.io/managed-by", Value: k.ManagedBy},
	}
}

// LastWriter says who wrote an object last; empty where that is not known.
func LastWriter(m *model.Meta) []finding.Evidence {
	if len(m.Writes) == 0 {
		return nil
	}
	return []finding.Evidence{{Ref: m.Ref(), Path: "metadata.managedFields", Value: m.Writes[0].Manager, Note: "wrote it last"}}
}

func runReleaseOwnershipConflict(p *Pass) {
	for _, rel := range p.Space.Releases() {
		rec := rel.Last()
		if rec == nil || !usable(rec) || rec.Body.Status != "deployed" || !p.After(lastWritten(rec), ownershipSettles) {
			continue
		}
		// Flux keeps records in another namespace than the release's own where it is told to.
		own := model.Ref{Kind: model.KindRelease, Namespace: cmp.Or(rec.Body.Namespace, rel.Namespace), Name: rel.Name}
		var bare []*model.Meta
		well := 0
		for _, d := range rec.Body.Objects {
			ref := placed(p, d.Ref)
			if !p.Exists(ref) {
				continue // see release-object-missing
			}
			m := p.Row(ref).Base()
			marks := MarksOf(m)
			switch {
			case marks.Of(own.Name, own.Namespace):
				well++
			case !m.Deleting.IsZero() || len(m.Owners) > 0 || !p.After(m.Created, ownershipSettles):
			case marks.Other(own.Name, own.Namespace):
				p.Report(othersObject(p, own, rec, m))
			default:
				bare = append(bare, m)
			}
		}
		for _, m := range bare {
			if well > 0 {
				p.Report(unmarkedObject(own, rec, m))
			}
		}
	}
}

// othersObject is an object that names another release than the one that declares it.
func othersObject(p *Pass, own model.Ref, rec *model.Record, m *model.Meta) finding.Finding {
	marks := MarksOf(m)
	other := model.Ref{Kind: model.KindRelease, Namespace: cmp.Or(marks.Namespace, m.Namespace, own.Namespace), Name: marks.Release}
	f := conflict(own, rec, m)
	theirs, says := p.Release(other.Namespace, other.Name), "which does not declare it"
	if a, absent := p.Absent(other); absent {
		says = "which has no record"
		if a.Grade != finding.Proved {
			says = "of which no record was read"
		}
	} else if declares(theirs, m.Ref()) {
		says = "which declares it too: each upgrade takes it from the other, and the uninstall of either deletes it"
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: other, Path: "manifest", Value: fmt.Sprintf("revision %d", theirs.Last().Revision), Note: "declares it too"})
	}
	f.Summary = fmt.Sprintf("Release %s declares it, but its annotations name release %s, %s.", own.Path(), other.Path(), says)
	return f
}

// unmarkedObject is an object that does not name the release that declares it.
func unmarkedObject(own model.Ref, rec *model.Record, m *model.Meta) finding.Finding {
	f := conflict(own, rec, m)
	f.Summary = fmt.Sprintf("Release %s declares it, but it lacks %s: something else than Helm made it.", own.Path(), text.Joined(MarksOf(m).lacking(own), 3))
	return f
}

// lacking lists the marks that do not name a release.
func (k Marks) lacking(own model.Ref) (out []string) {
	if k.ManagedBy != "Helm" {
		out = append(out, "label app.kubernetes.io/managed-by=Helm")
	}
	if k.Release != own.Name {
		out = append(out, "annotation meta.helm.sh/release-name")
	}
	if k.Namespace != own.Namespace {
		out = append(out, "annotation meta.helm.sh/release-namespace")
	}
	return out
}

func conflict(own model.Ref, rec *model.Record, m *model.Meta) finding.Finding {
	f := finding.Finding{Subject: m.Ref(), Severity: finding.Medium, Grade: finding.Proved}
	f.Evidence = []finding.Evidence{{Ref: own, Path: "manifest", Value: fmt.Sprintf("revision %d", rec.Revision), Note: "declares it"}}
	f.Evidence = slices.Concat(f.Evidence, MarksOf(m).Evidence(m.Ref()), LastWriter(m), adoptByHand(own, m))
	return f
}

// adoptByHand writes out how the release that declares an object takes it over.
func adoptByHand(own model.Ref, m *model.Meta) []finding.Evidence {
	where := kubectlName(m)
	if m.Namespace != "" {
		where = "-n " + m.Namespace + " " + where
	}
	return []finding.Evidence{
		{Path: "by hand", Value: fmt.Sprintf("kubectl label %s --overwrite app.kubernetes.io/managed-by=Helm", where), Note: "if it is to be of release " + own.Name},
		{Path: "by hand", Value: fmt.Sprintf("kubectl annotate %s --overwrite meta.helm.sh/release-name=%s meta.helm.sh/release-namespace=%s", where, own.Name, shellWord(own.Namespace))},
	}
}
