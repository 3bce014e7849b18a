package repair

import (
	"errors"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/careen-tui/careen/internal/sanitize"
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

// maxMessage bounds what is repeated of a server's message.
const maxMessage = 600

// said is an error of the API server in words for an operator: bounded, harmless to
// a terminal, and without any of the plan's secret values.
func (s *scrubber) said(err error) string {
	var status apierrors.APIStatus
	text := err.Error()
	if errors.As(err, &status) {
		text = status.Status().Message
	}
	return sanitize.Line(s.clean(text), maxMessage)
}
