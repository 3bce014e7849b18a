//go:build e2e

package e2e

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"sync"
	"testing"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/controlplane/planetest"
)

// middle is what stands between careen and a server, and can be told to do harm.
type middle struct {
	*httptest.Server
	kubeconfig string

	mu     sync.Mutex
	before func(w http.ResponseWriter, t connect.Target) bool       // answers in the server's place; it reports whether it did
	body   func(t connect.Target, body io.ReadCloser) io.ReadCloser // changes an answer
	header func(http.Header)
	asked  map[string]int // requests that came in, by verb and resource
	cut    map[int]func() // ends the watches that are under way
	number int
}

// between starts a proxy to a plane for the users of its kubeconfig; the current context
// is the one named, or the administrator's.
func between(t *testing.T, p *planetest.Plane, context string) *middle {
	t.Helper()
	config := p.Config(t, "")
	host, err := url.Parse(config.Host)
	if err != nil {
		t.Fatal(err)
	}
	transport, err := rest.TransportFor(rest.AnonymousClientConfig(config)) // who asks is passed on
	if err != nil {
		t.Fatal(err)
	}
	m := &middle{asked: map[string]int{}, cut: map[int]func(){}}
	proxy := &httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(host) },
		Transport:     transport,
		FlushInterval: -1,
		ErrorLog:      log.New(io.Discard, "", 0), // of the harm that is done
		ModifyResponse: func(resp *http.Response) error {
			target := connect.ParseTarget("", resp.Request)
			m.mu.Lock()
			body, header := m.body, m.header
			m.mu.Unlock()
			if header != nil {
				header(resp.Header)
			}
			if body != nil {
				resp.Body = body(target, resp.Body)
				resp.ContentLength = -1
				resp.Header.Del("Content-Length")
			}
			if target.Verb == "watch" {
				m.follow(resp)
			}
			return nil
		},
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	m.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		target := connect.ParseTarget("", r)
		m.mu.Lock()
		m.asked[target.Verb+" "+target.Resource]++
		before := m.before
		m.mu.Unlock()
		if before != nil && before(w, target) {
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	m.Config.ErrorLog = proxy.ErrorLog
	m.StartTLS() // without it, a kubeconfig's credentials are not sent
	t.Cleanup(func() {
		m.CloseClientConnections()
		m.Close()
	})
	all, err := clientcmd.LoadFromFile(p.Cluster(t).Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all.Clusters {
		c.Server, c.CertificateAuthority, c.CertificateAuthorityData, c.InsecureSkipTLSVerify = m.URL, "", nil, true
	}
	if context != "" {
		all.CurrentContext = context
	}
	m.kubeconfig = filepath.Join(t.TempDir(), "kubeconfig")
	if err := clientcmd.WriteToFile(*all, m.kubeconfig); err != nil {
		t.Fatal(err)
	}
	return m
}

// follow lets a watch be ended while it is under way.
func (m *middle) follow(resp *http.Response) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.number++
	number, body := m.number, resp.Body
	m.cut[number] = sync.OnceFunc(func() { _ = body.Close() })
	resp.Body = &closing{body, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.cut, number)
	}}
}

type closing struct {
	io.ReadCloser
	closed func()
}

func (c *closing) Close() error {
	c.closed()
	return c.ReadCloser.Close()
}

// does tells it what to do from now on; nil for what it is to leave alone.
func (m *middle) does(before func(w http.ResponseWriter, t connect.Target) bool, body func(t connect.Target, body io.ReadCloser) io.ReadCloser) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.before, m.body = before, body
}

// drop ends the watches that are under way.
func (m *middle) drop() {
	m.mu.Lock()
	var all []func()
	for _, end := range m.cut {
		all = append(all, end)
	}
	m.mu.Unlock()
	for _, end := range all {
		end()
	}
}

// times is how often something was asked for.
func (m *middle) times(what string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.asked[what]
}

// replaced is an answer that is read from elsewhere.
type replaced struct {
	io.Reader
	io.Closer
}
