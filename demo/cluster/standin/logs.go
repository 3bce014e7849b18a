package standin

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/apis/core/install" // decodes the options of a log request
)

// Files are what the log server needs to prove itself to the API server, and the
// API server to it.
type Files struct{ CA, Certificate, Key string }

// serve answers requests for containers' logs until ctx ends, on a port of the
// loopback address, which it returns.
func (k *Kubelet) serve(ctx context.Context, files Files) (int, error) {
	pem, err := os.ReadFile(files.CA)
	if err != nil {
		return 0, fmt.Errorf("serving logs: %w", err)
	}
	clients := x509.NewCertPool()
	clients.AppendCertsFromPEM(pem)
	certificate, err := tls.LoadX509KeyPair(files.Certificate, files.Key)
	if err != nil {
		return 0, fmt.Errorf("serving logs: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("serving logs: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /containerLogs/{namespace}/{pod}/{container}", k.serveLog)
	server := &http.Server{
		Handler: mux,
		TLSConfig: &tls.Config{
			Certificates: []tls.Certificate{certificate},
			ClientAuth:   tls.RequireAndVerifyClientCert,
			ClientCAs:    clients,
			MinVersion:   tls.VersionTLS13,
		},
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	go func() { _ = server.ServeTLS(listener, "", "") }()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

func (k *Kubelet) serveLog(w http.ResponseWriter, r *http.Request) {
	options := &corev1.PodLogOptions{}
	if err := legacyscheme.ParameterCodec.DecodeParameters(r.URL.Query(), corev1.SchemeGroupVersion, options); err != nil {
		http.Error(w, `{"message": "Unable to decode query."}`, http.StatusBadRequest)
		return
	}
	key := types.NamespacedName{Namespace: r.PathValue("namespace"), Name: r.PathValue("pod")}
	lines, err := k.journalOf(r.Context(), key, r.PathValue("container"), options.Previous)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "text/plain")
	if _, err := w.Write(lines.render(options, k.now())); err != nil || !options.Follow || options.Previous {
		return
	}
	if flusher, ok := w.(http.Flusher); ok {
		flusher.Flush()
	}
	k.awaitEnd(r.Context(), key, r.PathValue("container"))
}

// journalOf is the log of a container's present or last run, or of the one before
// it. The errors are a kubelet's.
func (k *Kubelet) journalOf(ctx context.Context, key types.NamespacedName, name string, previous bool) (journal, error) {
	k.mu.Lock()
	run := k.runs[key]
	k.mu.Unlock()
	if run == nil {
		return k.plainJournal(ctx, key, name, previous)
	}
	run.mu.Lock()
	defer run.mu.Unlock()
	c := run.containers[name]
	switch {
	case c == nil:
		return nil, fmt.Errorf("container %q in pod %q is not available", name, key.Name)
	case previous && (c.last == nil || c.ended):
		return nil, fmt.Errorf("previous terminated container %q in pod %q not found", name, key.Name)
	case previous:
		return c.previous, nil
	case c.running || c.ended:
		return c.log, nil
	case c.last != nil:
		return c.previous, nil
	}
	switch c.waiting.Reason {
	case "ErrImagePull":
		return nil, fmt.Errorf("container %q in pod %q is waiting to start: image can't be pulled", name, key.Name)
	case "ImagePullBackOff":
		return nil, fmt.Errorf("container %q in pod %q is waiting to start: trying and failing to pull image", name, key.Name)
	default:
		return nil, fmt.Errorf("container %q in pod %q is waiting to start: %s", name, key.Name, c.waiting.Reason)
	}
}

// plainJournal is the log of a pod of which KWOK takes care.
func (k *Kubelet) plainJournal(ctx context.Context, key types.NamespacedName, name string, previous bool) (journal, error) {
	pod, err := k.client.CoreV1().Pods(key.Namespace).Get(ctx, key.Name, metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	if previous {
		return nil, fmt.Errorf("previous terminated container %q in pod %q not found", name, key.Name)
	}
	for _, containers := range [][]corev1.Container{pod.Spec.InitContainers, pod.Spec.Containers} {
		for _, c := range containers {
			if c.Name == name && pod.Status.StartTime != nil {
				return journal{}.add(pod.Status.StartTime.Time, name+" ready"), nil
			}
		}
	}
	return nil, errors.New("container " + name + " is waiting to start")
}

// awaitEnd returns when the container's present run is over: nothing more is
// logged before that.
func (k *Kubelet) awaitEnd(ctx context.Context, key types.NamespacedName, name string) {
	k.mu.Lock()
	first := k.runs[key]
	k.mu.Unlock()
	began := first.began(name)
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(200 * time.Millisecond):
		}
		k.mu.Lock()
		now := k.runs[key]
		k.mu.Unlock()
		if now != first || now.began(name) != began || first != nil && began.IsZero() {
			return
		}
	}
}

// began is when the container's present run did, or zero if it does not run.
func (r *podRun) began(name string) time.Time {
	if r == nil {
		return time.Time{}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if c := r.containers[name]; c != nil && c.running {
		return c.startedAt
	}
	return time.Time{}
}
