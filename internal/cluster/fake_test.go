package cluster

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	authorization "k8s.io/api/authorization/v1"
	"k8s.io/client-go/rest"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/model"
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

func status(w http.ResponseWriter, code int, reason, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]any{"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "code": code, "message": message})
}

func reply(w http.ResponseWriter, o any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(o)
}

func (f *fake) serve(w http.ResponseWriter, r *http.Request) {
	target := connect.ParseTarget("", r)
	f.mu.Lock()
	f.requests = append(f.requests, target.Verb+" "+target.What()+" "+target.Namespace)
	down, expired := f.down, f.expired
	denied := f.denied[target.Verb+" "+target.What()]
	res := f.resources[target.Resource]
	raw := f.raw[target.Verb+" "+target.What()]
	if target.NonResource != "" {
		raw = f.raw[r.URL.Path]
	}
	f.mu.Unlock()
	switch {
	case raw != nil && !down:
		raw(w, r)
	case down:
		panic(http.ErrAbortHandler)
	case expired:
		status(w, 401, "Unauthorized", "Unauthorized")
	case target.NonResource == "/version":
		reply(w, map[string]string{"gitVersion": "v1.99.0"})
	case target.Resource == "selfsubjectreviews":
		reply(w, map[string]any{"kind": "SelfSubjectReview", "apiVersion": "authentication.k8s.io/v1", "status": map[string]any{"userInfo": map[string]any{"username": "tester"}}})
	case target.Resource == "selfsubjectrulesreviews":
		f.review(w, r)
	case denied || res != nil && res.forbidden && target.Namespace == "":
		where := "at the cluster scope"
		if target.Namespace != "" {
			where = fmt.Sprintf("in the namespace %q", target.Namespace)
		}
		status(w, 403, "Forbidden", fmt.Sprintf(`%s is forbidden: User "tester" cannot %s resource %q in API group %q %s`, target.Resource, target.Verb, target.What(), target.Group, where))
	case res == nil || res.absent:
		status(w, 404, "NotFound", "the server could not find the requested resource")
	case target.Subresource == "log":
		f.log(w, r, target)
	case target.Name != "":
		f.get(w, res, target)
	case target.Verb == "watch":
		f.watch(w, r, res, target)
	default:
		f.list(w, r, res, target)
	}
}

func (f *fake) review(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	in, _, err := codecs.UniversalDeserializer().Decode(body, nil, nil)
	if err != nil {
		f.t.Error(err)
		return
	}
	f.mu.Lock()
	rules := f.rules[in.(*authorization.SelfSubjectRulesReview).Spec.Namespace]
	f.mu.Unlock()
	if rules == "" {
		rules = "[]"
	}
	reply(w, map[string]any{"kind": "SelfSubjectRulesReview", "apiVersion": "authorization.k8s.io/v1", "status": map[string]any{"resourceRules": json.RawMessage(rules), "incomplete": false}})
}

func (f *fake) log(w http.ResponseWriter, r *http.Request, target connect.Target) {
	f.mu.Lock()
	text, ok := f.logs[target.Name+"/"+r.URL.Query().Get("container")]
	before := f.gets
	f.mu.Unlock()
	if before != nil {
		before("pods/log", target.Namespace, target.Name)
	}
	if !ok {
		status(w, 400, "BadRequest", "previous terminated container not found")
		return
	}
	fmt.Fprint(w, text)
}

func (f *fake) get(w http.ResponseWriter, res *fakeResource, target connect.Target) {
	f.mu.Lock()
	before := f.gets
	f.mu.Unlock()
	if before != nil {
		before(target.Resource, target.Namespace, target.Name)
	}
	f.mu.Lock()
	o := res.objects[target.Namespace+"/"+target.Name]
	f.mu.Unlock()
	if o == nil {
		status(w, 404, "NotFound", "not found")
		return
	}
	reply(w, o)
}

// chosen returns the objects of a request in order, and the version they are of.
func (f *fake) chosen(r *http.Request, res *fakeResource, target connect.Target) ([]map[string]any, string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []map[string]any
	for _, key := range slices.Sorted(maps.Keys(res.objects)) {
		o := res.objects[key]
		if target.Namespace != "" && !strings.HasPrefix(key, target.Namespace+"/") {
			continue
		}
		if res.selector == nil || res.selector(r.URL.Query().Get("fieldSelector")+r.URL.Query().Get("labelSelector"), o) {
			out = append(out, o)
		}
	}
	return out, strconv.Itoa(f.version)
}

