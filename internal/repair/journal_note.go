package repair

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// noting is one change of what an entry's head says of itself. It is made in one
// request, and only while the head says what it must.
type noting struct {
	was   State  // the state that the entry must be in; empty for any
	lease string // the text of the lease that must stand there; empty for any

	state State // empty leaves it as it is
	set   map[string]string
	drop  string // an annotation that stands there
}

// errMoved says that an entry is not in the state that it was seen in: another careen
// works on it, or did.
var errMoved = errors.New("another careen has changed the entry meanwhile")

// stepped notes what came of a write.
func stepped(number int, did Did) noting {
	b, _ := json.Marshal(did) //nolint:errchkjson // strings and a time
	return noting{set: map[string]string{stepNote + strconv.Itoa(number): string(b)}}
}

// note changes what an entry's head says, by a patch, or by an update where only that
// is allowed. The error is errMoved where the head does not say what it must.
func (m *Mender) note(ctx context.Context, e *Entry, n noting) error {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	secrets, name := m.kube.CoreV1().Secrets(e.Namespace), secretName(e.ID, 1)
	_, err := secrets.Patch(ctx, name, types.JSONPatchType, n.patch(), metav1.PatchOptions{FieldManager: manager})
	for try := 1; apierrors.IsForbidden(err) || apierrors.IsConflict(err) && try <= conflicts; try++ {
		head, getErr := secrets.Get(ctx, name, metav1.GetOptions{})
		if getErr != nil {
			break
		}
		if !n.apply(head) {
			return errMoved
		}
		if _, err = secrets.Update(ctx, head, metav1.UpdateOptions{FieldManager: manager}); apierrors.IsForbidden(err) {
			break
		}
	}
	var status apierrors.APIStatus
	switch {
	case err == nil:
	case apierrors.IsConflict(err), errors.As(err, &status) && status.Status().Code == http.StatusUnprocessableEntity:
		return errMoved
	default:
		return fmt.Errorf("noting progress in the journal entry: %w", err)
	}
	if n.state != "" {
		e.State = n.state
	}
	return nil
}

// patch is the change as a JSON patch (RFC 6902), which tests before it writes.
func (n noting) patch() []byte {
	escape := strings.NewReplacer("~", "~0", "/", "~1")
	label := "/metadata/labels/" + escape.Replace(stateLabel)
	note := func(name string) string { return "/metadata/annotations/" + escape.Replace(name) }
	var ops []map[string]string
	if n.was != "" {
		ops = append(ops, map[string]string{"op": "test", "path": label, "value": string(n.was)})
	}
	if n.lease != "" {
		ops = append(ops, map[string]string{"op": "test", "path": note(applyingNote), "value": n.lease})
	}
	if n.state != "" {
		ops = append(ops, map[string]string{"op": "add", "path": label, "value": string(n.state)})
	}
	for _, name := range slices.Sorted(maps.Keys(n.set)) {
		ops = append(ops, map[string]string{"op": "add", "path": note(name), "value": n.set[name]})
	}
	if n.drop != "" {
		ops = append(ops, map[string]string{"op": "remove", "path": note(n.drop)})
	}
	b, _ := json.Marshal(ops) //nolint:errchkjson // strings
	return b
}

// apply makes the change in head; it reports false where head does not say what it must.
func (n noting) apply(head *corev1.Secret) bool {
	if n.was != "" && head.Labels[stateLabel] != string(n.was) || n.lease != "" && head.Annotations[applyingNote] != n.lease {
		return false
	}
	if head.Annotations == nil {
		head.Annotations = map[string]string{}
	}
	if head.Labels == nil {
		head.Labels = map[string]string{}
	}
	if n.state != "" {
		head.Labels[stateLabel] = string(n.state)
	}
	maps.Copy(head.Annotations, n.set)
	delete(head.Annotations, n.drop)
	return true
}
