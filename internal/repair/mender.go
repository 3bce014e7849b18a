package repair

import (
	"cmp"
	"context"
	"os"
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
	context  string // as the kubeconfig calls it
	server   string // its URL
	cluster  string // both, as the operator's log has them
	host     string // this one
	kube     kubernetes.Interface
	objects  dynamic.Interface
	mapper   meta.RESTMapper
	log      *operations

	applying sync.Mutex
	whoOnce  sync.Mutex
	who      string

	lease struct{ every, stale time.Duration } // where tests are in a hurry

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
	host, err := os.Hostname()
	if err != nil {
		host = "an unnamed host"
	}
	return &Mender{
		conn: conn, options: options, readOnly: conn.ReadOnly(),
		context: conn.Context, server: conn.Host(), cluster: strings.TrimSpace(conn.Context + " " + conn.Host()),
		host: sanitize.Line(host, 253),
		kube: conn.Kube(), objects: conn.Objects(), mapper: conn.Mapper(),
		log: &operations{path: options.LogPath, now: options.Now},
	}
}

func (m *Mender) now() time.Time { return m.options.Now() }

// serverNow is the time by the server's clock.
func (m *Mender) serverNow() time.Time {
	if m.conn == nil {
		return m.now()
	}
	return m.now().Add(m.conn.Guard().Ahead())
}

func (m *Mender) every() time.Duration { return cmp.Or(m.lease.every, beatEvery) }

func (m *Mender) stale() time.Duration { return cmp.Or(m.lease.stale, staleAfter) }

// DefaultLogPath is where the operator's log stands unless an option says otherwise.
func DefaultLogPath() string { return filepath.Join(xdg.StateHome, "careen", "operations.jsonl") }

// ReadOnly reports whether Apply would refuse whatever it is given.
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
