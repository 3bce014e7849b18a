package views

import (
	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
)

// news are the findings that came or changed since everything was read for the first
// time, until each was selected once. The zero value has none.
type news struct {
	known map[finding.ID]said
	came  map[finding.ID]string // its sign
}

// said is what of a finding is news when it changes.
type said struct {
	severity finding.Severity
	grade    finding.Grade
	summary  string
}

// The signs of news, one cell each.
const (
	newSign     = "+"
	changedSign = "~"
)

// observe takes over a report. What it has while the first reading goes on is no news:
// whole says that nothing is being read any more.
func (n *news) observe(r *engine.Report, whole bool) {
	if r.Err != nil {
		return
	}
	started := n.came != nil
	if !started && whole {
		n.came = map[finding.ID]string{}
	}
	known := make(map[finding.ID]said, len(r.Findings))
	for _, f := range r.Findings {
		id, now := f.ID(), said{f.Severity, f.Grade, f.Summary}
		known[id] = now
		if !started {
			continue
		}
		switch before, ok := n.known[id]; {
		case !ok:
			n.came[id] = newSign
		case before != now && n.came[id] == "":
			n.came[id] = changedSign
		}
	}
	for id := range n.came {
		if _, ok := known[id]; !ok {
			delete(n.came, id)
		}
	}
	n.known = known
}

// seen forgets that a row, and what is folded under it, is news.
func (n *news) seen(r findingRow) {
	delete(n.came, r.id)
	if r.folded {
		for _, f := range r.under() {
			delete(n.came, f.ID())
		}
	}
}

// sign is that of a row: its own, or of what is folded under it.
func (n *news) sign(r findingRow) string {
	if s := n.came[r.id]; s != "" {
		return s
	}
	if r.folded {
		for _, f := range r.under() {
			if n.came[f.ID()] != "" {
				return changedSign
			}
		}
	}
	return " "
}
