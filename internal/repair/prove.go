package repair

import (
	"context"

	"github.com/careen-tui/careen/internal/engine"
)

// Unproved lists the entries of this operator of which every write was done, and whose proof
// was cut short: mostly by the end of the program.
func (j Journal) Unproved() (out []*Entry) {
	for _, e := range j.Entries {
		if e.Own && e.State == Applied && !e.Live && e.Undoing == nil && e.Problem == "" {
			out = append(out, e)
		}
	}
	return out
}

// Prove proves an entry whose proof was cut short, as Verify does right after it was
// applied: the time for it begins again.
func (m *Mender) Prove(ctx context.Context, id string, latest func() *engine.Report) (Outcome, error) {
	e, err := m.Entry(ctx, id)
	if err != nil {
		return Outcome{}, err
	}
	if err := m.usable(ctx, e); err != nil {
		return Outcome{}, err
	}
	if e.State != Applied || !e.Own {
		return Outcome{}, refuse("Entry %s does not wait for its proof.", e.ID)
	}
	p := &Plan{Title: e.Title, Proof: e.Proof, UndoOf: e.UndoOf, Writes: e.Writes, entry: e, scrub: &scrubber{}}
	for _, w := range e.Writes {
		p.scrub.learn(w.Before)
		p.scrub.learn(w.After)
	}
	return m.Verify(ctx, &Result{Entry: e.ID, plan: p}, latest, nil)
}
