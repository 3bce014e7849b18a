package views

import (
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/keymap"
)

// fixesKnown reports whether it is known what there is to plan for a finding. A fix may
// need what is still being read, and until then a prevention would pass for all there is.
func (e *Env) fixesKnown(f *finding.Finding) bool {
	return len(f.Fixes) > 0 || e.Report.Coverage().Settled()
}

// Plannable lists what can be planned for a finding, fixes before preventions, as far as it
// is known.
func (e *Env) Plannable(f *finding.Finding) []finding.Fix {
	list := f.Plans()
	if len(list) > 0 && !e.fixesKnown(f) {
		return nil
	}
	return list
}

// fixOffer says what planning would do for a finding, or why there is nothing to plan.
func (e *Env) fixOffer(f *finding.Finding) keymap.Offer {
	o := keymap.Offer{Action: keymap.Fix}
	switch {
	case !e.fixesKnown(f):
		o.Disabled = stillRead
	case len(f.Plans()) == 0:
		o.Disabled = "careen knows no fix for this finding"
	case e.ReadOnly:
		o.Label = "plan (read-only)"
	case len(f.Fixes) == 0:
		o.Label = "prevent"
	}
	return o
}

// stillRead is why nothing can be planned yet.
const stillRead = "the cluster is still being read: what can be planned is known after that"
