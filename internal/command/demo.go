package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/careen-tui/careen/demo"
	"github.com/careen-tui/careen/internal/controlplane"
	"github.com/careen-tui/careen/probes"
)

func newDemo(s Streams, o *options) *cobra.Command {
	var headless, all bool
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Real incidents on a real control plane on this machine",
		Long: `demo starts etcd, a Kubernetes API server, its controllers and simulated nodes on
free ports of this machine, plants real incidents in it by their real causes, and
opens the interface on it. Everything is taken down on quit.

The first time it builds the control plane from source, which takes about four
minutes on two processors; after that it starts within seconds. Until it is there the
interface shows a recording of the same incidents, which the header says, and then goes
on with the real one in the same place.

With --all some thirty everyday mistakes are planted besides, each with the same small
application in a namespace of its own, beside the application without any.

With --headless no interface is opened: the first line is KUBECONFIG=<path>, and
"ready" follows once all is planted. It stays until it is interrupted.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			demoThresholds(cmd, o)
			return o.within(s, func(ss *session, _ []string) error { return runDemo(ss, headless, all) })(cmd, args)
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "plant everyday mistakes besides the incidents: a probe each")
	cmd.Flags().BoolVar(&headless, "headless", false, "open no interface; print KUBECONFIG=<path>, then ready, and stay")
	return cmd
}

func runDemo(ss *session, headless, all bool) error {
	if !headless && !ss.plain && !ss.onTerminal() {
		return usageError(errors.New("the interface needs a terminal; without one use careen demo --headless"))
	}
	if !headless && !ss.inLines() {
		return rehearse(ss, all)
	}
	ctx := ss.ctx
	say := progress(ss.Err)
	cluster, err := controlplane.Start(ctx, controlplane.Options{Audit: true, Progress: say})
	if err != nil {
		return demoError(ctx, "starting the demo", err)
	}
	defer func() {
		say("Taking the control plane down")
		if err := cluster.Stop(); err != nil {
			fmt.Fprintln(ss.Err, err)
		}
	}()
	if headless {
		fmt.Fprintf(ss.Out, "KUBECONFIG=%s\n", cluster.Kubeconfig)
	}
	cfg, err := clientcmd.BuildConfigFromFlags("", cluster.Kubeconfig)
	if err != nil {
		return demoError(ctx, "reading the demo's kubeconfig", err)
	}
	planted := make(chan error, 1)
	go func() {
		defer func() {
			if v := recover(); v != nil {
				planted <- crash(ss.log, v)
			}
		}()
		planted <- demo.Plant(ctx, cfg, all, say)
	}()
	if headless {
		return stay(ctx, ss.Out, say, cluster, planted)
	}
	select {
	case err := <-planted:
		if err != nil {
			return demoError(ctx, "planting the incidents", err)
		}
	case <-cluster.Done():
		return demoError(ctx, "the demo's control plane ended", cluster.Err())
	}
	*ss.kube.KubeConfig = cluster.Kubeconfig
	return interactive(ss)
}

// demoError is the failure of the demo's own control plane: no cluster of the operator's
// is out of reach, and the command line is not at fault.
func demoError(ctx context.Context, what string, err error) error {
	err = fmt.Errorf("%s: %w", what, err)
	if ctx.Err() != nil {
		return &exitError{codeInterrupted, err}
	}
	return machineError(err)
}

// demoThresholds lowers the thresholds that no flag set: the demo's incidents are
// seconds old, so it counts things as stuck, stale and orphaned after seconds.
func demoThresholds(cmd *cobra.Command, o *options) {
	for _, t := range probes.Thresholds {
		if !cmd.Flags().Changed(t.Name) {
			*t.Of(&o.settings) = t.Demo
		}
	}
}

// stay prints ready once all is planted, tells people so as well, and waits for the
// end of ctx, or of the control plane.
func stay(ctx context.Context, out io.Writer, say controlplane.Progress, cluster *controlplane.Cluster, planted <-chan error) error {
	for {
		select {
		case err := <-planted:
			if err != nil {
				return demoError(ctx, "planting the incidents", err)
			}
			fmt.Fprintln(out, "ready")
			say("Ready: every incident is planted; interrupt it to take everything down")
			planted = nil
		case <-ctx.Done():
			return ctx.Err()
		case <-cluster.Done():
			return demoError(ctx, "the demo's control plane ended", cluster.Err())
		}
	}
}

// progress prints each line with the time since the start, so that a long build
// is seen to move.
func progress(w io.Writer) controlplane.Progress {
	started := time.Now()
	dim, plain := "", ""
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) && !noColor() {
		dim, plain = "\x1b[2m", "\x1b[0m"
	}
	return func(line string) {
		fmt.Fprintf(w, "%s%6.1fs%s  %s\n", dim, time.Since(started).Seconds(), plain, line)
	}
}
