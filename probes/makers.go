package probes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// maker is what would make an object that is missing: a custom resource whose
// controller writes it, or a hook of a chart.
type maker struct {
	ref   model.Ref
	path  string // where it names what it makes
	state string // "is not ready: SecretSyncedError: could not get secret data"
	note  string
}

// makersOf lists what would make an object, as far as it was read.
func makersOf(p *Pass, ref model.Ref) (out []maker) {
	for _, e := range p.Graph.In(ref) {
		if e.Type != model.EdgeMakes {
			continue
		}
		m := maker{ref: e.From, path: e.Path, state: "would make it"}
		if o, ok := model.Get[*model.Object](p.Snapshot, e.From); ok {
			m.state, m.note = makerState(o)
		}
		out = append(out, m)
	}
	for _, rel := range p.Space.Releases() {
		rec := rel.Last()
		if rec == nil || !usable(rec) {
			continue
		}
		for _, h := range rec.Body.Hooks {
			if h.Ref == ref {
				state := "makes it by a hook that did not run yet"
				if h.Phase != "" {
					state = "makes it by a hook, which ended " + h.Phase
				}
				out = append(out, maker{ref: rel.Ref(), path: "hook", state: state, note: strings.Join(h.Events, ", ")})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b maker) int { return a.ref.Compare(b.ref) })
	return out
}

// makerState says how a custom resource stands, by its standard conditions.
func makerState(o *model.Object) (state, note string) {
	if strings.HasPrefix(string(o.Kind), "SecretProviderClass.") {
		return "makes it only while a pod mounts it", "secrets-store.csi.x-k8s.io: a pod must mount the class for the Secret to exist"
	}
	for _, c := range o.Conditions {
		switch c.Type {
		case "Ready", "Synced", "Available", "Deployed":
			if c.Status == "True" {
				return "makes it and says that it is " + strings.ToLower(c.Type), "its controller may not make it again before the next refresh"
			}
			return strings.TrimSuffix(fmt.Sprintf("would make it and is not %s (%s)", strings.ToLower(c.Type), c.Reason), " ()"), c.Message
		}
	}
	return "would make it and has no status: its controller may not be running", ""
}

func (m maker) says() string { return fmt.Sprintf("%s %s", m.ref, m.state) }

func (m maker) evidence() finding.Evidence {
	return finding.Evidence{Ref: m.ref, Path: m.path, Value: m.state, Note: m.note}
}
