package cluster

import (
	"net/http"
	"path"
	"strings"
)

// target is what a request is about, read from its path as the API server does
// (apiserver, endpoints/request/requestinfo.go).
type target struct {
	verb                        string // get, list, watch, create, update, patch, delete, deletecollection
	group, namespace            string
	resource, name, subresource string
	nonResource                 string // /version, /healthz, /apis
	irregular                   bool   // a path that a server may read otherwise than we do
}

func (t target) what() string {
	switch {
	case t.resource == "":
		return t.nonResource
	case t.subresource != "":
		return t.resource + "/" + t.subresource
	}
	return t.resource
}

func parseTarget(prefix string, r *http.Request) target {
	p := strings.TrimPrefix(r.URL.Path, prefix)
	t := target{verb: verbs[r.Method]}
	if t.verb == "" {
		t.verb = strings.ToLower(r.Method)
	}
	// What is cleaned or decoded on the way could name something else there.
	clean := path.Clean("/" + p)
	t.irregular = strings.TrimSuffix(p, "/") != strings.TrimSuffix(clean, "/") || strings.Contains(r.URL.EscapedPath(), "%2F") || strings.Contains(r.URL.EscapedPath(), "%2f")
	parts := strings.Split(strings.Trim(clean, "/"), "/")
	switch {
	case parts[0] == "api" && len(parts) > 2:
		parts = parts[2:]
	case parts[0] == "apis" && len(parts) > 3:
		t.group, parts = parts[1], parts[3:]
	default:
		t.nonResource = "/" + parts[0]
		return t
	}
	if parts[0] == "watch" || parts[0] == "proxy" { // verbs in the path, gone from servers but for watch
		if parts[0] == "proxy" {
			t.subresource = "proxy"
		}
		t.verb = parts[0]
		if parts = parts[1:]; len(parts) == 0 {
			return t
		}
	}
	if parts[0] == "namespaces" && len(parts) > 2 && parts[2] != "status" && parts[2] != "finalize" {
		t.namespace, parts = parts[1], parts[2:]
	}
	t.resource = parts[0]
	if len(parts) > 1 {
		t.name = parts[1]
	}
	if len(parts) > 2 && t.subresource == "" {
		t.subresource = parts[2]
	}
	if t.verb == "get" && t.name == "" {
		t.verb = "list"
		if w := r.URL.Query().Get("watch"); w == "true" || w == "1" {
			t.verb = "watch"
		}
	}
	if t.verb == "delete" && t.name == "" {
		t.verb = "deletecollection"
	}
	return t
}

var verbs = map[string]string{
	http.MethodGet: "get", http.MethodHead: "get", http.MethodPost: "create", http.MethodPut: "update",
	http.MethodPatch: "patch", http.MethodDelete: "delete",
}
