package command

import (
	"time"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/report"
	"github.com/careen-tui/careen/views"
)

// took keeps what a look found, and nothing of the cluster itself.
func (f *fleet) took(i int, one *session, r *engine.Report) {
	f.keep(i, one, r, func(*views.ClusterLook) {})
}

// watched keeps what is found in a cluster that is watched, and how well that is known.
func (f *fleet) watched(i int, one *session, r *engine.Report) {
	since, _ := one.conn.Guard().Failing()
	f.keep(i, one, r, func(l *views.ClusterLook) {
		l.Live = true
		if r.Err == nil {
			return
		}
		if since.IsZero() {
			since = r.At // it has come back meanwhile, of which the next report tells
		}
		l.Stale, l.StaleWhy = since, mask.Line(r.Err.Error(), 300)
	})
}

func (f *fleet) keep(i int, one *session, r *engine.Report, more func(*views.ClusterLook)) {
	d, down := one.presently(r), report.Down(r.Snapshot)
	d.Forget()
	by, unknown, known := map[finding.Severity]int{}, 0, 0
	for j := range d.Findings {
		switch g := &d.Findings[j]; {
		case g.Known != "":
			known++
		case g.Grade == finding.Unknown:
			unknown++
		case len(g.Causes) == 0:
			by[g.Severity]++
		}
		d.Findings[j].Evidence, d.Findings[j].Fixes, d.Findings[j].Preventions, d.Findings[j].Withheld = nil, nil, nil, nil // shown in the cluster alone
	}
	d.Findings = d.Findings[:min(len(d.Findings), maxCluster)]
	forbidden, stale := 0, 0
	for _, w := range d.Coverage {
		switch w.State {
		case model.Forbidden:
			forbidden++
		case model.Stale:
			stale++
		case model.Syncing, model.Live, model.Absent:
		}
	}
	at := time.Now()
	f.set(i, func(l *views.ClusterLook) {
		f.docs[i], f.read[i] = d, at
		*l = views.ClusterLook{
			Context: l.Context, Server: l.Server, Also: l.Also, Stage: l.Stage,
			Version: d.Cluster.Version, At: at, By: by, Unknown: unknown, Known: known, Down: down, Forbidden: forbidden, Broken: stale,
		}
		l.Reads, l.Complete = d.Complete()
		more(l)
	})
}

// failed keeps why a cluster could not be looked at.
func (f *fleet) failed(i int, err error) {
	at := time.Now()
	f.set(i, func(l *views.ClusterLook) {
		f.docs[i], f.read[i] = nil, at
		*l = views.ClusterLook{Context: l.Context, Server: l.Server, Also: l.Also, Stage: l.Stage, At: at, Why: mask.Line(err.Error(), 300)}
	})
}

// known is all that is known at present.
func (f *fleet) known() views.Fleet {
	f.mu.Lock()
	out := views.Fleet{Clusters: append([]views.ClusterLook(nil), f.looks...)}
	var docs []*report.Document
	for _, d := range f.docs {
		if d != nil {
			docs = append(docs, d)
		}
	}
	f.mu.Unlock()
	for _, c := range report.NewList(docs).Causes() { // documents do not change once they are kept
		if len(out.Causes) == maxShared {
			break
		}
		out.Causes = append(out.Causes, views.SharedCause{
			ID: c.ID, Probe: c.Probe, Severity: c.Severity, Unknown: c.Grade == finding.Unknown, Subject: c.Subject, Summary: c.Summary, Clusters: c.Clusters,
		})
	}
	return out
}
