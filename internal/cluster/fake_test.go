package cluster

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// fake is an API server of a few resources: it lists in pages, streams, and fails
// in the ways that servers and proxies do.
type fake struct {
	t      *testing.T
	server *httptest.Server

	mu        sync.Mutex
	resources map[string]*fakeResource
	requests  []string
	rules     map[string]string                      // SelfSubjectRulesReview: namespace -> JSON of resourceRules
	logs      map[string]string                      // pod/container -> previous log
	gets      func(resource, namespace, name string) // called before a GET is answered
	version   int
	came      chan struct{} // closed when the next watch has begun
	down      bool
	expired   bool                        // credentials
	denied    map[string]bool             // "verb resource/subresource"
	raw       map[string]http.HandlerFunc // "verb resource", or a path that is no resource: instead of an answer of ours
}

type fakeResource struct {
	apiVersion, kind string
	objects          map[string]map[string]any // namespace/name
	watchers         map[chan string]string    // stream -> namespace
	history          []past

	forbidden  bool // in all namespaces at once
	absent     bool
	noStream   bool // refuses sendInitialEvents
	noBookmark bool // a proxy swallows bookmarks
	selector   func(query string, object map[string]any) bool
}

// past is an event that a watch may ask to see again.
type past struct {
	version         int
	namespace, text string
}

func newFake(t *testing.T) *fake {
	f := &fake{t: t, resources: map[string]*fakeResource{}, rules: map[string]string{}, logs: map[string]string{}, denied: map[string]bool{}, raw: map[string]http.HandlerFunc{}, came: make(chan struct{}), version: 100}
	f.server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(func() {
		f.server.CloseClientConnections()
		f.server.Close()
	})
	f.resource("namespaces", "v1", "Namespace")
	return f
}

func (f *fake) resource(plural, apiVersion, kind string) *fakeResource {
	r := &fakeResource{apiVersion: apiVersion, kind: kind, objects: map[string]map[string]any{}, watchers: map[chan string]string{}}
	f.resources[plural] = r
	return r
}

// object builds one; fields are JSON.
func object(namespace, name, fields string) map[string]any {
	o := map[string]any{}
	if fields != "" {
		if err := json.Unmarshal([]byte(fields), &o); err != nil {
			panic(err)
		}
	}
	m, _ := o["metadata"].(map[string]any)
	if m == nil {
		m = map[string]any{}
		o["metadata"] = m
	}
	m["name"], m["uid"] = name, "uid-"+name
	if namespace != "" {
		m["namespace"] = namespace
	}
	return o
}

// put adds or changes an object and tells the watchers.
func (f *fake) put(plural string, o map[string]any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	r := f.resources[plural]
	f.version++
	m := o["metadata"].(map[string]any)
	m["resourceVersion"] = strconv.Itoa(f.version)
	o["apiVersion"], o["kind"] = r.apiVersion, r.kind
	ns, _ := m["namespace"].(string)
	key := ns + "/" + m["name"].(string)
	typ := "ADDED"
	if r.objects[key] != nil {
		typ = "MODIFIED"
	}
	r.objects[key] = o
	r.tell(f.version, typ, ns, o)
}

func (f *fake) remove(plural, namespace, name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	r := f.resources[plural]
	o := r.objects[namespace+"/"+name]
	delete(r.objects, namespace+"/"+name)
	f.version++
	r.tell(f.version, "DELETED", namespace, o)
}

func (r *fakeResource) tell(version int, typ, namespace string, o any) {
	p := past{version, namespace, event(typ, o)}
	r.history = append(r.history, p)
	for w, ns := range r.watchers {
		if ns == "" || ns == namespace {
			w <- p.text
		}
	}
}

func event(typ string, o any) string {
	raw, err := json.Marshal(map[string]any{"type": typ, "object": o})
	if err != nil {
		panic(err)
	}
	return string(raw) + "\n"
}

// expire ends all streams of a resource with 410 Gone.
func (f *fake) expire(plural string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	r := f.resources[plural]
	for w := range r.watchers {
		w <- event("ERROR", map[string]any{"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Expired", "code": 410, "message": "too old resource version"})
		close(w)
		delete(r.watchers, w)
	}
}

// stop breaks every connection and refuses new requests until start.
func (f *fake) stop(down bool) {
	f.mu.Lock()
	f.down = down
	f.mu.Unlock()
	if down {
		f.server.CloseClientConnections()
	}
}

func (f *fake) sent(prefix string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, r := range f.requests {
		if strings.HasPrefix(r, prefix) {
			n++
		}
	}
	return n
}
