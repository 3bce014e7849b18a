package repair

import (
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
)

// manager signs every write in an object's managed fields.
const manager = "careen"

// Verb is what a write does.
type Verb string

// The verbs. All but Rollback and Uninstall are one request of the API; those two are
// Helm's own code, and several.
const (
	Create   Verb = "create"
	Update   Verb = "update"
	Patch    Verb = "patch"
	Delete   Verb = "delete"
	Rollback Verb = "rollback"

	Uninstall Verb = "uninstall"

	// Disown gives the ownership of fields back to those who had it before a fix; the
	// object keeps its content. See owners.go.
	Disown Verb = "disown"
)

// String is what operators read: what the write does where the verb does not say it.
func (v Verb) String() string {
	if v == Disown {
		return "restore field owners of"
	}
	return string(v)
}

func (v Verb) byHelm() bool { return v == Rollback || v == Uninstall }

// Write is one change of one object. Before is nil for a create, After for a
// delete; both are nil for what Helm does.
type Write struct {
	Step     int                         `json:"step"`         // the step of the plan it belongs to, from 1
	Choice   int                         `json:"choice"`       // which of the plan's choices that step is of, from 0
	By       []string                    `json:"by,omitempty"` // the types of change that make it, or that it takes back
	Verb     Verb                        `json:"verb"`
	Ref      model.Ref                   `json:"ref"`
	Resource schema.GroupVersionResource `json:"resource"`
	Before   *unstructured.Unstructured  `json:"before,omitempty"`
	After    *unstructured.Unstructured  `json:"after,omitempty"`
	Stored   *unstructured.Unstructured  `json:"stored,omitempty"` // After of a create with the server's defaults, from the dry run
	Summary  string                      `json:"summary"`
	Wait     Wait                        `json:"wait,omitzero"`

	// Revision is where a rollback leads, or the undo of an uninstall; Newest is the
	// release's newest revision before it. Target is the digest of what the revision
	// declares to which the undo leads.
	Revision int    `json:"revision,omitempty"`
	Newest   int    `json:"newest,omitempty"`
	Target   string `json:"target,omitempty"`

	// Fields are those that a Disown gives back; nil for all of the object's.
	Fields [][]string `json:"fields,omitempty"`

	// DependsOn is the last earlier write, from 1, on the same object; 0 for none.
	DependsOn int `json:"dependsOn,omitempty"`

	// Healthy tells that the workload was ready before a restart, so that its undo
	// may wait for that again.
	Healthy bool `json:"healthy,omitempty"`

	// Passing marks what is only a means, and need neither last nor be taken back: a
	// nudge, a claimRef that is cleared to be filled in again.
	Passing bool `json:"passing,omitempty"`

	commands  []string      // the same with kubectl or helm
	helmLines []styled.Line // what Helm would do
	deletes   []Right       // that Helm needs beside those on its records
	reverters []Reverter    // those that the object itself does not name
	whole     bool          // shown with every line of its object
	shown     [][]string    // the fields that the fix itself names, whose values are not masked
	dryRun    DryRun
	scrub     *scrubber // the secret values that the plan knows
}

// Wait is what must be seen after a write, before the next one.
type Wait struct {
	For    Until         `json:"for,omitempty"`
	Within time.Duration `json:"within,omitempty"`
	Of     model.Ref     `json:"of,omitzero"`   // the object to watch, where it is not the one that is written
	Was    string        `json:"was,omitempty"` // of Moved: the digest of its content before
}

// Until is a state of the written object to wait for.
type Until string

// What a write may wait for.
const (
	RolledOut Until = "rolled out"    // every pod of the new template is ready
	Taken     Until = "observed"      // the controller has seen the change
	Replicas  Until = "replicas"      // as many pods as wanted, ready where they were
	Gone      Until = "gone"          // the object is no longer there, finalizers included
	Bound     Until = "bound"         // the claim is bound
	Usable    Until = "ready to use"  // the snapshot can be restored from
	Moved     Until = "written again" // its content was changed; journal entries hold the word
)

// The bounds of waiting.
const (
	rolloutWithin  = 5 * time.Minute
	replicasWithin = 3 * time.Minute
	goneWithin     = 2 * time.Minute
	boundWithin    = time.Minute
	takenWithin    = 30 * time.Second
	movedWithin    = time.Minute
)

// object is the part of the write that exists: After, or Before for a delete.
func (w *Write) object() *unstructured.Unstructured {
	if w.After != nil {
		return w.After
	}
	return w.Before
}

// uid is the UID of the object that the write changes; empty for a create.
func (w *Write) uid() string {
	if w.Before == nil {
		return ""
	}
	return string(w.Before.GetUID())
}

func (w *Write) key() key { return key{w.Resource, w.Ref.Namespace, w.Ref.Name} }

// key tells objects apart by where they are served.
type key struct {
	resource        schema.GroupVersionResource
	namespace, name string
}
