package command

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/careen-tui/careen/internal/cluster"
	"github.com/careen-tui/careen/internal/diagram"
	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/logfile"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/report"
)

// graphFlags are the flags of graph alone.
type graphFlags struct {
	format       string
	depth, limit int
}

func newGraph(s Streams, o *options) *cobra.Command {
	g := &graphFlags{}
	cmd := &cobra.Command{
		Use:   "graph [KIND/NAME]",
		Short: "The component graph, or the part around one object",
		Long: `graph draws what owns, mounts, selects, binds and names what: around one object, or all
of the namespaces looked at. Objects that are referred to and do not exist are marked, and
so are findings.`,
		Args:              atMostOneArg("graph", "the object to draw the graph around, KIND/NAME"),
		ValidArgsFunction: o.completeObjects,
		RunE:              func(cmd *cobra.Command, args []string) error { return runGraph(cmd, s, o, g, args) },
	}
	f := cmd.Flags()
	f.StringVarP(&g.format, "output", "o", "tree", "tree, dot, mermaid or json")
	f.IntVar(&g.depth, "depth", 2, "how many references away from the object")
	f.IntVar(&g.limit, "limit", 500, "objects at most")
	o.bindFrom(cmd)
	return cmd
}

func runGraph(cmd *cobra.Command, s Streams, o *options, g *graphFlags, args []string) error {
	if err := o.complete(cmd); err != nil {
		return err
	}
	switch {
	case !slices.Contains(diagram.Formats, g.format):
		return usageError(fmt.Errorf("-o %s: no such format; use one of %s", g.format, strings.Join(diagram.Formats, ", ")))
	case g.depth < 0 || g.limit < 1:
		return usageError(fmt.Errorf("--depth and --limit are positive numbers"))
	}
	if len(args) == 1 && !strings.Contains(args[0], "/") {
		return usageError(fmt.Errorf("%q is not of the form KIND/NAME, deployment/web for example", args[0]))
	}
	r, err := o.lookForGraph(cmd)
	if err != nil {
		return err
	}
	var d *diagram.Diagram
	if len(args) == 1 {
		ref, err := diagram.Find(r.Snapshot, args[0])
		if err != nil {
			return usageError(err)
		}
		d = diagram.Around(r, ref, g.depth, g.limit)
	} else {
		namespaces := o.namespaces
		if len(namespaces) == 0 {
			namespaces = append(r.Snapshot.Namespaces(), "")
		}
		d = diagram.Whole(r, namespaces, g.limit)
	}
	if err := diagram.Write(s.Out, g.format, d, o.asciiFor(s.Out)); err != nil {
		return usageError(fmt.Errorf("writing the graph: %w", err))
	}
	if partial := r.Coverage.Partial(); len(partial) > 0 {
		text := "the graph is partial:"
		for _, w := range partial {
			text += "\n" + report.OnPaper(w).String()
		}
		return &exitError{codePartial, fmt.Errorf("%s", text)}
	}
	return nil
}

// lookForGraph reads everything that an edge can begin or end at.
func (o *options) lookForGraph(cmd *cobra.Command) (*engine.Report, error) {
	if o.from != "" {
		return o.lookAtFile()
	}
	logger, log, err := logfile.Open(o.logFile, o.verbose)
	if err != nil {
		return nil, usageError(err)
	}
	defer log.Close()
	chosen, err := o.chosen()
	if err != nil {
		return nil, err
	}
	source, err := cluster.Open(cmd.Context(), cluster.Options{
		Flags: o.kube, Namespaces: o.namespaces, Mode: cluster.ReadOnly, Agent: "careen/" + strings.ReplaceAll(version, " ", "_"), Log: logger, Once: true,
	})
	if err != nil {
		return nil, err
	}
	defer source.Close()
	if err := source.Wait(cmd.Context()); err != nil {
		return nil, err
	}
	snap, _ := source.Snapshot()
	if err := o.namespacesExist(snap); err != nil {
		return nil, err
	}
	if len(o.namespaces) > 0 {
		spaces := map[string]*model.Space{"": snap.Space("")}
		for _, n := range o.namespaces {
			if sp := snap.Space(n); sp != nil {
				spaces[n] = sp
			}
		}
		snap = &model.Snapshot{Seq: snap.Seq, Spaces: spaces, Coverage: snap.Coverage, Cluster: snap.Cluster}
	}
	return engine.Look(snap, chosen, o.settings, time.Now()), nil
}
