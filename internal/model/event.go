package model

import "time"

// Event is a Warning event. Normal events are not read.
type Event struct {
	Meta
	About   Ref    // the involved object
	AboutID string `careen:"keep"`
	Field   string `careen:"text"` // spec.containers{name}
	Reason  string `careen:"keep"`
	Message string `careen:"text"`
	Count   int32
	First   time.Time
	Last    time.Time
	Source  string `careen:"text"`
}
