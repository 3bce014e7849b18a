package cluster

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// maxNarrow is in how many namespaces a kind is read one by one.
const maxNarrow = 200

// narrow reads a kind namespace by namespace where it may not be read in all: in
// those that can be listed, else in the context's. The server is asked for the
// rights first, once per namespace, so that what is not allowed is not tried. It
// reports whether any feed took over; the feed of all namespaces then ends, and its
// entry stands for the namespaces that are not read.
func (s *Source) narrow(f *feed, cause error) bool {
	if s.namespaces != nil {
		select {
		case <-s.namespaces.decided:
		case <-s.ctx.Done():
			return false
		}
	}
	names := s.store.Names("", model.KindNamespace)
	if len(names) == 0 {
		names = []string{s.conn.Namespace}
	}
	said := connect.Said(cause)
	if len(names) > maxNarrow {
		said += fmt.Sprintf("; read one by one in the first %d of %s", maxNarrow, text.Counted(len(names), "namespace"))
		names = names[:maxNarrow]
	}
	var starts []func()
	for _, ns := range names {
		if s.mayRead(f.reader, ns) {
			starts = append(starts, s.prepare(f.reader, ns))
		}
	}
	if len(starts) == 0 {
		return false
	}
	s.mu.Lock()
	s.narrowed = append(s.narrowed, f.reader)
	for _, ns := range names {
		s.looked[ns] = true
	}
	s.mu.Unlock()
	f.entry.setCount(0)
	f.entry.set(model.Forbidden, said)
	for _, start := range starts {
		start()
	}
	return true
}

func (s *Source) mayRead(r reader, namespace string) bool {
	may, sure := s.rights.may(namespace, r.info.Group, r.info.Resource, "list", "watch")
	return may || !sure && namespace == s.conn.Namespace
}

// unread reports whether a namespace was not looked at before, and marks it.
func (s *Source) unread(namespace string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	was := s.looked[namespace]
	s.looked[namespace] = true
	return !was
}

// namespaceSink follows namespaces: one that is new is read like its siblings.
type namespaceSink struct {
	*Store
	source *Source
}

func (k namespaceSink) Put(row model.Row) bool {
	added := k.Store.Put(row)
	s := k.source
	s.mu.Lock()
	narrowed := slices.Clone(s.narrowed)
	s.mu.Unlock()
	ns := row.Base().Name
	if added && len(narrowed) > 0 && s.unread(ns) {
		s.spawn("new namespace "+ns, func() {
			for _, r := range narrowed {
				if s.mayRead(r, ns) {
					s.prepare(r, ns)()
				}
			}
		})
	}
	return added
}

// rights are what the server says we may do, by namespace.
type rights struct {
	source *Source
	mu     sync.Mutex
	known  map[string]*ruling
}

type ruling struct {
	once       sync.Once
	at         time.Time
	rules      []authorizationv1.ResourceRule
	incomplete bool
}

// rightsFor is how long an answer about rights is believed.
const rightsFor = 2 * time.Minute

func newRights(s *Source) *rights { return &rights{source: s, known: map[string]*ruling{}} }

// may reports whether all the verbs are allowed on a resource in a namespace; sure
// is false where the server could not say.
func (r *rights) may(namespace, group, resource string, verbs ...string) (allowed, sure bool) {
	r.mu.Lock()
	k := r.known[namespace]
	if k == nil || time.Since(k.at) > rightsFor {
		k = &ruling{at: time.Now()}
		r.known[namespace] = k
	}
	r.mu.Unlock()
	k.once.Do(func() { r.ask(namespace, k) })
	for _, verb := range verbs {
		if !slices.ContainsFunc(k.rules, func(rule authorizationv1.ResourceRule) bool {
			return holds(rule.Verbs, verb) && holds(rule.APIGroups, group) && holds(rule.Resources, resource) && len(rule.ResourceNames) == 0
		}) {
			return false, !k.incomplete
		}
	}
	return true, true
}

func holds(list []string, want string) bool {
	return slices.Contains(list, want) || slices.Contains(list, "*")
}

func (r *rights) ask(namespace string, k *ruling) {
	ctx, cancel := context.WithTimeout(r.source.ctx, rightsTimeout)
	defer cancel()
	review := &authorizationv1.SelfSubjectRulesReview{Spec: authorizationv1.SelfSubjectRulesReviewSpec{Namespace: namespace}}
	err := r.source.clients.group("authorization.k8s.io", "v1").Post().Resource("selfsubjectrulesreviews").
		VersionedParams(&metav1.CreateOptions{}, params).Body(review).Do(ctx).Into(review)
	if err != nil {
		r.source.log.Info("asking for rights", "namespace", namespace, "error", connect.Said(err))
		k.incomplete = true
		return
	}
	k.rules, k.incomplete = review.Status.ResourceRules, review.Status.Incomplete
}

// rightsTimeout bounds the question which rights there are.
const rightsTimeout = 15 * time.Second
