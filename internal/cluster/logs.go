package cluster

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/careen-tui/careen/internal/cluster/logtail"
	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/model"
)

const (
	logsAtOnce   = 4
	logEvery     = 30 * time.Second // between two readings of one container, after the first
	wellEvery    = 5 * time.Minute  // between two of a container that is ready
	logTimeout   = 20 * time.Second
	maxLogTails  = 1000
	maxWellTails = 500 // of them, of containers that are ready
	// logsRefused is after how many refusals in a row no further log is asked for,
	// until the next pod that is not read.
	logsRefused = 5
)

// logs reads the end of the log of each container that crashes, or runs and does not
// get ready: once per run. Where that is asked for, those of ready containers as well, of one
// pod of each workload, and again every so often.
type logs struct {
	source *Source

	mu      sync.Mutex
	parts   map[string]*logPart
	tails   map[tailKey]*tailState
	heard   map[string]tailKey // ready containers that are read for those like them, by owner
	vacant  map[string]bool    // namespaces in which one of them went
	queue   []tailJob
	workers int
}

type logPart struct {
	entry   *entry
	pending int
	read    bool // the first reading of pods has come in
	refused int
}

type tailKey struct{ namespace, pod, container string }

func (k tailKey) ref() model.Ref {
	return model.Ref{Kind: model.KindLogTail, Namespace: k.namespace, Name: k.pod + "/" + k.container}
}

// tailState is what is known of one crashing container.
type tailState struct {
	part     *logPart
	uid      string
	restarts int32
	previous bool   // the run before the present one is meant
	running  bool   // there is a present one
	unready  bool   // it did not crash
	well     bool   // it runs and is ready
	like     string // of one that is well: whose containers it stands for
	due      time.Time
	read     int32
	readAt   time.Time
	busy     bool
	first    bool // its first reading is under way, which the part's settling waits for
}

type tailJob struct {
	key  tailKey
	tail *tailState
}

func newLogs(s *Source) *logs {
	return &logs{source: s, parts: map[string]*logPart{}, tails: map[tailKey]*tailState{}, heard: map[string]tailKey{}, vacant: map[string]bool{}}
}

// sink is where the watch of a scope puts its pods, and the entry that cannot be
// known where they are not.
func (l *logs) sink(namespace string) (sink, *entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	part := &logPart{entry: l.source.board.add(model.KindLogTail, model.Lookup(model.KindLogTail).Resource, namespace)}
	l.parts[namespace] = part
	return &logSink{l.source.store, l, part}, part.entry
}

// logSink follows pods.
type logSink struct {
	*Store
	logs *logs
	part *logPart
}

func (k *logSink) Put(row model.Row) bool {
	added := k.Store.Put(row)
	if pod, ok := row.(*model.Pod); ok {
		k.logs.mu.Lock()
		k.logs.consider(pod, k.part)
		k.logs.succeed(k.part)
		k.logs.mu.Unlock()
	}
	return added
}

func (k *logSink) Delete(ref model.Ref, driver model.Kind) bool {
	k.logs.mu.Lock()
	k.logs.forget(func(key tailKey, _ *tailState) bool { return key.namespace == ref.Namespace && key.pod == ref.Name })
	k.logs.mu.Unlock()
	had := k.Store.Delete(ref, driver)
	k.logs.mu.Lock()
	k.logs.succeed(k.part)
	k.logs.mu.Unlock()
	return had
}

func (k *logSink) Replace(sc scope, rows []model.Row) {
	k.Store.Replace(sc, rows)
	l := k.logs
	l.mu.Lock()
	defer l.mu.Unlock()
	have := map[string]string{}
	for _, row := range rows {
		if pod, ok := row.(*model.Pod); ok {
			have[pod.Namespace+"/"+pod.Name] = pod.UID
			l.consider(pod, k.part)
		}
	}
	l.forget(func(key tailKey, t *tailState) bool {
		return t.part == k.part && have[key.namespace+"/"+key.pod] != t.uid
	})
	l.succeed(k.part)
	k.part.read = true
	k.part.entry.setCount(0)
	if k.part.pending == 0 {
		k.part.settle()
	}
}

// settle ends the first reading. It is never begun again.
func (p *logPart) settle() {
	if state, _ := p.entry.get(); state == model.Syncing && p.read {
		p.entry.set(model.Live, "")
	}
}

func (l *logs) forget(which func(tailKey, *tailState) bool) {
	for key, t := range l.tails {
		if which(key, t) {
			delete(l.tails, key)
			if l.heard[t.like] == key {
				delete(l.heard, t.like)
				l.vacant[key.namespace] = true
			}
			if l.source.store.Delete(key.ref(), "") {
				t.part.entry.count(-1)
			}
		}
	}
}

// recovered reports whether a container is well again. Being ready is not enough: it
// is, for a moment, between two crashes.
func recovered(c *model.ContainerStatus) bool {
	return c.Ready && !c.Running.IsZero() && time.Since(c.Running) > logtail.CrashMemory
}

