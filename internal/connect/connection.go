package connect

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"

	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/clientcmd/api"

	"github.com/careen-tui/careen/internal/sanitize"
)

// Options say how to connect.
type Options struct {
	Mode  Mode
	Agent string       // the user agent: "careen/v1.2.3"
	Log   *slog.Logger // where the server's warnings go; nil for nowhere
}

// Connection is the one way to a cluster: every client of the process, Helm's too,
// sends its requests through its guard, and they share its connections.
type Connection struct {
	Context   string // of the kubeconfig
	Namespace string // of that context
	User      string // as the kubeconfig calls it, or whom it impersonates

	raw    api.Config
	asked  rest.Config // before it was guarded: its Timeout is --request-timeout
	guard  *Guard
	gate   *gate
	config *rest.Config
	http   *http.Client

	kube      kubernetes.Interface
	objects   dynamic.Interface
	discovery discovery.CachedDiscoveryInterface
	mapper    *restmapper.DeferredDiscoveryRESTMapper
}

// Open reads the kubeconfig as kubectl does. It sends no request. Its errors are
// ErrConfig.
func Open(flags *genericclioptions.ConfigFlags, o Options) (*Connection, error) {
	l, err := load(flags)
	if err != nil {
		return nil, err
	}
	return open(l, o)
}

// To connects by a configuration that stands in no kubeconfig, as user in context.
func To(config *rest.Config, context, user string, o Options) (*Connection, error) {
	return open(&local{config: config, context: context, namespace: "default", user: user}, o)
}

func open(l *local, o Options) (*Connection, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Agent == "" {
		o.Agent = "careen/dev"
	}
	c := &Connection{
		Context: l.context, Namespace: l.namespace, User: l.user,
		raw: l.raw, asked: *l.config, guard: NewGuard(o.Mode, serverPrefix(l.config.Host)),
	}
	c.config = configure(l.config, c.guard, o)
	if err := c.clients(); err != nil {
		return nil, &ConnectError{Reason: ErrConfig, Err: err}
	}
	return c, nil
}

// clients makes those that the process shares, on one HTTP client.
func (c *Connection) clients() (err error) {
	if c.http, err = rest.HTTPClientFor(c.config); err != nil {
		return fmt.Errorf("preparing the connection: %w", err)
	}
	c.gate = newGate(c.http.Transport)
	c.gate.heard = c.guard.heard
	c.http.Transport = c.gate
	if c.kube, err = kubernetes.NewForConfigAndClient(c.config, c.http); err != nil {
		return fmt.Errorf("preparing the typed client: %w", err)
	}
	if c.objects, err = dynamic.NewForConfigAndClient(c.config, c.http); err != nil {
		return fmt.Errorf("preparing the dynamic client: %w", err)
	}
	c.discovery = memory.NewMemCacheClient(c.kube.Discovery())
	c.mapper = restmapper.NewDeferredDiscoveryRESTMapper(c.discovery)
	return nil
}

// configure makes the config of every client: guarded, without a limit on the rate
// of requests (there are few), and never with a timeout, which would cut long lists.
func configure(base *rest.Config, guard *Guard, o Options) *rest.Config {
	c := rest.CopyConfig(base)
	c.QPS, c.Burst, c.RateLimiter = -1, 0, nil
	c.Timeout = 0
	c.DisableCompression = true
	c.UserAgent = o.Agent
	c.WarningHandlerWithContext = quietWarnings{func(text string) { o.Log.Info("the server warns", "text", text) }}
	c.Wrap(guard.Wrap)
	if c.ExecProvider != nil {
		c.ExecProvider = quietPlugin(c.ExecProvider)
	}
	return c
}

// Config is the guarded configuration, for clients of other libraries.
func (c *Connection) Config() *rest.Config { return rest.CopyConfig(c.config) }

// HTTP is the client that all others share.
func (c *Connection) HTTP() *http.Client { return c.http }

// Host is the server's URL.
func (c *Connection) Host() string { return c.config.Host }

// Kube is the typed client.
func (c *Connection) Kube() kubernetes.Interface { return c.kube }

// Objects is the dynamic client.
func (c *Connection) Objects() dynamic.Interface { return c.objects }

// Discovery is what the server serves, asked for once; Invalidate asks again.
func (c *Connection) Discovery() discovery.CachedDiscoveryInterface { return c.discovery }

// Mapper finds where a kind is served. Reset makes it ask the server again.
func (c *Connection) Mapper() *restmapper.DeferredDiscoveryRESTMapper { return c.mapper }

// Guard is what every request passes.
func (c *Connection) Guard() *Guard { return c.guard }

// ReadOnly reports whether no write can leave.
func (c *Connection) ReadOnly() bool { return c.guard.mode != ReadWrite }

// Close gives up the connections that are idle.
func (c *Connection) Close() { c.http.CloseIdleConnections() }

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
