package demo

import (
	"context"
	"fmt"
	"sync"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
)

// manager signs what a person with kubectl would have written.
const manager = "kubectl"

// Planter works on one cluster, as its administrator.
type Planter struct {
	config  *rest.Config
	kube    kubernetes.Interface
	objects dynamic.Interface
	served  discovery.CachedDiscoveryInterface
	mapper  *restmapper.DeferredDiscoveryRESTMapper

	telling  sync.Mutex
	progress func(string)
}

// NewPlanter makes a planter. progress may be nil; it is called with short texts,
// one at a time.
func NewPlanter(config *rest.Config, progress func(string)) (*Planter, error) {
	config = rest.CopyConfig(config)
	config.QPS, config.Burst = 300, 600
	config.UserAgent = manager
	config.WarningHandler = rest.NoWarnings{}
	kube, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("making a client: %w", err)
	}
	objects, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("making a dynamic client: %w", err)
	}
	served := memory.NewMemCacheClient(kube.Discovery())
	return &Planter{
		config:   config,
		kube:     kube,
		objects:  objects,
		served:   served,
		mapper:   restmapper.NewDeferredDiscoveryRESTMapper(served),
		progress: progress,
	}, nil
}

func (p *Planter) say(format string, arguments ...any) {
	if p.progress == nil {
		return
	}
	p.telling.Lock()
	defer p.telling.Unlock()
	p.progress(fmt.Sprintf(format, arguments...))
}

// namespace makes a namespace, and returns when pods can be created there.
func (p *Planter) namespace(ctx context.Context, name string, labels map[string]string) error {
	object := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels}}
	_, err := p.kube.CoreV1().Namespaces().Create(ctx, object, metav1.CreateOptions{FieldManager: manager})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("creating namespace %s: %w", name, err)
	}
	return await(ctx, "the default account of namespace "+name, func(ctx context.Context) (bool, error) {
		_, err := p.kube.CoreV1().ServiceAccounts(name).Get(ctx, "default", metav1.GetOptions{})
		return err == nil, err
	})
}

// tokenOf returns a configuration that authenticates as a service account, with a
// token of its own as a CI job would have it.
func (p *Planter) tokenOf(ctx context.Context, namespace, account string) (*rest.Config, error) {
	hour := int64(3600)
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: &hour}}
	got, err := p.kube.CoreV1().ServiceAccounts(namespace).CreateToken(ctx, account, request, metav1.CreateOptions{})
	if err != nil {
		return nil, fmt.Errorf("asking for a token of account %s/%s: %w", namespace, account, err)
	}
	config := rest.AnonymousClientConfig(p.config)
	config.BearerToken = got.Status.Token
	config.QPS, config.Burst = p.config.QPS, p.config.Burst
	config.WarningHandler = rest.NoWarnings{}
	return config, nil
}
