package repair

import (
	"slices"
	"time"

	"github.com/careen-tui/careen/internal/finding"
)

// The Secrets that hold the journal. Their data is immutable; how far an entry has
// come stands in labels and annotations, which are not.
const (
	journalType    = "careen/undo.v1"
	managedByLabel = "app.kubernetes.io/managed-by"
	entryLabel     = "careen/entry" // the entry's id, on every Secret of it
	roleLabel      = "careen/part"  // head on the first Secret of an entry
	stateLabel     = "careen/state"
	partsNote      = "careen/parts" // how many Secrets the head's payload is split into
	titleNote      = "careen/title"
	stepNote       = "careen/step-" // + number of the write: what came of it
	payloadKey     = "entry"
	headRole       = "head"
	moreRole       = "more"
	shardRole      = "shard"
)

// State is how far an entry has come.
type State string

// The states of an entry.
const (
	Open        State = "open" // not all of its writes are done
	Applied     State = "applied"
	Confirmed   State = "confirmed"
	Unconfirmed State = "unconfirmed"
	Undone      State = "undone"
)

// Entry is one applied plan, with what is needed to take it back.
type Entry struct {
	ID        string       `json:"-"`
	Namespace string       `json:"namespace"` // where its head stands
	At        time.Time    `json:"at"`
	By        string       `json:"by"`
	Cluster   string       `json:"cluster"`
	Version   string       `json:"version"`
	Title     string       `json:"title"`
	Risk      finding.Risk `json:"risk"`
	Findings  []finding.ID `json:"findings,omitempty"`
	Fixes     []string     `json:"fixes,omitempty"`
	UndoOf    string       `json:"undoOf,omitempty"`
	Proof     Proof        `json:"proof"`
	Writes    []*Write     `json:"writes"`
	Shards    []shard      `json:"shards,omitempty"`
	Nonce     string       `json:"nonce"`

	State    State            `json:"-"`
	Progress map[int]progress `json:"-"` // by number of the write, from 1
	Problem  string           `json:"-"` // why the entry cannot be used; the rest is then what its labels say
	parts    int
}

// shard is the part of an entry that stands in another namespace: the objects with
// secret bytes stay in the namespace that they are from.
type shard struct {
	Namespace string `json:"namespace"`
	Digest    string `json:"digest"`
	Parts     int    `json:"parts"`
}

// progress is what is known of a write that was done.
type progress struct {
	UID             string    `json:"uid,omitempty"`
	ResourceVersion string    `json:"rv,omitempty"`
	At              time.Time `json:"at"`
}

// newEntry is the entry of a plan. Its writes are the plan's own.
func (m *Mender) newEntry(p *Plan) *Entry {
	e := &Entry{
		Namespace: p.Journal.Namespace, At: m.options.Now().UTC().Truncate(time.Second), By: p.Identity,
		Cluster: m.cluster, Version: m.options.Version,
		Title: p.Title, Risk: p.Risk, UndoOf: p.UndoOf, Proof: p.Proof, Writes: p.Writes,
		State: Open, Progress: map[int]progress{},
	}
	for _, c := range p.Choices {
		e.Findings = append(e.Findings, c.Finding.ID())
		e.Fixes = append(e.Fixes, c.Fix)
	}
	return e
}

// home is the namespace whose Secret holds a write: its own where its object holds
// secret bytes, else the entry's.
func (e *Entry) home(w *Write) string {
	if w.Ref.Namespace != "" && (holdsSecrets(w.Before) || holdsSecrets(w.After)) {
		return w.Ref.Namespace
	}
	return e.Namespace
}

// namespaces lists where the entry's Secrets stand, the head's first.
func (e *Entry) namespaces() []string {
	out := []string{e.Namespace}
	for _, w := range e.Writes {
		if ns := e.home(w); !slices.Contains(out, ns) {
			out = append(out, ns)
		}
	}
	return out
}
