package probes

import "github.com/careen-tui/careen/internal/model"

// staying is run, but for a namespace that is being deleted: its objects go in no
// order, and what they lack on the way is no fault.
func staying(run func(*Pass)) func(*Pass) {
	return func(p *Pass) {
		ns, known := model.Get[*model.Namespace](p.Snapshot, model.Ref{Kind: model.KindNamespace, Name: p.Namespace()})
		if !known || ns.Deleting.IsZero() {
			run(p)
		}
	}
}
