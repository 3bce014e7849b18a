// Package planetest gives the end-to-end tests of a package one control plane to
// share, and ways to wait for what happens on it. A test keeps to namespaces of its
// own; one that stops or breaks a component has a Plane of its own as well.
package planetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/careen-tui/careen/internal/controlplane"
)

// Plane is a control plane that starts with the first test that asks for it.
type Plane struct {
	Options controlplane.Options

	once    sync.Once
	cluster *controlplane.Cluster
	err     error
}

// Main runs the tests of a package and stops its planes. It returns the code to exit
// with.
func Main(run func() int, planes ...*Plane) int {
	code := run()
	for _, p := range planes {
		if p.cluster == nil {
			continue
		}
		if err := p.cluster.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, "FAIL:", err)
			code = max(code, 1)
		}
	}
	return code
}

// Cluster is the running control plane.
func (p *Plane) Cluster(t testing.TB) *controlplane.Cluster {
	t.Helper()
	p.once.Do(func() {
		options := p.Options
		options.Progress = func(line string) { t.Log(line) }
		p.cluster, p.err = controlplane.Start(context.Background(), options)
	})
	if p.err != nil {
		t.Fatalf("starting the control plane that the tests share: %v", p.err)
	}
	return p.cluster
}

// Config is a client's configuration as the user of that context, in no hurry to
// throttle itself; the administrator's for "".
func (p *Plane) Config(t testing.TB, user string) *rest.Config {
	t.Helper()
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(
		&clientcmd.ClientConfigLoadingRules{ExplicitPath: p.Cluster(t).Kubeconfig},
		&clientcmd.ConfigOverrides{CurrentContext: user}).ClientConfig()
	if err != nil {
		t.Fatal(err)
	}
	config.QPS, config.Burst = 200, 400
	return config
}

// Client is the administrator's.
func (p *Plane) Client(t testing.TB) kubernetes.Interface {
	t.Helper()
	client, err := kubernetes.NewForConfig(p.Config(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// Namespace creates a namespace, and returns when controllers have put into it what
// they put into every one.
func (p *Plane) Namespace(t testing.TB, name string) {
	t.Helper()
	client := p.Client(t)
	_, err := client.CoreV1().Namespaces().Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	Eventually(t, "what controllers put into namespace "+name, func(ctx context.Context) error {
		if _, err := client.CoreV1().ServiceAccounts(name).Get(ctx, "default", metav1.GetOptions{}); err != nil {
			return err
		}
		_, err := client.CoreV1().ConfigMaps(name).Get(ctx, "kube-root-ca.crt", metav1.GetOptions{})
		return err
	})
}

// Remove deletes namespaces and all that is in them, and returns when they are gone.
func (p *Plane) Remove(t testing.TB, names ...string) {
	t.Helper()
	client := p.Client(t).CoreV1().Namespaces()
	for _, name := range names {
		if err := client.Delete(t.Context(), name, metav1.DeleteOptions{}); err != nil && !apierrors.IsNotFound(err) {
			t.Fatal(err)
		}
	}
	for _, name := range names {
		Eventually(t, "the end of namespace "+name, func(ctx context.Context) error {
			_, err := client.Get(ctx, name, metav1.GetOptions{})
			if apierrors.IsNotFound(err) {
				return nil
			}
			if err == nil {
				return errors.New("it is still there")
			}
			return err
		})
	}
}

const (
	patience  = 2 * time.Minute // on a machine that does other things too
	lookEvery = 50 * time.Millisecond
)

// Eventually returns when check has no complaint, and fails the test with its last
// one after two minutes.
func Eventually(t testing.TB, what string, check func(context.Context) error) {
	t.Helper()
	var last error
	err := wait.PollUntilContextTimeout(t.Context(), lookEvery, patience, true, func(ctx context.Context) (bool, error) {
		err := check(ctx)
		if err != nil && ctx.Err() == nil {
			last = err
		}
		return err == nil, nil
	})
	if err != nil {
		t.Fatalf("waiting for %s: %v: %v", what, err, last)
	}
}
