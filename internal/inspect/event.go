package inspect

import (
	"time"

	"github.com/careen-tui/careen/internal/model"
)

// Event is one event of any type, sanitised.
type Event struct {
	About       model.Ref
	Field       string
	Warning     bool
	Reason      string
	Message     string
	Source      string
	Count       int32
	First, Last time.Time
}

// Events are those about one object, newest first.
type Events struct {
	List []Event
	Left bool // there are more than were read
}
