package repair

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/adrg/xdg"
	authenticationv1 "k8s.io/api/authentication/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"

	"github.com/careen-tui/careen/internal/sanitize"
)

// Options say for whom and how a Mender works.
type Options struct {
	ReadOnly bool
	Cluster  string // how the operator's log names the cluster: context and server
	LogPath  string // the operator's log; empty for $XDG_STATE_HOME/careen/operations.jsonl
	Version  string // careen's own
	// Namespaces are those to look for journal entries in; none for all that may be
	// read.
	Namespaces []string
	Now        func() time.Time // time.Now where nil
}

// Mender plans, applies, proves and takes back fixes on one cluster. Its methods
// may be called from several goroutines; one Apply runs at a time.
type Mender struct {
	config  *rest.Config
	options Options
	kube    kubernetes.Interface
	objects dynamic.Interface
	mapper  meta.RESTMapper
	log     *operations

	applying sync.Mutex
	whoOnce  sync.Mutex
	who      string

	// fault is called between any two requests of Apply, by tests that end it there.
	fault func(point string) error
}

// requestTimeout bounds one request; a list or a watch is never one of them.
const requestTimeout = 30 * time.Second

// New makes a Mender. config is the guarded configuration of the connection: it is
// copied, and no request is made.
func New(config *rest.Config, options Options) (*Mender, error) {
	config = rest.CopyConfig(config)
	if config.QPS == 0 {
		config.QPS, config.Burst = 50, 100
	}
	kube, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("making a client: %w", err)
	}
	objects, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("making a dynamic client: %w", err)
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.LogPath == "" {
		options.LogPath = DefaultLogPath()
	}
	return &Mender{
		config: config, options: options, kube: kube, objects: objects,
		mapper: restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(kube.Discovery())),
		log:    &operations{path: options.LogPath, now: options.Now},
	}, nil
}

// DefaultLogPath is where the operator's log stands unless an option says otherwise.
func DefaultLogPath() string { return filepath.Join(xdg.StateHome, "careen", "operations.jsonl") }

// ReadOnly tells whether Apply would refuse whatever it is given.
func (m *Mender) ReadOnly() bool { return m.options.ReadOnly }

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
