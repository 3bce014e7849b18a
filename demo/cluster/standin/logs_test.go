package standin

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

func TestJournalRendersAsAsked(t *testing.T) {
	at := time.Unix(1_700_000_000, 0)
	lines := journal{}.add(at, "one").add(at.Add(time.Minute), "two\nthree\n")
	number := func(n int64) *int64 { return &n }
	for _, c := range []struct {
		options corev1.PodLogOptions
		want    string
	}{
		{corev1.PodLogOptions{}, "one\ntwo\nthree\n"},
		{corev1.PodLogOptions{TailLines: number(1)}, "three\n"},
		{corev1.PodLogOptions{TailLines: number(0)}, ""},
		{corev1.PodLogOptions{TailLines: number(9)}, "one\ntwo\nthree\n"},
		{corev1.PodLogOptions{LimitBytes: number(5)}, "one\nt"},
		{corev1.PodLogOptions{SinceSeconds: number(30)}, "two\nthree\n"},
		{corev1.PodLogOptions{SinceTime: &metav1.Time{Time: at.Add(time.Hour)}}, ""},
		{corev1.PodLogOptions{Timestamps: true, TailLines: number(1)}, "2023-11-14T22:14:20Z three\n"},
	} {
		if got := string(lines.render(&c.options, at.Add(time.Minute))); got != c.want {
			t.Errorf("%+v: %q, want %q", c.options, got, c.want)
		}
	}
}

func TestLogsOfACrashLoop(t *testing.T) {
	s := newStage(t, newPod("careen.dev/simulate=crash-loop", "careen.dev/previous-log=it broke", "careen.dev/log=it starts"))
	key := types.NamespacedName{Namespace: "ns", Name: "app"}
	s.runs[key] = s.run
	log := func(container string, previous bool) string {
		t.Helper()
		lines, err := s.journalOf(t.Context(), key, container, previous)
		if err != nil {
			return err.Error()
		}
		return string(lines.render(&corev1.PodLogOptions{}, s.at))
	}
	s.advanceBy(0)
	if got := log("main", false); got != "it starts\n" {
		t.Errorf("running: %q", got)
	}
	if got := log("main", true); got != `previous terminated container "main" in pod "app" not found` {
		t.Errorf("before it crashed: %q", got)
	}
	s.advanceBy(5 * time.Second)
	if got := log("main", true); got != "it broke\n" {
		t.Errorf("previous: %q", got)
	}
	if got := log("none", false); got != `container "none" in pod "app" is not available` {
		t.Errorf("no such container: %q", got)
	}
}

func TestNeededSecret(t *testing.T) {
	const answer = `{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"secrets \"gone\" not found","reason":"NotFound","details":{"name":"gone","kind":"secrets"},"code":404}`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if who := r.Header.Get("Impersonate-User"); who != "system:serviceaccount:ns:robot" {
			t.Errorf("asked as %q", who)
		}
		if groups := r.Header.Values("Impersonate-Group"); len(groups) != 3 {
			t.Errorf("asked with groups %q", groups)
		}
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/api/v1/namespaces/ns/secrets/there" {
			_, _ = w.Write([]byte(`{"kind":"Secret","apiVersion":"v1","metadata":{"name":"there"}}`))
			return
		}
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte(answer + "\n"))
	}))
	defer server.Close()
	pod := newPod("careen.dev/needs-secret=there")
	pod.Spec.ServiceAccountName = "robot"
	s := newStage(t, pod)
	var err error
	if s.client, err = kubernetes.NewForConfig(&rest.Config{Host: server.URL}); err != nil {
		t.Fatal(err)
	}
	if got := s.needs(t.Context(), pod); got != "" {
		t.Errorf("the secret is there, and yet:\n%s", got)
	}
	pod.Annotations[AnnotationNeedsSecret] = "there, gone"
	got := s.needs(t.Context(), pod)
	for _, want := range []string{"Traceback (most recent call last):", "ApiException: (404)", "Reason: Not Found"} {
		if !strings.Contains(got, want) {
			t.Errorf("the traceback lacks %q:\n%s", want, got)
		}
	}
	if !strings.HasSuffix(got, "HTTP response body: "+answer+"\n") {
		t.Errorf("the traceback does not end with the answer:\n%s", got)
	}
}
