package cluster

import (
	"context"
	"fmt"
	"slices"
	"sync"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// The bounds of what is read of custom resources. What is beyond them is said, and
// nothing that is not there is concluded from it.
const (
	maxCustomKinds   = 2048
	maxCustomObjects = 50_000 // of one kind
	maxCustomAll     = 150_000
	customsAtOnce    = 16 // kinds whose first reading is under way
)

// customs reads every kind that a CustomResourceDefinition defines, after
// everything else was read. Definitions that come and go are followed.
type customs struct {
	source *Source
	entry  *entry // of custom resources as a whole
	room   *room
	turns  chan struct{}

	mu      sync.Mutex
	defined map[string]definition
	running map[string]*runningCustom
	started bool
}

// definition is where a custom resource is served.
type definition struct {
	info        model.KindInfo
	established bool
}

// servedAs reports whether o is served at the same place.
func (d definition) servedAs(o definition) bool {
	a, b := &d.info, &o.info
	return a.Kind == b.Kind && a.Group == b.Group && a.Version == b.Version && a.Resource == b.Resource && a.Namespaced == b.Namespaced
}

type runningCustom struct {
	definition
	cancel context.CancelFunc
	feeds  []*feed
}

// custom enters definitions and custom resources as syncing and returns what
// starts them.
func (s *Source) custom() func() {
	c := &customs{source: s, room: newRoom(maxCustomAll), turns: make(chan struct{}, customsAtOnce), defined: map[string]definition{}, running: map[string]*runningCustom{}}
	c.entry = s.board.add(model.KindCustom, model.Lookup(model.KindCustom).Resource, "")
	info, _ := model.Info(model.KindCRD)
	r := s.builtin(info)
	projected := r.project
	r.project = func(o runtime.Object) (model.Row, bool) {
		c.learn(o)
		return projected(o)
	}
	f := s.feed(r, "")
	f.sink, f.entry.follower = customSink{s.store, c}, c.entry
	return func() {
		s.spawn("watch "+r.resource, func() { f.run(s.ctx) })
		s.spawn("custom resources", func() { c.start(f) })
	}
}

func (c *customs) learn(o runtime.Object) {
	crd, ok := o.(*apiextensionsv1.CustomResourceDefinition)
	if !ok {
		return
	}
	d := definition{info: model.KindInfo{
		Group: crd.Spec.Group, Resource: crd.Spec.Names.Plural, Namespaced: crd.Spec.Scope == apiextensionsv1.NamespaceScoped,
		Kind: model.Kind(crd.Spec.Names.Kind + "." + crd.Spec.Group),
	}}
	for _, v := range crd.Spec.Versions {
		if v.Served && (d.info.Version == "" || v.Storage) {
			d.info.Version = v.Name
		}
	}
	for _, cond := range crd.Status.Conditions {
		if cond.Type == apiextensionsv1.Established {
			d.established = cond.Status == apiextensionsv1.ConditionTrue
		}
	}
	c.mu.Lock()
	c.defined[crd.Name] = d
	c.mu.Unlock()
}

// start waits until the rest is read and begins.
func (c *customs) start(f *feed) {
	for _, ready := range []<-chan struct{}{f.decided, c.source.allRead} {
		select {
		case <-ready:
		case <-c.source.ctx.Done():
			return
		}
	}
	c.mu.Lock()
	c.started = true
	c.mu.Unlock()
	c.follow()
}

// follow starts what is defined and not read, and stops what is read and no
// longer defined.
func (c *customs) follow() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.started {
		return
	}
	for name, run := range c.running {
		if d, ok := c.defined[name]; !ok || !d.servedAs(run.definition) {
			c.stop(name, run)
		}
	}
	names := make([]string, 0, len(c.defined))
	for name := range c.defined {
		names = append(names, name)
	}
	slices.Sort(names)
	unread := 0
	for _, name := range names {
		d := c.defined[name]
		if c.running[name] != nil || !d.established || d.info.Version == "" {
			continue
		}
		if len(c.running) >= maxCustomKinds {
			unread++
			continue
		}
		c.running[name] = c.run(d)
	}
	c.tell(unread)
}

// tell says of custom resources as a whole whether there are kinds that are not read.
func (c *customs) tell(unread int) {
	switch state, _ := c.entry.get(); {
	case state != model.Syncing && state != model.Live:
	case unread > 0:
		c.entry.set(model.Live, fmt.Sprintf("%s not read: no more than %d are", text.Counted(unread, "kind"), maxCustomKinds))
	default:
		c.entry.set(model.Live, "")
	}
}

func (c *customs) run(d definition) *runningCustom {
	s := c.source
	ctx, cancel := context.WithCancel(s.ctx)
	run := &runningCustom{definition: d, cancel: cancel}
	r := s.untyped(d.info)
	r.kind, r.resource, r.limit, r.room = model.KindCustom, d.info.Resource+"."+d.info.Group, maxCustomObjects, c.room
	r.project = func(o runtime.Object) (model.Row, bool) {
		u, ok := o.(*unstructured.Unstructured)
		if !ok {
			return nil, false
		}
		return s.project.Custom(u), true
	}
	for _, ns := range s.scopes(r) {
		f := s.feed(r, ns)
		run.feeds = append(run.feeds, f)
		s.spawn("watch "+r.resource+" "+ns, func() { c.inTurn(ctx, f) })
	}
	return run
}

// inTurn reads a kind once those before it have been read, or cannot be, or hang:
// thousands of kinds are not asked for at once.
func (c *customs) inTurn(ctx context.Context, f *feed) {
	select {
	case c.turns <- struct{}{}:
	case <-ctx.Done():
		return
	}
	done := sync.OnceFunc(func() { <-c.turns })
	c.source.spawn("turn of "+f.resource, func() {
		defer done()
		hangs, end := context.WithTimeout(ctx, c.source.quietFor)
		defer end()
		select {
		case <-f.decided:
		case <-hangs.Done():
		}
	})
	defer done()
	f.run(ctx)
}

func (c *customs) stop(name string, run *runningCustom) {
	run.cancel()
	delete(c.running, name)
	for _, f := range run.feeds {
		c.source.board.remove(f.entry)
		c.source.store.Replace(scope{kind: run.info.Kind, namespace: f.namespace}, nil)
		f.room.give(f.read.Swap(0))
	}
}

// customSink follows definitions.
type customSink struct {
	*Store
	customs *customs
}

func (k customSink) Put(row model.Row) bool {
	added := k.Store.Put(row)
	k.customs.follow()
	return added
}

func (k customSink) Delete(ref model.Ref, driver model.Kind) bool {
	k.customs.mu.Lock()
	delete(k.customs.defined, ref.Name)
	k.customs.mu.Unlock()
	gone := k.Store.Delete(ref, driver)
	k.customs.follow()
	return gone
}

func (k customSink) Replace(sc scope, rows []model.Row) {
	have := map[string]bool{}
	for _, r := range rows {
		have[r.Base().Name] = true
	}
	k.customs.mu.Lock()
	for name := range k.customs.defined {
		if !have[name] {
			delete(k.customs.defined, name)
		}
	}
	k.customs.mu.Unlock()
	k.Store.Replace(sc, rows)
	k.customs.follow()
}
