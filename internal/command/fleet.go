package command

import (
	"context"
	"runtime/debug"
	"sync"
	"time"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/report"
	"github.com/careen-tui/careen/views"
)

// The pace and the bounds of many clusters on the screen.
const (
	readEvery  = 2 * time.Minute // again, while they are shown
	maxShared  = 2000            // causes in the list of all
	maxCluster = 2000            // findings that are kept of one cluster
)

// fleet reads many clusters one after the other, as many at a time as --parallel says, and
// keeps of each what is shown.
type fleet struct {
	ss     *session
	places []place
	every  time.Duration

	mu    sync.Mutex
	looks []views.ClusterLook
	docs  []*report.Document
	read  []time.Time
}

func newFleet(ss *session, places []place) *fleet {
	f := &fleet{
		ss: ss, places: places, every: readEvery,
		looks: make([]views.ClusterLook, len(places)), docs: make([]*report.Document, len(places)), read: make([]time.Time, len(places)),
	}
	for i, p := range places {
		f.looks[i] = views.ClusterLook{Context: shown(p.context), Server: mask.Line(p.server, 500), Also: p.twins()}
	}
	return f
}

// Len is how many there are.
func (f *fleet) Len() int { return len(f.places) }

// Look reads the clusters once: those that were not read lately, or all with again.
func (f *fleet) Look(ctx context.Context, again bool, show func(views.Fleet)) {
	was := debug.SetGCPercent(auditGC)
	defer debug.SetGCPercent(was)
	var one sync.Mutex
	tell := func() {
		one.Lock()
		defer one.Unlock()
		show(f.known())
	}
	tell()
	f.round(ctx, f.due(again), tell)
}

// Follow looks, and again whenever one of the clusters was not read lately.
func (f *fleet) Follow(ctx context.Context, again bool, show func(views.Fleet)) {
	for ctx.Err() == nil {
		f.Look(ctx, again, show)
		again = false
		select {
		case <-ctx.Done():
		case <-time.After(f.wait()):
		}
	}
}

// due are the clusters that are to be read now, by their place.
func (f *fleet) due(all bool) (out []int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, at := range f.read {
		if all || time.Since(at) >= f.every {
			out = append(out, i)
		}
	}
	return out
}

// wait is how long it takes until one of them is due.
func (f *fleet) wait() time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	wait := f.every
	for _, at := range f.read {
		wait = min(wait, f.every-time.Since(at))
	}
	return max(wait, time.Second)
}

// round reads some of the clusters.
func (f *fleet) round(ctx context.Context, which []int, tell func()) {
	ss := *f.ss
	ss.ctx = ctx
	places := make([]place, len(which))
	for n, i := range which {
		places[n] = f.places[i]
	}
	what := extent{mode: connect.ReadOnly, kinds: kindsOf(ss.probes)}
	_, _ = ss.everywhere(places, func(n int, one *session) (err error) {
		i := which[n]
		f.set(i, func(l *views.ClusterLook) { l.Reading = true })
		tell()
		var d *report.Document
		down := 0
		defer func() { // a crash too ends the reading
			if v := recover(); v != nil {
				err = crash(one.log, v)
			}
			if ctx.Err() == nil {
				f.took(i, d, down, err)
			} else {
				f.set(i, func(l *views.ClusterLook) { l.Reading = false })
			}
			tell()
		}()
		r, err := one.look(what)
		if err != nil {
			return err
		}
		down = report.Down(r.Snapshot)
		d = one.document(r)
		d.Forget()
		return nil
	})
}

func (f *fleet) set(i int, change func(*views.ClusterLook)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(&f.looks[i])
}

// took keeps what a look found, or why there was none.
func (f *fleet) took(i int, d *report.Document, down int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.read[i] = time.Now()
	l := &f.looks[i]
	l.Reading, l.At, l.Why = false, f.read[i], ""
	if err != nil {
		l.Why, f.docs[i] = mask.Line(err.Error(), 300), nil
		return
	}
	l.Version, l.Down, l.Unknown, l.Known, l.By = d.Cluster.Version, down, 0, 0, map[finding.Severity]int{}
	l.Reads, l.Complete = d.Complete()
	for j := range d.Findings {
		switch g := &d.Findings[j]; {
		case g.Known != "":
			l.Known++
		case g.Grade == finding.Unknown:
			l.Unknown++
		case len(g.Causes) == 0:
			l.By[g.Severity]++
		}
		d.Findings[j].Evidence, d.Findings[j].Fixes, d.Findings[j].Preventions, d.Findings[j].Withheld = nil, nil, nil, nil // shown in the cluster alone
	}
	d.Findings = d.Findings[:min(len(d.Findings), maxCluster)]
	f.docs[i] = d
}

// known is all that is known at present.
func (f *fleet) known() views.Fleet {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := views.Fleet{Clusters: append([]views.ClusterLook(nil), f.looks...)}
	var docs []*report.Document
	for _, d := range f.docs {
		if d != nil {
			docs = append(docs, d)
		}
	}
	for _, c := range report.NewList(docs).Causes() {
		if len(out.Causes) == maxShared {
			break
		}
		out.Causes = append(out.Causes, views.SharedCause{
			ID: c.ID, Probe: c.Probe, Severity: c.Severity, Unknown: c.Grade == finding.Unknown, Subject: c.Subject, Summary: c.Summary, Clusters: c.Clusters,
		})
	}
	return out
}
