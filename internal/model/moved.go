package model

import "time"

// Moved says which kinds of a namespace ("" for cluster-scoped objects) changed
// since the snapshot before. A PersistentVolume that moves is also listed under
// the namespace of the claim it is bound to, a Namespace also under its own name,
// so that work stays within a namespace.
type Moved struct {
	Namespace string
	Kinds     []Kind
	First     time.Time // arrival of the oldest change in it
}
