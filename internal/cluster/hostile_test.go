package cluster

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/model"
)

func says(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, body)
	}
}

// notFound is the page of a proxy that knows nothing of the path.
func notFound(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusNotFound)
	fmt.Fprint(w, "404 page not found\n")
}

// HTTP 404 means that there are no objects only where the server says itself that it
// does not serve the kind.
func TestNotFoundIsNotEmpty(t *testing.T) {
	const apps = `{"kind":"APIResourceList","groupVersion":"apps/v1","resources":[{"name":"deployments","kind":"Deployment"}]}`
	groups := func(list string) http.HandlerFunc { return says(`{"kind":"APIGroupList","groups":[` + list + `]}`) }
	const batch = `{"name":"batch","versions":[{"groupVersion":"batch/v1","version":"v1"}]}`
	const appsGroup = `{"name":"apps","versions":[{"groupVersion":"apps/v1","version":"v1"}]}`
	for name, c := range map[string]struct {
		kind  model.Kind
		raw   map[string]http.HandlerFunc
		known bool
		says  string
	}{
		"the core group":                {model.KindSecret, nil, false, "every API server serves it"},
		"listed by discovery":           {model.KindDeployment, map[string]http.HandlerFunc{"/apis/apps/v1": says(apps)}, false, "the server lists it among its kinds"},
		"not listed by discovery":       {model.KindStatefulSet, map[string]http.HandlerFunc{"/apis/apps/v1": says(apps)}, true, ""},
		"its group is not there":        {model.KindDeployment, map[string]http.HandlerFunc{"/apis": groups(batch)}, true, ""},
		"its group is listed":           {model.KindDeployment, map[string]http.HandlerFunc{"/apis": groups(batch + "," + appsGroup)}, false, "the server lists its group"},
		"discovery is hidden as well":   {model.KindDeployment, map[string]http.HandlerFunc{"/apis": notFound}, false, "not known which kinds"},
		"discovery lists no groups":     {model.KindDeployment, map[string]http.HandlerFunc{"/apis": groups("")}, false, "not known which kinds"},
		"discovery answers with a page": {model.KindDeployment, map[string]http.HandlerFunc{"/apis/apps/v1": says("<html>")}, false, "not known which kinds"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.raw = c.raw
			s := f.open(Options{Kinds: []model.Kind{c.kind}, Once: true}, quietFor)
			settle(t, s)
			snap, _ := s.Snapshot()
			known, why := snap.Knows(c.kind, "ns")
			if w, _ := snap.State(c.kind, ""); w.State != model.Absent || known != c.known || !strings.Contains(why, c.says) {
				t.Errorf("%s, known %v: %s", w.State, known, why)
			}
		})
	}
}

func TestWhatIsNoAPIServerCannotBeReached(t *testing.T) {
	for name, c := range map[string]struct {
		raw  map[string]http.HandlerFunc
		says string
	}{
		"a wrong path":    {map[string]http.HandlerFunc{"/version": notFound, "/api": notFound}, "/api as tester: 404 Not Found, for /version as well"},
		"another page":    {map[string]http.HandlerFunc{"/version": says("<html>Log in</html>"), "/api": says("<html>Log in</html>")}, "not that of a Kubernetes API server"},
		"another API":     {map[string]http.HandlerFunc{"/version": says(`{"version":"2.1"}`), "/api": says(`{"apps":[]}`)}, "not that of a Kubernetes API server"},
		"hidden /version": {map[string]http.HandlerFunc{"/version": notFound, "/api": says(`{"kind":"APIVersions","versions":["v1"]}`)}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			configMaps(f, 1)
			f.raw = c.raw
			s := f.open(Options{Kinds: onlyConfigMaps.Kinds, Once: true}, quietFor)
			err := s.Wait(t.Context())
			if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// Each of these kept a look from ending, or took memory without bound.
func TestALookAlwaysEnds(t *testing.T) {
	page := func(continues string, items string) string {
		return `{"kind":"APIServiceList","apiVersion":"apiregistration.k8s.io/v1","metadata":{"resourceVersion":"1","continue":"` + continues + `"},"items":[` + items + `]}`
	}
	var fresh atomic.Int32
	for name, c := range map[string]struct {
		list http.HandlerFunc
		says string
	}{
		"an error that does not end": {func(w http.ResponseWriter, _ *http.Request) {
			status(w, 500, "InternalError", "Internal error occurred: unable to transform key")
		}, "unable to transform key"},
		"too many requests for ever": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "1")
			status(w, 429, "TooManyRequests", "slow down")
		}, "slow down"},
		"no JSON":   {says("<html>"), "not read within"},
		"no answer": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "not read within"},
		"byte by byte": {func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				fmt.Fprint(w, " ")
				w.(http.Flusher).Flush()
				time.Sleep(10 * time.Millisecond)
			}
		}, "not read within"},
		"the same token again": {says(page("again", `{"metadata":{"name":"a"}}`)), "does not come to an end"},
		"empty pages that continue": {func(w http.ResponseWriter, r *http.Request) {
			says(page(fmt.Sprint(fresh.Add(1)), ""))(w, r)
		}, "does not come to an end"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			apiServices(f, 0).noStream = true
			f.raw["list apiservices"] = c.list
			s := f.open(Options{Kinds: onlyAPIServices.Kinds, Once: true, Timeout: 2 * time.Second}, quietFor)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			if err := s.Wait(ctx); err != nil {
				t.Fatal(err)
			}
			snap, _ := s.Snapshot()
			if ok, why := snap.Knows(model.KindAPIService, ""); ok || !strings.Contains(why, c.says) {
				t.Errorf("known %v: %s", ok, why)
			}
			if w, _ := snap.State(model.KindAPIService, ""); w.Complete() {
				t.Errorf("%+v", w)
			}
		})
	}
}

// What is late is read all the same, once it comes.
func TestWhatIsLateIsShownWhenItComes(t *testing.T) {
	f := newFake(t)
	configMaps(f, 2)
	held := make(chan struct{})
	list := f.resources["configmaps"]
	f.raw["list configmaps"] = func(w http.ResponseWriter, r *http.Request) {
		<-held
		f.list(w, r, list, connect.ParseTarget("", r))
	}
	s := f.open(Options{Kinds: onlyConfigMaps.Kinds, Timeout: 50 * time.Millisecond}, quietFor)
	settle(t, s)
	snap, _ := s.Snapshot()
	if ok, why := snap.Knows(model.KindConfigMap, "ns"); ok || !strings.Contains(why, "not read within 50ms") {
		t.Errorf("known %v: %s", ok, why)
	}
	close(held)
	await(t, s, "the late list", live(model.KindConfigMap, 2))
}

func TestAPageThatIsTooLargeIsAskedForInSmallerOnes(t *testing.T) {
	f := newFake(t)
	apiServices(f, 40).noStream = true
	list := f.resources["apiservices"]
	var limits []string
	f.raw["list apiservices"] = func(w http.ResponseWriter, r *http.Request) {
		limit := r.URL.Query().Get("limit")
		f.mu.Lock()
		limits = append(limits, limit)
		f.mu.Unlock()
		if limit == "500" {
			w.Header().Set("Content-Type", "application/json")
			blank := strings.Repeat(" ", 1<<20)
			for range 33 {
				if _, err := fmt.Fprint(w, blank); err != nil {
					return
				}
			}
			return
		}
		f.list(w, r, list, connect.ParseTarget("", r))
	}
	s := f.open(onlyAPIServices, quietFor)
	await(t, s, "the smaller pages", live(model.KindAPIService, 40))
}
