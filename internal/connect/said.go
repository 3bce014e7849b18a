package connect

import (
	"errors"
	"regexp"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/careen-tui/careen/internal/mask"
)

// serverText is what the server, or the network, said: one line.
func serverText(err error) string {
	var status apierrors.APIStatus
	if errors.As(err, &status) {
		return mask.Line(status.Status().Message, 300)
	}
	text, _, _ := strings.Cut(plainCause(err), " - error from a previous attempt: ")
	return mask.Line(text, 300)
}

// refusal is how the API server words a missing right (apiserver, authorization/
// authorizer and endpoints/handlers/responsewriters).
var refusal = regexp.MustCompile(`User "(.*?)" cannot (\w+) resource "([^"]*)" in API group "([^"]*)" (?:at the cluster scope|in the namespace "([^"]*)")`)

// forbidden words a refusal as whom and which right is missing: "forbidden to
// viewer (list secrets in namespace default)".
func forbidden(err error) string {
	m := refusal.FindStringSubmatch(serverText(err))
	if m == nil {
		return "forbidden: " + serverText(err)
	}
	resource := m[3]
	if m[4] != "" {
		resource += "." + m[4]
	}
	if m[5] != "" {
		resource += " in namespace " + m[5]
	}
	return "forbidden to " + m[1] + " (" + m[2] + " " + resource + ")"
}

// Said is what a request's error comes down to, as one safe line: which right is
// missing, and to whom, or what the server or the network said.
func Said(err error) string {
	if apierrors.IsForbidden(err) {
		return forbidden(err)
	}
	return serverText(err)
}
