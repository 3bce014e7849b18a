package model

import "time"

// Event is a Warning event. Normal events are not read.
type Event struct {
	Meta
	About   Ref // the involved object
	AboutID string
	Field   string // spec.containers{name}
	Reason  string
	Message string
	Count   int32
	First   time.Time
	Last    time.Time
	Source  string
}
