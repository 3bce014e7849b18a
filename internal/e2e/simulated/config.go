package simulated

import (
	"encoding/base64"
	"fmt"
	"iter"
	"math/rand/v2"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/careen-tui/careen/internal/e2e/population"
	"github.com/careen-tui/careen/internal/model"
)

const (
	rootCA      = "kube-root-ca.crt"
	recordBytes = 30 << 10 // of one stored record, about
)

// perNamespace makes one object of each namespace, then the others.
func perNamespace(s *Server, q query, of func(i int) object, others iter.Seq[object]) iter.Seq[object] {
	return func(yield func(object) bool) {
		for i := range s.namespaces(q.namespace) {
			if !yield(of(i)) {
				return
			}
		}
		others(yield)
	}
}

func (s *Server) accounts(q query) iter.Seq[object] {
	return perNamespace(s, q, func(i int) object {
		return &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "default", Namespace: Namespace(i), UID: uid(uidOther+3, i), ResourceVersion: "7", CreationTimestamp: began}}
	}, each(s, q, func(i int) *corev1.ServiceAccount {
		return &corev1.ServiceAccount{ObjectMeta: s.meta(i, uidOther+4, Workload(i))}
	}))
}

func (s *Server) configMaps(q query) iter.Seq[object] {
	if q.labels == "owner=helm" {
		return func(func(object) bool) {}
	}
	return perNamespace(s, q, func(i int) object {
		return &corev1.ConfigMap{
			ObjectMeta: metav1.ObjectMeta{Name: rootCA, Namespace: Namespace(i), UID: uid(uidOther+5, i), ResourceVersion: "7", CreationTimestamp: began},
			Data:       map[string]string{"ca.crt": "-----BEGIN CERTIFICATE-----\n" + string(s.body[:1000]) + "\n-----END CERTIFICATE-----\n"},
		}
	}, each(s, q, func(i int) *corev1.ConfigMap {
		return &corev1.ConfigMap{ObjectMeta: s.meta(i, uidOther+6, Workload(i)), Data: map[string]string{"settings": string(s.body[:256])}}
	}))
}

func (s *Server) secrets(q query) iter.Seq[object] {
	only, none := q.records()
	return func(yield func(object) bool) {
		for i := range s.workloads(q.namespace) {
			if !only && !yield(&corev1.Secret{ObjectMeta: s.meta(i, uidOther+7, Workload(i)), Type: corev1.SecretTypeOpaque, Data: map[string][]byte{"password": s.body[:32]}}) {
				return
			}
			for r := 1; !none && i < s.Releases && r <= s.Revisions; r++ {
				o := s.recordMeta(i, r)
				if !q.metadata {
					o.Data = s.stored(i, r)
				}
				if !yield(o) {
					return
				}
			}
		}
	}
}

// record is a stored revision of a release; nil where there is none.
func (s *Server) record(namespace, name string, revision int) object {
	i := 0
	if _, err := fmt.Sscanf(name, "app-%05d", &i); err != nil || i >= s.Releases || s.namespaceOf(i) != namespace || revision < 1 || revision > s.Revisions {
		return nil
	}
	o := s.recordMeta(i, revision)
	o.Data = s.stored(i, revision)
	return o
}

func (s *Server) status(i, revision int) string {
	switch {
	case revision < s.Revisions:
		return "superseded"
	case s.wrong(i) == stuckRelease:
		return "pending-upgrade"
	}
	return "deployed"
}

func (s *Server) recordMeta(i, revision int) *corev1.Secret {
	o := &corev1.Secret{ObjectMeta: s.meta(i, uidOther+7+revision, model.RecordName(Workload(i), revision)), Type: model.HelmSecretType}
	o.Annotations = nil
	o.Labels = map[string]string{"name": Workload(i), "owner": "helm", "status": s.status(i, revision), "version": strconv.Itoa(revision), "modifiedAt": strconv.FormatInt(began.Unix(), 10)}
	return o
}

// stored is the body of a record that declares what the workload has.
func (s *Server) stored(i, revision int) map[string][]byte {
	return population.Revision{
		Namespace: s.namespaceOf(i), Name: Workload(i), Number: revision, Status: s.status(i, revision), At: began.Time,
		Contents: string(s.body), Values: map[string]any{"replicas": 10},
	}.Data()
}

// contents is text that does not compress: base64 of noise, the same each time.
func contents() []byte {
	raw := make([]byte, recordBytes*9/16)
	random := rand.NewChaCha8([32]byte{1})
	_, _ = random.Read(raw)
	return []byte(base64.StdEncoding.EncodeToString(raw))
}
