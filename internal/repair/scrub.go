package repair

import (
	"errors"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/mask"
)

// scrubber knows the secret values that passed through a plan, and takes them out of
// diffs, and of text that others wrote: a server's or a webhook's message. A nil one
// knows none.
type scrubber struct{ mask.Values }

func (s *scrubber) learn(u *unstructured.Unstructured) {
	if u != nil {
		s.Secret(u.Object)
	}
}

// maxMessage bounds what is repeated of a server's message.
const maxMessage = 600

// said is an error of the API server in words for an operator: bounded, harmless to
// a terminal, without any of the plan's secret values and what else looks like one.
func (s *scrubber) said(err error) string {
	var status apierrors.APIStatus
	text := err.Error()
	if errors.As(err, &status) {
		text = status.Status().Message
	}
	if s != nil {
		text = s.Text(text)
	}
	return mask.Line(text, maxMessage)
}
