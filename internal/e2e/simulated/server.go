package simulated

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"

	"github.com/careen-tui/careen/internal/apitest"
	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/model"
)

// Server is the API server of a simulated cluster, by TLS and HTTP/2.
type Server struct {
	*httptest.Server
	Size

	// Kept keeps what is written, and serves the kinds that are not made.
	Kept *apitest.Server
	// Refuse answers a request in the place of the server; it reports whether it did.
	Refuse func(w http.ResponseWriter, t connect.Target) bool
	// Pages is whether a first reading that is asked for as a stream is refused, as servers
	// before 1.32 do, so that it comes in pages.
	Pages bool

	kinds  map[string]kind // by resource.group
	sizes  sync.Map        // of lists: bytes by what they are of
	body   []byte          // of releases' records: what they hold beside their names
	served [3]atomic.Int64 // see Served
}

// New starts a server.
func New(t testing.TB, size Size) *Server {
	t.Helper()
	s := &Server{Size: size, Kept: apitest.New(t), kinds: map[string]kind{}, body: contents()}
	for _, k := range made {
		s.kinds[k.Resource+"."+k.Group] = k
	}
	for i := range size.Definitions {
		k := custom(i)
		s.kinds[k.Resource+"."+k.Group] = k
		s.Kept.Serve(k.KindInfo)
	}
	s.Server = httptest.NewUnstartedServer(s)
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	return s
}

// Kubeconfig writes a kubeconfig for the server and returns its path.
func (s *Server) Kubeconfig(t testing.TB) string {
	t.Helper()
	config := api.NewConfig()
	config.Clusters["simulated"] = &api.Cluster{Server: s.URL, InsecureSkipTLSVerify: true}
	config.AuthInfos["simulated"] = &api.AuthInfo{Token: "simulated"}
	config.Contexts["simulated"] = &api.Context{Cluster: "simulated", AuthInfo: "simulated"}
	config.CurrentContext = "simulated"
	path := filepath.Join(t.TempDir(), "kubeconfig")
	if err := clientcmd.WriteToFile(*config, path); err != nil {
		t.Fatal(err)
	}
	return path
}

// Served counts the lists, the single objects and the watches that were asked for.
func (s *Server) Served() (lists, gets, watches int64) {
	return s.served[0].Load(), s.served[1].Load(), s.served[2].Load()
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	t := connect.ParseTarget("", r)
	if s.Refuse != nil && s.Refuse(w, t) {
		return
	}
	k, is := s.kinds[t.Resource+"."+t.Group]
	if !is || r.Method != http.MethodGet || t.Subresource != "" || t.NonResource != "" {
		s.Kept.ServeHTTP(w, r)
		return
	}
	q := query{
		namespace: t.Namespace, fields: r.URL.Query().Get("fieldSelector"), labels: r.URL.Query().Get("labelSelector"),
		metadata: strings.Contains(r.Header.Get("Accept"), "as=PartialObjectMetadata"),
	}
	var err error
	switch t.Verb {
	case "watch":
		s.served[2].Add(1)
		if err = s.stream(w, r, k, q); err == nil {
			s.Kept.ServeHTTP(w, withoutFirst(r))
		}
	case "list":
		s.served[0].Add(1)
		err = s.list(w, r, k, q)
	default:
		s.served[1].Add(1)
		err = s.get(w, r, k, t)
	}
	var status refusal
	if errors.As(err, &status) {
		apitest.Status(w, status.code, status.reason, status.message)
	}
}

type refusal struct {
	code            int
	reason, message string
}

func (r refusal) Error() string { return r.message }

// gvk is what the objects of an answer are.
func (k kind) gvk(q query) schema.GroupVersionKind {
	if q.metadata {
		return schema.GroupVersionKind{Group: "meta.k8s.io", Version: "v1", Kind: "PartialObjectMetadata"}
	}
	name, _, _ := strings.Cut(string(k.Kind), ".")
	return schema.GroupVersionKind{Group: k.Group, Version: k.Version, Kind: name}
}

// objects are those of a query, in order.
func (s *Server) objects(k kind, q query) iter.Seq[object] {
	all := k.all(s, q)
	if !q.metadata {
		return all
	}
	return func(yield func(object) bool) {
		for o := range all {
			if !yield(metadataOf(o)) {
				return
			}
		}
	}
}

