package connect

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/transport"

	"github.com/careen-tui/careen/internal/sanitize"
)

// Options say how to connect.
type Options struct {
	Mode   Mode
	Writes []Write      // that ReadAndWrite lets pass
	Agent  string       // the user agent: "careen/v1.2.3"
	Log    *slog.Logger // where the server's warnings go; nil for nowhere
}

// Connection is the one way to a cluster: every client of the process, Helm's too,
// sends its requests through its guard, and they share its connections.
type Connection struct {
	Context   string // of the kubeconfig
	Namespace string // of that context
	User      string // as the kubeconfig calls it, or whom it impersonates

	host    string        // as the kubeconfig has it
	timeout time.Duration // --request-timeout
	guard   *Guard
	gate    *gate
	plugin  *plugin      // nil where the kubeconfig names none
	config  *rest.Config // without credentials: http has them
	http    *http.Client

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

func open(l *local, o Options) (*Connection, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Agent == "" {
		o.Agent = "careen/dev"
	}
	c := &Connection{
		Context: sanitize.Line(l.context, 253), Namespace: l.namespace, User: sanitize.Line(l.user, 253),
		host: l.config.Host, timeout: l.config.Timeout,
	}
	err := c.dial(l.config, o)
	if err == nil {
		err = c.clients()
	}
	if err != nil {
		return nil, &ConnectError{Reason: ErrConfig, Err: err}
	}
	return c, nil
}

// dial makes the one HTTP client: the gate, then credentials, then the guard, then
// the network.
func (c *Connection) dial(base *rest.Config, o Options) error {
	base = rest.CopyConfig(base)
	server, _, err := rest.DefaultServerUrlFor(base)
	if err != nil {
		return fmt.Errorf("the server's address: %w", err)
	}
	c.guard = NewGuard(o.Mode, server, o.Writes...)
	spec := base.ExecProvider
	base.Timeout, base.DisableCompression, base.UserAgent = 0, true, o.Agent
	base.Wrap(c.guard.Wrap)
	if spec != nil {
		info, err := rest.ConfigToExecCluster(base)
		if err != nil {
			return fmt.Errorf("the credential plugin: %w", err)
		}
		c.plugin, base.ExecProvider = newPlugin(spec, info, c.contactWithin()), nil
	}
	tc, err := base.TransportConfig()
	if err != nil {
		return fmt.Errorf("preparing the connection: %w", err)
	}
	if c.plugin != nil && !tc.HasTokenAuth() && !tc.HasBasicAuth() && !tc.HasCertAuth() {
		tc.Wrap(c.plugin.wrap)
		tc.TLS.GetCertHolder = &transport.GetCertHolder{GetCert: c.plugin.certificate}
	}
	rt, err := transport.New(tc)
	if err != nil {
		return fmt.Errorf("preparing the connection: %w", err)
	}
	c.gate = newGate(rt)
	c.gate.heard = c.guard.heard
	c.http = &http.Client{Transport: c.gate}
	if c.plugin != nil {
		c.plugin.rotated = c.http.CloseIdleConnections
	}
	c.config = &rest.Config{
		Host: server.String(), APIPath: base.APIPath, UserAgent: o.Agent, QPS: -1, Transport: c.gate,
		WarningHandlerWithContext: quietWarnings{func(text string) { o.Log.Info("the server warns", "text", text) }},
	}
	return nil
}

// clients makes those that the process shares.
func (c *Connection) clients() (err error) {
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

// Config is for clients of other libraries: their requests take the same way, and
// they get no credentials.
func (c *Connection) Config() *rest.Config { return rest.CopyConfig(c.config) }

// HTTP is the client that all others share.
func (c *Connection) HTTP() *http.Client { return c.http }

// Host is the server's URL.
func (c *Connection) Host() string { return c.host }

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

// Close ends a credential plugin that is under way, and gives up the connections
// that are idle.
func (c *Connection) Close() {
	if c.plugin != nil {
		c.plugin.close()
	}
	c.http.CloseIdleConnections()
}

// quietWarnings sends the server's warnings to the log.
type quietWarnings struct{ say func(text string) }

func (w quietWarnings) HandleWarningHeaderWithContext(_ context.Context, code int, _, text string) {
	if code == 299 && text != "" {
		w.say(sanitize.Line(text, 500))
	}
}
