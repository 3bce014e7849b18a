package report

import "github.com/careen-tui/careen/internal/model"

// Planned is something that an operation would do, as preflight and forecast tell
// it: no finding, since it may well be what is wanted.
type Planned struct {
	Verb    string    `json:"verb"` // create, update, restart, replace, delete, keep, leave
	Ref     model.Ref `json:"ref"`
	Summary string    `json:"summary,omitempty"`
	Lines   []string  `json:"lines,omitempty"` // what differs: paths, and values where none can be secret
}
