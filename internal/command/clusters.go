package command

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/careen-tui/careen/internal/config"
	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/text"
)

// defaultParallel is how many clusters are read at a time where nobody says.
const defaultParallel = 8

// bindContexts adds --contexts to a command that can look at many clusters.
func (o *options) bindContexts(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&o.contexts, "contexts", nil, "look at the clusters of all contexts that this pattern fits (* and ?; '*' for all); may be repeated")
	f.IntVar(&o.parallel, "parallel", defaultParallel, "with --contexts: how many clusters are read at a time")
}

// single are the flags that name one cluster or one user, or what is looked at in the
// place of a cluster: with --contexts the kubeconfig says where and as whom.
var single = []string{
	"context", "cluster", "user", "server", "tls-server-name", "insecure-skip-tls-verify", "certificate-authority", "proxy-url",
	"client-certificate", "client-key", "token", "username", "password", "from",
}

// checkContexts refuses flags that contradict --contexts.
func (o *options) checkContexts(cmd *cobra.Command) error {
	changed := func(name string) bool {
		f := cmd.Flags().Lookup(name)
		return f != nil && f.Changed
	}
	if len(o.contexts) == 0 {
		if changed("parallel") {
			return usageError(errors.New("--parallel goes with --contexts: one cluster is read at once anyway"))
		}
		return nil
	}
	for _, name := range single {
		if changed(name) {
			return usageError(fmt.Errorf("--contexts and --%s cannot be used together: the contexts say which clusters, and as whom", name))
		}
	}
	if o.parallel < 1 {
		return usageError(fmt.Errorf("--parallel %d: at least one cluster must be read at a time", o.parallel))
	}
	return nil
}

// place is a cluster that --contexts chose.
type place struct {
	context string   // the first of the contexts that lead there, as the kubeconfig has it
	server  string   // as the kubeconfig has it
	also    []string // the others
}

// places are the clusters that --contexts chooses, each once, by their contexts' names.
func (o *options) places() ([]place, error) {
	known, err := connect.ReadContexts(o.inContext("").kube)
	if err != nil {
		return nil, err
	}
	names := known.Names()
	chosen := map[string]bool{}
	for _, pattern := range o.contexts {
		matched := false
		for _, name := range names {
			if config.Match(pattern, name) {
				chosen[name], matched = true, true
			}
		}
		if !matched {
			return nil, usageError(fmt.Errorf("--contexts %s: %w", pattern, noContext(pattern, names)))
		}
	}
	var out []place
	for _, name := range names {
		if !chosen[name] {
			continue
		}
		if i := slices.IndexFunc(out, func(p place) bool { return known.Same(p.context, name) }); i >= 0 {
			out[i].also = append(out[i].also, name)
			continue
		}
		out = append(out, place{context: name, server: known.Server(name)})
	}
	return out, nil
}

// maxNamed is how many contexts are named where a pattern fits none.
const maxNamed = 50

// noContext says that a pattern fits no context, and which there are, the nearest first.
func noContext(pattern string, names []string) error {
	if len(names) == 0 {
		return errors.New("the kubeconfig has no contexts")
	}
	all := text.Nearest(pattern, names, 3)
	for _, name := range names {
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	for i, name := range all {
		all[i] = shown(name)
	}
	return fmt.Errorf("no context of the kubeconfig fits; there are: %s", text.Joined(all, maxNamed))
}

// inContext are the options for another context. Flags that name one cluster or one user
// do not hold there; those that say how to read the kubeconfig, and whom to impersonate,
// do.
func (o *options) inContext(name string) *options {
	was, f := o.kube, genericclioptions.NewConfigFlags(true)
	f.Namespace = nil
	f.KubeConfig, f.CacheDir, f.Timeout, f.DisableCompression = was.KubeConfig, was.CacheDir, was.Timeout, was.DisableCompression
	f.Impersonate, f.ImpersonateUID, f.ImpersonateGroup = was.Impersonate, was.ImpersonateUID, was.ImpersonateGroup
	f.ImpersonateUserExtra = was.ImpersonateUserExtra
	f.Context = &name
	out := *o
	out.kube = f
	return &out
}

// many are the clusters that --contexts chooses for the interface; nil where that is one,
// which the session is then of.
func (ss *session) many() (*fleet, error) {
	if len(ss.contexts) == 0 {
		return nil, nil
	}
	places, err := ss.places()
	if err != nil {
		return nil, err
	}
	if len(places) == 1 {
		ss.options = ss.inContext(places[0].context)
		return nil, nil
	}
	return newFleet(ss, places), nil
}
