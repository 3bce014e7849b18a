package inspect

import (
	"time"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
)

// Revision is one stored revision of a release.
type Revision struct {
	Number      int
	Record      model.Ref // the Secret or ConfigMap that holds it
	Label       string    // the status of its label
	Status      string    // of the record itself
	Description string
	Chart       string
	Version     string // of the chart
	App         string
	Updated     time.Time
	Problem     string // why the record cannot be used
	Read        bool   // its body was read; older ones are not
	Hooks       []model.Hook
	Notes       []string
	Objects     []model.Declared
	Trouble     string // documents of the manifest that do not parse
	Values      []Setting
}

// History is what is stored of a release, newest first.
type History struct {
	Release   model.Ref
	Revisions []Revision
	Left      int // older revisions whose bodies were not read
}

// Setting is one value that was given to a release. Text is the value where it is
// true, false or null, and else says that it is masked.
type Setting struct {
	Path string
	Text string
}

// Difference is how two texts of a release stand to each other, object by object.
type Difference struct {
	From, To string // "revision 2", "live"
	Parts    []Part
	Same     int // objects without a difference
	Unread   []string
}

// What a part says of its object.
const (
	AddedObject   = "added"
	RemovedObject = "removed"
	ChangedObject = "changed"
	Missing       = "missing" // declared, and not in the cluster
)

// Part is one object that differs.
type Part struct {
	Ref   model.Ref
	What  string
	Lines []styled.Line
}

// State is how one object of a release is, in the words of kstatus.
type State struct {
	Ref     model.Ref
	Status  string // Current, InProgress, Failed, Terminating, NotFound, Unknown
	Message string
	Keep    bool
}

// Live is a revision beside the cluster.
type Live struct {
	Revision int
	Read     time.Time
	Drift    Difference
	States   []State
}

// Leaving is what would become of an object at an uninstall.
type Leaving struct {
	Ref     model.Ref
	Verb    string // delete, keep, leave
	Text    string
	Serious bool // data would be lost, or left behind
}
