package connect_test

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/connect/connecttest"
)

// client-go would ask ten times, and call what never opened a watch that ended.
func TestABrokenConnectionIsSaidAtOnce(t *testing.T) {
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		if r.URL.Query().Get("labelSelector") == "reset" {
			_ = conn.(*net.TCPConn).SetLinger(0)
		}
		conn.Close()
	}))
	defer server.Close()
	conn := connecttest.To(t, &rest.Config{Host: server.URL}, "test", "tester", connect.Options{Mode: connect.ReadOnly})
	pods := conn.Kube().CoreV1().Pods("")
	ctx := connect.WithoutRetries(t.Context())
	for how, want := range map[string]string{"closed": "the server closed the connection without an answer", "reset": "the server reset the connection"} {
		for verb, ask := range map[string]func(metav1.ListOptions) error{
			"watch": func(o metav1.ListOptions) error { _, err := pods.Watch(ctx, o); return err },
			"list":  func(o metav1.ListOptions) error { _, err := pods.List(ctx, o); return err },
		} {
			asked.Store(0)
			began := time.Now()
			err := ask(metav1.ListOptions{LabelSelector: how})
			var broken *connect.BrokenError
			if !errors.As(err, &broken) || connect.Said(err) != want || asked.Load() > 2 { // net/http asks twice on a connection that it kept
				t.Errorf("%s, %s: %v after %s and %d requests", how, verb, err, time.Since(began), asked.Load())
			}
		}
	}
}
