package agent

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// The bounds of who asks.
const (
	headWithin  = 5 * time.Second
	replyWithin = 20 * time.Second
	idleFor     = 2 * time.Minute
	maxHead     = 16 << 10
	maxScrapes  = 4 // at a time
	endWithin   = 2 * time.Second
)

// handler answers /metrics, /healthz and /readyz. Nothing else is told, and nothing is
// taken.
func (a *Agent) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(a.registry(), promhttp.HandlerOpts{MaxRequestsInFlight: maxScrapes, Timeout: replyWithin}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { answer(w, a.alive(), "the engine has ended") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) { answer(w, a.alive() && a.looked(), a.waiting()) })
	return mux
}

func answer(w http.ResponseWriter, well bool, why string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if well {
		fmt.Fprintln(w, "ok")
		return
	}
	w.WriteHeader(http.StatusServiceUnavailable)
	fmt.Fprintln(w, why)
}

// serve answers on l until ctx ends.
func (a *Agent) serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{
		Handler: a.handler(), ReadHeaderTimeout: headWithin, ReadTimeout: headWithin, WriteTimeout: replyWithin + headWithin, IdleTimeout: idleFor, MaxHeaderBytes: maxHead,
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		<-ctx.Done()
		ctx, cancel := context.WithTimeout(context.Background(), endWithin)
		defer cancel()
		if server.Shutdown(ctx) != nil {
			_ = server.Close()
		}
	}()
	err := server.Serve(l)
	if !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving metrics: %w", err)
	}
	<-ended
	return nil
}
