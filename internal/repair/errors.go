package repair

import (
	"errors"
	"fmt"

	"github.com/careen-tui/careen/internal/styled"
)

// What a caller tells apart. Unknown ids are usage errors; every other refusal is a
// *Refusal.
var (
	ErrUnknownFix   = errors.New("there is no such fix")
	ErrUnknownEntry = errors.New("there is no such journal entry")
)

// Refusal says why nothing (more) is written: a sentence, and where two states of
// an object disagree, the difference, masked.
type Refusal struct {
	Reason     string
	Difference []styled.Line
	Conflict   bool // someone changed an object since it was planned
	Err        error
}

func (r *Refusal) Error() string { return r.Reason }

func (r *Refusal) Unwrap() error { return r.Err }

func refuse(format string, arguments ...any) *Refusal {
	return &Refusal{Reason: fmt.Sprintf(format, arguments...)}
}
