package finding

import (
	"fmt"
	"slices"

	"github.com/careen-tui/careen/internal/model"
)

// Absence is the claim that something is not there, or that nothing uses it, with
// how well that is known. A finding that makes such a claim rests on it: see Settle.
type Absence struct {
	Of    model.Ref // what is absent or unused
	Claim string    // "does not exist", "nothing refers to it": what is claimed
	Grade Grade     // Proved, Inferred or Unknown
	Why   []string  // what was not read, or why it is a guess, where it is not proved
}

// Settle draws the consequences of what a finding rests on: it is known no better
// than that, says why, and where the absence is not proved it offers nothing that
// deletes.
func (f *Finding) Settle() {
	for _, a := range f.Rests {
		f.Grade = max(f.Grade, a.Grade)
		for _, why := range a.Why {
			e := Evidence{Path: "coverage", Value: why, Note: fmt.Sprintf("so it is not certain that %s", a.Claim)}
			if !slices.Contains(f.Evidence, e) {
				f.Evidence = append(f.Evidence, e)
			}
		}
	}
	if f.Grade > Observed {
		deletes := func(x Fix) bool { return x.Risk == Destructive || x.Deletes() }
		f.Fixes = slices.DeleteFunc(f.Fixes, deletes)
		f.Preventions = slices.DeleteFunc(f.Preventions, deletes)
	}
}

// Deletes reports whether applying the fix removes an object, even one that undo
// can make again.
func (x *Fix) Deletes() bool {
	return slices.ContainsFunc(x.Steps, func(s Step) bool {
		switch s.Change.(type) {
		case Delete, Recreate, Uninstall:
			return true
		}
		return false
	})
}
