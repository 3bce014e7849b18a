package model

import "time"

// Moved says which kinds of a namespace ("" for cluster-scoped objects) changed
// since the snapshot before. A cluster-scoped object that moves is also listed under
// the namespaces that Concerned names, so that work stays within a namespace; one that
// concerns all namespaces is listed under "" alone.
type Moved struct {
	Namespace string
	Kinds     []Kind
	First     time.Time // arrival of the oldest change in it
}
