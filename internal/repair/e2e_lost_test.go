//go:build e2e

package repair

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
)

// losing is a way to the API server on which the answer to a request may be lost, though
// the server did what it says.
func losing(t *testing.T, lose func(*http.Request) bool) *rest.Config {
	t.Helper()
	config := plane.Config(t, "")
	through, err := rest.TransportFor(config)
	if err != nil {
		t.Fatal(err)
	}
	target, err := url.Parse(config.Host)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport: through,
		ModifyResponse: func(resp *http.Response) error {
			if lose(resp.Request) {
				return http.ErrAbortHandler
			}
			return nil
		},
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	return &rest.Config{Host: server.URL}
}

// TestTheAnswerToAWriteIsLost has the server do what careen never hears of.
func TestTheAnswerToAWriteIsLost(t *testing.T) {
	b := newBed(t, "lost-answer")
	plantSundry(b)
	was := b.state(sundryKinds...)
	var lost atomic.Bool
	b.Mender = b.mender(losing(t, func(r *http.Request) bool {
		writes := r.Method == http.MethodPatch || r.Method == http.MethodPut
		return writes && !strings.Contains(r.URL.RawQuery, "dryRun") && !strings.Contains(r.URL.Path, "careen-journal") && lost.CompareAndSwap(false, true)
	}))
	p := b.plan(sundry(b)...)
	r, err := b.Apply(t.Context(), p, Consent{Confirm: p.Confirm}, nil)
	if !lost.Load() || err == nil || r.Unsure != 1 || len(r.NotDone) != 3 || !strings.Contains(err.Error(), "it is not known whether it did patch ConfigMap") {
		t.Fatalf("lost %v: %v\n%s", lost.Load(), err, styled.Plain(r.Text()))
	}
	b.Mender = b.mender(plane.Config(t, ""))
	b.stale(r.Entry)
	b.undo(r.Entry)
	b.same(was, b.state(sundryKinds...))
}

// staying makes an object whose finalizer keeps the namespace from going altogether until free is called.
func (b *bed) staying() (free func()) {
	b.t.Helper()
	maps := b.kube.CoreV1().ConfigMaps(b.ns)
	o := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "stays", Finalizers: []string{"example.com/stays"}}}
	if _, err := maps.Create(b.t.Context(), o, metav1.CreateOptions{}); err != nil {
		b.t.Fatal(err)
	}
	return func() {
		if _, err := maps.Patch(b.t.Context(), o.Name, types.MergePatchType, []byte(`{"metadata":{"finalizers":null}}`), metav1.PatchOptions{}); err != nil {
			b.t.Error(err)
		}
	}
}

// TestTheNamespaceGoesInTheMiddleOfAFix deletes the namespace, and the journal in it,
// between two writes.
func TestTheNamespaceGoesInTheMiddleOfAFix(t *testing.T) {
	b := newBed(t, "going-namespace")
	plantSundry(b)
	free := b.staying()
	defer free()
	p := b.plan(sundry(b)...)
	b.fault = func(point string) error {
		if point == "before write 3" {
			if err := b.kube.CoreV1().Namespaces().Delete(t.Context(), b.ns, metav1.DeleteOptions{}); err != nil {
				return err
			}
			eventually(t, "the end of the namespace's objects", func() bool { return b.live(model.KindConfigMap, "subject") == nil })
		}
		return nil
	}
	r, err := b.Apply(t.Context(), p, Consent{Confirm: p.Confirm}, nil)
	b.fault = nil
	if err == nil || len(r.Done) != 2 || len(r.NotDone) != 2 || !strings.Contains(err.Error(), "Namespace going-namespace is being deleted") {
		t.Errorf("%v: done %v, not done %v", err, r.Done, r.NotDone)
	}
	if _, err = b.UndoPlan(t.Context(), r.Entry); err == nil || !strings.Contains(err.Error(), "it was deleted since") && !strings.Contains(err.Error(), "no such journal entry") {
		t.Errorf("an undo of what went with its namespace: %v", err)
	}
}
