package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/client-go/discovery"

	"github.com/careen-tui/careen/internal/agent"
	"github.com/careen-tui/careen/internal/catalogue"
	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

func newProbes(s Streams, o *options) *cobra.Command {
	var rbac, agents bool
	role := catalogue.RoleOptions{}
	cmd := &cobra.Command{
		Use:   "probes [ID]",
		Short: "The catalogue of probes, or one probe's page",
		Long: `probes lists the probes, those of the configuration last; with an ID it prints that
probe's page. How to write one is in docs/own-probes.md.

With --rbac it prints a ClusterRole with the rights that the probes declare to need, and
nothing else: it may read, and not write. With --no-secrets it leaves out the right to
read Secrets; the probes that need them then answer unknown. --probe and --skip-probe
choose. Where a cluster can be reached, its custom resources are listed too, because
they may refer to Secrets and claims; --custom=false leaves the cluster alone.
With --agent the ClusterRole may write the report objects of careen agent too, and a Role
for its Lease follows, in the namespace of -n.`,
		Args: atMostOneArg("the id of a probe"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.complete(cmd); err != nil {
				return err
			}
			switch {
			case !rbac && role.NoSecrets:
				return usageError(errors.New("--no-secrets goes with --rbac"))
			case !rbac && agents:
				return usageError(errors.New("--agent goes with --rbac"))
			case agents && len(o.namespaces) > 1:
				return usageError(errors.New("--agent: name the one namespace that the agent runs in with -n"))
			case rbac && agents && len(args) == 0:
				return printAgentRole(cmd, s, o, role)
			case rbac && len(args) > 0:
				return usageError(errors.New("--rbac takes no ID: choose with --probe"))
			case rbac:
				return printRole(cmd, s, o, role)
			case len(args) == 0:
				for _, e := range o.catalogue.All() {
					fmt.Fprintf(s.Out, "%-28s %-8s %-19s %s\n", e.ID, e.Worst, e.Where, e.Title())
				}
				return nil
			}
			e, ok := o.catalogue.Find(finding.ProbeID(args[0]))
			if !ok {
				return usageError(o.catalogue.Unknown(args[0]))
			}
			fmt.Fprint(s.Out, catalogue.Page(e))
			return nil
		},
	}
	cmd.AddCommand(newProbesTest(s, o))
	cmd.Flags().BoolVar(&rbac, "rbac", false, "print a ClusterRole with the rights that the probes need")
	cmd.Flags().BoolVar(&role.NoSecrets, "no-secrets", false, "with --rbac: without the right to read Secrets")
	cmd.Flags().BoolVar(&agents, "agent", false, "with --rbac: the rights of careen agent, which writes report objects and a Lease")
	cmd.Flags().StringVar(&role.Name, "name", "careen", "with --rbac: the ClusterRole's name")
	cmd.Flags().Bool("custom", true, "with --rbac: ask the cluster which custom resources it has")
	return cmd
}

// printAgentRole prints what an agent needs: the role that it reads with and writes report
// objects, and the one for its Lease.
func printAgentRole(cmd *cobra.Command, s Streams, o *options, role catalogue.RoleOptions) error {
	namespace := strings.Join(o.namespaces, "")
	role.Writes = agent.Rules(agent.Auto)
	if err := printRole(cmd, s, o, role); err != nil {
		return err
	}
	fmt.Fprint(s.Out, "---\n", agent.LeaseRole(role.Name, namespace))
	return nil
}

func printRole(cmd *cobra.Command, s Streams, o *options, role catalogue.RoleOptions) error {
	chosen, err := o.chosen(catalogue.Live)
	if err != nil {
		return err
	}
	if ask, _ := cmd.Flags().GetBool("custom"); ask && slices.ContainsFunc(chosen, readsCustom) {
		custom, err := o.customResources(cmd.Context())
		if err != nil {
			fmt.Fprintf(s.Err, "custom resources are not listed, because the cluster was not asked: %s\n", indent(err.Error()))
		}
		role.Custom = custom
	}
	fmt.Fprint(s.Out, catalogue.Role(chosen, role))
	return nil
}

func readsCustom(p *probes.Probe) bool { return slices.Contains(p.Reads(), model.KindCustom) }

// customResources asks the server which resources it serves that come from
// definitions: those of groups that no built-in kind has.
func (o *options) customResources(ctx context.Context) ([]catalogue.Resource, error) {
	ss, err := o.glance(ctx, extent{kinds: []model.Kind{model.KindCRD}, namespaces: []string{"default"}})
	if err != nil {
		return nil, err
	}
	snap, _ := ss.live.Snapshot()
	var out []catalogue.Resource
	if ok, _ := snap.Knows(model.KindCRD, ""); ok {
		if snap.Space("") == nil {
			return nil, nil
		}
		for _, row := range snap.Space("").Tables[model.KindCRD] {
			resource, group, _ := strings.Cut(row.Base().Name, ".") // a definition is named resource.group
			out = append(out, catalogue.Resource{Group: group, Name: resource})
		}
		return out, nil
	}
	return served(ss.conn)
}

// served falls back to discovery, which everyone may ask.
func served(conn *connect.Connection) (out []catalogue.Resource, err error) {
	_, lists, err := conn.Discovery().ServerGroupsAndResources()
	if err != nil && !discovery.IsGroupDiscoveryFailedError(err) {
		return nil, fmt.Errorf("asking for the kinds that the server serves: %w", err)
	}
	for _, list := range lists {
		group, _, ok := strings.Cut(list.GroupVersion, "/")
		if !ok || !strings.Contains(group, ".") || strings.HasSuffix(group, ".k8s.io") {
			continue
		}
		for _, r := range list.APIResources {
			res := catalogue.Resource{Group: group, Name: r.Name}
			if !strings.Contains(r.Name, "/") && !slices.Contains(out, res) {
				out = append(out, res)
			}
		}
	}
	return out, nil
}
