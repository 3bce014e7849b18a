package client

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/connect/connecttest"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/release"
)

const sentinel = "S3ntin3l-Zq81"

// server is an API server of a few objects.
type server struct {
	mu       sync.Mutex
	objects  map[string]string // path -> JSON
	requests []string
	handle   map[string]http.HandlerFunc
	busy     atomic.Int32
	most     atomic.Int32
	gather   int           // how many requests wait for each other, at first
	gathered chan struct{} // closed when they are all there
	together sync.Once
}

// serve starts it, and a client of it.
func serve(t *testing.T) (*server, *Client) {
	t.Helper()
	s := &server{objects: map[string]string{}, handle: map[string]http.HandlerFunc{}, gathered: make(chan struct{})}
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	return s, New(connecttest.To(t, &rest.Config{Host: web.URL}, "test", "tester", connect.Options{}))
}

func (s *server) put(path, manifest string) {
	b, err := yaml.YAMLToJSON([]byte(manifest))
	if err != nil {
		panic(err)
	}
	s.objects[path] = string(b)
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n := s.busy.Add(1)
	defer s.busy.Add(-1)
	for old := s.most.Load(); n > old && !s.most.CompareAndSwap(old, n); old = s.most.Load() {
	}
	if int(n) == s.gather {
		s.together.Do(func() { close(s.gathered) })
	}
	if s.gather > 0 {
		<-s.gathered
	}
	s.mu.Lock()
	s.requests = append(s.requests, r.Method+" "+r.URL.RequestURI())
	object, ok := s.objects[r.URL.Path]
	handle := s.handle[r.URL.Path]
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	switch {
	case handle != nil:
		handle(w, r)
	case ok:
		fmt.Fprint(w, object)
	default:
		refuse(w, http.StatusNotFound, "NotFound", r.URL.Path+" not found")
	}
}

func refuse(w http.ResponseWriter, code int, reason, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	b, _ := json.Marshal(map[string]any{"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message, "reason": reason, "code": code})
	_, _ = w.Write(b)
}

// put a release's revision as Helm stores it.
func (s *server) revision(t *testing.T, namespace, name string, revision int, status, manifest string, values map[string]any, more map[string]any) *model.Record {
	t.Helper()
	body := map[string]any{
		"name": name, "namespace": namespace, "version": revision, "manifest": manifest, "config": values,
		"info": map[string]any{
			"status": status, "description": "password=" + sentinel, "notes": "Log in with password: " + sentinel + "\nand go to http://x",
			"first_deployed": "2026-01-02T14:00:00Z", "last_deployed": "2026-01-02T14:42:00Z",
		},
		"chart": map[string]any{"metadata": map[string]any{"name": "shop", "version": fmt.Sprintf("1.%d.0", revision), "appVersion": "9"}, "values": map[string]any{"token": sentinel}},
	}
	for k, v := range more {
		body[k] = v
	}
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := release.Encode(raw, true)
	if err != nil {
		t.Fatal(err)
	}
	rec := &model.Record{
		Meta:   model.Meta{Kind: model.KindRecord, Namespace: namespace, Name: model.RecordName(name, revision)},
		Driver: model.KindSecret, Release: name, Revision: revision, LabelStatus: status,
	}
	s.put("/api/v1/namespaces/"+namespace+"/secrets/"+rec.Name, "apiVersion: v1\nkind: Secret\ntype: helm.sh/release.v1\nmetadata: {name: "+rec.Name+", namespace: "+namespace+"}\ndata: {release: "+
		base64.StdEncoding.EncodeToString(stored)+"}\n")
	return rec
}

func (s *server) asked(part string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, r := range s.requests {
		if strings.Contains(r, part) {
			n++
		}
	}
	return n
}
