package inspect

import (
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/careen-tui/careen/internal/model"
)

// Served is a kind that the server serves and lists.
type Served struct {
	Kind       model.Kind // with its group, unless careen knows it without
	Version    string
	Resource   string   // "deployments"
	Short      []string // "deploy"
	Namespaced bool
}

// Words are the names by which people call the kind, in lower case; the plural first.
func (s Served) Words() []string {
	return append([]string{s.Resource, strings.ToLower(s.Kind.Plain())}, s.Short...)
}

// MaxListed is how many objects of a kind that is not watched are listed.
const MaxListed = 500

// Listing is the objects of a kind as the server lists them.
type Listing struct {
	Objects []Listed
	Left    bool // there are more
	Read    time.Time
}

// Listed is one object, and what the server says of it in a table.
type Listed struct {
	Ref     model.Ref
	Created time.Time
	Says    string
}

// Usage is what the metrics server measured of a pod or a node.
type Usage struct {
	Millis int64 // thousandths of a CPU
	Bytes  int64 // of memory
}

// Add adds quantities as Kubernetes writes them; what is none counts for nothing.
func (u *Usage) Add(cpu, memory string) {
	if q, err := resource.ParseQuantity(cpu); err == nil {
		u.Millis += q.MilliValue()
	}
	if q, err := resource.ParseQuantity(memory); err == nil {
		u.Bytes += q.Value()
	}
}

// CPU is as kubectl top writes it: "250m".
func (u Usage) CPU() string { return strconv.FormatInt(u.Millis, 10) + "m" }

// Memory is as kubectl top writes it: "128Mi".
func (u Usage) Memory() string { return strconv.FormatInt(u.Bytes>>20, 10) + "Mi" }

// Usages are those of pods or nodes, as of a moment.
type Usages struct {
	Of   map[model.Ref]Usage
	Read time.Time
}
