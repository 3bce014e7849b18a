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
	stepNote       = "careen/step-"    // + number of the write: what came of it
	applyingNote   = "careen/applying" // the lease of whoever works on the entry
	reasonNote     = "careen/reason"   // why it stopped, or was refused
	signedNote     = "careen/signed"   // the operator's signature; see key.go
	payloadKey     = "entry"
	headRole       = "head"
	moreRole       = "more"
	shardRole      = "shard"
)

// State is how far an entry has come.
type State string

// The states of an entry. Closed and Undone are its end.
const (
	Open        State = "open" // not all of its writes are done
	Applied     State = "applied"
	Confirmed   State = "confirmed"
	Unconfirmed State = "unconfirmed"
	Undone      State = "undone"
	Closed      State = "refused" // none of its writes was done, and none will be
)

var states = []State{Open, Applied, Confirmed, Unconfirmed, Undone, Closed}

// Entry is one applied plan, with what is needed to take it back. Whatever it holds is
// a stranger's word, unless it is Own.
type Entry struct {
	ID        string        `json:"-"`
	Namespace string        `json:"namespace"` // where its head stands
	At        time.Time     `json:"at"`        // by the clock of who wrote it; of an entry that is not Own, the server's
	By        string        `json:"by"`
	Host      string        `json:"host"`
	Cluster   string        `json:"cluster"`
	Version   string        `json:"version"`
	Title     string        `json:"title"`
	Risk      finding.Risk  `json:"risk"`
	Findings  []finding.ID  `json:"findings,omitempty"`
	Fixes     []string      `json:"fixes,omitempty"`
	Steps     []plannedStep `json:"steps,omitempty"` // of the fixes
	UndoOf    string        `json:"undoOf,omitempty"`
	Proof     Proof         `json:"proof"`
	Writes    []*Write      `json:"writes"`
	Shards    []shard       `json:"shards,omitempty"`
	Nonce     string        `json:"nonce"`

	// Own tells that it was applied from here: this operator's log knows it, or it
	// bears their signature.
	Own      bool        `json:"-"`
	State    State       `json:"-"`
	Progress map[int]Did `json:"-"` // by number of the write, from 1
	Lease    Lease       `json:"-"` // of whoever works on it, or did last
	Live     bool        `json:"-"` // whether whoever holds the lease is at work
	Reason   string      `json:"-"` // why it stopped, or was refused
	Undoing  *Entry      `json:"-"` // the entry that takes it back at present
	Problem  string      `json:"-"` // why it cannot be used; the rest is then what its labels say

	parts  int
	digest string // of the head's whole payload, which holds those of the shards
}

// plannedStep is one step of a fix, as its finding offered it: what a fix must still be for
// its rest to be done.
type plannedStep struct {
	Choice int    `json:"choice"`
	Change string `json:"change"`
	Digest string `json:"digest"`
}

// shard is the part of an entry that stands in another namespace: what is written of a
// namespace is kept in it, so that nobody can plant an entry on what lies beyond the
// namespaces that they may write Secrets in.
type shard struct {
	Namespace string `json:"namespace"`
	Digest    string `json:"digest"`
	Parts     int    `json:"parts"`
}

// Did is what is known of a write that was done.
type Did struct {
	UID             string    `json:"uid,omitempty"`
	ResourceVersion string    `json:"rv,omitempty"`
	At              time.Time `json:"at"`
}

// newEntry is the entry of a plan. Its writes are the plan's own.
func (m *Mender) newEntry(p *Plan) *Entry {
	e := &Entry{
		Namespace: p.Journal.Namespace, At: m.now().UTC().Truncate(time.Second), By: p.Identity, Host: m.host,
		Cluster: m.cluster, Version: m.options.Version,
		Title: p.Title, Risk: p.Risk, UndoOf: p.UndoOf, Proof: p.Proof, Writes: p.Writes, Steps: p.steps,
		State: Open, Own: true, Progress: map[int]Did{},
	}
	for _, c := range p.Choices {
		e.Findings = append(e.Findings, c.Finding.ID())
		e.Fixes = append(e.Fixes, c.Fix)
	}
	return e
}

// home is the namespace whose Secrets hold a write: its object's own, and the entry's
// for what is in none.
func (e *Entry) home(w *Write) string {
	if w.Ref.Namespace != "" {
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
