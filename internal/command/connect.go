package command

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/cluster"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// open begins to read the cluster: the kinds that the probes read, and with browse
// those that the panes show as well. It waits for no reply; once says whether to
// give up when the server cannot be reached at first.
func (o *options) open(ctx context.Context, list []*probes.Probe, log *slog.Logger, once bool) (*cluster.Source, error) {
	mode := cluster.ReadWrite
	if o.readOnly {
		mode = cluster.ReadOnly
	}
	opts := cluster.Options{
		Flags: o.kube, Namespaces: o.namespaces, Mode: mode,
		Agent: "careen/" + strings.ReplaceAll(version, " ", "_"), Log: log, Once: once,
	}
	if once {
		opts.Kinds = kindsOf(list)
	}
	source, err := cluster.Open(ctx, opts)
	if err != nil {
		return nil, err
	}
	return source, nil
}

// kindsOf is the union of what the probes read.
func kindsOf(list []*probes.Probe) []model.Kind {
	var kinds []model.Kind
	for _, p := range list {
		kinds = append(kinds, p.Reads()...)
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// namespacesExist refuses a namespace of -n that a complete list does not have.
func (o *options) namespacesExist(snap *model.Snapshot) error {
	if ok, _ := snap.Knows(model.KindNamespace, ""); !ok {
		return nil
	}
	for _, n := range o.namespaces {
		if w, read := snap.State(model.KindNamespace, ""); !read || w.State == model.Absent {
			return nil
		}
		if snap.Row(model.Ref{Kind: model.KindNamespace, Name: n}) == nil {
			return usageError(fmt.Errorf("-n %s: there is no such namespace on %s", n, snap.Cluster.Server))
		}
	}
	return nil
}

// writeRequests prints what left the process.
func writeRequests(w io.Writer, source *cluster.Source) {
	for _, c := range source.Requests() {
		fmt.Fprintf(w, "%6d  %-8s %s\n", c.N, c.Verb, c.Resource)
	}
}

// contextName is the context that will be used, as far as the flags and the
// kubeconfig tell before the cluster was asked.
func contextName(o *options) string {
	if o.kube.Context != nil && *o.kube.Context != "" {
		return *o.kube.Context
	}
	raw, err := o.kube.ToRawKubeConfigLoader().RawConfig()
	if err != nil {
		return ""
	}
	return raw.CurrentContext
}