// consider queues the containers of a pod whose last run's log was not read, and
// forgets those that are well again. The lock is held.
func (l *logs) consider(pod *model.Pod, part *logPart) {
	for i := range pod.Containers {
		c := &pod.Containers[i]
		key := tailKey{pod.Namespace, pod.Name, c.Name}
		t := l.tails[key]
		crashes := logtail.Crashed(c, time.Now())
		if t != nil && (t.uid != pod.UID || !t.well && recovered(c) || t.unready && c.Ready || t.well && (crashes || !c.Ready)) {
			l.forget(func(k tailKey, _ *tailState) bool { return k == key })
			t = nil
		}
		like, well := "", false
		if !crashes && !logtail.Unready(c) {
			if like, well = l.standsFor(pod, c, key); !well {
				continue
			}
		}
		if t == nil {
			if len(l.tails) >= maxLogTails {
				continue
			}
			t = &tailState{part: part, uid: pod.UID, read: -1, well: well, like: like}
			l.tails[key] = t
			if well {
				l.heard[like] = key
			}
		}
		if crashes && t.unready { // the run that was read has ended
			t.read = -1
		}
		t.restarts, t.previous, t.running = c.Restarts, crashes && c.Exit == nil, !c.Running.IsZero()
		t.unready, t.due = !crashes && !well, time.Time{}
		switch {
		case well:
			t.due = c.Running.Add(logtail.UnreadyAfter)
		case t.unready:
			t.due = logtail.UnreadySince(pod, c).Add(logtail.UnreadyAfter)
		}
		l.schedule(key, t)
	}
}

// schedule queues a container if it is due. The lock is held.
func (l *logs) schedule(key tailKey, t *tailState) {
	if t.busy || t.read == t.restarts || t.part.refused >= logsRefused {
		return
	}
	t.busy = true
	wait := time.Until(t.due)
	if t.first = t.read < 0 && wait <= 0; t.first { // a later one may be put off, and begin again without end
		t.part.pending++
		l.source.bodies.mayRollBack(key.namespace)
	}
	if !t.readAt.IsZero() {
		wait = max(wait, time.Until(t.readAt.Add(logEvery)))
	}
	if wait > 0 {
		l.source.spawn("log later", func() {
			sleep(l.source.ctx, wait)
			l.mu.Lock()
			defer l.mu.Unlock()
			l.enqueue(tailJob{key, t})
		})
		return
	}
	l.enqueue(tailJob{key, t})
}

func (l *logs) enqueue(j tailJob) {
	l.queue = append(l.queue, j)
	if l.workers < logsAtOnce {
		l.workers++
		l.source.spawn("logs", l.work)
	}
}

func (l *logs) work() {
	for {
		l.mu.Lock()
		if len(l.queue) == 0 || l.source.ctx.Err() != nil {
			l.workers--
			l.mu.Unlock()
			return
		}
		key, t := l.queue[0].key, l.queue[0].tail
		l.queue = l.queue[1:]
		if l.tails[key] != t || t.part.refused >= logsRefused {
			l.take(key, t, nil)
			l.mu.Unlock()
			continue
		}
		now := *t
		l.mu.Unlock()
		row := l.read(key, &now)
		l.mu.Lock()
		l.take(key, t, row)
		l.mu.Unlock()
	}
}

// take shows what was read, unless the container is gone. The lock is held.
func (l *logs) take(key tailKey, t *tailState, row *model.LogTail) {
	t.busy = false
	if t.first {
		t.first = false
		t.part.pending--
	}
	if row != nil && l.tails[key] == t && l.source.ctx.Err() == nil {
		t.read, t.readAt = row.Restarts, row.Read
		l.show(row, t)
		if row.Forbidden {
			t.part.refused++
			t.part.entry.set(model.Forbidden, row.Error)
		} else {
			t.part.refused = 0
		}
		l.schedule(key, t)
	}
	if t.part.pending == 0 {
		t.part.settle()
	}
}

// read reads the end of a log and keeps what it says. Where the run before the present
// one does not say why it ended, the present one may.
func (l *logs) read(key tailKey, t *tailState) *model.LogTail {
	row := &model.LogTail{
		Meta:      model.Meta{Kind: model.KindLogTail, Namespace: key.namespace, Name: key.pod + "/" + key.container, UID: t.uid + "/" + key.container},
		Pod:       model.Ref{Kind: model.KindPod, Namespace: key.namespace, Name: key.pod},
		Container: key.container, Restarts: t.restarts, Read: time.Now().UTC(),
	}
	ctx, cancel := context.WithTimeout(l.source.ctx, logTimeout)
	defer cancel()
	tail, err := l.tail(ctx, key, t.previous)
	if t.previous && t.running && tail.Telling == nil && !apierrors.IsForbidden(err) {
		if present, failed := l.tail(ctx, key, false); failed == nil {
			if err != nil {
				tail, err = present, nil
			}
			tail.Telling = present.Telling
		}
	}
	if t.well {
		tail.Again.Into(row)
	} else {
		row.Lines, row.Missing, row.Telling = tail.Lines, tail.Missing, tail.Telling
	}
	row.ResourceVersion = fmt.Sprint(t.restarts, t.previous, row.Times, row.Last)
	if err != nil {
		row.Forbidden = apierrors.IsForbidden(err)
		row.Error = connect.Said(err)
	}
	return row
}

// tail reads the end of one log.
func (l *logs) tail(ctx context.Context, key tailKey, previous bool) (logtail.Tail, error) {
	lines, limit := int64(logtail.MaxLines), int64(logtail.MaxBytes)
	stream, err := l.source.clients.core().Get().Namespace(key.namespace).Resource("pods").Name(key.pod).SubResource("log").
		VersionedParams(&corev1.PodLogOptions{Container: key.container, Previous: previous, Timestamps: true, TailLines: &lines, LimitBytes: &limit}, params).Stream(ctx)
	if err != nil {
		return logtail.Tail{}, err
	}
	defer stream.Close()
	var text strings.Builder
	_, err = io.Copy(&text, io.LimitReader(stream, limit))
	return logtail.ReadStamped(text.String()), err
}
