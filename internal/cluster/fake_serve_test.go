package cluster

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	authorizationv1 "k8s.io/api/authorization/v1"

	"github.com/careen-tui/careen/internal/connect"
)

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
	rules := f.rules[in.(*authorizationv1.SelfSubjectRulesReview).Spec.Namespace]
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
