package probes

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

const claimPendingID finding.ProbeID = "claim-pending"

// ClaimPending finds PVCs that get no volume.
var ClaimPending = &Probe{
	ID: claimPendingID,
	Doc: `A PVC gets no volume
A PersistentVolumeClaim stays Pending, and the pods that mount it with it.

**Rule.** A PVC is Pending for two minutes, or Lost, and one of these holds: its class does not exist
and no free volume names it; it names no class and none is the default; its class makes no
volumes by itself (kubernetes.io/no-provisioner, or the class "") and no free volume fits; the
volume that it names is taken or does not fit; its class makes volumes and has made none; its
class waits for the first pod (WaitForFirstConsumer), and a pod that mounts it cannot be
scheduled. Sources: kubernetes pkg/controller/volume/persistentvolume/pv_controller.go,
pkg/controller/volume/persistentvolume/index.go (which volume fits).

**Evidence.** The class and its provisioner, the volume that comes nearest and in what it differs, the
provisioner's event, pods that look like the provisioner's.

**What it cannot see.** The provisioner's own log, quotas of a cloud, and whether a provisioner runs
outside the cluster: that no volume came is observed, that nothing provides it is inferred. Where
classes or volumes were not read, what the controller or the provisioner says in an event is taken
for it.

**By hand.** ` + "`kubectl describe pvc NAME`" + ` shows the provisioner's last words. A PVC's class cannot be
changed: delete the PVC and make it again with a class of ` + "`kubectl get storageclass`" + `, or mark
one of them as default
(` + "`storageclass.kubernetes.io/is-default-class: \"true\"`" + `), which also fills in PVCs that wait.

**Silent** for a class that waits for the first pod while no pod mounts the PVC, for a PVC that is
being deleted, and for one that waits to be filled by an operator (dataSource).`,
	Worst: finding.High,
	Needs: []model.Kind{model.KindClaim},
	Uses: reads(workloadReads, []model.Kind{
		model.KindVolume, model.KindStorageClass, model.KindPod, model.KindEvent, model.KindNamespace,
	}),
	Run: staying(runClaimPending),
}

const pendingAge = 2 * time.Minute

func runClaimPending(p *Pass) {
	var events map[model.Ref][]*model.Event
	for c := range model.Each[*model.Claim](p.Space, model.KindClaim) {
		if !c.Deleting.IsZero() || c.Phase != "Pending" && c.Phase != "Lost" || !p.After(c.Created, pendingAge) {
			continue
		}
		if events == nil {
			events = eventsAbout(p, "ProvisioningFailed", "FailedBinding", "VolumeMismatch", "ExternalExpanding")
		}
		w := waitingClaim{pass: p, claim: c, events: events[c.Ref()]}
		if f, ok := w.finding(); ok {
			p.Report(f)
		}
	}
}

// waitingClaim is a PVC that is not bound, and what is known of what it waits for.
type waitingClaim struct {
	pass   *Pass
	claim  *model.Claim
	events []*model.Event
	class  *model.StorageClass // nil where it has none, or none is known
}

func (w *waitingClaim) finding() (finding.Finding, bool) {
	p, c := w.pass, w.claim
	f := finding.Finding{Subject: c.Ref(), Severity: finding.High, Grade: finding.Proved, Since: c.Created}
	f.Evidence = []finding.Evidence{{Ref: c.Ref(), Path: "status.phase", Value: c.Phase, Note: fmt.Sprintf("class %s, asks for %s, %s", orNothing(c.Class), orNothing(c.Requested), orNothing(modesText(c.Modes)))}}
	volumesKnown, _ := p.Knows(model.KindVolume)
	if c.Phase == "Lost" {
		f.Since = time.Time{}
		f.Summary = fmt.Sprintf("This PVC has lost its volume %s: what it held is gone, or bound to another PVC.", c.Volume)
		return f, true
	}
	if c.Volume != "" {
		return w.named(f)
	}
	w.class, _ = model.Get[*model.StorageClass](p.Snapshot, model.Ref{Kind: model.KindStorageClass, Name: c.Class})
	switch {
	case c.ClassSet && c.Class == "":
		return w.byHand(f, "it asks for a volume without a class", volumesKnown)
	case c.Class == "":
		return w.unclassed(f)
	case w.class != nil && w.class.Provisioner == noProvisioner:
		if w.class.BindingMode == waitForConsumer && len(w.consumers()) == 0 {
			return f, false
		}
		return w.byHand(f, fmt.Sprintf("class %s makes no volumes by itself", c.Class), volumesKnown)
	case w.class != nil:
		return w.provisioned(f)
	}
	a, absent := p.Absent(model.Ref{Kind: model.KindStorageClass, Name: c.Class})
	if !absent {
		return f, false
	}
	return w.absentClass(f, a, volumesKnown)
}