func (s *Server) list(w http.ResponseWriter, r *http.Request, k kind, q query) error {
	meta, objects, err := page(r, s.objects(k, q))
	if err != nil {
		return err
	}
	gvk := k.gvk(q)
	if _, is := definedAs(k.KindInfo); is || !strings.Contains(r.Header.Get("Accept"), protobuf) {
		w.Header().Set("Content-Type", "application/json")
		return sendJSON(w, gvk, meta, objects)
	}
	w.Header().Set("Content-Type", protobuf)
	key := fmt.Sprint(k.Kind, q, r.URL.Query().Get("continue"), r.URL.Query().Get("limit"))
	size, known := s.sizes.Load(key)
	if !known {
		size = measure(meta, objects)
		s.sizes.Store(key, size)
	}
	return sendList(w, gvk, meta, size.(int), objects)
}

// page cuts a list to what was asked for. As with a real server, a list out of the watch
// cache comes in one piece.
func page(r *http.Request, all iter.Seq[object]) (*metav1.ListMeta, iter.Seq[object], error) {
	meta := &metav1.ListMeta{ResourceVersion: version}
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	if limit == 0 || r.URL.Query().Get("resourceVersion") == "0" {
		return meta, all, nil
	}
	from := 0
	if token := r.URL.Query().Get("continue"); token != "" {
		var err error
		if from, err = strconv.Atoi(token); err != nil {
			return nil, nil, refusal{http.StatusBadRequest, "BadRequest", "continue key is not valid"}
		}
	}
	n := 0
	for range all {
		n++
	}
	if left := int64(n - from - limit); left > 0 {
		meta.Continue, meta.RemainingItemCount = strconv.Itoa(from+limit), &left
	}
	return meta, func(yield func(object) bool) {
		i := 0
		for o := range all {
			if i >= from && (i >= from+limit || !yield(o)) {
				return
			}
			i++
		}
	}, nil
}

func (s *Server) get(w http.ResponseWriter, r *http.Request, k kind, t connect.Target) error {
	var o object
	if name, revision, ok := model.ParseRecordName(t.Name); ok && k.Kind == model.KindSecret {
		o = s.record(t.Namespace, name, revision)
	} else {
		o = k.find(s, t.Namespace, t.Name)
	}
	switch {
	case o == nil:
		return refusal{http.StatusNotFound, "NotFound", t.Resource + " " + strconv.Quote(t.Name) + " not found"}
	case strings.Contains(r.Header.Get("Accept"), protobuf):
		w.Header().Set("Content-Type", protobuf)
		return sendOne(w, k.gvk(query{}), o)
	}
	w.Header().Set("Content-Type", "application/json")
	raw, err := asJSON(k.gvk(query{}), o)
	if err == nil {
		_, err = w.Write(raw)
	}
	return err
}

// stream sends the first events of a watch, where they are asked for.
func (s *Server) stream(w http.ResponseWriter, r *http.Request, k kind, q query) error {
	if r.URL.Query().Get("sendInitialEvents") != "true" {
		return nil
	}
	if s.Pages {
		return refusal{http.StatusUnprocessableEntity, "Invalid", "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled"}
	}
	w.Header().Set("Content-Type", "application/json")
	gvk := k.gvk(q)
	for o := range s.objects(k, q) {
		raw, err := asJSON(gvk, o)
		if err == nil {
			_, err = fmt.Fprintf(w, "{\"type\":\"ADDED\",\"object\":%s}\n", raw)
		}
		if err != nil {
			return err
		}
	}
	end, err := json.Marshal(map[string]any{"type": "BOOKMARK", "object": map[string]any{
		"kind": gvk.Kind, "apiVersion": gvk.GroupVersion().String(),
		"metadata": map[string]any{"resourceVersion": version, "annotations": map[string]string{metav1.InitialEventsAnnotationKey: "true"}},
	}})
	if err == nil {
		_, err = w.Write(append(end, '\n'))
	}
	return err
}

// withoutFirst is a watch whose first events were sent.
func withoutFirst(r *http.Request) *http.Request {
	r = r.Clone(r.Context())
	values := r.URL.Query()
	values.Del("sendInitialEvents")
	r.URL.RawQuery = values.Encode()
	return r
}

// metadataOf is an object's metadata alone.
func metadataOf(o object) object {
	at, _ := o.(metav1.ObjectMetaAccessor)
	meta, _ := at.GetObjectMeta().(*metav1.ObjectMeta)
	return &metav1.PartialObjectMetadata{ObjectMeta: *meta}
}
