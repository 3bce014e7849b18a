package preflight

import (
	"fmt"
	"slices"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// ownership finds objects of the chart that exist and that Helm will not take over
// (helm pkg/action/validate.go, checkOwnership), and the namespace, where there is
// none.
func (l *look) ownership() {
	ns := model.Ref{Kind: model.KindNamespace, Name: l.Namespace}
	known, _ := l.Snapshot.Knows(model.KindNamespace, "")
	if known && l.Snapshot.Row(ns) == nil && !l.CreateNamespace {
		if l.declared(ns) == nil || l.declared(ns).Hook != nil {
			l.report(finding.Finding{
				Probe: NamespaceMissing.ID, Subject: ns, Severity: finding.High, Grade: finding.Proved,
				Summary:  fmt.Sprintf("Namespace %s does not exist, and Helm creates it only with --create-namespace.", l.Namespace),
				Evidence: []finding.Evidence{{Ref: ns, Note: "not among the namespaces of the cluster"}},
			})
		}
	}
	for _, o := range l.rendered.Objects {
		if o.Hook != nil || o.CRD {
			continue // Helm deletes a hook's older run first, and leaves definitions that are there
		}
		row := l.Snapshot.Row(o.Ref)
		if row == nil || l.ours(o.Ref) {
			continue
		}
		m := row.Base()
		marks := probes.MarksOf(m)
		if marks.Of(l.Release, l.Namespace) {
			continue
		}
		f := finding.Finding{
			Probe: probes.ReleaseOwnershipConflict.ID, Subject: o.Ref, Severity: finding.High, Grade: finding.Proved,
			Evidence: slices.Concat([]finding.Evidence{{Ref: o.Ref, Path: o.Source, Note: "as the chart declares it"}}, marks.Evidence(o.Ref), probes.LastWriter(m)),
		}
		switch {
		case marks.Release != "":
			f.Summary = fmt.Sprintf("%s %s exists already and belongs to release %s/%s, so Helm refuses to install it.", o.Ref.Kind, o.Ref.Path(), marks.Namespace, marks.Release)
		default:
			f.Summary = fmt.Sprintf("%s %s exists already and no release owns it, so Helm refuses to install it.", o.Ref.Kind, o.Ref.Path())
		}
		l.report(f)
	}
}

// ours reports whether the release of today declares an object.
func (l *look) ours(ref model.Ref) bool {
	if l.record == nil || l.record.Body == nil {
		return false
	}
	for _, d := range l.record.Body.Objects {
		if d.Ref == ref {
			return true
		}
	}
	return false
}
