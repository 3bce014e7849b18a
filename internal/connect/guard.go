package connect

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/careen-tui/careen/internal/sanitize"
)

// Mode says which requests may leave the process.
type Mode int8

// The modes.
const (
	ReadOnly      Mode = iota // GET, HEAD, and asking about rights and identity
	ReadAndDryRun             // those, and creates that the server is told not to keep (dryRun=All)
	ReadAndWrite              // those of ReadOnly, and the writes that are listed one by one: see Write
	ReadWrite                 // everything
)

func (m Mode) String() string {
	switch m {
	case ReadOnly:
		return "read-only"
	case ReadAndDryRun:
		return "read-only with dry runs"
	case ReadAndWrite:
		return "read-only but for listed writes"
	case ReadWrite:
	}
	return "read-write"
}

// DryRuns reports whether creates may leave that the server is told not to keep.
func (m Mode) DryRuns() bool { return m == ReadAndDryRun || m == ReadWrite }

// RefusedError is why a request never left.
type RefusedError struct {
	Method, Path string
	Mode         Mode
	Why          string
}

func (e *RefusedError) Error() string {
	return sanitize.Line(fmt.Sprintf("%s %s: refused in %s mode: %s", e.Method, e.Path, e.Mode, e.Why), 1000)
}

// Guard is the one way out of the process: a RoundTripper's wrapper through which
// the requests of every client go. It knows the mode, counts, and remembers
// whether the server answers.
type Guard struct {
	mode   Mode
	writes []Write  // of ReadAndWrite
	server *url.URL // the only one that requests go to
	bounds bounds
	clock  clock

	mu     sync.Mutex
	counts map[call]int
	health health
	onMove func()
}

type call struct{ verb, resource string }

type health struct {
	failing error
	since   time.Time
}

// NewGuard returns a guard of one server. writes are those that ReadAndWrite lets pass.
func NewGuard(mode Mode, server *url.URL, writes ...Write) *Guard {
	return &Guard{mode: mode, writes: writes, server: server, bounds: defaultBounds, counts: map[call]int{}}
}

// Mode is the guard's mode.
func (g *Guard) Mode() Mode { return g.mode }

// Wrap puts the guard before a transport. It has the form of transport.WrapperFunc.
func (g *Guard) Wrap(next http.RoundTripper) http.RoundTripper { return &guarded{g, next} }

type guarded struct {
	*Guard
	next http.RoundTripper
}

// WrappedRoundTripper lets client-go find the transport that can be cancelled.
func (t *guarded) WrappedRoundTripper() http.RoundTripper { return t.next }

func (t *guarded) RoundTrip(r *http.Request) (*http.Response, error) {
	target := ParseTarget(t.server.Path, r)
	why := t.elsewhere(r.URL)
	if why == "" {
		why = t.mode.refuses(r, target)
	}
	if why != "" && t.mode == ReadAndWrite && t.elsewhere(r.URL) == "" {
		why = listed(t.writes, r, target)
	}
	if why != "" {
		if r.Body != nil {
			r.Body.Close()
		}
		return nil, &RefusedError{Method: r.Method, Path: r.URL.Path, Mode: t.mode, Why: why}
	}
	t.mu.Lock()
	t.counts[call{target.Verb, target.What()}]++
	t.mu.Unlock()
	sent := time.Now()
	resp, err := t.bounds.send(t.next, r, target)
	if err == nil {
		t.clock.heard(resp, sent)
	}
	switch {
	case err == nil && resp.StatusCode == http.StatusUnauthorized:
		t.heard(ErrCredentials)
	case err == nil || r.Context().Err() == nil:
		t.heard(err)
	}
	return resp, final(r, err)
}

// elsewhere says why a URL is not the server's: a redirect to another host, or from
// TLS to plain HTTP, would carry the credentials there.
func (g *Guard) elsewhere(u *url.URL) string {
	if u.Host == g.server.Host && u.Scheme == g.server.Scheme {
		return ""
	}
	return "the server redirects to " + sanitize.Line(u.Scheme+"://"+u.Host, 300) + ", and credentials are sent to " + g.server.Scheme + "://" + g.server.Host + " only"
}

// ErrCredentials is what the server's 401 means: a token has expired.
var ErrCredentials = errors.New("401 Unauthorized")

// OnMove has f called whenever the server ceases or begins to answer. Call it before
// the first request.
func (g *Guard) OnMove(f func()) { g.onMove = f }

// heard remembers whether the server answered.
func (g *Guard) heard(err error) {
	g.mu.Lock()
	moved := (err == nil) != (g.health.failing == nil)
	switch {
	case err == nil:
		g.health = health{}
	case g.health.failing == nil:
		g.health = health{err, time.Now()}
	default:
		g.health.failing = err
	}
	onMove := g.onMove
	g.mu.Unlock()
	if moved && onMove != nil {
		onMove()
	}
}

// Failing is the error of the last request where the server did not answer it, or
// did not accept the credentials, and since when; nil where it answers.
func (g *Guard) Failing() (since time.Time, failing error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.health.since, g.health.failing
}

// refuses says why a request may not leave; empty where it may.
func (m Mode) refuses(r *http.Request, t Target) string {
	if m == ReadWrite {
		return ""
	}
	if streams[t.Subresource] {
		return t.Subresource + " reaches into a workload"
	}
	if r.Header.Get("Upgrade") != "" {
		return "it asks for a connection that careen could not follow"
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		if t.irregular {
			return "its path is not one that careen can judge"
		}
		return ""
	case http.MethodPost:
		if t.Subresource == "" && t.Name == "" && reviews[t.Group+"/"+t.Resource] {
			return ""
		}
		if m == ReadAndDryRun && !t.irregular && slices.Equal(r.URL.Query()["dryRun"], []string{"All"}) && t.Resource != "" && t.Subresource == "" {
			return ""
		}
	}
	return "it may change something"
}

var streams = map[string]bool{"exec": true, "attach": true, "portforward": true, "proxy": true}

// reviews are the POSTs that only ask: the server keeps nothing.
var reviews = map[string]bool{
	"authorization.k8s.io/selfsubjectaccessreviews":  true,
	"authorization.k8s.io/selfsubjectrulesreviews":   true,
	"authorization.k8s.io/subjectaccessreviews":      true,
	"authorization.k8s.io/localsubjectaccessreviews": true,
	"authentication.k8s.io/selfsubjectreviews":       true,
}

// Count is how often a verb was sent for a resource.
type Count struct {
	Verb, Resource string
	N              int
}

// Requests counts what was sent, sorted by verb and resource.
func (g *Guard) Requests() []Count {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := make([]Count, 0, len(g.counts))
	for c := range maps.Keys(g.counts) {
		out = append(out, Count{c.verb, c.resource, g.counts[c]})
	}
	slices.SortFunc(out, func(a, b Count) int {
		return cmp.Or(strings.Compare(a.Verb, b.Verb), strings.Compare(a.Resource, b.Resource))
	})
	return out
}
