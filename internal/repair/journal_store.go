package repair

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/careen-tui/careen/internal/sanitize"
)

// secretName is the name of one Secret of an entry; parts count from 1.
func secretName(id string, part int) string {
	name := "careen-undo-" + id
	if part > 1 {
		name += "-" + strconv.Itoa(part)
	}
	return name
}

// keep writes the entry into the cluster: everything else first and the head last, so
// that an entry that can be listed is complete.
func (m *Mender) keep(ctx context.Context, e *Entry) error {
	all, err := e.pack()
	if err != nil {
		return err
	}
	var kept []*corev1.Secret
	for i := len(all.payloads) - 1; i >= 0; i-- {
		p := all.payloads[i]
		n := partsOf(p.bytes)
		for part := n; part >= 1; part-- {
			chunk := p.bytes[(part-1)*partLimit : min(part*partLimit, len(p.bytes))]
			s := e.secret(p, part, n, chunk)
			if err := m.keepSecret(ctx, e, s); err != nil {
				m.withdraw(ctx, e, kept)
				return fmt.Errorf("keeping the journal entry in namespace %s: %w", p.namespace, err)
			}
			kept = append(kept, s)
		}
	}
	return nil
}

// withdraw removes what was kept of an entry whose head could not be. What cannot be
// removed either is inert: without a head nobody reads it.
func (m *Mender) withdraw(ctx context.Context, e *Entry, kept []*corev1.Secret) {
	for _, s := range kept {
		_ = m.forgetSecret(context.WithoutCancel(ctx), e, s.Namespace, s.Name)
	}
}

func (e *Entry) secret(p payload, part, parts int, chunk []byte) *corev1.Secret {
	immutable := true
	s := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: p.namespace, Name: secretName(e.ID, part),
			Labels: map[string]string{managedByLabel: manager, entryLabel: e.ID, roleLabel: p.role},
		},
		Immutable: &immutable, Type: journalType, Data: map[string][]byte{payloadKey: chunk},
	}
	if part > 1 {
		s.Labels[roleLabel] = moreRole
	}
	if s.Labels[roleLabel] == headRole {
		s.Labels[stateLabel] = string(Open)
		s.Annotations = map[string]string{partsNote: strconv.Itoa(parts), titleNote: sanitize.Line(e.Title, 256)}
	}
	return s
}

func (m *Mender) keepSecret(ctx context.Context, e *Entry, s *corev1.Secret) error {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	op := Operation{Verb: "create", Object: "Secret " + s.Namespace + "/" + s.Name, Entry: e.ID, Result: "begun"}
	if err := m.logged(ctx, op); err != nil {
		return err
	}
	got, err := m.kube.CoreV1().Secrets(s.Namespace).Create(ctx, s, metav1.CreateOptions{FieldManager: manager})
	if op.Result = resultOf(err); err == nil {
		op.UID, op.After = string(got.UID), got.ResourceVersion
	}
	if logErr := m.logged(ctx, op); logErr != nil && err == nil {
		return logErr
	}
	return err
}

// mark sets the state of an entry, and where number is not 0 what came of that write.
func (m *Mender) mark(ctx context.Context, e *Entry, state State, number int, did progress) error {
	meta := map[string]map[string]string{}
	if state != "" {
		meta["labels"] = map[string]string{stateLabel: string(state)}
	}
	if number > 0 {
		b, err := json.Marshal(did)
		if err != nil {
			return err
		}
		meta["annotations"] = map[string]string{stepNote + strconv.Itoa(number): string(b)}
	}
	body, err := json.Marshal(map[string]any{"metadata": meta})
	if err != nil {
		return err
	}
	if err := m.markHead(ctx, e, meta, body); err != nil {
		return fmt.Errorf("noting progress in the journal entry: %w", err)
	}
	if state != "" {
		e.State = state
	}
	if number > 0 {
		e.Progress[number] = did
	}
	return nil
}

// markHead patches the entry's head, or updates it where only that is allowed.
func (m *Mender) markHead(ctx context.Context, e *Entry, meta map[string]map[string]string, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	secrets, name := m.kube.CoreV1().Secrets(e.Namespace), secretName(e.ID, 1)
	_, err := secrets.Patch(ctx, name, types.MergePatchType, body, metav1.PatchOptions{FieldManager: manager})
	if !apierrors.IsForbidden(err) {
		return err
	}
	head, getErr := secrets.Get(ctx, name, metav1.GetOptions{})
	if getErr != nil {
		return err
	}
	if head.Annotations == nil {
		head.Annotations = map[string]string{}
	}
	maps.Copy(head.Labels, meta["labels"])
	maps.Copy(head.Annotations, meta["annotations"])
	_, err = secrets.Update(ctx, head, metav1.UpdateOptions{FieldManager: manager})
	return err
}
