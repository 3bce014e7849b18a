package command

import (
	"context"
	"errors"
	"slices"

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
	known, err := connect.ReadContexts(c.inContext("").kube)
	if err != nil {
		return nil, err
	}
	list := make([]tui.Context, 0, len(known.Names()))
	for _, name := range known.Names() {
		list = append(list, tui.Context{
			Name: shown(name), Cluster: shown(known.Cluster(name)), User: shown(known.User(name)), Server: mask.Line(known.Server(name), 500),
		})
	}
	return list, nil
}

// shown is a name of the kubeconfig as the interface shows it.
func shown(name string) string { return sanitize.Line(name, 253) }

// Open begins to read the cluster of a context, by its name as it is shown.
func (c contexts) Open(ctx context.Context, name string) (*tui.Session, error) {
	known, err := connect.ReadContexts(c.inContext("").kube)
	if err != nil {
		return nil, err
	}
	names := known.Names()
	if i := slices.IndexFunc(names, func(full string) bool { return shown(full) == name }); i >= 0 && !slices.Contains(names, name) {
		name = names[i]
	}
	other := *c.session
	other.options = c.inContext(name)
	return other.watch(c.stderr)
}
