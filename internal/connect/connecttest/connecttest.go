// Package connecttest opens connections for tests to servers that stand in no
// kubeconfig.
package connecttest

import (
	"path/filepath"
	"testing"

	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"

	"github.com/careen-tui/careen/internal/connect"
)

// To connects by a configuration, as user in context: by a kubeconfig that is written
// for the test, so that the connection is one that careen would have.
func To(t testing.TB, config *rest.Config, context, user string, o connect.Options) *connect.Connection {
	t.Helper()
	kubeconfig := &api.Config{
		CurrentContext: context,
		Contexts:       map[string]*api.Context{context: {Cluster: context, AuthInfo: user, Namespace: "default"}},
		Clusters: map[string]*api.Cluster{context: {
			Server: config.Host, CertificateAuthority: config.CAFile, CertificateAuthorityData: config.CAData,
		}},
		AuthInfos: map[string]*api.AuthInfo{user: {
			Token: config.BearerToken, TokenFile: config.BearerTokenFile,
			ClientCertificate: config.CertFile, ClientCertificateData: config.CertData,
			ClientKey: config.KeyFile, ClientKeyData: config.KeyData,
			Impersonate: config.Impersonate.UserName, ImpersonateGroups: config.Impersonate.Groups,
		}},
	}
	path := filepath.Join(t.TempDir(), "kubeconfig")
	if err := clientcmd.WriteToFile(*kubeconfig, path); err != nil {
		t.Fatal(err)
	}
	flags := genericclioptions.NewConfigFlags(false)
	flags.KubeConfig = &path
	conn, err := connect.Open(flags, o)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}
