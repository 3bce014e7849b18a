package command

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/careen-tui/careen/internal/agent"
	"github.com/careen-tui/careen/internal/cluster"
	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/report"
)

// agentFlags are the flags of agent alone.
type agentFlags struct {
	listen  string
	publish string
}

func newAgent(s Streams, o *options) *cobra.Command {
	a := &agentFlags{}
	cmd := &cobra.Command{
		Use:   "agent",
		Short: "Watch a cluster from within, and publish what is found",
		Long: `agent looks at the cluster until it is told to end, as careen audit --watch does, and
publishes what it finds: as report objects, which dashboards of policy tools read, and as
metrics for Prometheus. It is made to run in the cluster; deploy/chart installs it.

Report objects are Reports and ClusterReports of openreports.io, or PolicyReports and
ClusterPolicyReports of wgpolicyk8s.io where only those are served. Each is named careen;
there is one for each namespace with findings, and one for what is in no namespace. They
are written where findings change, cut below a megabyte, and removed when nothing is
found any more. Where neither API is served metrics alone are; one that is installed or
removed later is noticed. With -n there is no ClusterReport.

--listen serves /metrics, /healthz and /readyz, without encryption: to the cluster's own
network. careen_findings counts by probe, severity, grade and namespace.

It writes those objects and a Lease, careen-agent in its own namespace, and nothing else.
Of several agents the one that holds the Lease writes. The rights that it needs are
printed by careen probes --rbac --agent. Without a kubeconfig it takes those of its pod.

Messages are lines on standard error, and in no file but that of --log-file. It ends with
130 when it is interrupted or terminated.`,
		PreRun: func(*cobra.Command, []string) { o.logToStderr = true },
		RunE:   o.within(s, a.run),
	}
	names := make([]string, len(agent.Publishes))
	for i, p := range agent.Publishes {
		names[i] = string(p)
	}
	cmd.Flags().StringVar(&a.listen, "listen", ":8080", "where metrics are served: HOST:PORT, or :PORT for every address")
	cmd.Flags().StringVar(&a.publish, "publish", names[0], "which report objects are written: "+strings.Join(names, ", "))
	_ = cmd.RegisterFlagCompletionFunc("publish", cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp))
	o.bindTimeout(cmd)
	return cmd
}

func (a *agentFlags) run(ss *session, _ []string) error {
	publish, err := agent.ParsePublish(a.publish)
	if err != nil {
		return usageError(fmt.Errorf("--publish: %w", err))
	}
	if ss.readOnly && publish != agent.None {
		ss.log.Info("read-only: no report object is written, whatever --publish says")
		publish = agent.None
	}
	home, _, err := ss.kube.ToRawKubeConfigLoader().Namespace()
	if err != nil || home == "" {
		home = "default" // what is wrong with the kubeconfig is said when it is used
	}
	ss.writes = agent.Writes(publish, home)
	conn, err := ss.connected(connect.ReadAndWrite)
	if err != nil {
		return err
	}
	l, err := listen(ss.ctx, a.listen)
	if err != nil {
		return err
	}
	what := slices.Compact(slices.Sorted(slices.Values(append(kindsOf(ss.probes), model.KindCRD))))
	ss.live, err = cluster.Open(ss.ctx, conn, cluster.Options{Namespaces: ss.namespaces, Kinds: what, Log: ss.log, ReadyLogs: ss.readyLogs, Timeout: ss.timeout})
	if err != nil {
		_ = l.Close()
		return err
	}
	ss.log.Info("careen looks at the cluster", "server", conn.Host(), "listen", l.Addr().String(), "version", built().Version)
	err = agent.Run(ss.ctx, l, agent.Options{
		Source: ss.live, Document: ss.presently, Report: report.Options{Version: built().Version, Probes: ss.probes}, Conn: conn,
		Start: func(ctx context.Context, observe func(time.Duration)) *engine.Engine {
			return engine.Start(ctx, ss.live, engine.Options{Probes: ss.probes, Settings: ss.settings, Log: ss.log, Observe: observe})
		},
		Publish: publish, Scope: ss.namespaces, Namespace: home, Version: built().Version, Log: ss.log,
	})
	if err != nil {
		return err
	}
	ss.log.Info("interrupted")
	return ss.ctx.Err()
}

// listen opens what is served. An address that cannot be meant is usage, one that is
// taken is not.
func listen(ctx context.Context, address string) (net.Listener, error) {
	if _, _, err := net.SplitHostPort(address); err != nil {
		return nil, usageError(fmt.Errorf("--listen %s: want HOST:PORT or :PORT", address))
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, machineError(fmt.Errorf("--listen %s: %w", address, err))
	}
	return l, nil
}

// presently is a look on paper by what is known at this moment: a waiver may have ended
// since the process began.
func (ss *session) presently(r *engine.Report) *report.Document {
	return report.New(r, r.At, time.Now(), ss.least(), ss.known.At(time.Now()))
}
