package command

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/model"
)

// apiServer is an API server that serves every kind that careen reads, and holds a few
// objects. It answers access reviews and dry runs with yes.
type apiServer struct {
	*httptest.Server
	objects map[string][]any // by resource
	denied  []string         // "list pods"
	failing []string         // what it answers with an internal error, in the same words
}

type object = map[string]any

func newAPIServer(t *testing.T) *apiServer {
	t.Helper()
	a := &apiServer{objects: map[string][]any{
		"namespaces": {object{"kind": "Namespace", "apiVersion": "v1", "metadata": object{"name": "default", "uid": "1", "resourceVersion": "5"}, "status": object{"phase": "Active"}}},
	}}
	a.Server = httptest.NewServer(a)
	t.Cleanup(func() {
		a.CloseClientConnections()
		a.Close()
	})
	return a
}

func (a *apiServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	target := connect.ParseTarget("", r)
	asked := target.Verb + " " + target.What()
	switch {
	case r.URL.Path == "/version":
		answer(w, object{"gitVersion": "v1.33.0", "major": "1", "minor": "33"})
	case r.URL.Path == "/api":
		answer(w, object{"kind": "APIVersions", "versions": []string{"v1"}})
	case r.URL.Path == "/apis":
		answer(w, groups())
	case target.Resource == "" || target.Resource == "openapi":
		answer(w, resources(strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/apis/"), "/api/")))
	case slices.Contains(a.denied, asked):
		refuse(w, http.StatusForbidden, "Forbidden", target.Resource+` is forbidden: User "viewer" cannot `+target.Verb+` resource "`+target.Resource+`" in API group "" at the cluster scope`)
	case slices.Contains(a.failing, asked):
		refuse(w, http.StatusInternalServerError, "InternalError", "etcdserver: request timed out")
	case r.Method == http.MethodPost:
		a.create(w, r, target)
	case target.Verb == "get":
		a.get(w, target)
	case r.URL.Query().Get("sendInitialEvents") != "":
		refuse(w, http.StatusUnprocessableEntity, "Invalid", "sendInitialEvents is forbidden")
	case r.URL.Query().Get("watch") != "":
		w.Header().Set("Content-Type", "application/json")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done() // nothing happens
	default:
		answer(w, object{"kind": "List", "apiVersion": "v1", "metadata": object{"resourceVersion": "10"}, "items": append([]any{}, a.objects[target.Resource]...)})
	}
}

// create answers a review with yes, and a dry run with what was sent. Reviews come as
// protocol buffers.
func (a *apiServer) create(w http.ResponseWriter, r *http.Request, target connect.Target) {
	switch target.Resource {
	case "selfsubjectaccessreviews":
		answer(w, object{"kind": "SelfSubjectAccessReview", "apiVersion": "authorization.k8s.io/v1", "status": object{"allowed": true}})
	case "selfsubjectreviews":
		answer(w, object{"kind": "SelfSubjectReview", "apiVersion": "authentication.k8s.io/v1", "status": object{"userInfo": object{"username": "viewer"}}})
	default:
		var o object
		if err := json.NewDecoder(r.Body).Decode(&o); err != nil {
			refuse(w, http.StatusBadRequest, "BadRequest", err.Error())
			return
		}
		answer(w, o)
	}
}

func (a *apiServer) get(w http.ResponseWriter, target connect.Target) {
	for _, o := range a.objects[target.Resource] {
		if o.(object)["metadata"].(object)["name"] == target.Name {
			answer(w, o)
			return
		}
	}
	refuse(w, http.StatusNotFound, "NotFound", target.Resource+` "`+target.Name+`" not found`)
}

func groups() object {
	var list []object
	for _, k := range model.Builtin {
		version := object{"groupVersion": k.Group + "/" + k.Version, "version": k.Version}
		if k.Group != "" && !slices.ContainsFunc(list, func(g object) bool { return g["name"] == k.Group }) {
			list = append(list, object{"name": k.Group, "versions": []object{version}, "preferredVersion": version})
		}
	}
	return object{"kind": "APIGroupList", "apiVersion": "v1", "groups": list}
}

func resources(groupVersion string) object {
	list := []object{}
	for _, k := range model.Builtin {
		if strings.TrimPrefix(k.Group+"/"+k.Version, "/") == groupVersion {
			list = append(list, object{"name": k.Resource, "kind": string(k.Kind), "namespaced": k.Namespaced, "verbs": []string{"get", "list", "watch"}})
		}
	}
	return object{"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": groupVersion, "resources": list}
}

func answer(w http.ResponseWriter, o any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(o)
}

func refuse(w http.ResponseWriter, code int, reason, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(object{"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "code": code, "message": message})
}
