package command

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// helmPlugin is careen's name among Helm's plugins (deploy/helm-plugin/plugin.yaml).
const helmPlugin = "careen"

// helmFlags says which of careen's flags has the meaning of a variable that Helm sets
// for its plugins. Helm takes its own flags off a plugin's command line (-n, --kube-context
// and so on), and tells the plugin about them in these variables alone. KUBECONFIG is
// another: client-go reads it anyway.
var helmFlags = []struct{ variable, flag string }{
	{"HELM_NAMESPACE", "namespace"},
	{"HELM_KUBECONTEXT", "context"},
	{"HELM_KUBEAPISERVER", "server"},
	{"HELM_KUBETOKEN", "token"},
	{"HELM_KUBEASUSER", "as"},
	{"HELM_KUBEASGROUPS", "as-group"},
	{"HELM_KUBECAFILE", "certificate-authority"},
	{"HELM_KUBEINSECURE_SKIP_TLS_VERIFY", "insecure-skip-tls-verify"},
	{"HELM_KUBETLS_SERVER_NAME", "tls-server-name"},
	{"HELM_DEBUG", "verbose"},
}

// calledByHelm reports whether Helm runs this process as its plugin. Another plugin that
// runs careen, or a shell that has such variables, does not make it one.
func calledByHelm() bool {
	return os.Getenv("HELM_BIN") != "" && os.Getenv("HELM_PLUGIN_NAME") == helmPlugin
}

// takeHelm makes what Helm says the flags' values, before they are parsed: a flag that is
// given wins. It does not count as given, nor is it shown in the help, since it may be a
// token. What cannot be taken is an error of the command (complete).
func (o *options) takeHelm(set *pflag.FlagSet) {
	if o.byHelm = calledByHelm(); !o.byHelm {
		return
	}
	for _, h := range helmFlags {
		value, flag := os.Getenv(h.variable), set.Lookup(h.flag)
		if value == "" {
			continue
		}
		err := error(nil)
		if list, ok := flag.Value.(pflag.SliceValue); ok { // so that a given flag takes its place
			err = list.Replace(strings.Split(value, ","))
		} else {
			err = flag.Value.Set(value)
		}
		if err != nil {
			o.helmError = errors.Join(o.helmError, fmt.Errorf("%s: %w", h.variable, err))
		}
	}
}

// scope gives up Helm's namespace, which it always names, where the command line says
// what is looked at otherwise: everywhere, in a file, on many clusters, or at a finding.
func (o *options) scope(cmd *cobra.Command) error {
	if o.helmError != nil {
		return usageError(o.helmError)
	}
	if !o.byHelm || cmd.Flags().Changed("namespace") {
		return nil
	}
	if o.all || o.from != "" || len(o.contexts) > 0 {
		o.namespaces = nil
	}
	if id := cmd.Flags().Arg(0); ofFinding[cmd.Name()] && !namesObject(id) { // its id says where it is
		if _, place, ok := strings.Cut(id, ":"); ok {
			if o.namespaces = nil; !strings.HasPrefix(place, "/") {
				namespace, _, _ := strings.Cut(place, "/")
				o.namespaces = []string{namespace}
			}
		}
	}
	return nil
}

// ofFinding are the commands that take a finding's id, probe:namespace/Kind/name.
var ofFinding = map[string]bool{"fix": true, "note": true}

// outsideTheCluster says of Helm's storage that careen cannot see it; "" where it can.
func (o *options) outsideTheCluster() string {
	switch driver := strings.ToLower(os.Getenv("HELM_DRIVER")); {
	case !o.byHelm:
		return ""
	case driver == "sql", driver == "memory":
		return fmt.Sprintf("HELM_DRIVER is %s, so Helm keeps its records outside of the cluster: careen cannot see those releases", driver)
	}
	return ""
}
