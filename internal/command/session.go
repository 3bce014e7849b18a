package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/careen-tui/careen/internal/cluster"
	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/logfile"
	"github.com/careen-tui/careen/internal/repair"
	"github.com/careen-tui/careen/internal/sanitize"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/tui"
)

// looked is what the interface shows, a cluster or a file, with the engine that
// judges it.
type looked struct {
	tui.Session
	asOf time.Time // the moment that a file shows
	err  error     // how the engine crashed; known after End
}

// look begins to read what the options name. It waits for no reply.
func (o *options) look(ctx context.Context, log *slog.Logger) (*looked, error) {
	chosen, err := o.chosen()
	if err != nil {
		return nil, err
	}
	l := &looked{}
	source, closed, err := o.opened(ctx, log, l)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	eng := engine.New(source, chosen, o.settings, log)
	eng.Freeze(l.asOf)
	f := &feed{eng, make(chan error, 1)}
	l.Feed = f
	done := make(chan error, 1)
	go func() { // Run recovers by itself
		err := eng.Run(ctx)
		if err != nil {
			f.failed <- err
		}
		done <- err
	}()
	l.End = sync.OnceFunc(func() {
		cancel()
		l.err = <-done
		closed()
	})
	return l, nil
}

// feed is an engine that says when it crashed.
type feed struct {
	*engine.Engine
	failed chan error
}

// Failed has a value once the engine has crashed.
func (f *feed) Failed() <-chan error { return f.failed }

// opened opens the cluster, with the machinery that mends and inspects it, or the
// file of --from.
func (o *options) opened(ctx context.Context, log *slog.Logger, l *looked) (engine.Source, func(), error) {
	if o.from != "" {
		file, err := o.openFile()
		if err != nil {
			return nil, nil, err
		}
		l.Context, l.asOf = file.Snapshot.Cluster.Context, file.Now
		return file.Source(), func() {}, nil
	}
	l.Context = contextName(o)
	source, err := o.open(ctx, probes.All(), log, false)
	if err != nil {
		return nil, nil, err
	}
	inspector, err := inspect.New(source.Config())
	if err != nil {
		source.Close()
		return nil, nil, err
	}
	l.Inspector = inspector
	l.Login = login{source, o.stderr}
	l.Mender, err = repair.New(source.Config(), repair.Options{
		ReadOnly: o.readOnly, Cluster: strings.TrimSpace(l.Context + " " + source.Config().Host),
		Version: version, Namespaces: o.namespaces,
	})
	if err != nil {
		source.Close()
		return nil, nil, err
	}
	return source, source.Close, nil
}

// login runs the kubeconfig's credential plugin at the terminal.
type login struct {
	source *cluster.Source
	stderr *logfile.Stderr
}

func (l login) Command() string       { return l.source.Plugin() }
func (l login) Wanted(err error) bool { return errors.Is(err, cluster.ErrAuth) }

// Run gives standard error back meanwhile, since plugins ask there.
func (l login) Run(ctx context.Context) error {
	l.stderr.Restore()
	err := l.source.Login(ctx)
	if taken := l.stderr.Take(); err == nil {
		err = taken
	}
	return err
}

// contexts are those of the kubeconfig, under the same options otherwise.
type contexts struct {
	options *options
	log     *slog.Logger
}

// List reads the kubeconfig anew.
func (c contexts) List() ([]tui.Context, error) {
	raw, err := c.flags("").ToRawKubeConfigLoader().RawConfig()
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig: %w", err)
	}
	list := make([]tui.Context, 0, len(raw.Contexts))
	for name, k := range raw.Contexts {
		entry := tui.Context{Name: name, Cluster: k.Cluster, User: k.AuthInfo}
		if server := raw.Clusters[k.Cluster]; server != nil {
			entry.Server = sanitize.Line(server.Server, 500)
		}
		list = append(list, entry)
	}
	slices.SortFunc(list, func(a, b tui.Context) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

// Open begins to read the cluster of a context.
func (c contexts) Open(ctx context.Context, name string) (*tui.Session, error) {
	other := *c.options
	other.kube = c.flags(name)
	l, err := other.look(ctx, c.log)
	if err != nil {
		return nil, err
	}
	return &l.Session, nil
}

// flags are those of the command line that say how to read the kubeconfig, and whom
// to impersonate. Those that name one cluster or one user do not hold for another
// context.
func (c contexts) flags(name string) *genericclioptions.ConfigFlags {
	was, f := c.options.kube, genericclioptions.NewConfigFlags(true)
	f.Namespace = nil
	f.KubeConfig, f.CacheDir, f.Timeout, f.DisableCompression = was.KubeConfig, was.CacheDir, was.Timeout, was.DisableCompression
	f.Impersonate, f.ImpersonateUID, f.ImpersonateGroup = was.Impersonate, was.ImpersonateUID, was.ImpersonateGroup
	f.Context = &name
	return f
}