// absentClass is a PVC whose class does not exist; a volume made by hand may still have
// its name.
func (w *waitingClaim) absentClass(f finding.Finding, a finding.Absence, volumesKnown bool) (finding.Finding, bool) {
	p, c := w.pass, w.claim
	if a.Grade != finding.Proved {
		e := w.said(fmt.Sprintf("storageclass.storage.k8s.io %q not found", c.Class))
		if failed := w.said("failed to provision volume"); e == nil && failed != nil {
			f.Grade = finding.Observed
			f.Summary = fmt.Sprintf("This PVC gets no volume: the provisioner of class %s fails: %s.", c.Class, clause(failed.Message, ""))
			f.Evidence = append(f.Evidence, eventEvidence(failed))
			return f, true
		}
		if e == nil {
			p.Blind(model.KindStorageClass, "")
			return f, false
		}
		a.Grade = finding.Inferred // the controller looked for it
		f.Evidence = append(f.Evidence, eventEvidence(e))
	}
	if !volumesKnown {
		byHand := finding.Absence{Of: c.Ref(), Claim: "no volume of that class was made by hand", Grade: finding.Proved}
		p.doubts(&byHand, []model.Kind{model.KindVolume}, "")
		f.Rests = append(f.Rests, byHand)
	}
	f.Rests = append(f.Rests, a)
	f.Causes = append(f.Causes, finding.IDOf(referenceMissingID, c.Ref(), broken{to: a.Of}.slot()))
	f.Summary = fmt.Sprintf("This PVC gets no volume: its class %s does not exist%s.", c.Class, w.classesThere())
	if near, why := w.nearest(); near != nil && near.Class == c.Class {
		f.Summary = fmt.Sprintf("This PVC gets no volume: no class %s makes one, and volume %s of that class %s.", c.Class, near.Name, why[0])
		f.Evidence = append(f.Evidence, volumeEvidence(near, why))
	}
	f.Evidence = append(f.Evidence, finding.Evidence{Ref: c.Ref(), Path: "spec.storageClassName", Value: c.Class, Note: "there is no such StorageClass"})
	return f, true
}

// said is the newest event of the PVC's controller that says something; nil for none.
func (w *waitingClaim) said(what string) *model.Event {
	for _, e := range w.events {
		if strings.Contains(e.Message, what) {
			return e
		}
	}
	return nil
}

// unclassed is a PVC without a class where none is the default.
func (w *waitingClaim) unclassed(f finding.Finding) (finding.Finding, bool) {
	p := w.pass
	if known, _ := p.Knows(model.KindStorageClass); !known {
		p.Blind(model.KindStorageClass, "")
		return f, false
	}
	for class := range model.Each[*model.StorageClass](p.Snapshot.Space(""), model.KindStorageClass) {
		if class.Default {
			return f, false // the controller is about to fill it in
		}
	}
	f.Summary = fmt.Sprintf("This PVC gets no volume: it names no class, and no class is the default%s.", w.classesThere())
	f.Evidence = append(f.Evidence, finding.Evidence{Ref: w.claim.Ref(), Path: "spec.storageClassName", Note: "not set"})
	for class := range model.Each[*model.StorageClass](p.Snapshot.Space(""), model.KindStorageClass) {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: class.Ref(), Path: "provisioner", Value: class.Provisioner, Note: "not marked as default"})
		if len(f.Evidence) == 8 {
			break
		}
	}
	return f, true
}

// consumers are the pods that mount it and have not ended.
func (w *waitingClaim) consumers() (out []*model.Pod) {
	for _, e := range w.pass.Graph.Users(w.claim.Ref()) {
		pod, ok := model.Get[*model.Pod](w.pass.Snapshot, e.From)
		if ok && e.Type == model.EdgeMounts && alive(pod) && !slices.Contains(out, pod) {
			out = append(out, pod)
		}
	}
	return out
}
