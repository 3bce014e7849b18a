package command

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/careen-tui/careen/internal/archive"
	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/model"
)

// bindFrom adds --from to a command that can look at a file.
func (o *options) bindFrom(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.from, "from", "", "look at this snapshot instead of a cluster, as of when it was taken")
}

// openFile reads the snapshot of --from, and of it the namespaces of -n.
func (o *options) openFile() (*archive.File, error) {
	o.readOnly = true
	file, err := archive.Open(o.from)
	if err != nil {
		return nil, usageError(err)
	}
	if len(o.namespaces) == 0 {
		return file, nil
	}
	spaces := map[string]*model.Space{}
	for name, sp := range file.Snapshot.Spaces {
		if name == "" || slices.Contains(o.namespaces, name) {
			spaces[name] = sp
		}
	}
	for _, n := range o.namespaces {
		if spaces[n] == nil && file.Snapshot.Row(model.Ref{Kind: model.KindNamespace, Name: n}) == nil {
			return nil, usageError(fmt.Errorf("-n %s: there is no such namespace in %s", n, o.from))
		}
		if !slices.ContainsFunc(file.Snapshot.Coverage, func(w model.Watch) bool { return reaches(w, n) }) {
			return nil, usageError(fmt.Errorf("-n %s: %s holds nothing of it: it was taken of other namespaces", n, o.from))
		}
	}
	s := file.Snapshot
	file.Snapshot = &model.Snapshot{Seq: s.Seq, Spaces: spaces, Coverage: s.Coverage, Cluster: s.Cluster}
	return file, nil
}

// reaches tells whether a watch read what stands in a namespace.
func reaches(w model.Watch, namespace string) bool {
	info, builtin := model.Info(w.Kind)
	return w.Namespace == namespace || w.Namespace == "" && builtin && info.Namespaced
}

// lookAtFile runs the chosen probes over the snapshot of --from.
func (o *options) lookAtFile() (*engine.Report, error) {
	chosen, err := o.chosen()
	if err != nil {
		return nil, err
	}
	file, err := o.openFile()
	if err != nil {
		return nil, err
	}
	return engine.Look(file.Snapshot, chosen, o.settings, file.Now), nil
}

var errWatchFile = errors.New("--watch and --from exclude each other: a file does not change")
