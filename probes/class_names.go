package probes

import "github.com/careen-tui/careen/internal/model"

// classNames reports whether a storage class names a Secret by a template that a PVC
// of the class fills in.
func classNames(p *Pass, ref model.Ref) bool {
	for class := range model.Each[*model.StorageClass](p.Snapshot.Space(""), model.KindStorageClass) {
		for _, t := range class.Secrets {
			namespaces := []string{ref.Namespace}
			if t.Namespace == ref.Namespace { // named outright: PVCs of any namespace may mean it
				namespaces = p.Namespaces()
			}
			for _, ns := range namespaces {
				for c := range model.Each[*model.Claim](p.Snapshot.Space(ns), model.KindClaim) {
					if c.Class != class.Name {
						continue
					}
					if to, known := t.For(c); to == ref || !known {
						return true
					}
				}
			}
		}
	}
	return false
}
