package command

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/careen-tui/careen/internal/catalogue"
	"github.com/careen-tui/careen/internal/config"
	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/diagram"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/report"
	"github.com/careen-tui/careen/views"
)

// completeWithin is how long a shell waits for names from the cluster.
const completeWithin = 3 * time.Second

// completions teaches a shell what can follow a flag.
func (o *options) completions(root *cobra.Command) {
	words := func(list ...string) cobra.CompletionFunc {
		return cobra.FixedCompletions(list, cobra.ShellCompDirectiveNoFileComp)
	}
	ids := func(*cobra.Command, []string, string) (out []string, _ cobra.ShellCompDirective) {
		o.configured()
		for _, e := range o.catalogue.All() {
			out = append(out, string(e.ID)+"\t"+e.Title())
		}
		return out, cobra.ShellCompDirectiveNoFileComp
	}
	each(root, func(cmd *cobra.Command) {
		offer := func(flag string, f cobra.CompletionFunc) {
			if cmd.Flags().Lookup(flag) != nil || cmd.PersistentFlags().Lookup(flag) != nil {
				_ = cmd.RegisterFlagCompletionFunc(flag, f) // an error says only that it is there already
			}
		}
		offer("severity", words(report.Levels[:len(finding.Severities)]...))
		offer("fail-on", words(report.Levels...))
		offer("probe", ids)
		offer("skip-probe", ids)
		offer("redact", words("names"))
		offer("namespace", o.completeNamespaces)
		offer("context", o.completeContexts)
		offer("contexts", o.completeContexts)
		if cmd.HasParent() && cmd.Parent().Name() == "completion" {
			cmd.Args = noArgs // cobra's own say nothing of help
		}
		switch cmd.Name() {
		case "completion": // cobra's own
			cmd.Args = noArgs
			cmd.RunE = func(*cobra.Command, []string) error {
				return usageError(errors.New("completion needs the name of a shell: bash, zsh, fish or powershell"))
			}
		case "probes":
			cmd.ValidArgsFunction = ids
		}
	})
}

func each(cmd *cobra.Command, f func(*cobra.Command)) {
	f(cmd)
	for _, c := range cmd.Commands() {
		each(c, f)
	}
}

// configured reads the probes of the configuration, for a completion: where it cannot be
// read there are none.
func (o *options) configured() {
	if file, err := config.Load(o.configFile, catalogue.IDs(), views.PaneColumns()); err == nil {
		o.catalogue = catalogue.With(file.Probes)
	}
}

// glance reads a few kinds, without a configuration and a log, for a completion and
// the like. It takes no longer than a shell waits.
func (o *options) glance(parent context.Context, e extent) (*session, error) {
	ctx, cancel := context.WithTimeout(parent, completeWithin)
	defer cancel()
	ss := &session{options: o, ctx: ctx, log: slog.New(slog.DiscardHandler)}
	e.mode = connect.ReadOnly
	err := ss.read(e)
	ss.close()
	return ss, err
}

// peek is the snapshot of a glance; nil where it takes too long.
func (o *options) peek(parent context.Context, kinds []model.Kind, namespaces []string) *model.Snapshot {
	ss, err := o.glance(parent, extent{kinds: kinds, namespaces: namespaces})
	if err != nil {
		return nil
	}
	snap, _ := ss.live.Snapshot()
	return snap
}

func (o *options) completeNamespaces(cmd *cobra.Command, _ []string, begun string) (out []string, _ cobra.ShellCompDirective) {
	if snap := o.peek(cmd.Context(), []model.Kind{model.KindNamespace}, nil); snap != nil {
		for _, n := range snap.Namespaces() {
			if strings.HasPrefix(n, begun) && snap.Row(model.Ref{Kind: model.KindNamespace, Name: n}) != nil {
				out = append(out, n)
			}
		}
		for row := range model.Each[*model.Namespace](snap.Space(""), model.KindNamespace) {
			if strings.HasPrefix(row.Name, begun) {
				out = append(out, row.Name)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out), cobra.ShellCompDirectiveNoFileComp
}

// completeContexts offers the contexts of the kubeconfig.
func (o *options) completeContexts(_ *cobra.Command, _ []string, begun string) (out []string, _ cobra.ShellCompDirective) {
	known, err := connect.ReadContexts(o.inContext("").kube)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	for _, name := range known.Names() {
		if strings.HasPrefix(name, begun) {
			out = append(out, shown(name))
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// completeReleases offers the releases of the namespace.
func (o *options) completeReleases(cmd *cobra.Command, args []string, begun string) (out []string, _ cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveDefault
	}
	namespace, err := o.oneNamespace()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	if snap := o.peek(cmd.Context(), []model.Kind{model.KindRecord}, []string{namespace}); snap != nil {
		for _, rel := range snap.Space(namespace).Releases() {
			if strings.HasPrefix(rel.Name, begun) {
				out = append(out, rel.Name)
			}
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// completeObjects offers KIND/, and then the names of that kind.
func (o *options) completeObjects(cmd *cobra.Command, args []string, begun string) (out []string, _ cobra.ShellCompDirective) {
	none := cobra.ShellCompDirectiveNoFileComp
	if len(args) > 0 {
		return nil, none
	}
	word, name, named := strings.Cut(begun, "/")
	if !named {
		for _, w := range diagram.Words() {
			if strings.HasPrefix(w, strings.ToLower(begun)) {
				out = append(out, w+"/")
			}
		}
		return out, none | cobra.ShellCompDirectiveNoSpace
	}
	kind, ok := model.KindNamed(word)
	if !ok {
		return nil, none
	}
	read := kind
	if kind == model.KindRelease {
		read = model.KindRecord
	}
	snap := o.peek(cmd.Context(), []model.Kind{read}, o.namespaces)
	if snap == nil {
		return nil, none
	}
	for _, ns := range append([]string{""}, snap.Namespaces()...) {
		sp := snap.Space(ns)
		if sp == nil {
			continue
		}
		if kind == model.KindRelease {
			for _, rel := range sp.Releases() {
				out = append(out, word+"/"+rel.Name)
			}
			continue
		}
		for _, row := range sp.Tables[kind] {
			out = append(out, word+"/"+row.Base().Name)
		}
	}
	out = slices.DeleteFunc(out, func(s string) bool { return !strings.HasPrefix(s, word+"/"+name) })
	slices.Sort(out)
	return slices.Compact(out), none
}
