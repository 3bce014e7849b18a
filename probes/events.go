package probes

import (
	"cmp"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// eventsAbout groups the events of some reasons by the object they are about, the
// newest first.
func eventsAbout(p *Pass, reasons ...string) map[model.Ref][]*model.Event {
	out := map[model.Ref][]*model.Event{}
	for e := range model.Each[*model.Event](p.Space, model.KindEvent) {
		if slices.Contains(reasons, e.Reason) {
			out[e.About] = append(out[e.About], e)
		}
	}
	for _, list := range out {
		slices.SortFunc(list, func(a, b *model.Event) int {
			return cmp.Or(b.Last.Compare(a.Last), strings.Compare(a.Name, b.Name))
		})
	}
	return out
}

// eventEvidence points to an event by what it is about. When it was last seen is left
// out: it moves with every retry.
func eventEvidence(e *model.Event) finding.Evidence {
	return finding.Evidence{Ref: e.About, Path: "event " + e.Reason, Value: e.Message, Note: "first seen " + stamp(e.First)}
}
