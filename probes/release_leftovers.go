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

const releaseLeftoversID finding.ProbeID = "release-leftovers"

// ReleaseLeftovers finds objects that belong to a release that Helm knows nothing of. A
// forecast reports under it what an uninstall will leave.
var ReleaseLeftovers = &Probe{
	ID: releaseLeftoversID,
	Doc: `Objects belong to a release that has no record
Helm finds a release by its records. Where they are gone, its objects stay: no uninstall reaches
them, ` + "`helm list`" + ` does not show them, and an install of another release that declares one of
them is refused ("invalid ownership metadata").

**Rule.** An object carries the label app.kubernetes.io/managed-by=Helm and the annotations
meta.helm.sh/release-name and release-namespace, which nothing but Helm sets; no release of that
name has a record in that namespace; and records were completely read. One finding for each
release. In a forecast: what stays when the release is uninstalled, each with the reason (a
resource policy keeps it; a hook or a program of the release made it; it is a
CustomResourceDefinition of the crds folder, or a lease). Sources: helm pkg/action/validate.go
(setMetadataVisitor, checkOwnership), pkg/action/uninstall.go.

**Evidence.** Each object with its age, what works first and what holds data last; how to delete
them, but for custom resources and what else data may go with.

**What it cannot see.** Objects that Helm did not mark: what programs and controllers of the
release made, its hooks, its crds folder. Whether somebody still needs what is left.

**By hand.** Either give them a release again (` + "`helm install NAME CHART`" + ` under the same name and
namespace takes them over), or delete them: workloads first, then what they use, then what holds
data. The evidence has the command with all names.

**Silent** where all that is left has the resource policy keep; for objects that are being deleted,
have an owner, are labelled careen/kept, or that Argo CD, Flux, kustomize, kapp, Rancher or OLM say
are theirs; for objects that a release with a record declares (release-ownership-conflict); where
no release at all has a record, since Helm then keeps them elsewhere (HELM_DRIVER=sql).`,
	Worst: finding.Medium,
	Needs: []model.Kind{model.KindRecord},
	Uses:  manifestReads,
	Run:   staying(runReleaseLeftovers),
}

const (
	// leftoverSettles is how old an object must be to count as left: what helps Helm's
	// own records come a moment later than what they declare.
	leftoverSettles = time.Minute

	// strayHome is the namespace that every cluster has: its run speaks of cluster-scoped
	// objects whose release's namespace does not exist.
	strayHome = "kube-system"
)

// leftovers are the objects of a namespace, or of none, that name a release without a
// record.
type leftovers struct {
	release model.Ref
	gone    finding.Absence
	rows    []model.Row
	kept    int // of them, those that a resource policy keeps
}

func runReleaseLeftovers(p *Pass) {
	found := map[model.Ref]*leftovers{}
	for _, kind := range p.Space.Kinds() {
		if !leavable(kind) {
			continue
		}
		for _, row := range p.Space.Tables[kind] {
			if release, ok := formerlyOf(p, row.Base()); ok {
				leave(p, found, release, row)
			}
		}
	}
	cluster := p.Snapshot.Space("")
	for _, kind := range cluster.Kinds() {
		if !leavable(kind) || kind == model.KindVolume {
			continue
		}
		for _, row := range cluster.Tables[kind] {
			if release, ok := formerlyOf(p, row.Base()); ok && strayHere(p, release.Namespace) {
				leave(p, found, release, row)
			}
		}
	}
	for _, l := range found {
		if l.kept < len(l.rows) {
			p.Report(leftFinding(p, l))
		}
	}
}

// leavable reports whether an object of a kind may be what Helm made of a manifest.
func leavable(kind model.Kind) bool {
	info := model.Lookup(kind)
	return !info.Made && !info.Part && kind != model.KindNode && kind != model.KindRelease
}

// formerlyOf is the release whose marks an object carries, all three of them, where no
// record of it was read and nothing else claims the object.
func formerlyOf(p *Pass, m *model.Meta) (release model.Ref, ok bool) {
	marks := MarksOf(m)
	release = model.Ref{Kind: model.KindRelease, Namespace: marks.Namespace, Name: marks.Release}
	if marks.ManagedBy != "Helm" || release.Name == "" || release.Namespace == "" || p.Exists(release) {
		return release, false
	}
	if !m.Deleting.IsZero() || len(m.Owners) > 0 || m.Labels[KeptLabel] != "" {
		return release, false
	}
	_, other := m.Manager()
	return release, !other
}

// strayHere reports whether this run speaks of the cluster-scoped objects of a release in
// that namespace.
func strayHere(p *Pass, namespace string) bool {
	if namespace == p.Namespace() {
		return true
	}
	if p.Namespace() != strayHome {
		return false
	}
	a, absent := p.Absent(model.Ref{Kind: model.KindNamespace, Name: namespace})
	return absent && a.Grade == finding.Proved
}

