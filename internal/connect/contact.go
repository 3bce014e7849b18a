package connect

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/version"

	"github.com/careen-tui/careen/internal/sanitize"
)

// contactTimeout bounds the first request, which carries no data, and a credential
// plugin, where --request-timeout does not.
const contactTimeout = 15 * time.Second

func (c *Connection) contactWithin() time.Duration {
	if c.timeout > 0 {
		return c.timeout
	}
	return contactTimeout
}

// Contact asks for the server's version: the first request of all, so that the
// others find a connection. Its errors are ErrConnect or ErrAuth. A server that
// hides its version is known by the empty one, if it has an API.
func (c *Connection) Contact(ctx context.Context) (serverVersion string, err error) {
	within := c.contactWithin()
	ctx, cancel := context.WithTimeoutCause(ctx, within, fmt.Errorf("no answer in %s", within))
	defer cancel()
	body, err := c.get(ctx, "/version")
	var v version.Info
	switch {
	case err == nil && json.Unmarshal(body, &v) == nil && v.GitVersion != "":
		return sanitize.Line(v.GitVersion, 64), nil
	case err == nil, apierrors.IsForbidden(err), apierrors.IsNotFound(err):
		return "", c.serves(ctx)
	}
	return "", c.unreachable(ctx, "/version", err)
}

// serves returns an error where what answers is no Kubernetes API server: a proxy's
// own page, or the API of something else, behind a URL that is not quite right.
func (c *Connection) serves(ctx context.Context) error {
	body, err := c.get(ctx, "/api")
	var versions metav1.APIVersions
	switch {
	case apierrors.IsForbidden(err):
		return nil
	case apierrors.IsNotFound(err):
		return c.unreachable(ctx, "/api", errors.New("404 Not Found, for /version as well: this is not the URL of a Kubernetes API server"))
	case err != nil:
		return c.unreachable(ctx, "/api", err)
	case json.Unmarshal(body, &versions) != nil || len(versions.Versions) == 0:
		return c.unreachable(ctx, "/api", errors.New("the answer is not that of a Kubernetes API server"))
	}
	return nil
}

func (c *Connection) unreachable(ctx context.Context, path string, err error) error {
	if ctx.Err() != nil && context.Cause(ctx) != nil {
		err = fmt.Errorf("%w: %w", context.Cause(ctx), err)
	}
	reason := reasonOf(err)
	if refusedTLS(err) {
		err = fmt.Errorf("refused TLS: %w", err)
	}
	return &ConnectError{Reason: reason, Request: c.request(path), As: c.User, Err: err}
}

// Identify asks who the server takes us for. Servers before 1.28 do not say.
func (c *Connection) Identify(ctx context.Context) (user string, err error) {
	review, err := c.kube.AuthenticationV1().SelfSubjectReviews().Create(ctx, &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	if err != nil {
		return "", fmt.Errorf("asking who we are: %w", err)
	}
	return sanitize.Line(review.Status.UserInfo.Username, 253), nil
}

func (c *Connection) get(ctx context.Context, path string) ([]byte, error) {
	return c.kube.CoreV1().RESTClient().Get().AbsPath(path).SetHeader("Accept", runtime.ContentTypeJSON).Do(ctx).Raw()
}

func (c *Connection) request(path string) string {
	return "GET " + strings.TrimSuffix(c.Host(), "/") + path
}

// Err is why the server cannot be reached at present, by the last request that it
// did not answer; nil where it answers.
func (c *Connection) Err() error {
	since, failing := c.guard.Failing()
	if failing == nil {
		return nil
	}
	return &ConnectError{
		Reason: reasonOf(failing), Request: c.Host(), As: c.User,
		Err: fmt.Errorf("since %s: %w", since.UTC().Format(time.TimeOnly), failing),
	}
}
