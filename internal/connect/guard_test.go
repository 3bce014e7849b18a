package connect

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
)

type answering struct{ sent []string }

func (a *answering) RoundTrip(r *http.Request) (*http.Response, error) {
	a.sent = append(a.sent, r.Method+" "+r.URL.RequestURI())
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader("")), Request: r}, nil
}

const (
	never  = iota
	dryRun // passes where dry runs are allowed
	always
)

var guardCases = []struct {
	request string
	passes  int
}{
	{"GET /version", always},
	{"GET /api/v1/pods", always},
	{"GET /api/v1/pods?watch=true", always},
	{"HEAD /api/v1/namespaces/ns/secrets/s", always},
	{"GET /api/v1/namespaces/ns/pods/p/log?previous=true", always},
	{"GET /api/v1/namespaces/ns/configmaps/proxy", always},
	{"GET /api/v1/namespaces/exec/pods", always},
	{"GET /apis/apps/v1/namespaces/ns/deployments/d/scale", always},
	{"POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews", always},
	{"POST /apis/authorization.k8s.io/v1/selfsubjectrulesreviews", always},
	{"POST /apis/authorization.k8s.io/v1/subjectaccessreviews", always},
	{"POST /apis/authorization.k8s.io/v1/namespaces/ns/localsubjectaccessreviews", always},
	{"POST /apis/authentication.k8s.io/v1/selfsubjectreviews", always},

	{"GET /api/v1/namespaces/ns/pods/p/exec?command=sh", never},
	{"POST /api/v1/namespaces/ns/pods/p/exec?dryRun=All", never},
	{"GET /api/v1/namespaces/ns/pods/p/attach", never},
	{"GET /api/v1/namespaces/ns/pods/p/portforward", never},
	{"GET /api/v1/namespaces/ns/pods/p/proxy", never},
	{"GET /api/v1/namespaces/ns/pods/p:8080/proxy/admin?delete=1", never},
	{"GET /api/v1/namespaces/ns/services/https:s:443/proxy/", never},
	{"GET /api/v1/nodes/n/proxy/run", never},
	{"GET /api/v1/proxy/nodes/n/run", never},
	{"GET /api/v1/namespaces/ns//pods/p/exec", never},
	{"GET /api/v1/namespaces/ns/x/../pods/p/exec", never},
	{"GET /api/v1/namespaces/ns/pods/p%2Fexec", never},
	{"POST /api/v1/namespaces/ns/serviceaccounts/a/token", never},
	{"POST /apis/authentication.k8s.io/v1/tokenreviews", never},
	{"POST /api/v1/namespaces/ns/pods/p/eviction", never},
	{"POST /api/v1/namespaces/ns/pods", never},
	{"POST /api/v1/namespaces/ns/pods?dryRun=None", never},
	{"POST /api/v1/namespaces/ns/pods?dryRun=All&dryRun=None", never},
	{"POST /apis/evil.io/v1/selfsubjectaccessreviews", never},
	{"POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews/x", never},
	{"PUT /apis/authorization.k8s.io/v1/selfsubjectaccessreviews/x", never},
	{"PUT /api/v1/namespaces/ns/secrets/s", never},
	{"PATCH /api/v1/namespaces/ns/secrets/s?dryRun=All", never},
	{"DELETE /api/v1/namespaces/ns/secrets/s?dryRun=All", never},
	{"DELETE /api/v1/namespaces/ns/secrets", never},
	{"OPTIONS /api/v1/pods", never},
	{"CONNECT /api/v1/namespaces/ns/pods/p/exec", never},
	{"PROPFIND /api/v1/pods", never},

	{"POST /api/v1/namespaces/ns/pods?dryRun=All", dryRun},
	{"POST /apis/apps/v1/namespaces/ns/deployments?dryRun=All&fieldManager=careen", dryRun},
}

func TestGuard(t *testing.T) {
	for _, prefix := range []string{"", "/k8s/clusters/c-1"} {
		for mode, least := range map[Mode]int{ReadOnly: always, ReadAndDryRun: dryRun, ReadWrite: never} {
			for _, c := range guardCases {
				method, path, _ := strings.Cut(c.request, " ")
				server := &answering{}
				r, err := http.NewRequestWithContext(t.Context(), method, "https://host"+prefix+path, strings.NewReader("body"))
				if err != nil {
					t.Fatal(err)
				}
				resp, err := NewGuard(mode, prefix).Wrap(server).RoundTrip(r)
				if err == nil {
					resp.Body.Close()
				}
				if want := c.passes >= least; (err == nil) != want || (len(server.sent) == 1) != want {
					t.Errorf("%s%s: %s: passes %v (%v), want %v", prefix, mode, c.request, err == nil, err, want)
				}
				var refused *RefusedError
				if err != nil && (!errors.As(err, &refused) || refused.Mode != mode || refused.Method != method || refused.Why == "") {
					t.Errorf("%s: refused with %v", c.request, err)
				}
			}
		}
	}
}

func TestGuardRefusesUpgrades(t *testing.T) {
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://host/api/v1/pods", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Upgrade", "websocket")
	server := &answering{}
	if _, err := NewGuard(ReadOnly, "").Wrap(server).RoundTrip(r); err == nil || len(server.sent) > 0 {
		t.Error("an upgrade left")
	}
}

func TestGuardCounts(t *testing.T) {
	g := NewGuard(ReadOnly, "")
	rt := g.Wrap(&answering{})
	for _, path := range []string{"/api/v1/pods?watch=1", "/api/v1/pods", "/api/v1/namespaces/a/pods", "/api/v1/namespaces/a", "/api/v1/namespaces/a/pods/p/log", "/version"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://host"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := rt.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	want := []Count{{"get", "/version", 1}, {"get", "namespaces", 1}, {"get", "pods/log", 1}, {"list", "pods", 2}, {"watch", "pods", 1}}
	got := g.Requests()
	if len(got) != len(want) {
		t.Fatalf("got %v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got %v, want %v", got[i], want[i])
		}
	}
}

type failing struct{ err error }

func (f *failing) RoundTrip(r *http.Request) (*http.Response, error) {
	if f.err != nil {
		return nil, f.err
	}
	return (&answering{}).RoundTrip(r)
}

func TestGuardRemembersWhetherTheServerAnswers(t *testing.T) {
	g, next := NewGuard(ReadOnly, ""), &failing{}
	moves := 0
	g.onMove = func() { moves++ }
	send := func(err error) {
		next.err = err
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://host/version", nil)
		if resp, err := g.Wrap(next).RoundTrip(r); err == nil {
			resp.Body.Close()
		}
	}
	gone := errors.New("connection refused")
	for _, err := range []error{nil, gone, gone, nil, nil} {
		send(err)
		if since, got := g.Failing(); !errors.Is(got, err) || since.IsZero() != (err == nil) {
			t.Errorf("after %v: %v since %s", err, got, since)
		}
	}
	if moves != 2 {
		t.Errorf("told of %d moves", moves)
	}
}
