package apitest

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/model"
)

// discover answers which groups and resources are served.
func (s *Server) discover(w http.ResponseWriter, path string) {
	path = strings.TrimSuffix(path, "/")
	type version struct {
		GroupVersion string `json:"groupVersion"`
		Version      string `json:"version"`
	}
	groups, lists := map[string][]version{}, map[string][]map[string]any{}
	s.mu.Lock()
	for _, k := range s.kinds {
		gv := k.Version
		if k.Group != "" {
			gv = k.Group + "/" + k.Version
		}
		if lists[gv] == nil && k.Group != "" {
			groups[k.Group] = append(groups[k.Group], version{gv, k.Version})
		}
		kind, _, _ := strings.Cut(string(k.Kind), ".")
		lists[gv] = append(lists[gv], map[string]any{
			"name": k.Resource, "singularName": "", "namespaced": k.Namespaced, "kind": kind, "verbs": []string{"get", "list", "watch", "create", "update", "patch", "delete"},
		})
	}
	s.mu.Unlock()
	gv := strings.TrimPrefix(strings.TrimPrefix(path, "/apis/"), "/api/")
	switch {
	case path == "/version":
		s.reply(w, http.StatusOK, map[string]string{"gitVersion": "v1.36.0", "major": "1", "minor": "36"})
	case path == "/api":
		s.reply(w, http.StatusOK, map[string]any{"kind": "APIVersions", "versions": []string{"v1"}})
	case path == "/apis":
		list := []any{}
		for name, versions := range groups {
			list = append(list, map[string]any{"name": name, "versions": versions, "preferredVersion": versions[0]})
		}
		s.reply(w, http.StatusOK, map[string]any{"kind": "APIGroupList", "apiVersion": "v1", "groups": list})
	case lists[gv] != nil:
		s.reply(w, http.StatusOK, map[string]any{"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": gv, "resources": lists[gv]})
	default:
		Status(w, http.StatusNotFound, "NotFound", "the server could not find the requested resource")
	}
}

// review allows everything.
func (s *Server) review(w http.ResponseWriter, r *http.Request, target connect.Target) {
	in := map[string]any{}
	if body, err := io.ReadAll(r.Body); err == nil {
		if body, err = plainJSON(body); err == nil {
			_ = json.Unmarshal(body, &in)
		}
	}
	switch target.Resource {
	case "selfsubjectreviews":
		in["status"] = map[string]any{"userInfo": map[string]any{"username": "tester"}}
	case "selfsubjectrulesreviews":
		in["status"] = map[string]any{
			"resourceRules":    []any{map[string]any{"verbs": []string{"*"}, "apiGroups": []string{"*"}, "resources": []string{"*"}}},
			"nonResourceRules": []any{}, "incomplete": false,
		}
	default:
		in["status"] = map[string]any{"allowed": true}
	}
	s.reply(w, http.StatusCreated, in)
}

// partial is an object's metadata alone.
func partial(o map[string]any) map[string]any {
	return map[string]any{"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": o["metadata"]}
}

func (s *Server) list(r *http.Request, k model.KindInfo, target connect.Target) map[string]any {
	items := []any{}
	bare := strings.Contains(r.Header.Get("Accept"), "as=PartialObjectMetadataList;")
	for _, o := range s.chosen(r, target) {
		if bare {
			o = partial(o)
		}
		items = append(items, o)
	}
	out := map[string]any{"kind": kindOf(k) + "List", "apiVersion": versionOf(k), "metadata": map[string]any{"resourceVersion": "100"}, "items": items}
	if bare {
		out["kind"], out["apiVersion"] = "PartialObjectMetadataList", "meta.k8s.io/v1"
	}
	return out
}

func kindOf(k model.KindInfo) string {
	name, _, _ := strings.Cut(string(k.Kind), ".")
	return name
}

func versionOf(k model.KindInfo) string {
	if k.Group == "" {
		return k.Version
	}
	return k.Group + "/" + k.Version
}

// watch tells what is there, and then what is written until the client leaves.
func (s *Server) watch(w http.ResponseWriter, r *http.Request, k model.KindInfo, target connect.Target) {
	bare := strings.Contains(r.Header.Get("Accept"), "as=PartialObjectMetadata;")
	w.Header().Set("Content-Type", "application/json")
	tell := func(e event) {
		if bare {
			e.object = partial(e.object)
		}
		raw, err := json.Marshal(map[string]any{"type": e.typ, "object": e.object})
		if err != nil {
			return
		}
		if s.Garble != nil {
			raw = s.Garble(raw)
		}
		_, _ = w.Write(append(raw, '\n'))
	}
	came := make(chan event, 1000)
	s.mu.Lock()
	s.watches[came] = target.Resource + "." + target.Group
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.watches, came)
		s.mu.Unlock()
	}()
	if r.URL.Query().Get("sendInitialEvents") == "true" {
		for _, o := range s.chosen(r, target) {
			tell(event{"ADDED", o})
		}
		tell(event{"BOOKMARK", map[string]any{
			"kind": kindOf(k), "apiVersion": versionOf(k),
			"metadata": map[string]any{"resourceVersion": "100", "annotations": map[string]string{"k8s.io/initial-events-end": "true"}},
		}})
	}
	for {
		w.(http.Flusher).Flush()
		select {
		case e := <-came:
			tell(e)
		case <-r.Context().Done():
			return
		}
	}
}
