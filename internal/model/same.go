package model

import "reflect"

// Same reports whether two rows of one object are equal but for their resource
// version: a heartbeat or a status that careen does not read makes no change.
// b must not be shared yet: its resource version is set aside while comparing.
func Same(a, b Row) bool {
	m := b.Base()
	keep := m.ResourceVersion
	m.ResourceVersion = a.Base().ResourceVersion
	same := reflect.DeepEqual(a, b)
	m.ResourceVersion = keep
	return same
}
