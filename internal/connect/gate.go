package connect

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	utilnet "k8s.io/apimachinery/pkg/util/net"
)

// gate holds requests back while an operator logs in. It stands before the
// credentials, which the guard does not.
type gate struct {
	next  http.RoundTripper
	heard func(error) // is told when there are no credentials to send

	mu     sync.Mutex
	moved  *sync.Cond
	under  int           // requests that wait for their answer's head
	closed chan struct{} // closed when the gate opens; nil while it is open
}

func newGate(next http.RoundTripper) *gate {
	g := &gate{next: next}
	g.moved = sync.NewCond(&g.mu)
	return g
}

// passes marks the requests of the login itself.
type passes struct{}

// RoundTrip sends the request once the gate is open.
func (g *gate) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Context().Value(passes{}) != nil {
		return g.next.RoundTrip(r)
	}
	for {
		g.mu.Lock()
		wait := g.closed
		if wait == nil {
			g.under++
			g.mu.Unlock()
			break
		}
		g.mu.Unlock()
		select {
		case <-wait:
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	defer func() {
		g.mu.Lock()
		g.under--
		g.moved.Broadcast()
		g.mu.Unlock()
	}()
	resp, err := g.next.RoundTrip(r)
	if err != nil && g.heard != nil && r.Context().Err() == nil && errors.Is(reasonOf(err), ErrAuth) {
		g.heard(err)
	}
	return resp, err
}

// WrappedRoundTripper lets client-go find the transport.
func (g *gate) WrappedRoundTripper() http.RoundTripper { return g.next }

// CloseIdleConnections closes those of the transport.
func (g *gate) CloseIdleConnections() { utilnet.CloseIdleConnectionsFor(g.next) }

// drainWithin is how long requests under way may take before a login begins.
const drainWithin = 20 * time.Second

// pause closes the gate and waits until no request is under way. Requests with the
// context that it returns pass; resume opens the gate.
func (g *gate) pause(ctx context.Context) (through context.Context, resume func(), err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed != nil {
		return nil, nil, errors.New("a login is under way")
	}
	g.closed = make(chan struct{})
	open := func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		close(g.closed)
		g.closed = nil
	}
	late := false
	timer := time.AfterFunc(drainWithin, func() {
		g.mu.Lock()
		late = true
		g.moved.Broadcast()
		g.mu.Unlock()
	})
	defer timer.Stop()
	for g.under > 0 && !late {
		g.moved.Wait()
	}
	if g.under > 0 {
		close(g.closed)
		g.closed = nil
		return nil, nil, errors.New("requests are under way that do not end: try again")
	}
	return context.WithValue(ctx, passes{}, true), open, nil
}
