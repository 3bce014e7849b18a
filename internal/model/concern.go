package model

// Concern says which namespaces the move of a cluster-scoped object concerns: those
// in which a probe of namespaces must look again.
type Concern uint8

// The concerns.
const (
	Everywhere Concern = iota // every namespace: classes, cluster roles, webhooks
	Itself                    // the namespace of its name
	Tied                      // the namespaces that hold a row tied to it; see Tie
)

// Tie returns the cluster-scoped object that a row of a namespace is tied to: the
// node of a pod, the volume of a PVC. Its name is empty while there is none: the pod
// is not scheduled, the PVC is not bound. ok is false for any other row.
func Tie(row Row) (to Ref, ok bool) {
	switch r := row.(type) {
	case *Pod:
		return Ref{Kind: KindNode, Name: r.Node}, true
	case *Claim:
		return Ref{Kind: KindVolume, Name: r.Volume}, true
	}
	return Ref{}, false
}

// Concerned lists the namespaces that the move of a row concerns beside its own; some
// may be listed twice. tied lists the namespaces of the rows that Tie ties to an object.
//
//   - A Node concerns the namespaces of its pods, and of the pods that wait for a node.
//   - A PersistentVolume concerns the namespace of its PVC, be it the volume or the PVC
//     that names the other; while it has none, those of the PVCs that wait for a volume.
//   - A VolumeAttachment concerns the namespace of the PVC of its volume.
//
// Whether a move concerns all namespaces is in the table alone: see Everywhere.
func Concerned(row Row, tied func(Ref) []string) []string {
	m := row.Base()
	switch Lookup(m.Kind).Concerns {
	case Itself:
		return []string{m.Name}
	case Tied:
		return tiedTo(row, tied)
	case Everywhere:
	}
	return nil
}

func tiedTo(row Row, tied func(Ref) []string) []string {
	switch r := row.(type) {
	case *Node:
		return append(tied(r.Ref()), tied(Ref{Kind: KindNode})...)
	case *Volume:
		out := tied(r.Ref())
		if r.Claim.Namespace == "" {
			return append(out, tied(Ref{Kind: KindVolume})...)
		}
		return append(out, r.Claim.Namespace)
	case *Attachment:
		return tied(Ref{Kind: KindVolume, Name: r.Volume})
	}
	return nil
}
