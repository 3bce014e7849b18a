package probes

import (
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/graph"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// Pass is what one run of a probe sees. Nothing in it may be changed.
type Pass struct {
	*model.Snapshot
	Space    *model.Space // the namespace of this run; the space "" for a probe of Cluster scope
	Graph    *graph.Graph
	Now      time.Time
	Settings Settings
	Report   func(finding.Finding) // the probe's ID is filled in

	wake  time.Time
	blind []Unseen
	more  int
}

// Namespace is the name of the namespace of this run.
func (p *Pass) Namespace() string {
	if p.Space == nil {
		return ""
	}
	return p.Space.Name
}

// Knows reports whether the objects of a kind are completely known in this run's
// namespace (for a cluster-scoped kind: in the cluster), and if not, why.
func (p *Pass) Knows(kind model.Kind) (ok bool, why string) {
	return p.Snapshot.Knows(kind, kind.In(p.Namespace()))
}

// Wake asks for another run at t, for a rule that time alone makes true. Earlier
// wins over later; a time not after Now is ignored.
func (p *Pass) Wake(t time.Time) {
	if t.After(p.Now) && (p.wake.IsZero() || t.Before(p.wake)) {
		p.wake = t
	}
}

// More counts findings of a probe with a Most that are not reported one by one: that run
// has as many as may be listed.
func (p *Pass) More(n int) { p.more += n }

// Unlisted is what More counted.
func (p *Pass) Unlisted() int { return p.more }

// WakeAt is the earliest time asked for by Wake; zero for none.
func (p *Pass) WakeAt() time.Time { return p.wake }

// After reports whether d has passed since t, so that what has been so since is no passing
// state; where it has not, the probe is run again when it has. A zero t has always passed. Of
// a dump a few minutes may have passed that it does not tell of.
func (p *Pass) After(t time.Time, d time.Duration) bool {
	if d > 0 && d <= slackFor {
		d -= min(d, p.Slack)
	}
	return p.Due(t, d)
}

// slackFor is the longest time of which an unknown part may have passed.
const slackFor = 5 * time.Minute

// Due is After for what should have happened d after t, and of which nothing tells: there what
// the snapshot tells of is all there is.
func (p *Pass) Due(t time.Time, d time.Duration) bool {
	if due := t.Add(d); due.After(p.Now) && !t.IsZero() {
		p.Wake(due)
		return false
	}
	return true
}

// Left says how long it is until t, in whole days or hours, and asks for another run when
// that is no longer so.
func (p *Pass) Left(t time.Time) string {
	d, unit, noun := t.Sub(p.Now), 24*time.Hour, "day"
	if d < 2*unit {
		unit, noun = time.Hour, "hour"
	}
	n := d / unit
	p.Wake(t.Add(-n*unit + time.Second))
	if n < 1 {
		return "less than an hour"
	}
	return text.Counted(int(n), noun)
}

// Age says how long ago t was, in steps that grow with it (22m, 3h, 4d), and asks
// for another run when the next step is reached, so that a summary stays true
// without a clock on the screen.
func (p *Pass) Age(t time.Time) string {
	text, next := text.Steps(p.Now.Sub(t))
	p.Wake(p.Now.Add(next))
	return text
}
