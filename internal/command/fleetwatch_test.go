package command

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/apitest"
	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/views"
)

// followed is a fleet of the contexts of the kubeconfig, whose page is open.
type followed struct {
	*fleet
	*testing.T
	watched
	leave func()
}

// newFollowed prepares the fleet of all contexts. change may set its bounds.
func newFollowed(t *testing.T, change func(*fleet)) *followed {
	t.Helper()
	f := fleetOf(t, 5*time.Second)
	change(f)
	t.Cleanup(f.Close)
	return &followed{fleet: f, T: t}
}

// open opens the page.
func (f *followed) open() {
	ctx, cancel := context.WithCancel(f.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		f.Follow(ctx, false, f.show)
	}()
	f.leave = func() { cancel(); <-done }
}

// until waits until a cluster is as it should be.
func (f *followed) until(name, what string, ok func(views.ClusterLook) bool) (c views.ClusterLook) {
	f.Helper()
	apitest.Await(f, name+" to be "+what, func() (bool, string) {
		c = f.by(name)
		return ok(c), fmt.Sprintf("%+v", c)
	})
	return c
}

func isLive(c views.ClusterLook) bool { return c.Live && c.Stage == views.Idle }

// ours are the goroutines that read clusters.
func ours() (out string) {
	buf := make([]byte, 16<<20)
	for _, stack := range strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
		if strings.Contains(stack, "internal/cluster.") || strings.Contains(stack, "internal/engine.") {
			out += stack + "\n\n"
		}
	}
	return out
}

// TestClustersAreWatchedWhileTheyAreShown has one that gets ill and well again, one whose
// server goes and comes back, one that refuses everything and one that never answers.
func TestClustersAreWatchedWhileTheyAreShown(t *testing.T) {
	s := newShell(t)
	well, away, shut := apitest.New(t), apitest.New(t), apitest.New(t)
	var down atomic.Bool
	away.Refuse = func(w http.ResponseWriter, _ connect.Target) bool {
		if down.Load() {
			apitest.Status(w, http.StatusUnauthorized, "Unauthorized", "Unauthorized")
		}
		return down.Load()
	}
	shut.Refuse = func(w http.ResponseWriter, to connect.Target) bool {
		no := to.NonResource == "" && !strings.HasPrefix(to.Resource, "selfsubject")
		if no {
			apitest.Status(w, http.StatusForbidden, "Forbidden", to.Resource+` is forbidden: User "x" cannot `+to.Verb+" it")
		}
		return no
	}
	hangs := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(func() { hangs.CloseClientConnections(); hangs.Close() })
	s.fleet(map[string]string{"well": well.URL, "away": away.URL, "shut": shut.URL, "hangs": hangs.URL})
	for _, server := range []*apitest.Server{well, away} {
		server.Put(t, "{apiVersion: v1, kind: Namespace, metadata: {name: default}, status: {phase: Active}}")
	}
	f := newFollowed(t, func(*fleet) {})
	f.open()
	f.until("well", "live", isLive)
	f.until("away", "live", isLive)
	if c := f.until("shut", "live", isLive); c.Forbidden == 0 || c.Complete != 0 || c.Unknown == 0 {
		t.Errorf("one that may not be read: %+v", c)
	}
	if c := f.until("hangs", "given up", func(c views.ClusterLook) bool { return c.Why != "" }); c.Live || !strings.Contains(c.Why, "no answer in") {
		t.Errorf("one that never answers: %+v", c)
	}

	// What moves is told without anything being read again.
	first := f.by("well")
	raw, err := json.Marshal(unreadable())
	if err != nil {
		t.Fatal(err)
	}
	send := func(method, path string, body []byte) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, well.URL+path, strings.NewReader(string(body)))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	sum := func(c views.ClusterLook) (n int) {
		for _, k := range c.By {
			n += k
		}
		return n
	}
	send(http.MethodPost, "/api/v1/namespaces/default/secrets", raw)
	f.until("well", "ill", func(c views.ClusterLook) bool { return sum(c) > sum(first) && c.Live })
	send(http.MethodDelete, "/api/v1/namespaces/default/secrets/sh.helm.release.v1.web.v1", nil)
	f.until("well", "well again", func(c views.ClusterLook) bool { return sum(c) == sum(first) && c.Live })

	// A server that goes is told with what was known of it, and comes back by itself.
	before := f.by("away")
	down.Store(true)
	away.CloseClientConnections()
	gone := f.until("away", "stale", func(c views.ClusterLook) bool { return !c.Stale.IsZero() })
	if !gone.Live || gone.Version != before.Version || gone.StaleWhy == "" || sum(gone) != sum(before) || gone.Why != "" {
		t.Errorf("one whose server went: %+v", gone)
	}
	down.Store(false)
	f.until("away", "live again", func(c views.ClusterLook) bool { return c.Stale.IsZero() && c.Complete == before.Complete })

	// Who goes into one and comes back finds the others as they are.
	f.leave()
	send(http.MethodPost, "/api/v1/namespaces/default/secrets", raw)
	apitest.Await(t, "it to be watched while another is entered", func() (bool, string) {
		k := f.known().Clusters
		return sum(k[len(k)-1]) > sum(first), fmt.Sprintf("%+v", k)
	})
	f.open()
	f.until("well", "live at once", func(c views.ClusterLook) bool { return isLive(c) && sum(c) > sum(first) })
	f.leave()
	f.Close()
	apitest.Await(t, "it to end", func() (bool, string) { return ours() == "", ours() })
}

// TestWhatIsWatchedIsBounded watches as many as may be, which are the small ones, and
// reads the others again.
func TestWhatIsWatchedIsBounded(t *testing.T) {
	s := newShell(t)
	servers := map[string]string{}
	for i := range 4 {
		server := apitest.New(t)
		for n := range 100 * i {
			server.Put(t, fmt.Sprintf("{apiVersion: v1, kind: Namespace, metadata: {name: n-%d}, status: {phase: Active}}", n))
		}
		servers[fmt.Sprintf("c-%d", i)] = server.URL
	}
	s.fleet(servers)
	f := newFollowed(t, func(f *fleet) { f.allowed, f.every = 3*watchesCost+350, 20*time.Millisecond })
	f.open()
	for _, name := range []string{"c-0", "c-1", "c-2"} {
		f.until(name, "live", isLive)
	}
	c := f.until("c-3", "read", func(c views.ClusterLook) bool { return c.Looked() && !c.Live })
	f.until("c-3", "read again", func(again views.ClusterLook) bool { return again.At.After(c.At) && !again.Live })
	f.leave()
	f.Close()
	if c := f.known().Clusters[0]; c.Live || !c.Looked() {
		t.Errorf("after its end: %+v", c)
	}
	if f.admit(0, &attended{}) {
		t.Error("one is watched after the end")
	}
}
