package repair

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/careen-tui/careen/probes"
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
	ID        string             `json:"-"`
	Namespace string             `json:"namespace"` // where its head stands
	At        time.Time          `json:"at"`
	By        string             `json:"by"`
	Cluster   string             `json:"cluster"`
	Version   string             `json:"version"`
	Title     string             `json:"title"`
	Risk      probes.Risk        `json:"risk"`
	Findings  []probes.FindingID `json:"findings,omitempty"`
	Fixes     []string           `json:"fixes,omitempty"`
	UndoOf    string             `json:"undoOf,omitempty"`
	Proof     Proof              `json:"proof"`
	Writes    []*Write           `json:"writes"`
	Shards    []shard            `json:"shards,omitempty"`
	Nonce     string             `json:"nonce"`

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
		Cluster: m.options.Cluster, Version: m.options.Version,
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

// packed is an entry as it is stored: payloads by namespace, the head's first.
type packed struct {
	id       string
	payloads []payload
}

type payload struct {
	namespace, role string
	bytes           []byte
}

// numbered is a write at its place in the entry.
type numbered struct {
	Number int    `json:"number"`
	Write  *Write `json:"write"`
}

// pack encodes the entry and gives it its id, which is a digest of its content: a
// Secret whose content was exchanged does not fit its name.
func (e *Entry) pack() (packed, error) {
	e.Nonce = rand.Text()
	head := *e
	head.Writes, head.Shards = make([]*Write, len(e.Writes)), nil
	var out packed
	for _, ns := range e.namespaces() {
		var own []numbered
		for i, w := range e.Writes {
			switch {
			case e.home(w) != ns:
			case ns == e.Namespace:
				head.Writes[i] = w
			default:
				own = append(own, numbered{i + 1, w})
			}
		}
		if ns == e.Namespace {
			continue
		}
		b, err := compress(own)
		if err != nil {
			return packed{}, err
		}
		head.Shards = append(head.Shards, shard{ns, digest(b), partsOf(b)})
		out.payloads = append(out.payloads, payload{ns, shardRole, b})
	}
	b, err := compress(head)
	if err != nil {
		return packed{}, err
	}
	out.id = digest(b)[:idLength]
	out.payloads = append([]payload{{e.Namespace, headRole, b}}, out.payloads...)
	e.ID, e.Shards, e.parts = out.id, head.Shards, partsOf(b)
	return out, nil
}

const (
	idLength = 12

	// partLimit is below the API server's limit of 1 MiB for a Secret's data.
	partLimit = 1000 << 10

	// unpackedLimit bounds what an entry may expand to, and partsLimit how many
	// Secrets it may claim to have.
	unpackedLimit = 64 << 20
	partsLimit    = 32
)

func partsOf(b []byte) int { return max(1, (len(b)+partLimit-1)/partLimit) }

func compress(v any) ([]byte, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if err := json.NewEncoder(z).Encode(v); err != nil {
		return nil, fmt.Errorf("encoding the journal entry: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("encoding the journal entry: %w", err)
	}
	return b.Bytes(), nil
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// errTampered is said of an entry whose content is not what was written.
var errTampered = errors.New("its content is not what was written: it was changed, or is not careen's")

// unpack decodes a payload. It trusts nothing: what expands too far, is cut, or is no
// JSON is refused in words that do not repeat it.
func unpack(b []byte, into any) error {
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return errTampered
	}
	text, err := io.ReadAll(io.LimitReader(z, unpackedLimit+1))
	switch {
	case err != nil:
		return errTampered
	case len(text) > unpackedLimit:
		return fmt.Errorf("it expands to more than %d MiB", unpackedLimit>>20)
	case json.Unmarshal(text, into) != nil:
		return errTampered
	}
	return nil
}
