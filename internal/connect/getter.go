package connect

import (
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// Getter is the way to the cluster for libraries that make their own clients, such
// as Helm's: guarded as all the others, in that namespace. It writes no cache to
// the disk.
func (c *Connection) Getter(namespace string) genericclioptions.RESTClientGetter {
	return &getter{c, namespace}
}

type getter struct {
	*Connection
	namespace string
}

func (g *getter) ToRESTConfig() (*rest.Config, error) { return g.Config(), nil }

func (g *getter) ToDiscoveryClient() (discovery.CachedDiscoveryInterface, error) {
	return g.discovery, nil
}

func (g *getter) ToRESTMapper() (meta.RESTMapper, error) { return g.mapper, nil }

// ToRawKubeConfigLoader serves only to tell the namespace: the kubeconfig itself
// would lead past the guard.
func (g *getter) ToRawKubeConfigLoader() clientcmd.ClientConfig {
	overrides := &clientcmd.ConfigOverrides{Context: api.Context{Namespace: g.namespace}}
	return clientcmd.NewDefaultClientConfig(*api.NewConfig(), overrides)
}
