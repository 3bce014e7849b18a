package box

import (
	"time"

	"helm.sh/helm/v3/pkg/chartutil"
)

// The most that is worked on and that comes back.
const (
	memory     = 512 << 20 // bytes, of the child
	patience   = 30 * time.Second
	maxObjects = 5000
	maxObject  = 4 << 20  // bytes of JSON; an API server takes less than half of it
	maxOutput  = 64 << 20 // bytes of JSON of all objects, and of all that the templates write
	maxNesting = 200      // levels of an object
	maxLookups = 1000     // of one rendering
	maxRequest = 256 << 20
	maxReply   = maxObject + 1<<20
)

// request is a message to the child. One of its fields is set.
type request struct {
	Load   *load    `cbor:",omitempty"`
	Render *Request `cbor:",omitempty"`
	Parse  *string  `cbor:",omitempty"` // a manifest
	Found  *Found   `cbor:",omitempty"`
}

// load is a chart's bytes.
type load struct {
	Names   []string // of the files of a folder
	Files   [][]byte
	Archive []byte
}

// reply is a message from the child. One of its fields is set.
type reply struct {
	Object *Object `cbor:",omitempty"`
	Lookup *Lookup `cbor:",omitempty"`
	Done   *done   `cbor:",omitempty"`
	Failed string  `cbor:",omitempty"`
}

// done ends the answer to a request.
type done struct {
	RecordSize int
	Largest    []Size
	References []Reference
	Varying    []string
}

// Request is what to render a chart with.
type Request struct {
	Values             map[string]any
	Release, Namespace string
	Upgrade            bool
	Revision           int
	Kubernetes         chartutil.KubeVersion
	APIVersions        []string
	Twice              bool // render it a second time, to see what varies
}

// Object is one object that a chart declares.
type Object struct {
	Source string // the template
	JSON   []byte
	Hook   *Hook // nil where it is none
	CRD    bool  // it is in the chart's crds folder
}

// Hook is when a hook runs.
type Hook struct {
	Events []string
	Weight int
}

// Result is what a chart renders to.
type Result struct {
	Objects    []Object // in Helm's order of installation, definitions first, hooks last
	RecordSize int      // bytes of the record that Helm would keep, as it is stored
	Largest    []Size   // of the chart's files
	References []Reference
	Varying    []string // templates that render differently each time
}

// Size is how large a file is.
type Size struct {
	Name  string
	Bytes int
}

// Reference is what a schema of the chart refers to beyond itself.
type Reference struct {
	Chart string // whose schema it is
	URL   string
	Own   bool // a file of the chart
}

// Lookup is what a template asks of the cluster.
type Lookup struct {
	APIVersion, Kind, Namespace, Name string
}

// Found is the answer to a Lookup. With neither JSON nor Error there is no such
// object.
type Found struct {
	JSON  []byte // an object, or a list
	Error string
}
