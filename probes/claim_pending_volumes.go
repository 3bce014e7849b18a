package probes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// modesText writes access modes.
func modesText(modes []string) string { return strings.Join(modes, ", ") }

// differs says in what a volume does not fit a PVC; empty where it fits and is free
// (kubernetes pkg/controller/volume/persistentvolume/index.go, pkg/volume/util).
func differs(v *model.Volume, c *model.Claim) (why []string) {
	switch {
	case v.Claim == c.Ref() && v.ClaimUID != "" && v.ClaimUID != c.UID:
		why = append(why, "is still reserved for an earlier PVC of this name")
	case v.Claim.Name != "" && v.Claim != c.Ref():
		why = append(why, "is bound to PVC "+v.Claim.Path())
	case !v.Deleting.IsZero():
		why = append(why, "is being deleted")
	case v.Phase != "Available" && v.Phase != "Bound" && v.Phase != "":
		why = append(why, "is "+v.Phase)
	}
	if v.Class != c.Class {
		why = append(why, "has class "+orNothing(v.Class))
	}
	if has, asks := thousandths(v.Capacity), thousandths(c.Requested); has < asks {
		why = append(why, fmt.Sprintf("has %s of the %s asked for", v.Capacity, c.Requested))
	}
	if !subsetOf(c.Modes, v.Modes) {
		why = append(why, fmt.Sprintf("offers %s, not %s", orNothing(modesText(v.Modes)), modesText(c.Modes)))
	}
	if mode(v.Mode) != mode(c.VolumeMode) {
		why = append(why, fmt.Sprintf("is a volume of mode %s, not %s", mode(v.Mode), mode(c.VolumeMode)))
	}
	if c.Selector != nil && !c.Selector.Matches(v.Labels) {
		why = append(why, "does not match the selector "+selectorText(c.Selector))
	}
	return why
}

func mode(s string) string {
	if s == "" {
		return "Filesystem"
	}
	return s
}

func subsetOf(of, all []string) bool {
	return !slices.ContainsFunc(of, func(s string) bool { return !slices.Contains(all, s) })
}

// nearest is the volume that comes nearest, and why it does not fit; nil where there is
// none. Volumes that others have come last.
func (w *waitingClaim) nearest() (best *model.Volume, why []string) {
	far := 0
	for v := range model.Each[*model.Volume](w.pass.Snapshot.Space(""), model.KindVolume) {
		d := differs(v, w.claim)
		n := len(d)
		if v.Claim.Name != "" && v.Claim != w.claim.Ref() {
			n += 10
		}
		if v.Class != w.claim.Class {
			n += 2
		}
		if best == nil || n < far {
			best, why, far = v, d, n
		}
	}
	return best, why
}

func volumeEvidence(v *model.Volume, why []string) finding.Evidence {
	return finding.Evidence{Ref: v.Ref(), Path: "spec", Value: text.Joined([]string{orNothing(v.Capacity), orNothing(modesText(v.Modes)), "class " + orNothing(v.Class), orNothing(v.Phase)}, 4), Note: strings.Join(why, "; ")}
}