// leave adds an object to what is left of a release, unless that has a record or another
// declares the object.
func leave(p *Pass, found map[model.Ref]*leftovers, release model.Ref, row model.Row) {
	m := row.Base()
	l := found[release]
	if l == nil {
		gone, absent := p.Absent(release)
		if !absent || !anyRelease(p) {
			return
		}
		if gone.Grade != finding.Proved {
			p.Blind(model.KindRecord, release.Namespace)
			return
		}
		l = &leftovers{release: release, gone: gone}
	}
	if !p.After(m.Created, leftoverSettles) || len(p.Graph.Declaring(m.Ref())) > 0 {
		return
	}
	found[release] = l
	l.rows = append(l.rows, row)
	if keeps(m) {
		l.kept++
	}
}

func keeps(m *model.Meta) bool { return m.Annotations["helm.sh/resource-policy"] == "keep" }

// anyRelease reports whether a release has a record anywhere: Helm keeps them in the
// cluster.
func anyRelease(p *Pass) bool {
	for _, space := range p.Spaces {
		if len(space.Tables[model.KindRecord]) > 0 {
			return true
		}
	}
	return false
}

func leftFinding(p *Pass, l *leftovers) finding.Finding {
	f := finding.Finding{Subject: l.release, Severity: finding.Medium, Grade: finding.Proved, Rests: []finding.Absence{l.gone}}
	if l.release.Namespace != p.Namespace() && slices.ContainsFunc(l.rows, func(row model.Row) bool { return row.Base().Namespace != "" }) {
		f.Slot = p.Namespace() // what is left elsewhere is told by the run there
	}
	slices.SortStableFunc(l.rows, func(a, b model.Row) int {
		return cmp.Or(cmp.Compare(leaves(a.Base().Kind), leaves(b.Base().Kind)), a.Base().Ref().Compare(b.Base().Ref()))
	})
	var names []string
	for i, row := range l.rows {
		m := row.Base()
		if !keeps(m) {
			names = append(names, fmt.Sprintf("%s %s", m.Kind, m.Name))
		}
		if i < maxObjectEvidence {
			f.Evidence = append(f.Evidence, finding.Evidence{Ref: m.Ref(), Path: "metadata.annotations.meta.helm.sh/release-name", Value: l.release.Name, Note: leftNote(row)})
		}
	}
	if more := len(l.rows) - maxObjectEvidence; more > 0 {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: l.release, Value: text.Counted(more, "more object"), Note: "left as well"})
	}
	f.Summary = fmt.Sprintf("This release has no record, so that no uninstall reaches what is left of it: %s.", text.Joined(names, 3))
	f.Evidence = append(f.Evidence, finding.Evidence{Ref: l.release, Path: "records", Value: "none", Note: "neither a Secret nor a ConfigMap holds a revision of it"})
	f.Evidence = append(f.Evidence, deleteByHand(p.Namespace(), l.rows)...)
	return f
}

// leaves orders what is left for deletion: what works first, what it uses next, what
// holds data last.
func leaves(kind model.Kind) int {
	switch {
	case kind.IsWorkload():
		return 0
	case kind == model.KindConfigMap || kind == model.KindSecret:
		return 2
	case kind == model.KindClaim || kind == model.KindCRD || kind == model.KindNamespace || kind.IsCustom():
		return 3
	}
	return 1
}

// mayHoldData reports whether data may go with an object: with what an operator runs for it (a
// database is one custom resource), or with the claims that a StatefulSet takes along.
func mayHoldData(row model.Row) bool {
	w, ok := row.(*model.Workload)
	return leaves(row.Base().Kind) == 3 || ok && len(w.ClaimTemplates) > 0 && w.RetainWhenDeleted == "Delete"
}

func leftNote(row model.Row) string {
	m := row.Base()
	note := "made at " + stamp(m.Created)
	switch o := row.(type) {
	case *model.Workload:
		if o.Kind != model.KindCronJob && o.Kind != model.KindJob {
			note += fmt.Sprintf(", %s ready", text.Counted(int(o.Ready), "pod"))
		}
	case *model.Claim:
		note += ", " + orNothing(cmp.Or(o.Capacity, o.Requested)) + " of data"
	}
	if m.Kind != model.KindClaim && mayHoldData(row) {
		note += "; data may go with it"
	}
	if keeps(m) {
		note += "; kept on purpose (helm.sh/resource-policy)"
	}
	return note
}

// maxByHand bounds the names in one command.
const maxByHand = 30

// deleteByHand writes out how to delete what is left of a namespace, but for what is kept
// on purpose and what may hold data: that is for a person to decide.
func deleteByHand(namespace string, rows []model.Row) (out []finding.Evidence) {
	wide, here := []string{}, []string{}
	for _, row := range rows {
		m := row.Base()
		name := kubectlName(m)
		switch {
		case keeps(m) || mayHoldData(row):
		case m.Namespace == "" && len(wide) < maxByHand:
			wide = append(wide, name)
		case m.Namespace != "" && len(here) < maxByHand:
			here = append(here, name)
		}
	}
	note := "once nobody needs them; or install the release again, which takes them over"
	if len(here) > 0 {
		out = append(out, finding.Evidence{Path: "by hand", Value: fmt.Sprintf("kubectl -n %s delete %s", namespace, strings.Join(here, " ")), Note: note})
	}
	if len(wide) > 0 {
		out = append(out, finding.Evidence{Path: "by hand", Value: "kubectl delete " + strings.Join(wide, " "), Note: note})
	}
	return out
}
