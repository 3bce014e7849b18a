package demo

import (
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// getter gives Helm a client configuration that was not read from a file. What the
// server serves is asked for once, and is the same for every account.
type getter struct {
	config    *rest.Config
	namespace string
	served    discovery.CachedDiscoveryInterface
	mapper    meta.RESTMapper
}

func (g getter) ToRESTConfig() (*rest.Config, error) { return rest.CopyConfig(g.config), nil }

func (g getter) ToDiscoveryClient() (discovery.CachedDiscoveryInterface, error) { return g.served, nil }

func (g getter) ToRESTMapper() (meta.RESTMapper, error) { return g.mapper, nil }

// ToRawKubeConfigLoader is asked by Helm for the namespace alone.
func (g getter) ToRawKubeConfigLoader() clientcmd.ClientConfig {
	config := clientcmdapi.NewConfig()
	config.Clusters["demo"] = &clientcmdapi.Cluster{Server: g.config.Host}
	config.Contexts["demo"] = &clientcmdapi.Context{Cluster: "demo", Namespace: g.namespace}
	config.CurrentContext = "demo"
	return clientcmd.NewDefaultClientConfig(*config, &clientcmd.ConfigOverrides{})
}
