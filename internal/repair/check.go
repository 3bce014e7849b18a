package repair

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/release"
	"github.com/careen-tui/careen/internal/sanitize"
)

// check reads one object and says what is wrong with it; empty for nothing.
func (m *Mender) check(ctx context.Context, c finding.Check) string {
	kind := c.Ref.Kind
	if kind == model.KindRecord {
		kind = model.KindSecret
	}
	p, err := m.placeOf(kind)
	if err != nil {
		return fmt.Sprintf("%s cannot be read: %s", c.Ref, sanitize.Line(err.Error(), maxMessage))
	}
	u, err := m.get(ctx, p.GroupVersionResource, c.Ref.Namespace, c.Ref.Name)
	switch {
	case err != nil:
		return fmt.Sprintf("%s cannot be read: %s", c.Ref, sanitize.Line(err.Error(), maxMessage))
	case c.Path == "gone":
		if u != nil {
			return fmt.Sprintf("%s is still there", c.Ref)
		}
		return ""
	case u == nil:
		return fmt.Sprintf("%s is not there", c.Ref)
	case c.Path == "exists":
		return ""
	case c.Path == "ready":
		return notReady(u)
	}
	if path, ok := strings.CutPrefix(c.Path, hostsAt); ok {
		if !holdsHosts(u, path, c.Want) {
			return fmt.Sprintf("%s: %s does not list %s", c.Ref, path, sanitize.Line(c.Want, 200))
		}
		return ""
	}
	if got := fieldText(u, c.Path); got != c.Want {
		if holdsSecrets(u) && !strings.HasPrefix(c.Path, "metadata.") && !strings.HasPrefix(c.Path, "record ") {
			return fmt.Sprintf("%s: %s is not as it should be", c.Ref, c.Path)
		}
		return fmt.Sprintf("%s: %s is %q, not %q", c.Ref, c.Path, sanitize.Line(got, 200), sanitize.Line(c.Want, 200))
	}
	return ""
}

// fieldText is the value at a field path as text; "record info.status" and "record
// info.description" look inside a release record.
func fieldText(u *unstructured.Unstructured, path string) string {
	if field, in := strings.CutPrefix(path, "record "); in {
		stored, err := storedRecord(u)
		if err != nil {
			return ""
		}
		body := release.Decode(stored, "")
		switch field {
		case "info.status":
			return body.Status
		case "info.description":
			return body.Description
		}
		return body.Problem
	}
	v, _ := valueAt(u.Object, parsePath(path))
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	case []any:
		words := make([]string, len(x))
		for i, e := range x {
			s, ok := e.(string)
			if !ok {
				b, _ := json.Marshal(x)
				return string(b)
			}
			words[i] = s
		}
		return strings.Join(words, ", ")
	}
	b, _ := json.Marshal(v)
	return string(b)
}

// notReady says why an object is not ready; empty where it is.
func notReady(u *unstructured.Unstructured) string {
	name := u.GetKind() + " " + u.GetName()
	switch model.Kind(u.GetKind()) {
	case model.KindDeployment, model.KindStatefulSet, model.KindDaemonSet:
		if s := rolledOut(u); !s.done {
			return name + ": " + s.text
		}
		return ""
	case model.KindReplicaSet, model.KindReplicationController:
		if want, have := wantedReplicas(u), count(u, "status", "readyReplicas"); have < want {
			return fmt.Sprintf("%s: %d of %d ready", name, have, want)
		}
		return ""
	case model.KindClaim, model.KindVolume:
		if phase, _, _ := unstructured.NestedString(u.Object, "status", "phase"); phase != "Bound" {
			return name + ": phase " + phase
		}
		return ""
	}
	conditions, _, _ := unstructured.NestedSlice(u.Object, "status", "conditions")
	for _, c := range conditions {
		if c, ok := c.(map[string]any); ok && c["type"] == "Ready" && c["status"] == "True" {
			return ""
		}
	}
	return name + " is not ready"
}
