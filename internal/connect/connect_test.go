package connect

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/rest"
)

const kubeconfig = `apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: u, user: {token: t}}]
contexts:
- {name: good, context: {cluster: c, user: u, namespace: home}}
- {name: dangling, context: {cluster: nowhere, user: u}}
`

func flagsFor(t *testing.T, content string, change func(*genericclioptions.ConfigFlags)) *genericclioptions.ConfigFlags {
	t.Helper()
	t.Setenv("HOME", t.TempDir())
	t.Setenv("KUBECONFIG", "")
	t.Setenv("KUBERNETES_MASTER", "")
	t.Setenv("KUBERNETES_SERVICE_HOST", "")
	path := filepath.Join(t.TempDir(), "config")
	if content != "" {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f := genericclioptions.NewConfigFlags(true)
	f.KubeConfig = &path
	if change != nil {
		change(f)
	}
	return f
}

func with(field func(*genericclioptions.ConfigFlags) **string, value string) func(*genericclioptions.ConfigFlags) {
	return func(f *genericclioptions.ConfigFlags) { *field(f) = &value }
}

func TestKubeconfigThatCannotBeUsed(t *testing.T) {
	byContext := func(f *genericclioptions.ConfigFlags) **string { return &f.Context }
	for _, tt := range []struct {
		name, content, says string
		change              func(*genericclioptions.ConfigFlags)
	}{
		{"absent", "", "no such file", nil},
		{"none anywhere", "", "there is none (looked for", func(f *genericclioptions.ConfigFlags) { f.KubeConfig = new(string) }},
		{"malformed", "clusters: [}", "yaml", nil},
		{"unknown context", kubeconfig, `context "staging" does not exist`, with(byContext, "staging")},
		{"no context chosen", kubeconfig, "no context is chosen", nil},
		{"unknown cluster of the context", kubeconfig, `cluster "nowhere"`, with(byContext, "dangling")},
		{"certificate that is not there", strings.ReplaceAll(kubeconfig, "token: t", "client-certificate: /nowhere/crt, client-key: /nowhere/key"), "/nowhere/crt", with(byContext, "good")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Open(flagsFor(t, tt.content, tt.change), Options{})
			if !errors.Is(err, ErrConfig) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestFlagsOverrideTheKubeconfig(t *testing.T) {
	l, err := load(flagsFor(t, kubeconfig, func(f *genericclioptions.ConfigFlags) {
		context, as := "good", "someone"
		f.Context, f.Impersonate = &context, &as
	}))
	if err != nil {
		t.Fatal(err)
	}
	if l.context != "good" || l.namespace != "home" || l.user != "someone" || l.config.Host != "https://127.0.0.1:1" {
		t.Errorf("got %+v", l)
	}
}

// counting is a server that counts what reaches it.
func counting(t *testing.T) (url string, reached *atomic.Int32) {
	t.Helper()
	reached = &atomic.Int32{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		reached.Add(1)
		w.WriteHeader(http.StatusNotFound)
	}))
	t.Cleanup(server.Close)
	return server.URL, reached
}

func connection(t *testing.T, config *rest.Config, mode Mode) *Connection {
	t.Helper()
	c, err := open(&local{config: config, context: "c", namespace: "default", user: "jane"}, Options{Mode: mode})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestConfigNeverTimesOutAndIsGuarded(t *testing.T) {
	url, reached := counting(t)
	c := connection(t, &rest.Config{Host: url}, ReadOnly).Config()
	if c.Timeout != 0 || c.QPS != -1 {
		t.Errorf("timeout %s, QPS %v", c.Timeout, c.QPS)
	}
	client, err := rest.HTTPClientFor(c)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, c.Host+"/api/v1/namespaces/ns/secrets/s", nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Do(req)
	var refused *RefusedError
	if !errors.As(err, &refused) || reached.Load() != 0 {
		t.Errorf("another client of the config sent a DELETE: %v", err)
	}
}

func TestServerThatCannotBeReached(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := listener.Addr().String()
	listener.Close()
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(secure.Close)
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }))
	t.Cleanup(plain.Close)
	for _, tt := range []struct {
		name   string
		config *rest.Config
		reason error
		says   string
	}{
		{"nobody listens", &rest.Config{Host: "http://" + addr}, ErrConnect, "GET http://" + addr + "/version as jane: dial tcp " + addr + ": connect: connection refused"},
		{"unknown authority", &rest.Config{Host: secure.URL}, ErrConnect, "refused TLS"},
		{"no TLS", &rest.Config{Host: strings.Replace(plain.URL, "http", "https", 1)}, ErrConnect, "https"},
		{"unknown credentials", &rest.Config{Host: plain.URL, BearerToken: "expired"}, ErrAuth, "/version as jane"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := connection(t, tt.config, ReadOnly).Contact(t.Context())
			if !errors.Is(err, tt.reason) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v", err)
			}
			if err != nil && strings.Contains(err.Error(), "expired") {
				t.Error("the token is in the message")
			}
		})
	}
}
