package connect

import (
	"errors"
	"net/http"
	"strings"

	utilnet "k8s.io/apimachinery/pkg/util/net"
)

// BrokenError is a connection that broke before its answer came, under a request whose
// sender tries again by itself (WithoutRetries). client-go tries such a request ten times
// at a second each, without a word, and then calls a watch that never opened one that
// ended well (client-go, rest/request.go). It knows them by type and text, so this has
// neither.
type BrokenError struct{ err error }

func (e *BrokenError) Error() string {
	text := e.err.Error()
	switch {
	case strings.Contains(text, "connection reset"):
		return "the server reset the connection"
	case strings.Contains(text, "GOAWAY"):
		return "the server said that it goes away"
	case utilnet.IsTimeout(e.err):
		return "no answer in time"
	}
	return "the server closed the connection without an answer"
}

// Is reports whether the cause is target: a bound that was passed, or the end of a context.
func (e *BrokenError) Is(target error) bool { return errors.Is(e.err, target) }

// final makes errors that client-go would hide into such that it passes on.
func final(r *http.Request, err error) error {
	if err == nil || !asked[impatient](r) {
		return err
	}
	if utilnet.IsProbableEOF(err) || utilnet.IsTimeout(err) || utilnet.IsConnectionReset(err) {
		return &BrokenError{err}
	}
	return err
}
