package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	authentication "k8s.io/api/authentication/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/version"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/sanitize"
)

// local is what the kubeconfig says, before any request.
type local struct {
	config    *rest.Config
	raw       api.Config
	context   string
	namespace string // the context's
	user      string // as the kubeconfig calls it, or whom it impersonates
}

// load reads the kubeconfig as kubectl does. Its errors are ErrConfig.
func load(flags *genericclioptions.ConfigFlags) (*local, error) {
	fail := func(err error) (*local, error) { return nil, &ConnectError{Reason: ErrConfig, Err: err} }
	loader := flags.ToRawKubeConfigLoader()
	raw, err := loader.RawConfig()
	if err != nil {
		return fail(err)
	}
	config, err := loader.ClientConfig()
	if err != nil {
		if clientcmd.IsEmptyConfig(err) {
			return fail(noKubeconfig(loader))
		}
		return fail(err)
	}
	if config.Host == "http://localhost:8080" && set(flags.APIServer) == "" && os.Getenv("KUBERNETES_MASTER") == "" {
		// kubectl's last resort, which tells nobody what is missing.
		if len(raw.Contexts) == 0 {
			return fail(noKubeconfig(loader))
		}
		if raw.CurrentContext == "" && set(flags.Context) == "" {
			return fail(errors.New("no context is chosen: name one with --context, or with kubectl config use-context"))
		}
	}
	if err := dangling(&raw, flags); err != nil {
		return fail(err)
	}
	l := &local{config: config, raw: raw, context: raw.CurrentContext}
	if c := set(flags.Context); c != "" {
		l.context = c
	}
	l.namespace, _, err = loader.Namespace()
	if err != nil {
		return fail(err)
	}
	if c := raw.Contexts[l.context]; c != nil {
		l.user = c.AuthInfo
	}
	if u := set(flags.AuthInfoName); u != "" {
		l.user = u
	}
	if u := config.Impersonate.UserName; u != "" {
		l.user = u
	}
	if l.user == "" {
		l.user = bearer(config)
	}
	return l, nil
}

// bearer says by what somebody without a name is known to the server.
func bearer(c *rest.Config) string {
	switch {
	case c.Username != "":
		return c.Username
	case c.BearerToken != "" || c.BearerTokenFile != "":
		return "the bearer of a token"
	case c.CertFile != "" || len(c.CertData) > 0:
		return "the holder of a client certificate"
	case c.ExecProvider != nil || c.AuthProvider != nil:
		return "whom the credential plugin names"
	}
	return "nobody (there are no credentials)"
}

// dangling finds a context whose cluster or user is not there, for which client-go
// would fall back to localhost, or to nobody.
func dangling(raw *api.Config, flags *genericclioptions.ConfigFlags) error {
	name := raw.CurrentContext
	if c := set(flags.Context); c != "" {
		name = c
	}
	c := raw.Contexts[name]
	if c == nil {
		return nil
	}
	if raw.Clusters[c.Cluster] == nil && set(flags.ClusterName) == "" && set(flags.APIServer) == "" {
		return fmt.Errorf("context %q names cluster %q, which is not there", name, c.Cluster)
	}
	if c.AuthInfo != "" && raw.AuthInfos[c.AuthInfo] == nil && set(flags.AuthInfoName) == "" && set(flags.BearerToken) == "" {
		return fmt.Errorf("context %q names user %q, which is not there", name, c.AuthInfo)
	}
	return nil
}

func noKubeconfig(loader clientcmd.ClientConfig) error {
	files := loader.ConfigAccess().GetLoadingPrecedence()
	if f := loader.ConfigAccess().GetExplicitFile(); f != "" {
		files = []string{f}
	}
	return fmt.Errorf("there is none (looked for %s); name one with --kubeconfig", strings.Join(files, ", "))
}

func set(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// configure makes the config of every client: guarded, without a limit on the rate
// of requests (there are few), and never with a timeout, which would cut long lists.
func (l *local) configure(guard *Guard, agent string, warn rest.WarningHandlerWithContext) *rest.Config {
	c := rest.CopyConfig(l.config)
	c.QPS, c.Burst, c.RateLimiter = -1, 0, nil
	c.Timeout = 0
	c.DisableCompression = true
	c.UserAgent = agent
	c.WarningHandlerWithContext = warn
	c.Wrap(guard.Wrap)
	if c.ExecProvider != nil {
		c.ExecProvider = quietPlugin(c.ExecProvider)
	}
	return c
}

// quietWarnings sends the server's warnings to the log.
type quietWarnings struct{ say func(text string) }

func (w quietWarnings) HandleWarningHeaderWithContext(_ context.Context, code int, _, text string) {
	if code == 299 && text != "" {
		w.say(sanitize.Line(text, 500))
	}
}

func serverPrefix(host string) string {
	u, err := url.Parse(host)
	if err != nil || u.Scheme == "" {
		return ""
	}
	return u.Path
}

// contactTimeout bounds the first request, which carries no data, where
// --request-timeout does not.
const contactTimeout = 15 * time.Second

// contact asks for the server's version: the first request of all, so that the
// others find a connection. Its errors are ErrConnect or ErrAuth.
func (s *Source) contact(ctx context.Context) error {
	timeout := contactTimeout
	if asked := s.local.config.Timeout; asked > 0 {
		timeout = asked
	}
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("no answer in %s", timeout))
	defer cancel()
	body, err := s.clients.core().Get().AbsPath("/version").SetHeader("Accept", runtime.ContentTypeJSON).Do(ctx).Raw()
	if err != nil && !apierrors.IsForbidden(err) && !apierrors.IsNotFound(err) {
		if ctx.Err() != nil {
			err = fmt.Errorf("%w: %w", context.Cause(ctx), err)
		}
		reason := reasonOf(err)
		if refusedTLS(err) {
			err = fmt.Errorf("refused TLS: %w", err)
		}
		return &ConnectError{Reason: reason, Request: "GET " + strings.TrimSuffix(s.config.Host, "/") + "/version", As: s.local.user, Err: err}
	}
	var v version.Info
	_ = json.Unmarshal(body, &v) // a server that hides its version still answers
	s.store.SetCluster(func(c *model.Cluster) { c.Version = sanitize.Line(v.GitVersion, 64) })
	return nil
}

// identify asks who the server takes us for. Where it does not say (before 1.28,
// or not allowed), nothing is known.
func (s *Source) identify(ctx context.Context) {
	review := &authentication.SelfSubjectReview{}
	err := s.clients.group("authentication.k8s.io", "v1").Post().Resource("selfsubjectreviews").
		VersionedParams(&metav1.CreateOptions{}, scheme.ParameterCodec).Body(review).Do(ctx).Into(review)
	if err != nil {
		s.log.Info("asking who we are", "error", sanitize.Line(err.Error(), 500))
		return
	}
	s.store.SetCluster(func(c *model.Cluster) { c.User = sanitize.Line(review.Status.UserInfo.Username, 253) })
}
