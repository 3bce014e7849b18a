package timeline

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/graph"
	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// Source is where an entry is known from.
type Source string

// The sources.
const (
	Fields  Source = "fields"  // managed fields and creation times
	Rollout Source = "rollout" // a ReplicaSet
	Record  Source = "release" // a release record
	Event   Source = "event"
	Status  Source = "status" // what a pod's containers did
	Seen    Source = "seen"   // careen's own watch
	Finding Source = "finding"
)

// Entry is one change, or one thing that happened.
type Entry struct {
	At      time.Time
	Latest  bool // it happened at At or not long before
	Ref     model.Ref
	What    string
	By      string // who: a field manager, a controller, the component of an event
	Source  Source
	Change  bool // somebody changed what should be; else it is what followed
	Warning bool
	Times   int32
	Until   time.Time // of an event that was repeated
	Suspect bool
	ID      finding.ID // of an onset

	weight int // between changes of one moment, the one that tells more
}

// Untimed is an entry of an object's managed fields without a time, as scaling
// leaves one.
type Untimed struct {
	Ref                  model.Ref
	Manager, Subresource string
}

// Input is what a time line is made from.
type Input struct {
	Snapshot *model.Snapshot
	Graph    *graph.Graph
	About    model.Ref
	Finding  *finding.Finding // whose onset is marked; nil for those about the object
	Findings []*finding.Finding
	Events   []inspect.Event // of any object: others are left out
	Seen     []Entry         // what careen saw, see Witness
	Untimed  []Untimed
}

// Line is a time line.
type Line struct {
	Entries []Entry // newest first
	Onset   time.Time
	Suspect *Entry
	Gap     time.Duration // between the suspect and the onset
	Objects int           // looked at
	Cut     bool          // there is more around it, or there are older entries
}

const (
	maxEntries = 400
	maxNodes   = 80
)

// Make tells what changed lately.
func Make(in Input) *Line {
	refs, cut := Around(in.Graph, in.About, in.Finding)
	m := &maker{Input: in, near: map[model.Ref]bool{}}
	for _, r := range refs {
		m.near[r] = true
	}
	for _, r := range refs {
		m.object(r)
	}
	m.events()
	m.seen()
	m.untimed()
	m.absorb()
	line := &Line{Objects: len(refs), Cut: cut}
	line.Onset = m.onsets()
	m.favour()
	line.Entries = tidy(m.entries)
	line.accuse()
	if len(line.Entries) > maxEntries {
		line.Entries, line.Cut = line.Entries[:maxEntries], true
	}
	return line
}

// tidy orders entries, newest first: of one second what followed before what made
// it, so that reading downwards goes back in time.
func tidy(list []Entry) []Entry {
	slices.SortStableFunc(list, func(a, b Entry) int {
		return cmp.Or(
			b.At.Truncate(time.Second).Compare(a.At.Truncate(time.Second)), cmp.Compare(late(b), late(a)),
			a.Ref.Compare(b.Ref), cmp.Compare(a.What, b.What))
	})
	return slices.CompactFunc(list, func(a, b Entry) bool {
		return a.Ref == b.Ref && a.What == b.What && a.At.Truncate(time.Second).Equal(b.At.Truncate(time.Second))
	})
}

func late(e Entry) int {
	switch {
	case e.Source == Finding:
		return 2
	case !e.Change:
		return 1
	}
	return 0
}

// favour gives weight to changes of what the finding's evidence names, and takes
// some from those whose moment is not known exactly.
func (m *maker) favour() {
	named := map[model.Ref]bool{}
	if m.Finding != nil {
		for _, e := range m.Finding.Evidence {
			named[e.Ref] = true
		}
	}
	for i := range m.entries {
		if named[m.entries[i].Ref] {
			m.entries[i].weight += 3
		}
		if m.entries[i].Latest {
			m.entries[i].weight--
		}
	}
}

// before is how long before an onset a change may have come to be its suspect, and
// slack what the clocks of objects, which count seconds, may be off.
const (
	before = 2 * time.Hour
	slack  = time.Second
)

// accuse marks the change that came last before the onset.
func (l *Line) accuse() {
	if l.Onset.IsZero() {
		return
	}
	best := -1
	for i, e := range l.Entries {
		gap := l.Onset.Sub(e.At)
		if !e.Change || gap < -slack || gap > before {
			continue
		}
		if best < 0 {
			best = i
			continue
		}
		b := l.Entries[best]
		if d := b.At.Sub(e.At); d <= slack && e.weight > b.weight {
			best = i
		}
	}
	if best >= 0 {
		l.Entries[best].Suspect = true
		e := l.Entries[best]
		l.Suspect, l.Gap = &e, max(l.Onset.Sub(e.At), 0)
	}
}

// Before says how long before the onset the suspect changed.
func (l *Line) Before() string {
	switch d := l.Gap; {
	case l.Suspect.Latest || d < time.Second:
		return "at the onset or just before it"
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s before the onset", int(d.Seconds()))
	}
	words, _ := text.Steps(l.Gap)
	return words + " before the onset"
}

// Asked is what was read from the cluster for a time line, because the watches do
// not keep it.
type Asked struct {
	Events  []inspect.Event
	Untimed []Untimed
}
