package repair

import (
	"context"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Prune removes the journal entries older than that from the cluster, and returns
// their ids. Entries that are still open stay: they are finished or undone first.
func (m *Mender) Prune(ctx context.Context, olderThan time.Duration) (removed []string, err error) {
	if m.readOnly {
		return nil, refuse("This session is read-only: no write leaves it.")
	}
	m.applying.Lock()
	defer m.applying.Unlock()
	j, err := m.Entries(ctx)
	if err != nil {
		return nil, err
	}
	limit := m.now().Add(-olderThan)
	for _, e := range j.Entries {
		if e.At.After(limit) || (e.State == Open || e.Undoing != nil) && e.Problem == "" {
			continue
		}
		if err := m.forget(ctx, e); err != nil {
			return removed, err
		}
		removed = append(removed, e.ID)
	}
	return removed, nil
}

// forget deletes an entry's Secrets, the head last, so that what a kill leaves can
// still be listed.
func (m *Mender) forget(ctx context.Context, e *Entry) error {
	for _, s := range e.Shards {
		for part := min(s.Parts, partsLimit); part >= 1; part-- {
			if err := m.forgetSecret(ctx, e, s.Namespace, secretName(e.ID, part)); err != nil {
				return err
			}
		}
	}
	for part := max(1, e.parts); part >= 1; part-- {
		if err := m.forgetSecret(ctx, e, e.Namespace, secretName(e.ID, part)); err != nil {
			return err
		}
	}
	return nil
}

func (m *Mender) forgetSecret(ctx context.Context, e *Entry, namespace, name string) error {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	s, err := m.kube.CoreV1().Secrets(namespace).Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) || err == nil && s.Type != journalType {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading the journal: %w", err)
	}
	op := Operation{Verb: "delete", Object: "Secret " + namespace + "/" + name, Entry: e.ID, UID: string(s.UID), Before: s.ResourceVersion, Result: "begun"}
	if err := m.logged(ctx, op); err != nil {
		return err
	}
	err = m.kube.CoreV1().Secrets(namespace).Delete(ctx, name, metav1.DeleteOptions{
		Preconditions: &metav1.Preconditions{UID: &s.UID, ResourceVersion: &s.ResourceVersion},
	})
	op.Result = resultOf(err)
	if logErr := m.logged(ctx, op); logErr != nil && err == nil {
		return logErr
	}
	if err != nil {
		return fmt.Errorf("removing journal entry %s: %w", e.ID, err)
	}
	return nil
}
