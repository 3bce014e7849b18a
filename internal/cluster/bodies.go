package cluster

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/release"
)

const (
	bodiesAtOnce = 8
	bodyTries    = 4
	bodyTimeout  = 20 * time.Second
	// bodiesRefused is after how many refusals in a row no further body is asked for.
	bodiesRefused = 5
)

// bodies stands between the watches of release records and the store. It gives the
// records of a release that decide their bodies, one GET per version of each, and takes
// them from records that no longer do: see model.Release.Read. Once the first reading is
// done, a changed record is shown together with its body, never label and body of two
// versions.
type bodies struct {
	source *Source

	mu       sync.Mutex
	queue    []job
	workers  int
	releases map[releaseKey]*releaseBodies
	parts    map[string]*bodyPart
	unwell   map[string]bool // namespaces whose releases may have to be rolled back
}

type releaseKey struct {
	namespace, name string
	driver          model.Kind
}

// bodyPart is the backlog of what one watch's scope began.
type bodyPart struct {
	entry   *entry
	pending int
	first   map[model.Kind]bool // drivers whose first reading has come in
	refused int                 // in a row
}

func newBodies(s *Source) *bodies {
	return &bodies{
		source:   s,
		releases: map[releaseKey]*releaseBodies{}, parts: map[string]*bodyPart{}, unwell: map[string]bool{},
	}
}

// sink is where the watch of a scope puts its records.
func (b *bodies) sink(namespace string) sink {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.parts[namespace] == nil {
		e := b.source.board.add(model.KindRecord, model.Lookup(model.KindRecord).Resource, namespace)
		e.set(model.Live, "") // it is the watches that sync at first
		b.parts[namespace] = &bodyPart{entry: e, first: map[model.Kind]bool{}}
	}
	return &bodySink{b, b.parts[namespace]}
}

type bodySink struct {
	*bodies
	part *bodyPart
}

func keyOf(r *model.Record) releaseKey { return releaseKey{r.Namespace, r.Release, r.Driver} }

func (k *bodySink) Put(row model.Row) bool {
	rec, ok := row.(*model.Record)
	if !ok || rec.Revision == 0 {
		return k.source.store.Put(row)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	key := keyOf(rec)
	rel := k.releases[key]
	if rel == nil {
		rel = &releaseBodies{}
		k.releases[key] = rel
	}
	old := rel.put(rec)
	if old != nil && old.Body != nil && old.ResourceVersion == rec.ResourceVersion {
		rec.Body = old.Body
	}
	if ahead := rel.ahead[rec.Revision]; rec.Body == nil && ahead != nil && ahead.ResourceVersion == rec.ResourceVersion {
		k.show(key, rel, rec, ahead)
		return old == nil
	}
	if rec.Body == nil && slices.Contains(rel.read(k.unwell[key.namespace]), rec) && k.part.willing() {
		k.fetch(key, rel, k.part)
		return old == nil // shown when its body is here
	}
	k.source.store.Put(rec)
	k.tidy(key, rel)
	if k.wanted(key) != nil && k.part.willing() {
		k.fetch(key, rel, k.part)
	}
	return old == nil
}

func (k *bodySink) Delete(ref model.Ref, driver model.Kind) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	name, revision, ok := model.ParseRecordName(ref.Name)
	key := releaseKey{ref.Namespace, name, driver}
	if rel := k.releases[key]; ok && rel != nil {
		rel.drop(revision)
		if len(rel.records) == 0 {
			delete(k.releases, key)
		} else if k.wanted(key) != nil && k.part.willing() {
			k.fetch(key, rel, k.part)
		}
	}
	return k.source.store.Delete(ref, driver)
}

func (k *bodySink) Replace(sc scope, rows []model.Row) {
	k.mu.Lock()
	defer k.mu.Unlock()
	before := map[releaseKey]*releaseBodies{}
	for key, rel := range k.releases {
		if key.driver == sc.driver && (sc.namespace == "" || sc.namespace == key.namespace) {
			before[key] = rel
			delete(k.releases, key)
		}
	}
	for _, row := range rows {
		rec, ok := row.(*model.Record)
		if !ok || rec.Revision == 0 {
			continue
		}
		key := keyOf(rec)
		rel := k.releases[key]
		if rel == nil {
			rel = &releaseBodies{}
			if old := before[key]; old != nil {
				rel.busy = old.busy // whoever works for it looks the key up again
			}
			k.releases[key] = rel
		}
		rel.put(rec)
	}
	for key, rel := range k.releases {
		if old := before[key]; old != nil {
			rel.inherit(old, k.unwell[key.namespace])
		}
	}
	k.source.store.Replace(sc, rows)
	first := !k.part.first[sc.driver]
	k.part.first[sc.driver] = true
	for key, rel := range k.releases {
		if key.driver == sc.driver && (sc.namespace == "" || sc.namespace == key.namespace) && k.wanted(key) != nil && k.part.willing() {
			k.fetch(key, rel, k.part)
		}
	}
	if first && k.part.pending > 0 {
		k.part.entry.set(model.Syncing, "")
	}
}

func (p *bodyPart) willing() bool { return p.refused < bodiesRefused }

// job is one release of which a record lacks its body.
type job struct {
	key  releaseKey
	part *bodyPart
	try  int
}

// fetch sees to it that somebody works for a release. The lock is held.
func (b *bodies) fetch(key releaseKey, rel *releaseBodies, part *bodyPart) {
	if rel.busy {
		return
	}
	rel.busy = true
	part.pending++
	b.enqueue(job{key, part, 1})
}

