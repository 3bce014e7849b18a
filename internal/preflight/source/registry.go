package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"helm.sh/helm/v3/pkg/cli"
	"helm.sh/helm/v3/pkg/registry"
)

// pullTime is how long a registry may take.
const pullTime = 2 * time.Minute

// pull reads a chart's archive from a registry into memory, with the credentials that
// `helm registry login` keeps. Helm's client takes no context, so its transport has
// one.
func pull(ctx context.Context, ref string, o Options) ([]byte, error) {
	name, err := tagged(strings.TrimPrefix(ref, registry.OCIScheme+"://"), o.Version)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, pullTime, fmt.Errorf("the registry takes longer than %s", pullTime))
	defer cancel()
	to := &bounded{ctx: ctx, next: registry.NewTransport(false)}
	to.left.Store(maxArchive)
	options := []registry.ClientOption{
		registry.ClientOptWriter(io.Discard),
		registry.ClientOptCredentialsFile(cli.New().RegistryConfig),
		registry.ClientOptHTTPClient(&http.Client{Transport: to, CheckRedirect: redirected}),
	}
	if o.PlainHTTP {
		options = append(options, registry.ClientOptPlainHTTP())
	}
	client, err := registry.NewClient(options...)
	if err != nil {
		return nil, err
	}
	result, err := client.Pull(name, registry.PullOptWithChart(true), registry.PullOptIgnoreMissingProv(true))
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("the registry refuses: %w", err)
	}
	return result.Chart.Data, nil
}

// tagged is a reference with a version.
func tagged(name, version string) (string, error) {
	if strings.ContainsAny(name[strings.LastIndex(name, "/")+1:], ":@") {
		return name, nil
	}
	if version == "" {
		return "", errors.New("it names no version: write oci://host/name:1.2.3, or --version 1.2.3")
	}
	return name + ":" + strings.ReplaceAll(version, "+", "_"), nil // a tag knows no plus sign
}

// bounded gives every request a context, and bounds all answers together.
type bounded struct {
	ctx  context.Context
	next http.RoundTripper
	left atomic.Int64 // bytes
}

var errTooLarge = fmt.Errorf("the chart is larger than %d MiB, and no more is read", maxArchive>>20)

func (b *bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.next.RoundTrip(r.WithContext(b.ctx))
	if err != nil {
		return nil, err
	}
	if r.Method == http.MethodGet && resp.ContentLength > b.left.Load() {
		resp.Body.Close()
		return nil, errTooLarge
	}
	resp.Body = &body{resp.Body, b}
	return resp, nil
}

type body struct {
	io.ReadCloser
	of *bounded
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.of.left.Add(-int64(n)) < 0 {
		return 0, errTooLarge
	}
	return n, err
}

// redirected judges a redirect. Registries keep blobs elsewhere, in object stores;
// nothing else of one may lead to another host, and none to plain HTTP or into this
// machine. Credentials never go along: oras-go takes them out before it asks here, and
// so does net/http.
func redirected(r *http.Request, via []*http.Request) error {
	first := via[0]
	to := r.URL.Scheme + "://" + r.URL.Host
	switch {
	case len(via) > 5:
		return errors.New("it redirects more than five times")
	case r.URL.Host == first.URL.Host && r.URL.Scheme == first.URL.Scheme:
		return nil
	case r.URL.Scheme != "https" && r.URL.Scheme != first.URL.Scheme:
		return fmt.Errorf("it redirects to %s, which is not HTTPS", to)
	case !strings.Contains(first.URL.Path, "/blobs/"):
		return fmt.Errorf("it redirects to %s, and only a chart's content may be kept on another host", to)
	case local(r.URL.Hostname()) && !local(first.URL.Hostname()):
		return fmt.Errorf("it redirects to %s, an address of this machine or network", to)
	}
	r.Header.Del("Authorization")
	return nil
}

// local reports whether a host is this machine, or an address that is valid on its
// own network alone, as those of clouds' metadata services are.
func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && (ip.IsLoopback() || ip.IsUnspecified() || ip.IsLinkLocalUnicast() || ip.IsLinkLocalMulticast())
}
