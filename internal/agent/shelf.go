package agent

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/tools/cache"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/openreports"
)

// stored is the metadata of an object as the server has it.
type stored = v1.PartialObjectMetadata

// shelf is what the server has of the objects of one API, by namespace: it watches those
// that are named Name, without what they say.
type shelf struct {
	variant openreports.Variant
	log     *slog.Logger
	poke    func()
	cancel  context.CancelFunc
	running sync.WaitGroup
	synced  []cache.InformerSynced

	mu       sync.Mutex
	objects  map[string]*stored
	written  map[string]written
	writing  map[string]bool // a write is under way, whose event may come before its answer
	contests map[string]int  // how often somebody else changed what we had written

	// For the goroutine that writes.
	retries retries
	fought  map[string]int // contests after which it was written again
}

// written is what was written last, and when.
type written struct {
	uid     types.UID
	version string // resourceVersion
	whole   string // see object
	at      time.Time
}

// openShelf begins to watch. With namespaces it watches there alone.
func openShelf(ctx context.Context, client metadata.Interface, v openreports.Variant, namespaces []string, log *slog.Logger, poke func()) *shelf {
	ctx, cancel := context.WithCancel(ctx)
	s := &shelf{
		variant: v, log: log, poke: poke, cancel: cancel,
		objects: map[string]*stored{}, written: map[string]written{}, writing: map[string]bool{}, contests: map[string]int{}, retries: retries{}, fought: map[string]int{},
	}
	if len(namespaces) == 0 {
		s.watch(ctx, client, v.Clusters, "")
		s.watch(ctx, client, v.Resource, "")
	}
	for _, ns := range namespaces {
		s.watch(ctx, client, v.Resource, ns)
	}
	return s
}

// resource is where objects of a namespace are; that of the cluster has none.
func (s *shelf) resource(namespace string) schema.GroupVersionResource {
	r := schema.GroupVersionResource{Group: s.variant.Group(), Version: s.variant.Version(), Resource: s.variant.Resource}
	if namespace == "" {
		r.Resource = s.variant.Clusters
	}
	return r
}

func (s *shelf) watch(ctx context.Context, client metadata.Interface, resource, namespace string) {
	gvr := schema.GroupVersionResource{Group: s.variant.Group(), Version: s.variant.Version(), Resource: resource}
	inf := metadatainformer.NewFilteredMetadataInformer(client, gvr, namespace, 0, cache.Indexers{}, func(o *v1.ListOptions) {
		o.FieldSelector = fields.OneTermEqualSelector("metadata.name", Name).String()
	}).Informer()
	// What cannot be listed is said, once for each reason.
	said := ""
	_ = inf.SetWatchErrorHandlerWithContext(func(_ context.Context, _ *cache.Reflector, err error) {
		if text := connect.Said(err); text != said && ctx.Err() == nil {
			said = text
			s.log.Warn("report objects cannot be watched", "resource", gvr.GroupResource().String(), "error", text)
		}
	})
	_ = inf.SetTransform(bare)
	reg, err := inf.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(o any) { s.heard(o, false) },
		UpdateFunc: func(_, o any) { s.heard(o, false) },
		DeleteFunc: func(o any) { s.heard(o, true) },
	})
	if err != nil {
		s.log.Error("watching report objects", "error", err) // it was stopped before it began: it was not
		return
	}
	s.synced = append(s.synced, reg.HasSynced)
	s.running.Go(func() { inf.RunWithContext(ctx) })
}

// bare drops what is not looked at.
func bare(o any) (any, error) {
	if m, ok := o.(*stored); ok {
		m.ManagedFields = nil
	}
	return o, nil
}

// close ends the watches.
func (s *shelf) close() {
	s.cancel()
	s.running.Wait()
}

// ready reports whether all objects that there are are known.
func (s *shelf) ready() bool {
	for _, synced := range s.synced {
		if !synced() {
			return false
		}
	}
	return true
}

// heard takes an event of the watch. What it tells may be older than an answer to a write.
func (s *shelf) heard(o any, gone bool) {
	if tombstone, ok := o.(cache.DeletedFinalStateUnknown); ok {
		o = tombstone.Obj
	}
	m, ok := o.(*stored)
	if !ok || m.Name != Name {
		return
	}
	s.mu.Lock()
	now := s.objects[m.Namespace]
	if now == nil && !gone || now != nil && !older(m, now) {
		s.contested(m, gone)
		if s.objects[m.Namespace] = m; gone {
			delete(s.objects, m.Namespace)
		}
	}
	s.mu.Unlock()
	s.poke()
}

// contested counts that somebody else changed what an object says, or took it away.
// Labels and annotations are nobody's alone.
func (s *shelf) contested(m *stored, gone bool) {
	w, ours := s.written[m.Namespace]
	if !ours || s.writing[m.Namespace] || m.UID != w.uid || !gone && m.ResourceVersion == w.version {
		return
	}
	now := s.objects[m.Namespace]
	if !gone && now != nil && m.Annotations[digestKey] == now.Annotations[digestKey] && m.Generation == now.Generation {
		return
	}
	s.contests[m.Namespace]++
	delete(s.written, m.Namespace)
	delete(m.Annotations, digestKey) // it does not tell any more what the object says
}

// older reports whether a was stored before b.
func older(a, b *stored) bool {
	x, errX := strconv.ParseUint(a.ResourceVersion, 10, 64)
	y, errY := strconv.ParseUint(b.ResourceVersion, 10, 64)
	return errX == nil && errY == nil && x < y
}

// begins notes that a write is under way, until the function that it returns is called.
func (s *shelf) begins(namespace string) (ends func()) {
	set := func(yes bool) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.writing[namespace] = yes
	}
	set(true)
	return func() { set(false) }
}

// wrote takes the answer to a write.
func (s *shelf) wrote(m *stored, whole string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.written[m.Namespace] = written{m.UID, m.ResourceVersion, whole, time.Now()}
	if now := s.objects[m.Namespace]; now == nil || older(now, m) {
		s.objects[m.Namespace] = m
	}
}

// removed takes the answer to a deletion.
func (s *shelf) removed(namespace string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.objects, namespace)
	delete(s.written, namespace)
	delete(s.contests, namespace)
}

// has is the object of a namespace, and what was written of it; nil where there is none.
func (s *shelf) has(namespace string) (m *stored, w written, contests int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.objects[namespace], s.written[namespace], s.contests[namespace]
}

// namespaces are those that have an object.
func (s *shelf) namespaces() (out []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for ns := range s.objects {
		out = append(out, ns)
	}
	return out
}

// place is where an object is, in words.
func (s *shelf) place(namespace string) string {
	if namespace == "" {
		return s.variant.Cluster + " " + Name
	}
	return fmt.Sprintf("%s %s/%s", s.variant.Kind, namespace, Name)
}
