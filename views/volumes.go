package views

import (
	"strings"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/views/widget"
)

// volumeRow is a claim with the volume it is bound to, or a volume without one.
type volumeRow struct {
	claim  *model.Claim
	volume *model.Volume
}

func (r volumeRow) ref() model.Ref {
	if r.claim != nil {
		return r.claim.Ref()
	}
	return r.volume.Ref()
}

// Volumes is the pane of claims, their volumes, and volumes without a claim.
type Volumes struct {
	browse[volumeRow, model.Ref]
	made perSpace[volumeRow]
}

func newVolumes(env *Env, info PaneInfo) *Volumes {
	p := &Volumes{}
	volumeOf := func(r volumeRow) *model.Volume {
		if r.volume != nil || r.claim.Volume == "" || env.Report == nil {
			return r.volume
		}
		v, _ := model.Get[*model.Volume](env.Report.Snapshot, model.Ref{Kind: model.KindVolume, Name: r.claim.Volume})
		return v
	}
	muted := func(f func(volumeRow) string) func(volumeRow) styled.Span {
		return func(r volumeRow) styled.Span { return styled.T(styled.Muted, f(r)) }
	}
	p.browse = browse[volumeRow, model.Ref]{
		env: env, info: info,
		subject: func(r volumeRow) Subject { return Subject{Ref: r.ref()} },
		total:   func() int { return p.made.total },
		hidden:  func() styled.Line { return elsewhere(env, p.made.total, info.Noun) },
		table: widget.NewTable(widget.Spec[volumeRow, model.Ref]{
			Header: true,
			Key:    volumeRow.ref,
			Match: func(r volumeRow) string {
				out := r.ref().Path() + " " + volumeWord(env, r)
				if r.claim != nil {
					out += " " + r.claim.Volume + " " + r.claim.Class
				}
				return out
			},
			Columns: []widget.Column[volumeRow]{
				{Title: "", Min: 1, Tight: true, Keep: 8, Cell: func(r volumeRow) styled.Span { return env.findingSpan(r.ref()) }, Weight: byFinding(env, only(volumeRow.ref))},
				{Title: "claim", First: true, Min: 28, Grow: true, Middle: true, Cell: func(r volumeRow) styled.Span {
					if r.claim == nil {
						return styled.T(styled.Muted, r.volume.Name+" (no claim)")
					}
					return styled.T(styled.Normal, r.ref().Path())
				}},
				{Title: "state", Min: 8, Max: 12, Cell: func(r volumeRow) styled.Span {
					w := volumeWord(env, r)
					return styled.T(volumeRole(w), w)
				}},
				{Title: "volume", Min: 12, Max: 16, Keep: 3, Cell: func(r volumeRow) styled.Span {
					if r.claim == nil {
						return styled.T(styled.Normal, r.volume.Name)
					}
					return styled.T(styled.Muted, r.claim.Volume)
				}, Middle: true},
				{Title: "size", Min: 4, Max: 8, Keep: 9, Right: true, Cell: muted(func(r volumeRow) string {
					if r.claim != nil {
						return first(r.claim.Capacity, r.claim.Requested)
					}
					return r.volume.Capacity
				})},
				{Title: "mode", Min: 3, Max: 8, Keep: 2, Cell: muted(func(r volumeRow) string {
					if r.claim != nil {
						return modeWords(r.claim.Modes)
					}
					return ""
				})},
				{Title: "class", Min: 8, Max: 12, Keep: 1, Cell: muted(func(r volumeRow) string {
					if r.claim != nil {
						return r.claim.Class
					}
					return r.volume.Class
				})},
				{Title: "policy", Min: 6, Max: 7, Keep: 4, Cell: muted(func(r volumeRow) string {
					if v := volumeOf(r); v != nil {
						return v.Policy
					}
					return ""
				})},
				{
					Title: "used by", Min: 14, Max: 28, Keep: 7, Middle: true, Cell: muted(func(r volumeRow) string { return first(env.firstUser(r.ref()), "-") }),
					Weight: func(r volumeRow) int { return -env.userCount(r.ref()) },
				},
				{Title: "release", Min: 7, Max: 20, Keep: 6, Middle: true, Cell: muted(func(r volumeRow) string { return first(env.releaseOf(r.ref()), "-") })},
				{
					Title: "age", Min: 3, Keep: 5, Right: true, Cell: muted(func(r volumeRow) string { return env.Age(r.base().Created) }),
					Order: func(a, b volumeRow) int { return b.base().Created.Compare(a.base().Created) },
				},
			},
		}),
	}
	return p
}

func (r volumeRow) base() *model.Meta {
	if r.claim != nil {
		return &r.claim.Meta
	}
	return &r.volume.Meta
}

// shortModes are the access modes as kubectl writes them.
var shortModes = map[string]string{"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}

func modeWords(modes []string) string {
	words := make([]string, 0, len(modes))
	for _, m := range modes {
		words = append(words, first(shortModes[m], m))
	}
	return strings.Join(words, ",")
}

// releaseOf is the name of the release that an object belongs to; "" for none.
func (e *Env) releaseOf(ref model.Ref) string {
	if e.Report == nil {
		return ""
	}
	if ref.Kind == model.KindVolume {
		if v, ok := model.Get[*model.Volume](e.Report.Snapshot, ref); ok && !v.Claim.IsZero() {
			ref = v.Claim
		}
	}
	name, _ := e.Report.Graph.Release(ref)
	return name
}

// volumeWord is the state of the row in one word; what a finding says of it goes
// before the phase.
func volumeWord(e *Env, r volumeRow) string {
	for _, f := range e.Report.About(r.ref()) {
		switch f.Probe {
		case probes.ClaimOrphan.ID:
			return "orphaned"
		case probes.ClaimOlderThanOwner.ID:
			return "older"
		}
	}
	if !r.base().Deleting.IsZero() {
		return "terminating"
	}
	if r.claim != nil {
		return strings.ToLower(r.claim.Phase)
	}
	return strings.ToLower(r.volume.Phase)
}

func volumeRole(word string) styled.Role {
	switch word {
	case "bound", "available":
		return styled.Good
	case "pending", "older", "orphaned", "terminating":
		return styled.Medium
	}
	return styled.Bad
}

// Load takes over the rows of the namespaces that moved.
func (p *Volumes) Load() {
	p.take(p.made.rows(p.env, []model.Kind{model.KindClaim, model.KindVolume}, func(s *model.Space) []volumeRow {
		var out []volumeRow
		for c := range model.Each[*model.Claim](s, model.KindClaim) {
			out = append(out, volumeRow{claim: c})
		}
		for v := range model.Each[*model.Volume](s, model.KindVolume) {
			if v.Phase != "Bound" {
				out = append(out, volumeRow{volume: v})
			}
		}
		return out
	}))
}

// Show selects a claim, a volume, or the claim of a volume.
func (p *Volumes) Show(s Subject) bool {
	switch s.Ref.Kind {
	case model.KindClaim:
		p.table.Select(s.Ref)
		return true
	case model.KindVolume:
		ref := s.Ref
		if p.env.Report != nil {
			if v, ok := model.Get[*model.Volume](p.env.Report.Snapshot, ref); ok && v.Phase == "Bound" && !v.Claim.IsZero() {
				ref = v.Claim
			}
		}
		p.table.Select(ref)
		return true
	}
	return false
}

// Offers are those of every pane of rows.
func (p *Volumes) Offers() []keymap.Offer { return p.offers() }

// Do answers an action.
func (p *Volumes) Do(a keymap.Action) Request {
	r, _ := p.do(a)
	return r
}
