package command

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/diagram"
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
		Args:              atMostOneArg("the object to draw the graph around, as KIND/NAME"),
		ValidArgsFunction: o.completeObjects,
		RunE:              o.within(s, g.run),
	}
	f := cmd.Flags()
	bindFormat(cmd, &g.format, diagram.Formats, "format of the graph")
	f.IntVar(&g.depth, "depth", 2, "how many references away from the object")
	f.IntVar(&g.limit, "limit", 500, "objects at most")
	o.bindFrom(cmd)
	return cmd
}

func (g *graphFlags) run(ss *session, args []string) error {
	ss.readOnly = true
	if _, err := diagram.Formats.Find(g.format); err != nil {
		return usageError(err)
	}
	switch {
	case g.depth < 0 || g.limit < 1:
		return usageError(errors.New("--depth must not be negative, and --limit must be at least 1"))
	case len(args) == 1 && !strings.Contains(args[0], "/"):
		return usageError(fmt.Errorf("%q: not of the form KIND/NAME (for example deployment/web)", args[0]))
	}
	r, err := ss.look(extent{mode: connect.ReadOnly}) // everything that an edge can begin or end at
	if err != nil {
		return err
	}
	if taken := ss.taken(); taken != "" {
		fmt.Fprintln(ss.Err, taken)
	}
	var d *diagram.Diagram
	if len(args) == 1 {
		ref, err := diagram.Find(r.Snapshot, args[0])
		if err != nil {
			return usageError(err)
		}
		d = diagram.Around(r, ref, g.depth, g.limit)
	} else {
		namespaces := ss.namespaces
		if len(namespaces) == 0 {
			namespaces = append(r.Snapshot.Namespaces(), "")
		}
		d = diagram.Whole(r, namespaces, g.limit)
	}
	if err := written(diagram.Formats.Write(ss.Out, g.format, d, report.Options{ASCII: ss.asciiFor(ss.Out)})); err != nil {
		return err
	}
	if doc := ss.document(r); doc.Partial() {
		return partialError("the graph is partial:", doc)
	}
	return nil
}
