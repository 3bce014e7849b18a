package cluster

import (
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// Getter is the way to the cluster for libraries that make their own clients, such
// as Helm's: guarded as all the others, in that namespace. It writes no cache to
// the disk.
func (s *Source) Getter(namespace string) genericclioptions.RESTClientGetter {
	return &getter{source: s, namespace: namespace}
}

type getter struct {
	source    *Source
	namespace string
}

func (g *getter) ToRESTConfig() (*rest.Config, error) { return g.source.Config(), nil }

func (g *getter) ToDiscoveryClient() (discovery.CachedDiscoveryInterface, error) {
	client, err := discovery.NewDiscoveryClientForConfigAndClient(g.source.config, g.source.clients.http)
	if err != nil {
		return nil, err
	}
	return memory.NewMemCacheClient(client), nil
}

func (g *getter) ToRESTMapper() (meta.RESTMapper, error) {
	client, err := g.ToDiscoveryClient()
	if err != nil {
		return nil, err
	}
	return restmapper.NewShortcutExpander(restmapper.NewDeferredDiscoveryRESTMapper(client), client, func(string) {}), nil
}

func (g *getter) ToRawKubeConfigLoader() clientcmd.ClientConfig {
	return clientcmd.NewDefaultClientConfig(g.source.local.raw, &clientcmd.ConfigOverrides{
		CurrentContext: g.source.local.context, Context: api.Context{Namespace: g.namespace},
	})
}
