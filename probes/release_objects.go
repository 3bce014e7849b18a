package probes

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// objectState is how one object of a manifest stands in the cluster.
type objectState struct {
	ref     model.Ref
	state   standing
	note    string
	written time.Time // the newest write by anyone but a controller of Kubernetes
}

type standing int8

const (
	fine    standing = iota // live, owned by the release, and ready where it can be
	unready                 // live and owned
	foreign                 // live, but without Helm's metadata of this release
	missing                 // not live
	unseen                  // its kind is not read, or must not be
)

// standingOf compares each object of a release's newest manifest with the cluster.
func standingOf(p *Pass, rec *model.Record) []objectState {
	out := make([]objectState, 0, len(rec.Body.Objects))
	for _, d := range rec.Body.Objects {
		out = append(out, objectStanding(p, rec, d.Ref))
	}
	return out
}

// manifestReads are the kinds that a chart can declare and that careen reads: what no
// controller makes.
var manifestReads = func() (list []model.Kind) {
	for _, info := range model.Builtin {
		if !info.Made && !info.Part && info.Kind != model.KindNode {
			list = append(list, info.Kind)
		}
	}
	return append(list, model.KindPod, model.KindCustom)
}()

// placed is where an object of a manifest is: a record gives every custom resource a
// namespace, since it does not say which kinds have none.
func placed(p *Pass, ref model.Ref) model.Ref {
	if wide := (model.Ref{Kind: ref.Kind, Name: ref.Name}); ref.Kind.IsCustom() && !p.Exists(ref) && p.Exists(wide) {
		return wide
	}
	return ref
}

func objectStanding(p *Pass, rec *model.Record, ref model.Ref) objectState {
	ref = placed(p, ref)
	s := objectState{ref: ref}
	if a, absent := p.Absent(ref); absent {
		s.state, s.note = missing, "does not exist"
		if a.Grade != finding.Proved {
			s.state, s.note = unseen, strings.Join(a.Why, "; ")
		}
		return s
	}
	row := p.Row(ref)
	m := row.Base()
	s.written = lastWrite(m)
	note, ready := readiness(row)
	switch {
	case !ownedByRelease(m, rec.Release, rec.Namespace):
		s.state, s.note = foreign, "without the label and annotations of release "+rec.Release
	case !m.Deleting.IsZero():
		s.state, s.note = unready, "being deleted"
	case !ready:
		s.state, s.note = unready, note
	default:
		s.state, s.note = fine, note
	}
	return s
}

// readiness says how an object stands; what has no readiness is ready when it
// exists.
func readiness(row model.Row) (note string, ready bool) {
	switch o := row.(type) {
	case *model.Workload:
		switch {
		case o.Kind == model.KindCronJob:
			return "live", true
		case o.Kind == model.KindJob && o.Failed:
			return "failed", false
		case o.Kind == model.KindJob && !o.Finished.IsZero():
			return "completed", true
		case o.Kind == model.KindJob:
			return "not completed", false
		case o.ObservedGeneration < o.Generation:
			return "its controller has not seen the newest change", false
		}
		return fmt.Sprintf("%d of %d ready", o.Ready, o.Desired), o.Ready >= o.Desired
	case *model.Pod:
		if o.Ready || o.Phase == "Succeeded" {
			return "ready", true
		}
		return "not ready", false
	}
	return "live", true
}

// lastWrite is when anyone but a controller of Kubernetes last wrote an object.
func lastWrite(m *model.Meta) time.Time {
	for _, w := range m.Writes {
		if !slices.Contains(controllers, w.Manager) && w.Subresource == "" {
			return w.Time
		}
	}
	return m.Created
}

// controllers are the field managers of Kubernetes itself: their writes do not show
// that somebody works on an object.
var controllers = []string{"kube-controller-manager", "kube-scheduler", "kubelet", "kube-apiserver", "cloud-controller-manager", "careen"}

// tally counts the objects of a standing.
func tally(list []objectState, want standing) (n int) {
	for _, s := range list {
		if s.state == want {
			n++
		}
	}
	return n
}

// worstFirst orders objects for the eye: what is wrong first.
func worstFirst(list []objectState) []objectState {
	rank := [...]int{fine: 3, unready: 1, foreign: 1, missing: 0, unseen: 2}
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b objectState) int { return rank[a.state] - rank[b.state] })
	return out
}
