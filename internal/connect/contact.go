package connect

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	authentication "k8s.io/api/authentication/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/version"

	"github.com/careen-tui/careen/internal/sanitize"
)

// contactTimeout bounds the first request, which carries no data, where
// --request-timeout does not.
const contactTimeout = 15 * time.Second

// Contact asks for the server's version: the first request of all, so that the
// others find a connection. Its errors are ErrConnect or ErrAuth. A server that
// hides its version is known by the empty one.
func (c *Connection) Contact(ctx context.Context) (serverVersion string, err error) {
	timeout := contactTimeout
	if asked := c.asked.Timeout; asked > 0 {
		timeout = asked
	}
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("no answer in %s", timeout))
	defer cancel()
	body, err := c.get(ctx, "/version")
	if err != nil && !apierrors.IsForbidden(err) && !apierrors.IsNotFound(err) {
		if ctx.Err() != nil {
			err = fmt.Errorf("%w: %w", context.Cause(ctx), err)
		}
		reason := reasonOf(err)
		if refusedTLS(err) {
			err = fmt.Errorf("refused TLS: %w", err)
		}
		return "", &ConnectError{Reason: reason, Request: c.request("/version"), As: c.User, Err: err}
	}
	var v version.Info
	_ = json.Unmarshal(body, &v)
	return sanitize.Line(v.GitVersion, 64), nil
}

// Identify asks who the server takes us for. Servers before 1.28 do not say.
func (c *Connection) Identify(ctx context.Context) (user string, err error) {
	review, err := c.kube.AuthenticationV1().SelfSubjectReviews().Create(ctx, &authentication.SelfSubjectReview{}, metav1.CreateOptions{})
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
