package command

import (
	"context"
	"io"
	"sync"

	"github.com/spf13/cobra"

	"github.com/careen-tui/careen/internal/catalogue"
	"github.com/careen-tui/careen/internal/cluster"
	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/inspect/client"
	"github.com/careen-tui/careen/internal/mcp"
	"github.com/careen-tui/careen/internal/report"
)

func newMCP(s Streams, o *options) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "mcp",
		Short: "Answer other programs by the Model Context Protocol, read-only",
		Long: `mcp is a Model Context Protocol server on standard input and output: a program, an
assistant for example, gets causes with their evidence in the place of raw YAML. It looks
at the cluster until its client goes away.

Tools: findings and finding (what is wrong, and what shows it), object (what is known of
one, with what its logs say), graph (what is joined to an object), changes (what changed
lately around it), plan (what a fix would write), preflight (what an install would break,
for charts and values files of this machine).

It only reads: no write leaves the process, nor a dry run, whatever it is asked. To apply
a plan a person runs careen fix with the finding's id, which stays the same. Values of
Secrets are in no answer. Standard output carries the protocol alone; messages go to the
log file.

  {"mcpServers": {"careen": {"command": "careen", "args": ["mcp", "--context", "prod"]}}}`,
		RunE: o.within(s, func(ss *session, _ []string) error { return serveMCP(ss) }),
	}
	o.bindTimeout(cmd)
	return cmd
}

func serveMCP(ss *session) error {
	ss.readOnly = true
	conn, err := ss.connected(connect.ReadOnly)
	if err != nil {
		return err
	}
	ss.live, err = cluster.Open(ss.ctx, conn, cluster.Options{Namespaces: ss.namespaces, Log: ss.log, ReadyLogs: ss.readyLogs, Timeout: ss.timeout})
	if err != nil {
		return err
	}
	eng := engine.Start(ss.ctx, ss.live, engine.Options{Probes: ss.probes, Settings: ss.settings, Log: ss.log})
	defer eng.Stop()
	ctx, cancel := context.WithCancel(ss.ctx)
	defer cancel()
	go func() { // without an engine there is nothing to tell
		<-eng.Done()
		cancel()
	}()
	var one sync.Mutex // what is known of findings is for one at a time
	document := func(r *engine.Report) *report.Document {
		one.Lock()
		defer one.Unlock()
		return ss.document(r)
	}
	reader := client.New(conn)
	err = mcp.Serve(ctx, ss.In, unremembered(ss.Out), mcp.Options{
		Reports: eng.Reports(), Document: document, Page: ss.pageOf, Planner: ss.mender(), Lately: reader, Logs: reader, Server: conn,
		Namespace: conn.Namespace, Driver: helmDriver(), Settings: ss.settings, Version: version, Log: ss.log, FirstLook: ss.timeout,
	})
	if crashed := eng.Err(); crashed != nil {
		return crashed
	}
	return err
}

// pageOf is the page of a probe or check.
func (o *options) pageOf(id finding.ProbeID) (page string, ok bool) {
	e, ok := o.catalogue.Find(id)
	if !ok {
		return "", false
	}
	return catalogue.Page(e), true
}

// unremembered is a way to the same place that forgets that it could not be written to:
// that a client went away is no failure.
func unremembered(w io.Writer) io.Writer {
	if o, ok := w.(*output); ok {
		return newOutput(o.to)
	}
	return w
}
