package connect

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/sanitize"
)

// What keeps careen from a cluster; test for one with errors.Is.
var (
	ErrConfig  = errors.New("the kubeconfig cannot be used")
	ErrConnect = errors.New("the cluster cannot be reached")
	ErrAuth    = errors.New("the cluster does not accept the credentials")
)

// ConnectError says which request failed, as whom, and why.
type ConnectError struct {
	Reason  error  // ErrConfig, ErrConnect or ErrAuth
	Request string // "GET https://127.0.0.1:6443/version"; empty where none was made
	As      string // the user of the kubeconfig, or the one impersonated
	Err     error
}

func (e *ConnectError) Error() string {
	text := e.Reason.Error()
	if e.Request != "" {
		text = fmt.Sprintf("%s: %s", text, e.Request)
		if e.As != "" {
			text += " as " + e.As
		}
	}
	text += ": " + plainCause(e.Err)
	if errors.Is(e.Reason, ErrConfig) { // the operator's own file, whose name must be read
		return sanitize.Line(text, 2000)
	}
	return mask.Line(text, 2000)
}

// Unwrap makes errors.Is find the reason, and the cause behind it.
func (e *ConnectError) Unwrap() []error { return []error{e.Reason, e.Err} }

// plainCause shortens what net/http wraps around a cause, since the request is
// named already.
func plainCause(err error) string {
	text := err.Error()
	if i := strings.Index(text, "\": "); i >= 0 && (strings.HasPrefix(text, "Get \"") || strings.HasPrefix(text, "Post \"")) {
		return text[i+3:]
	}
	return text
}

// reasonOf sorts the failure of a request: did the server turn the caller away, or
// was there no server?
func reasonOf(err error) error {
	var missing *CredentialError
	if apierrors.IsUnauthorized(err) || errors.Is(err, ErrCredentials) || errors.As(err, &missing) {
		return ErrAuth
	}
	return ErrConnect
}

// refusedTLS reports whether the two sides did not agree on certificates.
func refusedTLS(err error) bool {
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var verify *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	return errors.As(err, &unknown) || errors.As(err, &host) || errors.As(err, &invalid) || errors.As(err, &verify) ||
		errors.As(err, &record) || errors.As(err, &alert)
}