// byHand is a PVC that only a volume made by hand can satisfy.
func (w *waitingClaim) byHand(f finding.Finding, what string, known bool) (finding.Finding, bool) {
	if !known {
		if e := w.said("no persistent volumes available for this claim"); e != nil {
			other := finding.Absence{Of: w.claim.Ref(), Claim: "no volume has come since", Grade: finding.Proved}
			w.pass.doubts(&other, []model.Kind{model.KindVolume}, "")
			f.Rests = append(f.Rests, other)
			f.Summary = fmt.Sprintf("This PVC gets no volume: %s, and no free volume of it fits.", what)
			f.Evidence = append(f.Evidence, eventEvidence(e))
			return f, true
		}
		w.pass.Blind(model.KindVolume, "")
		return f, false
	}
	near, why := w.nearest()
	switch {
	case near == nil:
		f.Summary = fmt.Sprintf("This PVC gets no volume: %s, and there are no volumes.", what)
	case len(why) == 0:
		if pods := w.consumers(); len(pods) > 0 && verdict(pods[0]) != nil {
			return w.afterPods(f, pods)
		}
		return f, false // it is about to be bound
	case near.Class != w.claim.Class || near.Claim.Name != "" && near.Claim != w.claim.Ref():
		f.Summary = fmt.Sprintf("This PVC gets no volume: %s, and no free volume of it fits%s.", what, w.but(near, why))
	default:
		f.Summary = fmt.Sprintf("This PVC gets no volume: %s, and volume %s, which comes nearest, %s.", what, near.Name, text.Joined(why, 3))
	}
	if near != nil {
		f.Evidence = append(f.Evidence, volumeEvidence(near, why))
		if near.Phase == "Released" && near.Claim == w.claim.Ref() {
			f.Causes = append(f.Causes, finding.IDOf(volumeReleasedID, near.Ref(), ""))
		}
	}
	if w.class != nil {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: w.class.Ref(), Path: "provisioner", Value: w.class.Provisioner, Note: "volumes are made by hand"})
	}
	return f, true
}

// but names a free volume that would do but for its class.
func (w *waitingClaim) but(near *model.Volume, why []string) string {
	if near.Claim.Name != "" || len(why) != 1 {
		return ""
	}
	return fmt.Sprintf(" (volume %s would, but %s)", near.Name, why[0])
}

// named is a PVC that names its volume.
func (w *waitingClaim) named(f finding.Finding) (finding.Finding, bool) {
	p, c := w.pass, w.claim
	ref := model.Ref{Kind: model.KindVolume, Name: c.Volume}
	if a, absent := p.Absent(ref); absent {
		if a.Grade != finding.Proved {
			p.Blind(model.KindVolume, "")
			return f, false
		}
		f.Rests = append(f.Rests, a)
		f.Summary = fmt.Sprintf("This PVC gets no volume: it names volume %s, which does not exist.", c.Volume)
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: c.Ref(), Path: "spec.volumeName", Value: c.Volume})
		return f, true
	}
	v := namedVolume(p, c)
	why := differs(v, c)
	if len(why) == 0 {
		return f, false
	}
	f.Summary = fmt.Sprintf("This PVC gets no volume: the volume %s that it names %s.", c.Volume, text.Joined(why, 3))
	f.Evidence = append(f.Evidence, finding.Evidence{Ref: c.Ref(), Path: "spec.volumeName", Value: c.Volume}, volumeEvidence(v, why))
	if v.Phase == "Released" && v.Claim == c.Ref() {
		f.Causes = append(f.Causes, finding.IDOf(volumeReleasedID, v.Ref(), ""))
	}
	return f, true
}

// classesThere lists the classes that there are, for a summary.
func (w *waitingClaim) classesThere() string {
	if known, _ := w.pass.Knows(model.KindStorageClass); !known {
		return ""
	}
	list := names(rowsOf(w.pass, model.KindStorageClass, ""))
	if len(list) == 0 {
		return " (there are no classes)"
	}
	return fmt.Sprintf(" (there %s %s)", text.Plural(len(list), "is", "are"), text.Joined(list, 3))
}

// claimBlocks reports whether the scheduler waits for a PVC before it looks at nodes.
func claimBlocks(p *Pass, c *model.Claim) bool {
	class, ok := model.Get[*model.StorageClass](p.Snapshot, model.Ref{Kind: model.KindStorageClass, Name: c.Class})
	switch {
	case !ok:
		known, _ := p.Knows(model.KindStorageClass)
		return known || c.ClassSet && c.Class == ""
	case class.BindingMode != waitForConsumer:
		return true
	case class.Provisioner != noProvisioner:
		return false
	}
	if known, _ := p.Knows(model.KindVolume); !known {
		return false
	}
	for v := range model.Each[*model.Volume](p.Snapshot.Space(""), model.KindVolume) {
		if len(differs(v, c)) == 0 {
			return false
		}
	}
	return true
}
