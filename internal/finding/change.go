package finding

import "github.com/careen-tui/careen/internal/model"

// Change is what one step writes. The set is closed: package repair knows how to
// plan, dry-run, apply and take back each of them, and refuses what is not among its
// permits, from a probe as from a journal entry.
type Change interface {
	change()

	// Permits are all the writes that a change of this type may ever make.
	Permits() []Permit
}

type (
	// Create makes an object from a manifest (YAML, one document).
	Create struct{ Manifest string }

	// CreateFromRelease makes an object as the release's newest usable manifest
	// declares it, with Helm's label and two annotations.
	CreateFromRelease struct{ Release model.Ref }

	// CopySecret makes the step's Secret with the data of From; its bytes go from
	// the server to the server.
	CopySecret struct{ From model.Ref }

	// FillSecret makes the step's Secret with these keys, values typed by the
	// operator in a masked form.
	FillSecret struct{ Keys []string }

	// RestoreData gives the step's Secret or ConfigMap the data that a revision of a
	// release declares; the bytes go from the server to the server.
	RestoreData struct {
		Release  model.Ref
		Revision int
	}

	// Patch changes fields. A nil value removes the field.
	Patch struct{ Set []FieldValue }

	// RewriteHosts changes a list of hosts in the text, or in the list of arguments, at
	// Path: the members Add come and the members Remove go, by their numbers, so that
	// the list is no longer From but To, each a list of whole entries as a HostList has
	// them. What else the text holds stays; see hosts.Rewrite.
	RewriteHosts struct {
		Path        []string
		From, To    []string
		Add, Remove []int
	}

	// AddRule adds verbs to the RBAC rule at that index of a Role or ClusterRole.
	AddRule struct {
		Rule  int
		Verbs []string
	}

	// EditRecord rewrites a Helm record in place: the raw JSON's info.status and
	// description, and the status and modifiedAt labels, in one write.
	EditRecord struct{ Status, Description string }

	// RewriteAPI changes the apiVersion of objects in the manifest of a Helm record.
	RewriteAPI struct{ Changes []APIChange }

	// RelabelRecord writes labels of a Helm record from what the record says.
	RelabelRecord struct{ Labels map[string]string }

	// Delete removes the object.
	Delete struct{}

	// Rollback rolls the release back to a revision with Helm's own code.
	Rollback struct{ Revision int }

	// Uninstall uninstalls the release with Helm's own code, and keeps its records, by
	// which it can be rolled back.
	Uninstall struct{}

	// Restart rolls the workload by annotating its template, and waits until it is
	// ready.
	Restart struct{}

	// Nudge makes a controller look again, by an annotation on the object. Where Moves
	// names an object that the controller is to write, the step waits until it did.
	Nudge struct{ Moves model.Ref }

	// Scale sets spec.replicas, and waits until the pods are there, or gone.
	Scale struct{ Replicas int32 }

	// TakeSnapshot takes a CSI snapshot of a claim, the step's VolumeSnapshot, by the class
	// of its driver, and waits until it can be used: where it cannot, no later step is done.
	TakeSnapshot struct{ Of model.Ref }

	// Guard makes the step's ValidatingAdmissionPolicy, and its binding, which tell of a
	// deletion of what a live workload names: Secrets, ConfigMaps and its account, as its
	// template has them at that moment, and those of Names beside. A first Guard warns; a
	// second one, where the policy is there and warns, refuses.
	Guard struct {
		Of    model.Ref
		Names []model.Ref
	}

	// Recreate creates the step's PVC again as it was, without the volume it is
	// bound to, so that a fresh volume is used; where Class is set, of that StorageClass,
	// which cannot be changed of one that is there.
	Recreate struct{ Class string }
)

// APIChange is a new apiVersion for the objects of a kind that are declared under
// another.
type APIChange struct {
	Kind     model.Kind
	From, To string
}

// FieldValue is one field and its new value. Path elements are field names, list
// indices as decimal numbers, or map keys.
type FieldValue struct {
	Path  []string
	Value any
}

func (Create) change()            {}
func (CreateFromRelease) change() {}
func (CopySecret) change()        {}
func (FillSecret) change()        {}
func (RestoreData) change()       {}
func (Patch) change()             {}
func (RewriteHosts) change()      {}
func (AddRule) change()           {}
func (EditRecord) change()        {}
func (RewriteAPI) change()        {}
func (RelabelRecord) change()     {}
func (Delete) change()            {}
func (Rollback) change()          {}
func (Uninstall) change()         {}
func (Restart) change()           {}
func (Nudge) change()             {}
func (Scale) change()             {}
func (TakeSnapshot) change()      {}
func (Guard) change()             {}
func (Recreate) change()          {}

// Check is a condition that a proof watches for. The finding itself clearing is
// always part of a proof and need not be named.
type Check struct {
	Ref  model.Ref
	Path string // a field path, one of the words gone, ready, exists, or "hosts " and the path of a text or of arguments
	Want string // the value; the entries of a list of hosts that must be there, with ", " between them; empty for the words
}
