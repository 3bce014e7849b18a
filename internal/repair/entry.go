package repair

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/sanitize"
)

// decodeEntry reads an entry from its head. It never fails: what is wrong is the
// entry's Problem.
func (m *Mender) decodeEntry(ctx context.Context, head *corev1.Secret) *Entry {
	id := strings.TrimPrefix(head.Name, secretName("", 1))
	e := &Entry{}
	if err := m.readEntry(ctx, head, id, e); err != nil {
		e = &Entry{Problem: sanitize.Line(err.Error(), maxMessage), At: head.CreationTimestamp.Time, Title: sanitize.Line(head.Annotations[titleNote], 256)}
	}
	e.ID, e.Namespace, e.State, e.Progress = id, head.Namespace, State(head.Labels[stateLabel]), map[int]progress{}
	if !slices.Contains([]State{Open, Applied, Confirmed, Unconfirmed, Undone}, e.State) {
		e.State = Open
	}
	for k, v := range head.Annotations {
		n, err := strconv.Atoi(strings.TrimPrefix(k, stepNote))
		var did progress
		if err == nil && strings.HasPrefix(k, stepNote) && n > 0 && n <= len(e.Writes) && json.Unmarshal([]byte(v), &did) == nil {
			e.Progress[n] = did
		}
	}
	e.Title, e.By, e.Cluster = sanitize.Line(e.Title, 300), sanitize.Line(e.By, 256), sanitize.Line(e.Cluster, 256)
	return e
}

func (m *Mender) readEntry(ctx context.Context, head *corev1.Secret, id string, e *Entry) error {
	parts, err := strconv.Atoi(head.Annotations[partsNote])
	if err != nil || parts < 1 || parts > partsLimit || head.Type != journalType {
		return errTampered
	}
	b, err := m.joined(ctx, head.Namespace, id, parts, head)
	if err != nil {
		return err
	}
	if len(id) != idLength || digest(b)[:idLength] != id {
		return errTampered
	}
	if err := unpack(b, e); err != nil {
		return err
	}
	e.parts = parts
	for _, s := range e.Shards {
		if s.Parts < 1 || s.Parts > partsLimit {
			return errTampered
		}
		b, err := m.joined(ctx, s.Namespace, id, s.Parts, nil)
		if err != nil {
			return err
		}
		if digest(b) != s.Digest {
			return fmt.Errorf("its part in namespace %s is not what was written", s.Namespace)
		}
		var own []numbered
		if err := unpack(b, &own); err != nil {
			return err
		}
		for _, n := range own {
			if n.Number < 1 || n.Number > len(e.Writes) || n.Write == nil {
				return errTampered
			}
			e.Writes[n.Number-1] = n.Write
		}
	}
	return e.sound(head.Namespace)
}

// sound refuses an entry that careen would not have written.
func (e *Entry) sound(namespace string) error {
	if e.Namespace != namespace || len(e.Writes) == 0 {
		return errTampered
	}
	for i, w := range e.Writes {
		if w == nil || w.DependsOn > i || w.DependsOn < 0 {
			return errTampered
		}
		before, after := w.Before != nil, w.After != nil
		ok := false
		switch w.Verb {
		case Create:
			ok = !before && after
		case Update, Patch:
			ok = before && after
		case Delete:
			ok = before && !after
		case Rollback, Uninstall:
			ok = !before && !after && w.Revision > 0
		}
		for _, u := range []*unstructured.Unstructured{w.Before, w.After} {
			ok = ok && (u == nil || u.GetName() == w.Ref.Name && u.GetNamespace() == w.Ref.Namespace)
		}
		if !ok {
			return errTampered
		}
	}
	return nil
}

// joined puts a payload together from its Secrets; first is the one already read.
func (m *Mender) joined(ctx context.Context, namespace, id string, parts int, first *corev1.Secret) ([]byte, error) {
	var out []byte
	for part := 1; part <= parts; part++ {
		s := first
		if part > 1 || s == nil {
			var err error
			if s, err = m.kube.CoreV1().Secrets(namespace).Get(ctx, secretName(id, part), metav1.GetOptions{}); err != nil {
				return nil, fmt.Errorf("its part %s/%s cannot be read: %s", namespace, secretName(id, part), resultOf(err))
			}
		}
		out = append(out, s.Data[payloadKey]...)
	}
	return out, nil
}

// Entry finds an entry by its id, or by the beginning of one where no other begins
// so. The empty id is the newest entry that can be taken back and is no undo itself.
// The error is ErrUnknownEntry where there is none.
func (m *Mender) Entry(ctx context.Context, id string) (*Entry, error) {
	j, err := m.Entries(ctx)
	if err != nil {
		return nil, err
	}
	id = strings.TrimPrefix(id[strings.LastIndex(id, "/")+1:], secretName("", 1))
	var found []*Entry
	for _, e := range j.Entries {
		switch {
		case id == "" && e.State != Undone && e.UndoOf == "" && e.Problem == "":
			return e, nil
		case id != "" && strings.HasPrefix(e.ID, id):
			found = append(found, e)
		}
	}
	unread := ""
	if len(j.Unread) > 0 {
		unread = " (not looked in: " + strings.Join(j.Unread, "; ") + ")"
	}
	switch {
	case id == "":
		return nil, fmt.Errorf("%w: nothing in the journal can be taken back%s", ErrUnknownEntry, unread)
	case len(found) == 0:
		return nil, fmt.Errorf("%w: %q; careen journal lists them%s", ErrUnknownEntry, id, unread)
	case len(found) > 1:
		return nil, fmt.Errorf("%w: %q begins the ids of %d entries", ErrUnknownEntry, id, len(found))
	}
	return found[0], nil
}