func (f *fake) list(w http.ResponseWriter, r *http.Request, res *fakeResource, target connect.Target) {
	items, version := f.chosen(r, res, target)
	from, _ := strconv.Atoi(r.URL.Query().Get("continue"))
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	meta := map[string]any{"resourceVersion": version}
	items = items[min(from, len(items)):]
	if limit > 0 && len(items) > limit {
		items = items[:limit]
		meta["continue"] = strconv.Itoa(from + limit)
	}
	if items == nil {
		items = []map[string]any{}
	}
	if strings.Contains(r.Header.Get("Accept"), "as=PartialObjectMetadataList;") {
		for i, o := range items {
			items[i] = map[string]any{"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": o["metadata"]}
		}
		reply(w, map[string]any{"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1", "metadata": meta, "items": items})
		return
	}
	reply(w, map[string]any{"kind": res.kind + "List", "apiVersion": res.apiVersion, "metadata": meta, "items": items})
}

func (f *fake) watch(w http.ResponseWriter, r *http.Request, res *fakeResource, target connect.Target) {
	initial := r.URL.Query().Get("sendInitialEvents") == "true"
	if initial && res.noStream {
		status(w, 422, "Invalid", "sendInitialEvents: Forbidden: sendInitialEvents is forbidden for watch")
		return
	}
	stream := make(chan string, 10_000)
	items, version := f.chosen(r, res, target)
	since, _ := strconv.Atoi(version)
	if !initial {
		since, _ = strconv.Atoi(r.URL.Query().Get("resourceVersion"))
	}
	f.mu.Lock()
	for _, p := range res.history {
		if p.version > since && (target.Namespace == "" || target.Namespace == p.namespace) {
			stream <- p.text
		}
	}
	res.watchers[stream] = target.Namespace
	close(f.came)
	f.came = make(chan struct{})
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		delete(res.watchers, stream)
		f.mu.Unlock()
	}()
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusOK)
	if initial {
		for _, o := range items {
			fmt.Fprint(w, as(r, event("ADDED", o)))
		}
		if !res.noBookmark {
			fmt.Fprint(w, event("BOOKMARK", map[string]any{
				"kind": res.kind, "apiVersion": res.apiVersion,
				"metadata": map[string]any{"resourceVersion": version, "annotations": map[string]string{"k8s.io/initial-events-end": "true"}},
			}))
		}
	}
	w.(http.Flusher).Flush()
	for {
		select {
		case ev, ok := <-stream:
			if !ok {
				return
			}
			fmt.Fprint(w, as(r, ev))
			w.(http.Flusher).Flush()
		case <-r.Context().Done():
			return
		}
	}
}

// as turns an event into one of metadata only, where the request asks for that.
func as(r *http.Request, event string) string {
	if !strings.Contains(r.Header.Get("Accept"), "as=PartialObjectMetadata;") {
		return event
	}
	var ev struct {
		Type   string         `json:"type"`
		Object map[string]any `json:"object"`
	}
	if err := json.Unmarshal([]byte(event), &ev); err != nil {
		panic(err)
	}
	if ev.Object["kind"] != "Status" {
		ev.Object = map[string]any{"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": ev.Object["metadata"]}
	}
	raw, err := json.Marshal(map[string]any{"type": ev.Type, "object": ev.Object})
	if err != nil {
		panic(err)
	}
	return string(raw) + "\n"
}

// watched waits until somebody watches a resource.
func (f *fake) watched(plural string) {
	f.t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		f.mu.Lock()
		n, came := len(f.resources[plural].watchers), f.came
		f.mu.Unlock()
		if n > 0 {
			return
		}
		select {
		case <-came:
		case <-deadline:
			f.t.Fatalf("nobody watches %s", plural)
		}
	}
}

// open starts a source on the fake.
func (f *fake) open(options Options, quiet time.Duration) *Source {
	f.t.Helper()
	s, err := open(f.t.Context(), f.connect(connect.ReadOnly), options, quiet)
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(s.Close)
	return s
}

// connect is a connection to the fake.
func (f *fake) connect(mode connect.Mode) *connect.Connection {
	f.t.Helper()
	conn, err := connect.To(&rest.Config{Host: f.server.URL}, "test", "tester", connect.Options{Mode: mode})
	if err != nil {
		f.t.Fatal(err)
	}
	return conn
}

// settle waits until all is known that will be.
func settle(t *testing.T, s *Source) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := s.Wait(ctx); err != nil {
		t.Fatalf("%v; coverage %+v", err, s.Coverage())
	}
}

// await takes snapshots as they come until one satisfies.
func await(t *testing.T, s *Source, what string, want func(*model.Snapshot) bool) *model.Snapshot {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		snap, _ := s.Snapshot()
		if want(snap) {
			return snap
		}
		select {
		case <-s.Dirty():
		case <-deadline:
			t.Fatalf("%s: never came; coverage %+v", what, snap.Coverage)
		}
	}
}

func stateOf(snap *model.Snapshot, kind model.Kind, namespace string) model.WatchState {
	w, read := snap.State(kind, namespace)
	if !read {
		return "not read"
	}
	return w.State
}

func has(snap *model.Snapshot, kind model.Kind, namespace, name string) bool {
	return snap.Row(model.Ref{Kind: kind, Namespace: namespace, Name: name}) != nil
}
