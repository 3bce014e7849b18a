package connect

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

type answering struct{ sent []string }

func (a *answering) RoundTrip(r *http.Request) (*http.Response, error) {
	a.sent = append(a.sent, r.Method+" "+r.URL.RequestURI())
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader("")), Request: r}, nil
}

func server(path string) *url.URL { return &url.URL{Scheme: "https", Host: "host", Path: path} }

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
				answers := &answering{}
				r, err := http.NewRequestWithContext(t.Context(), method, "https://host"+prefix+path, strings.NewReader("body"))
				if err != nil {
					t.Fatal(err)
				}
				resp, err := NewGuard(mode, server(prefix)).Wrap(answers).RoundTrip(r)
				if err == nil {
					resp.Body.Close()
				}
				if want := c.passes >= least; (err == nil) != want || (len(answers.sent) == 1) != want {
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

// TestAGuardThatLetsAFewWritesPass goes through what an agent may write, and around it.
func TestAGuardThatLetsAFewWritesPass(t *testing.T) {
	writes := []Write{
		{Group: "openreports.io", Resource: "reports", Name: "careen", Verbs: []string{"create", "update", "delete"}},
		{Group: "coordination.k8s.io", Resource: "leases", Namespace: "careen", Name: "careen-agent", Verbs: []string{"create", "update"}},
	}
	own, other := `{"metadata":{"name":"careen"}}`, `{"metadata":{"name":"other"}}`
	lease := `{"metadata":{"name":"careen-agent"}}`
	const reports, leases = "/apis/openreports.io/v1alpha1/namespaces/shop/reports", "/apis/coordination.k8s.io/v1/namespaces/careen/leases"
	for _, c := range []struct {
		request, body string
		passes        bool
	}{
		{"POST " + reports, own, true},
		{"PUT " + reports + "/careen", own, true},
		{"DELETE " + reports + "/careen", "", true},
		{"POST " + leases, lease, true},
		{"PUT " + leases + "/careen-agent", lease, true},
		{"GET /api/v1/secrets", "", true},
		{"POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews", "{}", true},

		{"POST " + reports, other, false},
		{"POST " + reports, `{"metadata":{"generateName":"careen","name":"careen"}}`, false},
		{"POST " + reports, "k8s\x00careen", false},
		{"POST " + reports, "", false},
		{"POST " + reports + "?dryRun=All", other, false},
		{"POST " + reports + "/careen", own, false},
		{"PUT " + reports + "/other", own, false},
		{"PUT " + reports + "/careen/status", own, false},
		{"PATCH " + reports + "/careen", own, false},
		{"DELETE " + reports, "", false},
		{"DELETE " + reports + "/other", "", false},
		{"PUT " + reports + "/x/../careen", own, false},
		{"PUT /apis/openreports.io/v1alpha1/clusterreports/careen", own, false},
		{"PUT /apis/evil.io/v1alpha1/namespaces/shop/reports/careen", own, false},
		{"DELETE " + leases + "/careen-agent", "", false},
		{"PUT /apis/coordination.k8s.io/v1/namespaces/kube-system/leases/careen-agent", lease, false},
		{"PUT " + leases + "/kube-scheduler", lease, false},
		{"POST /api/v1/namespaces/careen/secrets", lease, false},
		{"POST /api/v1/namespaces/careen/pods?dryRun=All", own, false},
		{"POST /api/v1/namespaces/careen/pods/careen/exec", own, false},
		{"GET /api/v1/namespaces/careen/pods/careen/exec", "", false},
	} {
		method, path, _ := strings.Cut(c.request, " ")
		answers := &answering{}
		r, err := http.NewRequestWithContext(t.Context(), method, "https://host"+path, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := NewGuard(ReadAndWrite, server(""), writes...).Wrap(answers).RoundTrip(r)
		if err == nil {
			resp.Body.Close()
		}
		if (err == nil) != c.passes || (len(answers.sent) == 1) != c.passes {
			t.Errorf("%s %s: passes %v (%v)", c.request, c.body, err == nil, err)
		}
		if c.passes && c.body != "" {
			if sent, err := io.ReadAll(r.Body); err != nil || string(sent) != c.body {
				t.Errorf("%s: the body that left is %q", c.request, sent)
			}
		}
	}
	for _, c := range guardCases {
		method, path, _ := strings.Cut(c.request, " ")
		r, err := http.NewRequestWithContext(t.Context(), method, "https://host"+path, strings.NewReader("body"))
		if err != nil {
			t.Fatal(err)
		}
		answers := &answering{}
		resp, err := NewGuard(ReadAndWrite, server(""), writes...).Wrap(answers).RoundTrip(r)
		if err == nil {
			resp.Body.Close()
		}
		if (err == nil) != (c.passes == always) {
			t.Errorf("%s: passes %v", c.request, err == nil)
		}
	}
}

func TestGuardRefusesUpgrades(t *testing.T) {
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://host/api/v1/pods", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Upgrade", "websocket")
	answers := &answering{}
	if _, err := NewGuard(ReadOnly, server("")).Wrap(answers).RoundTrip(r); err == nil || len(answers.sent) > 0 {
		t.Error("an upgrade left")
	}
}

// A bearer token is added to each request by the transport, so that net/http would
// carry it along a redirect.
func TestCredentialsStayWithTheirServer(t *testing.T) {
	for _, u := range []string{"https://other/api", "http://host/api", "https://host:8443/api"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, u, nil)
		if err != nil {
			t.Fatal(err)
		}
		answers := &answering{}
		var refused *RefusedError
		if _, err := NewGuard(ReadWrite, server("")).Wrap(answers).RoundTrip(r); !errors.As(err, &refused) || len(answers.sent) > 0 {
			t.Errorf("%s: %v", u, err)
		}
	}
}

func TestGuardCounts(t *testing.T) {
	g := NewGuard(ReadOnly, server(""))
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
	g, next := NewGuard(ReadOnly, server("")), &failing{}
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
