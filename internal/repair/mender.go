package repair

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/adrg/xdg"
	authenticationv1 "k8s.io/api/authentication/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/sanitize"
)

// Options say for whom and how a Mender works.
type Options struct {
	LogPath string // the operator's log; empty for $XDG_STATE_HOME/careen/operations.jsonl
	Version string // careen's own
	// Namespaces are those to look for journal entries in; none for all that may be
	// read.
	Namespaces []string
	Now        func() time.Time // time.Now where nil
}

// Mender plans, applies, proves and takes back fixes on one cluster. Its methods
// may be called from several goroutines; one Apply runs at a time.
type Mender struct {
	conn     *connect.Connection
	options  Options
	readOnly bool
	cluster  string // how the operator's log names it: context and server
	kube     kubernetes.Interface
	objects  dynamic.Interface
	mapper   meta.RESTMapper
	log      *operations

	applying sync.Mutex
	whoOnce  sync.Mutex
	who      string

	// fault is called between any two requests of Apply, by tests that end it there.
	fault func(point string) error
}

// requestTimeout bounds one request; a list or a watch is never one of them.
const requestTimeout = 30 * time.Second

// New makes a Mender on a connection. No request is made.
func New(conn *connect.Connection, options Options) *Mender {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.LogPath == "" {
		options.LogPath = DefaultLogPath()
	}
	return &Mender{
		conn: conn, options: options, readOnly: conn.ReadOnly(), cluster: strings.TrimSpace(conn.Context + " " + conn.Host()),
		kube: conn.Kube(), objects: conn.Objects(), mapper: conn.Mapper(),
		log: &operations{path: options.LogPath, now: options.Now},
	}
}

// DefaultLogPath is where the operator's log stands unless an option says otherwise.
func DefaultLogPath() string { return filepath.Join(xdg.StateHome, "careen", "operations.jsonl") }

// ReadOnly tells whether Apply would refuse whatever it is given.
func (m *Mender) ReadOnly() bool { return m.readOnly }

// LogPath is where the operator's log stands.
func (m *Mender) LogPath() string { return m.log.path }

// identity is the user as the server knows them, asked once by SelfSubjectReview.
func (m *Mender) identity(ctx context.Context) string {
	m.whoOnce.Lock()
	defer m.whoOnce.Unlock()
	if m.who != "" {
		return m.who
	}
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	got, err := m.kube.AuthenticationV1().SelfSubjectReviews().Create(ctx, &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	if err != nil || got.Status.UserInfo.Username == "" {
		return "unknown"
	}
	m.who = sanitize.Line(got.Status.UserInfo.Username, 256)
	return m.who
}

func (m *Mender) at(point string) error {
	if m.fault == nil {
		return nil
	}
	return m.fault(point)
}
