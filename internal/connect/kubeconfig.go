package connect

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// local is what the kubeconfig says, before any request.
type local struct {
	config    *rest.Config
	context   string
	namespace string // the context's
	user      string // as the kubeconfig calls it, or whom it impersonates
}

// load reads the kubeconfig as kubectl does. Its errors are ErrConfig.
func load(flags *genericclioptions.ConfigFlags) (*local, error) {
	fail := func(err error) (*local, error) { return nil, &ConnectError{Reason: ErrConfig, Err: err} }
	loader := flags.ToRawKubeConfigLoader()
	raw, err := loader.RawConfig()
	if err != nil {
		return fail(err)
	}
	config, err := loader.ClientConfig()
	if err != nil {
		if clientcmd.IsEmptyConfig(err) {
			return fail(noKubeconfig(loader))
		}
		return fail(err)
	}
	if config.Host == "http://localhost:8080" && set(flags.APIServer) == "" && os.Getenv("KUBERNETES_MASTER") == "" {
		// kubectl's last resort, which tells nobody what is missing.
		if len(raw.Contexts) == 0 {
			return fail(noKubeconfig(loader))
		}
		if raw.CurrentContext == "" && set(flags.Context) == "" {
			return fail(errors.New("no context is chosen: name one with --context, or with kubectl config use-context"))
		}
	}
	if err := dangling(&raw, flags); err != nil {
		return fail(err)
	}
	l := &local{config: config, context: raw.CurrentContext}
	if c := set(flags.Context); c != "" {
		l.context = c
	}
	l.namespace, _, err = loader.Namespace()
	if err != nil {
		return fail(err)
	}
	if c := raw.Contexts[l.context]; c != nil {
		l.user = c.AuthInfo
	}
	if u := set(flags.AuthInfoName); u != "" {
		l.user = u
	}
	if u := config.Impersonate.UserName; u != "" {
		l.user = u
	}
	if l.user == "" {
		l.user = bearer(config)
	}
	return l, nil
}

// bearer says by what somebody without a name is known to the server.
func bearer(c *rest.Config) string {
	switch {
	case c.Username != "":
		return c.Username
	case c.BearerToken != "" || c.BearerTokenFile != "":
		return "the bearer of a token"
	case c.CertFile != "" || len(c.CertData) > 0:
		return "the holder of a client certificate"
	case c.ExecProvider != nil || c.AuthProvider != nil:
		return "whom the credential plugin names"
	}
	return "nobody (there are no credentials)"
}

// dangling finds a context whose cluster or user is not there, for which client-go
// would fall back to localhost, or to nobody.
func dangling(raw *api.Config, flags *genericclioptions.ConfigFlags) error {
	name := raw.CurrentContext
	if c := set(flags.Context); c != "" {
		name = c
	}
	c := raw.Contexts[name]
	if c == nil {
		return nil
	}
	if raw.Clusters[c.Cluster] == nil && set(flags.ClusterName) == "" && set(flags.APIServer) == "" {
		return fmt.Errorf("context %q names cluster %q, which is not there", name, c.Cluster)
	}
	if c.AuthInfo != "" && raw.AuthInfos[c.AuthInfo] == nil && set(flags.AuthInfoName) == "" && set(flags.BearerToken) == "" {
		return fmt.Errorf("context %q names user %q, which is not there", name, c.AuthInfo)
	}
	return nil
}

func noKubeconfig(loader clientcmd.ClientConfig) error {
	files := loader.ConfigAccess().GetLoadingPrecedence()
	if f := loader.ConfigAccess().GetExplicitFile(); f != "" {
		files = []string{f}
	}
	return fmt.Errorf("there is none (looked for %s); name one with --kubeconfig", strings.Join(files, ", "))
}

func set(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
