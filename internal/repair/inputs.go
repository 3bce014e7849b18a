package repair

import (
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// Choice is one finding and the fix chosen for it; an empty Fix is the first.
type Choice struct {
	Finding *finding.Finding
	Fix     string
}

// Ask is a value that only the operator knows. It is asked for in a masked form.
type Ask struct {
	Ref model.Ref // the Secret
	Key string
}

// Inputs are what the operator typed. Nothing prints or logs them.
type Inputs struct {
	Values map[Ask]string
}

// Consent is what Apply wants besides the plan itself.
type Consent struct {
	Confirm     string // the name that Plan.Confirm asks for
	WithoutUndo bool   // apply although the journal entry cannot be written
}
