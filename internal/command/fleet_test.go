package command

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/apitest"
	"github.com/careen-tui/careen/internal/catalogue"
	"github.com/careen-tui/careen/internal/config"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/views"
)

// TestManyContextsOfWhichManyHang looks at fifty, twenty of which never answer: each has
// its own deadline, and the others are looked at all the same.
func TestManyContextsOfWhichManyHang(t *testing.T) {
	s := newShell(t)
	well := newAPIServer(t)
	hangs := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(func() {
		hangs.CloseClientConnections()
		hangs.Close()
	})
	servers := map[string]string{}
	for i := range 50 {
		servers[fmt.Sprintf("c-%02d", i)] = well.URL
		if i >= 30 {
			servers[fmt.Sprintf("c-%02d", i)] = hangs.URL
		}
	}
	s.fleet(servers)
	if code := s.run("audit", "--contexts", "c-*", "--parallel", "25", "--timeout", "5s", "-o", "json", "--probe", "release-stuck"); code != codePartial {
		t.Errorf("exit code %d: %s", code, s.err.String())
	}
	failed := 0
	for i, d := range s.reports().Items {
		if d.Message != "" {
			failed++
		}
		if (d.Message != "") != (i >= 30) {
			t.Errorf("%s: %q", d.Cluster.Context, d.Message)
		}
	}
	if n := strings.Count(s.err.String(), "/version as c-"); failed != 20 || n != 20 {
		t.Errorf("%d failed, %d are said: %s", failed, n, s.err.String())
	}
}

// watched collects what a fleet shows.
type watched struct {
	mu   sync.Mutex
	last views.Fleet
	n    int
}

func (w *watched) show(f views.Fleet) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last, w.n = f, w.n+1
}

func (w *watched) by(name string) views.ClusterLook {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.last.Clusters {
		if c.Context == name {
			return c
		}
	}
	return views.ClusterLook{}
}

// fleetOf prepares the fleet of all contexts of $KUBECONFIG.
func fleetOf(t *testing.T, timeout time.Duration) *fleet {
	t.Helper()
	o := newOptions()
	kubeconfig := os.Getenv("KUBECONFIG")
	o.kube.KubeConfig = &kubeconfig
	o.contexts, o.timeout = []string{"*"}, timeout
	o.known = config.NewKnown(nil, nil, time.Now())
	chosen, err := o.chosen(catalogue.Live)
	if err != nil {
		t.Fatal(err)
	}
	ss := &session{options: o, ctx: t.Context(), log: slog.New(slog.DiscardHandler), probes: chosen, started: time.Now()}
	f, err := ss.many()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestClustersOnTheScreenAreSummaries(t *testing.T) {
	s := newShell(t)
	well, broken := newAPIServer(t), newAPIServer(t)
	broken.objects["secrets"] = []any{unreadable()}
	s.fleet(map[string]string{"prod-eu": broken.URL, "prod-us": broken.URL, "stage": well.URL, "lab": gone()})
	f := fleetOf(t, 20*time.Second)
	if f.Len() != 4 {
		t.Fatalf("%d clusters", f.Len())
	}
	var w watched
	f.Look(t.Context(), false, w.show)
	eu, lab, stage := w.by("prod-eu"), w.by("lab"), w.by("stage")
	found := 0
	for _, sev := range finding.Severities {
		found += eu.By[sev]
	}
	if found == 0 || !eu.Looked() || eu.Stage != views.Idle || eu.Version != "v1.33.0" || eu.Reads == 0 || eu.Complete != eu.Reads {
		t.Errorf("prod-eu: %+v", eu)
	}
	if !stage.Looked() || len(stage.By) != 0 || lab.Looked() || !strings.Contains(lab.Why, "the cluster cannot be reached") {
		t.Errorf("stage: %+v; lab: %+v", stage, lab)
	}
	if c := w.last.Causes; len(c) == 0 || strings.Join(c[0].Clusters, " ") != "prod-eu prod-us" {
		t.Errorf("causes: %+v", c)
	}
	for _, d := range f.docs {
		if d == nil {
			continue
		}
		for _, g := range d.Findings {
			if g.Evidence != nil {
				t.Errorf("%s: evidence of %s is kept", d.Cluster.Context, g.ID)
			}
		}
	}

	// What was read lately is not read again, unless that is asked for.
	at := eu.At
	f.Look(t.Context(), false, w.show)
	if again := w.by("prod-eu"); !again.At.Equal(at) {
		t.Errorf("read at %v, and at once again at %v", at, again.At)
	}
	delete(broken.objects, "secrets")
	f.Look(t.Context(), true, w.show)
	if again := w.by("prod-eu"); !again.At.After(at) || len(again.By) != 0 || len(w.last.Causes) != 0 {
		t.Errorf("after it was mended: %+v, causes %+v", again, w.last.Causes)
	}

	// It follows until it is told to end, and then nothing is being read.
	f.every = 10 * time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		f.Follow(ctx, false, w.show)
	}()
	before := w.by("stage").At
	apitest.Await(t, "stage to be read again", func() (bool, string) {
		at := w.by("stage").At
		return at.After(before), at.String()
	})
	cancel()
	<-done
	for _, c := range f.known().Clusters {
		if c.Stage != views.Idle {
			t.Errorf("%s is being read still", c.Context)
		}
	}
}

// TestAClusterThatDoesNotAnswerHoldsUpNoOther has one turn, and a cluster, the first, that
// answers only once the other was looked at.
func TestAClusterThatDoesNotAnswerHoldsUpNoOther(t *testing.T) {
	s := newShell(t)
	well, looked := newAPIServer(t), make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-looked:
			well.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(slow.Close)
	s.fleet(map[string]string{"a-slow": slow.URL, "b-well": well.URL})
	f := fleetOf(t, 3*time.Second)
	f.ss.parallel = 1
	errs, err := f.ss.everywhere(f.places, nil, func(i int, one *session) error {
		if f.places[i].context == "b-well" {
			close(looked)
		}
		return one.unmet
	})
	if err != nil || errs[0] != nil || errs[1] != nil {
		t.Errorf("%v; %v", errs, err)
	}
}
