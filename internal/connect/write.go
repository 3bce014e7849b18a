package connect

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
)

// Write is one object that a process may write which may write nothing else.
type Write struct {
	Group, Resource string
	Namespace       string // empty for any, and for what is in none
	Name            string
	Verbs           []string // create, update or delete
}

// maxJudged bounds the body of a create whose name is looked at, in bytes.
const maxJudged = 4 << 20

// listed says why a write is none of those that are listed; empty where it is one. The
// name of what is created stands in the body alone, so that it is read there.
func listed(writes []Write, r *http.Request, t Target) string {
	const why = "it is none of the writes that this process may make"
	verb := map[string]string{http.MethodPost: "create", http.MethodPut: "update", http.MethodDelete: "delete"}[r.Method]
	if verb == "" || t.irregular || t.Subresource != "" || r.Header.Get("Upgrade") != "" || (verb == "create") != (t.Name == "") {
		return why
	}
	name := t.Name
	if verb == "create" {
		if name = created(r); name == "" {
			return why
		}
	}
	for _, w := range writes {
		if w.Group == t.Group && w.Resource == t.Resource && w.Name == name && (w.Namespace == "" || w.Namespace == t.Namespace) && slices.Contains(w.Verbs, verb) {
			return ""
		}
	}
	return why
}

// created is the name of the object in the body of a request, which is put back; empty
// where it cannot be told.
func created(r *http.Request) string {
	if r.Body == nil || r.ContentLength > maxJudged {
		return ""
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxJudged+1))
	r.Body.Close()
	r.Body = io.NopCloser(bytes.NewReader(body))
	if err != nil || len(body) > maxJudged {
		return ""
	}
	var object struct {
		Metadata struct {
			Name         string `json:"name"`
			GenerateName string `json:"generateName"`
		} `json:"metadata"`
	}
	if json.Unmarshal(body, &object) != nil || object.Metadata.GenerateName != "" {
		return ""
	}
	return object.Metadata.Name
}
