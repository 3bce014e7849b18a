// Package apitest is an API server for tests that need more of one than answers to
// single requests: it discovers, lists, watches, gets, reviews and takes dry runs of
// whatever objects it is given, hostile ones too, and keeps what is written. It checks
// nothing.
package apitest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/yaml"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/model"
)

// Server is an API server of a few objects.
type Server struct {
	*httptest.Server

	// Refuse answers a request in the place of the server; it reports whether it did.
	Refuse func(w http.ResponseWriter, t connect.Target) bool
	// Log is what every container has written.
	Log string
	// Garble changes the bytes of every answer; nil leaves them.
	Garble func([]byte) []byte

	mu      sync.Mutex
	watches map[chan event]string     // by resource.group
	kinds   map[string]model.KindInfo // by resource.group
	objects map[string]map[string]map[string]any
	version int
}

type event struct {
	typ    string
	object map[string]any
}

// New starts a server of the built-in kinds, without objects.
func New(t testing.TB) *Server {
	t.Helper()
	s := &Server{watches: map[chan event]string{}, kinds: map[string]model.KindInfo{}, objects: map[string]map[string]map[string]any{}}
	for _, k := range model.Builtin {
		s.Serve(k)
	}
	s.Server = httptest.NewServer(s)
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	return s
}

// Serve adds a kind.
func (s *Server) Serve(k model.KindInfo) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if k.Resource != "" {
		s.kinds[k.Resource+"."+k.Group] = k
	}
}

// Withdraw takes a kind away, with its objects.
func (s *Server) Withdraw(k model.KindInfo) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.kinds, k.Resource+"."+k.Group)
	delete(s.objects, k.Resource+"."+k.Group)
}

// Watched counts the watches of a resource: what is written before the first is not told
// to anybody.
func (s *Server) Watched(resource, group string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, key := range s.watches {
		if key == resource+"."+group {
			n++
		}
	}
	return n
}

// Objects are those of a resource as they are now, by namespace and name.
func (s *Server) Objects(resource, group string) map[string]map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.objects[resource+"."+group])
}

// Put adds an object, written in YAML.
func (s *Server) Put(t testing.TB, manifest string) {
	t.Helper()
	var o map[string]any
	if err := yaml.Unmarshal([]byte(manifest), &o); err != nil {
		t.Fatalf("%v in %s", err, manifest)
	}
	s.Add(t, o)
}

