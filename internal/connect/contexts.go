package connect

import (
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/tools/clientcmd/api"
)

// Contexts are the contexts of a kubeconfig.
type Contexts struct{ raw api.Config }

// ReadContexts reads them. Its errors are ErrConfig.
func ReadContexts(flags *genericclioptions.ConfigFlags) (*Contexts, error) {
	raw, err := flags.ToRawKubeConfigLoader().RawConfig()
	if err != nil {
		return nil, &ConnectError{Reason: ErrConfig, Err: err}
	}
	return &Contexts{raw}, nil
}

// Names lists the contexts, sorted.
func (c *Contexts) Names() []string { return slices.Sorted(maps.Keys(c.raw.Contexts)) }

// Cluster is what the kubeconfig calls a context's cluster.
func (c *Contexts) Cluster(context string) string { return c.of(context).Cluster }

// User is what the kubeconfig calls a context's user.
func (c *Contexts) User(context string) string { return c.of(context).AuthInfo }

// Server is the URL of a context's server; empty where the kubeconfig has none.
func (c *Contexts) Server(context string) string {
	if cluster := c.raw.Clusters[c.Cluster(context)]; cluster != nil {
		return cluster.Server
	}
	return ""
}

func (c *Contexts) of(context string) *api.Context {
	if found := c.raw.Contexts[context]; found != nil {
		return found
	}
	return &api.Context{}
}

// Same reports whether two contexts lead to the same server, by the same way and with
// the same credentials: whatever is read through one of them is read through the other.
// Contexts that lead nowhere are never the same.
func (c *Contexts) Same(a, b string) bool {
	one, other := c.raw.Clusters[c.Cluster(a)], c.raw.Clusters[c.Cluster(b)]
	if one == nil || other == nil {
		return false
	}
	return reflect.DeepEqual(way(one), way(other)) && reflect.DeepEqual(c.credentials(a), c.credentials(b))
}

// way is a cluster of the kubeconfig without what does not matter to a connection.
func way(c *api.Cluster) api.Cluster {
	out := *c
	out.LocationOfOrigin, out.Extensions = "", nil
	if u, err := url.Parse(out.Server); err == nil {
		u.Scheme, u.Host, u.Path = strings.ToLower(u.Scheme), strings.ToLower(u.Host), strings.TrimSuffix(u.Path, "/")
		if u.Scheme == "https" {
			u.Host = strings.TrimSuffix(u.Host, ":443")
		}
		out.Server = u.String()
	}
	return out
}

// credentials are those of a context's user, likewise.
func (c *Contexts) credentials(context string) api.AuthInfo {
	info := c.raw.AuthInfos[c.User(context)]
	if info == nil {
		return api.AuthInfo{Username: c.User(context)} // named and not there: nobody else's
	}
	out := *info
	out.LocationOfOrigin, out.Extensions = "", nil
	return out
}