// enqueue hands a job to a worker. The lock is held.
func (b *bodies) enqueue(j job) {
	b.queue = append(b.queue, j)
	if b.workers < bodiesAtOnce {
		b.workers++
		b.source.spawn("release bodies", b.work)
	}
}

// work does jobs until there are none.
func (b *bodies) work() {
	for {
		b.mu.Lock()
		if len(b.queue) == 0 || b.source.ctx.Err() != nil {
			b.workers--
			b.mu.Unlock()
			return
		}
		j := b.queue[0]
		b.queue = b.queue[1:]
		rec := b.wanted(j.key)
		if rec == nil || !j.part.willing() {
			b.done(j)
			b.mu.Unlock()
			continue
		}
		b.mu.Unlock()
		body, err := b.read(rec)
		b.mu.Lock()
		b.take(j, rec, body, err)
		b.mu.Unlock()
	}
}

// wanted is the next record of a release whose body is to be read, or nil. The lock is
// held.
func (b *bodies) wanted(key releaseKey) *model.Record {
	rel := b.releases[key]
	if rel == nil {
		return nil
	}
	for _, rec := range rel.read(b.unwell[key.namespace]) {
		if rec.Body == nil && !rel.unread[rec] {
			return rec
		}
	}
	return nil
}

// take puts a body into its place and shows the record, or arranges for another
// try. The lock is held.
func (b *bodies) take(j job, rec *model.Record, body *model.Body, err error) {
	if b.wanted(j.key) != rec { // it changed meanwhile
		b.done(j)
		return
	}
	rel := b.releases[j.key]
	switch {
	case err == nil:
		j.part.refused = 0
		if body.ResourceVersion != "" && body.ResourceVersion != rec.ResourceVersion {
			rel.await(rec, body)
			b.done(j)
			return
		}
	case apierrors.IsForbidden(err):
		j.part.refused++
		j.part.entry.set(model.Forbidden, connect.Said(err))
	case apierrors.IsNotFound(err): // its deletion is on the way
	case j.try < bodyTries && b.source.ctx.Err() == nil:
		b.source.store.Put(rec) // without its body for now
		j.try++
		b.source.spawn("release body again", func() {
			sleep(b.source.ctx, time.Duration(j.try)*time.Second)
			b.mu.Lock()
			defer b.mu.Unlock()
			b.enqueue(j)
		})
		return
	default:
		b.source.log.Error("reading a release record", "namespace", rec.Namespace, "name", rec.Name, "error", connect.Said(err))
		j.part.entry.set(model.Stale, "not every record could be read: "+connect.Said(err))
	}
	b.show(j.key, rel, rec, body)
	b.done(j)
}

// show puts a record into the store, with its body if that is known. The lock is held.
func (b *bodies) show(key releaseKey, rel *releaseBodies, rec *model.Record, body *model.Body) {
	shown := *rec
	shown.Body = body
	delete(rel.ahead, rec.Revision)
	rel.put(&shown)
	if body == nil {
		rel.giveUp(&shown)
	}
	b.source.store.Put(&shown)
	b.tidy(key, rel)
}

// tidy takes the bodies from the records that decide nothing any more. The lock is
// held.
func (b *bodies) tidy(key releaseKey, rel *releaseBodies) {
	keep := rel.read(b.unwell[key.namespace])
	for i, rec := range rel.records {
		if rec.Body != nil && !slices.Contains(keep, rec) {
			bare := *rec
			bare.Body = nil
			rel.records[i] = &bare
			b.source.store.Put(&bare)
		}
	}
}

// mayRollBack has the revisions read to which the releases of a namespace could be
// rolled back. A namespace is asked for once.
func (b *bodies) mayRollBack(namespace string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.unwell[namespace] {
		return
	}
	b.unwell[namespace] = true
	part := b.parts[namespace]
	if part == nil {
		part = b.parts[""]
	}
	if part == nil {
		return // records are not read
	}
	for key, rel := range b.releases {
		if key.namespace == namespace && b.wanted(key) != nil && part.willing() {
			b.fetch(key, rel, part)
		}
	}
	if state, _ := part.entry.get(); part.pending > 0 && state == model.Live {
		part.entry.set(model.Syncing, "")
	}
}

// done ends a job, or begins it again where the release moved meanwhile. The lock
// is held.
func (b *bodies) done(j job) {
	if rel := b.releases[j.key]; rel != nil {
		if b.wanted(j.key) != nil && j.part.willing() {
			b.enqueue(job{j.key, j.part, 1})
			return
		}
		rel.busy = false
	}
	j.part.pending--
	if j.part.pending > 0 {
		return
	}
	if state, _ := j.part.entry.get(); state == model.Syncing {
		j.part.entry.set(model.Live, "")
	}
}

// read gets one stored record and decodes it.
func (b *bodies) read(rec *model.Record) (*model.Body, error) {
	info, ok := model.Info(rec.Driver)
	if !ok {
		return nil, errors.New("a record of no driver")
	}
	ctx, cancel := context.WithTimeout(b.source.ctx, bodyTimeout)
	defer cancel()
	stream, err := b.source.clients.core().Get().Namespace(rec.Namespace).Resource(info.Resource).Name(rec.Name).Stream(ctx)
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	buf := buffers.Get().(*buffer)
	defer buffers.Put(buf)
	stored, version, err := buf.stored(stream)
	if err != nil {
		return nil, err
	}
	return release.Decode(stored, version), nil
}