// Add adds an object.
func (s *Server) Add(t testing.TB, o map[string]any) {
	t.Helper()
	meta, _ := o["metadata"].(map[string]any)
	for field, value := range map[string]any{"uid": fmt.Sprintf("uid-%v-%v", o["kind"], meta["name"]), "resourceVersion": "7", "creationTimestamp": "2026-01-02T15:04:05Z", "generation": 1} {
		if meta[field] == nil {
			meta[field] = value
		}
	}
	group, version, _ := strings.Cut(fmt.Sprint(o["apiVersion"]), "/")
	if version == "" {
		group = ""
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, k := range s.kinds {
		if kind, _, _ := strings.Cut(string(k.Kind), "."); k.Group == group && kind == o["kind"] {
			if s.objects[key] == nil {
				s.objects[key] = map[string]map[string]any{}
			}
			namespace, _ := meta["namespace"].(string)
			s.objects[key][namespace+"/"+fmt.Sprint(meta["name"])] = o
			return
		}
	}
	t.Fatalf("the server has no kind %v of %v", o["kind"], o["apiVersion"])
}

// Kubeconfig writes a kubeconfig for the server and returns its path; the names are
// those of its context, cluster and user.
func (s *Server) Kubeconfig(t testing.TB, name string) string {
	t.Helper()
	raw, err := yaml.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "Config", "current-context": name,
		"clusters": []any{map[string]any{"name": name, "cluster": map[string]any{"server": s.URL}}},
		"users":    []any{map[string]any{"name": name, "user": map[string]any{}}},
		"contexts": []any{map[string]any{"name": name, "context": map[string]any{"cluster": name, "user": name}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "kubeconfig")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Status answers with an error of the API.
func Status(w http.ResponseWriter, code int, reason, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]any{"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "code": code, "message": message})
}

func (s *Server) reply(w http.ResponseWriter, code int, o any) {
	raw, err := json.Marshal(o)
	if err != nil {
		Status(w, http.StatusInternalServerError, "InternalError", err.Error())
		return
	}
	if s.Garble != nil {
		raw = s.Garble(raw)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_, _ = w.Write(append(raw, '\n'))
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	target := connect.ParseTarget("", r)
	if s.Refuse != nil && s.Refuse(w, target) {
		return
	}
	s.mu.Lock()
	kind, served := s.kinds[target.Resource+"."+target.Group]
	s.mu.Unlock()
	switch {
	case target.NonResource != "":
		s.discover(w, r.URL.Path)
	case strings.HasPrefix(target.Resource, "selfsubject"), strings.HasSuffix(target.Resource, "accessreviews"):
		s.review(w, r, target)
	case !served:
		Status(w, http.StatusNotFound, "NotFound", "the server could not find the requested resource")
	case target.Subresource == "log":
		_, _ = io.WriteString(w, s.Log)
	case r.Method == http.MethodGet && target.Verb == "watch":
		s.watch(w, r, kind, target)
	case r.Method == http.MethodGet && target.Name == "":
		s.reply(w, http.StatusOK, s.list(r, kind, target))
	case r.Method == http.MethodGet:
		if o := s.get(target); o != nil {
			s.reply(w, http.StatusOK, o)
		} else {
			Status(w, http.StatusNotFound, "NotFound", target.Resource+" "+target.Name+" not found")
		}
	default:
		s.write(w, r, target)
	}
}

func (s *Server) get(target connect.Target) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.objects[target.Resource+"."+target.Group][target.Namespace+"/"+target.Name]
}

// chosen are the objects of a request, in order.
func (s *Server) chosen(r *http.Request, target connect.Target) (out []map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.objects[target.Resource+"."+target.Group]
	selector := r.URL.Query().Get("fieldSelector") + "," + r.URL.Query().Get("labelSelector")
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if target.Namespace != "" && !strings.HasPrefix(key, target.Namespace+"/") || !selected(selector, all[key]) {
			continue
		}
		out = append(out, all[key])
	}
	return out
}

// selected knows the selectors by which Secrets and ConfigMaps with Helm's records are
// told from others, and the events about one object.
func selected(selector string, o map[string]any) bool {
	meta, _ := o["metadata"].(map[string]any)
	labels, _ := meta["labels"].(map[string]any)
	about, _ := o["involvedObject"].(map[string]any)
	for part := range strings.SplitSeq(selector, ",") {
		key, value, found := strings.Cut(part, "=")
		negated := strings.HasSuffix(key, "!")
		key = strings.TrimSuffix(key, "!")
		if !found {
			continue
		}
		var have any
		switch key {
		case "type":
			have = o["type"]
		case "involvedObject.kind":
			have = about["kind"]
		case "involvedObject.name":
			have = about["name"]
		case "metadata.name":
			have = meta["name"]
		default:
			have = labels[key]
		}
		if (fmt.Sprint(have) == strings.TrimPrefix(value, "=")) == negated {
			return false
		}
	}
	return true
}

// write keeps what is written, unless it is a dry run, and tells those who watch.
func (s *Server) write(w http.ResponseWriter, r *http.Request, target connect.Target) {
	body, _ := io.ReadAll(r.Body)
	code, typ := http.StatusOK, "MODIFIED"
	body, err := plainJSON(body)
	switch r.Method {
	case http.MethodPost:
		code, typ = http.StatusCreated, "ADDED"
	case http.MethodPatch:
		var now []byte
		if now, err = json.Marshal(s.get(target)); err == nil {
			body, err = patched(r.Header.Get("Content-Type"), now, body)
		}
	case http.MethodDelete:
		typ = "DELETED"
		body, err = json.Marshal(s.get(target))
	}
	var o map[string]any
	if err == nil {
		err = json.Unmarshal(body, &o)
	}
	meta, _ := o["metadata"].(map[string]any)
	if err != nil || meta == nil {
		Status(w, http.StatusUnprocessableEntity, "Invalid", fmt.Sprint(err))
		return
	}
	s.mu.Lock()
	s.version++
	meta["resourceVersion"] = strconv.Itoa(1000 + s.version)
	if meta["uid"] == nil {
		meta["uid"] = fmt.Sprintf("uid-%d", s.version)
	}
	if r.URL.Query().Get("dryRun") == "" {
		key := target.Resource + "." + target.Group
		if s.objects[key] == nil {
			s.objects[key] = map[string]map[string]any{}
		}
		name := fmt.Sprintf("%s/%v", target.Namespace, meta["name"])
		if s.objects[key][name] = o; typ == "DELETED" {
			delete(s.objects[key], name)
		}
		for ch, watched := range s.watches {
			if watched == key {
				ch <- event{typ, o}
			}
		}
	}
	s.mu.Unlock()
	s.reply(w, code, o)
}

// plainJSON is a body as JSON, which typed clients send as protobuf.
func plainJSON(body []byte) ([]byte, error) {
	if !bytes.HasPrefix(body, []byte("k8s\x00")) {
		return body, nil
	}
	o, gvk, err := scheme.Codecs.UniversalDeserializer().Decode(body, nil, nil)
	if err != nil {
		return nil, err
	}
	o.GetObjectKind().SetGroupVersionKind(*gvk)
	return json.Marshal(o)
}

func patched(typ string, now, patch []byte) ([]byte, error) {
	if !strings.HasPrefix(typ, "application/json-patch") {
		return jsonpatch.MergePatch(now, patch)
	}
	p, err := jsonpatch.DecodePatch(patch)
	if err != nil {
		return nil, err
	}
	return p.Apply(now)
}
