package command

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/logfile"
	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/sanitize"
	"github.com/careen-tui/careen/tui"
)

// login runs the kubeconfig's credential plugin at the terminal.
type login struct {
	conn   *connect.Connection
	stderr *logfile.Stderr
}

func (l login) Command() string       { return l.conn.Plugin() }
func (l login) Wanted(err error) bool { return errors.Is(err, connect.ErrAuth) }

// Run gives standard error back meanwhile, since plugins ask there.
func (l login) Run(ctx context.Context) error {
	l.stderr.Restore()
	err := l.conn.Login(ctx)
	if taken := l.stderr.Take(); err == nil {
		err = taken
	}
	return err
}

// contexts are those of the kubeconfig, under the same options otherwise.
type contexts struct {
	*session
	stderr *logfile.Stderr
}

// List reads the kubeconfig again.
func (c contexts) List() ([]tui.Context, error) {
	raw, err := c.flags("").ToRawKubeConfigLoader().RawConfig()
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig: %w", err)
	}
	list := make([]tui.Context, 0, len(raw.Contexts))
	for name, k := range raw.Contexts {
		entry := tui.Context{Name: shown(name), Cluster: shown(k.Cluster), User: shown(k.AuthInfo)}
		if server := raw.Clusters[k.Cluster]; server != nil {
			entry.Server = mask.Line(server.Server, 500)
		}
		list = append(list, entry)
	}
	slices.SortFunc(list, func(a, b tui.Context) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

// shown is a name of the kubeconfig as the interface shows it.
func shown(name string) string { return sanitize.Line(name, 253) }

// Open begins to read the cluster of a context, by its name as it is shown.
func (c contexts) Open(ctx context.Context, name string) (*tui.Session, error) {
	raw, err := c.flags("").ToRawKubeConfigLoader().RawConfig()
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig: %w", err)
	}
	if raw.Contexts[name] == nil {
		for _, full := range slices.Sorted(maps.Keys(raw.Contexts)) {
			if shown(full) == name {
				name = full
				break
			}
		}
	}
	options := *c.options
	options.kube = c.flags(name)
	other := *c.session
	other.options = &options
	return other.watch(c.stderr)
}

// flags are those of the command line that say how to read the kubeconfig, and whom
// to impersonate. Those that name one cluster or one user do not hold for another
// context.
func (c contexts) flags(name string) *genericclioptions.ConfigFlags {
	was, f := c.kube, genericclioptions.NewConfigFlags(true)
	f.Namespace = nil
	f.KubeConfig, f.CacheDir, f.Timeout, f.DisableCompression = was.KubeConfig, was.CacheDir, was.Timeout, was.DisableCompression
	f.Impersonate, f.ImpersonateUID, f.ImpersonateGroup = was.Impersonate, was.ImpersonateUID, was.ImpersonateGroup
	f.Context = &name
	return f
}
