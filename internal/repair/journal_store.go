package repair

import (
	"context"
	"fmt"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

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
	var made []*corev1.Secret
	for i := len(all.payloads) - 1; i >= 0; i-- {
		p := all.payloads[i]
		n := partsOf(p.bytes)
		for part := n; part >= 1; part-- {
			chunk := p.bytes[(part-1)*partLimit : min(part*partLimit, len(p.bytes))]
			s := e.secret(p, part, n, chunk)
			if s.Labels[roleLabel] == headRole {
				m.sign(e, s)
			}
			if err := m.keepSecret(ctx, e, s); err != nil {
				m.withdraw(ctx, e, made)
				return fmt.Errorf("keeping the journal entry in namespace %s: %w", p.namespace, err)
			}
			made = append(made, s)
		}
	}
	return nil
}

// sign puts what only the operator's careen can say on an entry's head, and the lease
// of this one.
func (m *Mender) sign(e *Entry, head *corev1.Secret) {
	if key := madeKey(m.log.path); key != nil {
		head.Annotations[signedNote] = signature(key, serverOf(m.cluster), e.Namespace, e.digest)
	}
	if e.Lease.Token != "" {
		head.Annotations[applyingNote] = e.Lease.text()
	}
}

// withdraw removes what was kept of an entry whose head could not be. What cannot be
// removed either is inert: without a head nobody reads it.
func (m *Mender) withdraw(ctx context.Context, e *Entry, made []*corev1.Secret) {
	for _, s := range made {
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
	op := Operation{Verb: string(Create), Object: "Secret " + s.Namespace + "/" + s.Name, Entry: e.ID, Result: "begun"}
	if s.Labels[roleLabel] == headRole {
		op.Digest = e.digest
	}
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
