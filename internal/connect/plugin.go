package connect

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"k8s.io/client-go/pkg/apis/clientauthentication"
	"k8s.io/client-go/tools/clientcmd/api"

	"github.com/careen-tui/careen/internal/mask"
)

// failedFor is for how long the failure of a plugin is believed: dozens of requests
// ask for credentials at once, and none of them starts the plugin again meanwhile.
const failedFor = 5 * time.Second

// plugin gets credentials from the program that a kubeconfig names, as client-go's
// plugin/pkg/client/auth/exec does (KEP-541). Other than there, the program runs in a
// session of its own without a terminal, ends with careen or after a deadline, and
// whoever waits for it can give up.
type plugin struct {
	spec    *api.ExecConfig
	cluster *clientauthentication.Cluster // what it is told of the cluster; nil for nothing
	within  time.Duration                 // how long it may take
	rotated func()                        // is called when a client certificate was replaced; may be nil
	ctx     context.Context               // ends every run
	cancel  context.CancelFunc

	mu       sync.Mutex
	have     *credentials
	running  *run // nil where none is under way
	failed   error
	failedAt time.Time
}

// credentials are what a plugin gave.
type credentials struct {
	token   string
	cert    *tls.Certificate
	expires time.Time // zero for never
}

func (c *credentials) expired() bool { return !c.expires.IsZero() && time.Now().After(c.expires) }

// run is one execution of a plugin.
type run struct {
	cancel context.CancelFunc
	ended  chan struct{}
}

// CredentialError says why there are no credentials to send.
type CredentialError struct {
	Plugin  string // the command, without what may be secret in it
	Waiting bool   // it gave no answer in time: it may ask for input
	Err     error
}

func (e *CredentialError) Error() string {
	return mask.Line(fmt.Sprintf("getting credentials from %s: %s", e.Plugin, e.Err), 1000)
}

// Unwrap returns the cause.
func (e *CredentialError) Unwrap() error { return e.Err }

func newPlugin(spec *api.ExecConfig, cluster *clientauthentication.Cluster, within time.Duration) *plugin {
	p := &plugin{spec: spec, cluster: cluster, within: within}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	return p
}

// get returns credentials: those at hand, or new ones where they have expired.
func (p *plugin) get(ctx context.Context) (*credentials, error) {
	for {
		p.mu.Lock()
		switch {
		case p.have != nil && !p.have.expired():
			defer p.mu.Unlock()
			return p.have, nil
		case p.failed != nil && time.Since(p.failedAt) < failedFor:
			defer p.mu.Unlock()
			return nil, p.failed
		case p.running == nil:
			p.start()
		}
		r := p.running
		p.mu.Unlock()
		select {
		case <-r.ended:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// start runs the plugin beside the caller, who holds mu.
func (p *plugin) start() {
	ctx, cancel := context.WithTimeoutCause(p.ctx, p.within, errPluginWaits)
	r := &run{cancel: cancel, ended: make(chan struct{})}
	p.running = r
	go func() {
		defer close(r.ended)
		defer cancel()
		got, err := execute(ctx, p.spec, p.cluster, nil)
		p.keep(r, got, p.explain(ctx, err))
	}()
}

// keep takes over what a run gave. r is nil for a login.
func (p *plugin) keep(r *run, got *credentials, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r != nil && p.running != r {
		return // a login came in between
	}
	p.running = nil
	if err != nil {
		p.failed, p.failedAt = err, time.Now()
		return
	}
	replaced := p.have != nil && p.have.cert != nil && p.rotated != nil
	p.have, p.failed = got, nil
	if replaced {
		p.rotated()
	}
}

var errPluginWaits = errors.New("it gave none in time")

// explain words why a run gave nothing.
func (p *plugin) explain(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	e := &CredentialError{Plugin: p.name(), Err: err}
	if errors.Is(context.Cause(ctx), errPluginWaits) {
		e.Waiting = true
		e.Err = fmt.Errorf("it waited for more than %s, maybe for input: log in at the terminal (I in the interface), or run it there once by hand", p.within)
	}
	return e
}

// refused drops credentials that the server did not accept.
func (p *plugin) refused(c *credentials) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.have == c {
		p.have = nil
	}
}

// stop ends what is under way.
func (p *plugin) stop() {
	p.mu.Lock()
	r := p.running
	p.running = nil
	p.mu.Unlock()
	if r != nil {
		r.cancel()
		<-r.ended
	}
}

// close ends what is under way, and all that would come.
func (p *plugin) close() {
	p.cancel()
	p.stop()
}

// name is the command, without what may be secret in it.
func (p *plugin) name() string {
	words := []string{filepath.Base(p.spec.Command)}
	for _, arg := range p.spec.Args {
		if name, _, found := strings.Cut(arg, "="); found && strings.HasPrefix(arg, "-") {
			arg = name + "=..."
		}
		words = append(words, arg)
	}
	return mask.Line(strings.Join(words, " "), 253)
}

// certificate gives TLS the client certificate of the plugin, if it has one.
func (p *plugin) certificate() (*tls.Certificate, error) {
	c, err := p.get(p.ctx)
	if err != nil {
		return nil, err
	}
	return c.cert, nil
}

// wrap sends the plugin's token with every request that has no other.
func (p *plugin) wrap(next http.RoundTripper) http.RoundTripper { return &authenticated{p, next} }

type authenticated struct {
	plugin *plugin
	next   http.RoundTripper
}

func (t *authenticated) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Header.Get("Authorization") != "" {
		return t.next.RoundTrip(r)
	}
	c, err := t.plugin.get(r.Context())
	if err != nil {
		if r.Body != nil {
			r.Body.Close()
		}
		return nil, err
	}
	if c.token != "" {
		r = r.Clone(r.Context())
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := t.next.RoundTrip(r)
	if err == nil && resp.StatusCode == http.StatusUnauthorized {
		t.plugin.refused(c)
	}
	return resp, err
}

// WrappedRoundTripper lets client-go find the transport.
func (t *authenticated) WrappedRoundTripper() http.RoundTripper { return t.next }
