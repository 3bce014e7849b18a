package finding

import (
	"slices"
	"time"

	"github.com/careen-tui/careen/internal/model"
)

// ProbeID names the probe or check that makes a finding: "release-stuck". It stands
// as a string in one place, the probe's declaration.
type ProbeID string

// ID is probe:namespace/Kind/name, with #slot where one subject has several. It is
// the same from run to run.
type ID string

// Finding is one thing that is wrong, with what shows it.
type Finding struct {
	Probe    ProbeID
	Subject  model.Ref // what an operator would name: the release, the top-level workload, the claim
	Slot     string    // tells two findings on one subject apart: a container, a key
	Severity Severity
	Grade    Grade
	Summary  string    // one line, a complete sentence, no jargon that the evidence does not show
	Since    time.Time // a condition's or event's time; zero where unknown, never the object's age
	Evidence []Evidence
	Causes   []ID  // findings that explain this one: symptoms fold under their cause
	Fixes    []Fix // alternatives: at most one is applied

	// Preventions are at most two, beside the fixes: they leave what is wrong now as it is,
	// and keep it from coming again. Their ids begin with prevent-.
	Preventions []Fix

	Withheld []Withheld // fixes that are not offered, and why
	Rests    []Absence  // what the finding says is absent or unused; see Settle
}

// ID is the finding's stable name.
func (f *Finding) ID() ID { return IDOf(f.Probe, f.Subject, f.Slot) }

// IDOf makes the id of a finding, so that one probe can name another's as a cause.
func IDOf(probe ProbeID, subject model.Ref, slot string) ID {
	id := string(probe) + ":" + subject.Namespace + "/" + string(subject.Kind) + "/" + subject.Name
	if slot != "" {
		id += "#" + slot
	}
	return ID(id)
}

// Withheld is a fix that would not help, or would do harm, as things stand.
type Withheld struct {
	Fix   string // its id
	Title string
	Why   string // what stands in the way, without a full stop
}

// MaxPreventions is how many a finding has at most.
const MaxPreventions = 2

// Plans are all that can be planned of a finding: its fixes, then its preventions.
func (f *Finding) Plans() []Fix { return slices.Concat(f.Fixes, f.Preventions) }

// Prevents reports whether the fix of that id is a prevention.
func (f *Finding) Prevents(id string) bool {
	return slices.ContainsFunc(f.Preventions, func(x Fix) bool { return x.ID == id })
}

// Evidence is one fact, and the place where it can be checked.
type Evidence struct {
	Ref   model.Ref
	Path  string // field path, "event FailedCreate", "log", or empty for the object as a whole
	Value string // never a secret value
	Note  string // what it means here, a few words
}

// Fix is a repair, as data.
type Fix struct {
	ID    string // "mark-deployed": stable within its probe
	Title string // a verb phrase
	Risk  Risk
	Steps []Step
	Undo  string // how it is taken back, or what cannot be
	Proof Proof
	Note  string // what the operator should know before choosing it
}

// Step is one write, or one ordered group of writes.
type Step struct {
	Verb    string // create, patch, update, delete, rollback, restart, scale
	Ref     model.Ref
	Summary string
	Change  Change // what to write; see change.go
}

// Proof is what must hold after a fix, and for how long it may take.
type Proof struct {
	Text   string
	Within time.Duration
	Hold   time.Duration // for how long it must hold without a break; usually 0
	Checks []Check
}
