package connect

import (
	"net/http"
	"path"
	"strings"
)

// Target is what a request is about, read from its path as the API server does
// (apiserver, endpoints/request/requestinfo.go).
type Target struct {
	Verb                        string // get, list, watch, create, update, patch, delete, deletecollection
	Group, Namespace            string
	Resource, Name, Subresource string
	NonResource                 string // /version, /healthz, /apis
	irregular                   bool   // a path that a server may read otherwise than we do
}

// What is the resource and its subresource, or a path that is no resource.
func (t Target) What() string {
	switch {
	case t.Resource == "":
		return t.NonResource
	case t.Subresource != "":
		return t.Resource + "/" + t.Subresource
	}
	return t.Resource
}

// ParseTarget reads what a request is about. prefix is the path of the server's URL.
func ParseTarget(prefix string, r *http.Request) Target {
	prefix = strings.TrimSuffix(prefix, "/")
	p := strings.TrimPrefix(r.URL.Path, prefix)
	t := Target{Verb: verbs[r.Method]}
	if t.Verb == "" {
		t.Verb = strings.ToLower(r.Method)
	}
	// What is cleaned or decoded on the way could name something else there.
	clean := path.Clean("/" + p)
	t.irregular = strings.TrimSuffix(p, "/") != strings.TrimSuffix(clean, "/") || strings.Contains(r.URL.EscapedPath(), "%2F") || strings.Contains(r.URL.EscapedPath(), "%2f")
	parts := strings.Split(strings.Trim(clean, "/"), "/")
	switch {
	case parts[0] == "api" && len(parts) > 2:
		parts = parts[2:]
	case parts[0] == "apis" && len(parts) > 3:
		t.Group, parts = parts[1], parts[3:]
	default:
		t.NonResource = "/" + parts[0]
		return t
	}
	if parts[0] == "watch" || parts[0] == "proxy" { // verbs in the path, gone from servers but for watch
		if parts[0] == "proxy" {
			t.Subresource = "proxy"
		}
		t.Verb = parts[0]
		if parts = parts[1:]; len(parts) == 0 {
			return t
		}
	}
	if parts[0] == "namespaces" && len(parts) > 2 && parts[2] != "status" && parts[2] != "finalize" {
		t.Namespace, parts = parts[1], parts[2:]
	}
	t.Resource = parts[0]
	if len(parts) > 1 {
		t.Name = parts[1]
	}
	if len(parts) > 2 && t.Subresource == "" {
		t.Subresource = parts[2]
	}
	if t.Verb == "get" && t.Name == "" {
		t.Verb = "list"
		if w := r.URL.Query().Get("watch"); w == "true" || w == "1" {
			t.Verb = "watch"
		}
	}
	if t.Verb == "delete" && t.Name == "" {
		t.Verb = "deletecollection"
	}
	return t
}

var verbs = map[string]string{
	http.MethodGet: "get", http.MethodHead: "get", http.MethodPost: "create", http.MethodPut: "update",
	http.MethodPatch: "patch", http.MethodDelete: "delete",
}
