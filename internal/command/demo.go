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
)

// The demo's incidents are seconds old, so it counts things as stuck, stale and
// orphaned after seconds, unless a flag says otherwise.
const (
	demoStuckAfter  = 10 * time.Second
	demoStaleAfter  = 5 * time.Second
	demoOrphanAfter = 10 * time.Second
)

func newDemo(s Streams, o *options) *cobra.Command {
	var headless bool
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Real incidents on a real control plane on this machine",
		Long: `demo starts etcd, a Kubernetes API server, its controllers and simulated nodes on
free ports of this machine, plants real incidents in it by their real causes, and
opens the interface on it. Everything is taken down on quit.

The first time it builds the control plane from source, which takes about four
minutes on two processors; after that it starts within seconds.

With --headless no interface is opened: the first line is KUBECONFIG=<path>, and
"ready" follows once all is planted. It stays until it is interrupted.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			demoDefaults(cmd, o)
			return o.within(s, func(ss *session, _ []string) error { return runDemo(ss, headless) })(cmd, args)
		},
	}
	cmd.Flags().BoolVar(&headless, "headless", false, "open no interface; print KUBECONFIG=<path>, then ready, and stay")
	return cmd
}

func runDemo(ss *session, headless bool) error {
	if !headless && !ss.plain && (!term.IsTerminal(int(ss.In.Fd())) || !isTerminal(ss.Out)) {
		return usageError(errors.New("the interface needs a terminal; without one use careen demo --headless"))
	}
	ctx := ss.ctx
	say := progress(ss.Err)
	cluster, err := controlplane.Start(ctx, controlplane.Options{Audit: true, Progress: say})
	if err != nil {
		return fmt.Errorf("starting the demo: %w", err)
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
		return fmt.Errorf("reading the demo's kubeconfig: %w", err)
	}
	planted := make(chan error, 1)
	go func() { planted <- demo.Plant(ctx, cfg, say) }()
	if headless {
		return stay(ctx, ss.Out, cluster, planted)
	}
	select {
	case err := <-planted:
		if err != nil {
			return fmt.Errorf("planting the incidents: %w", err)
		}
	case <-cluster.Done():
		return fmt.Errorf("the demo's control plane ended: %w", cluster.Err())
	}
	*ss.kube.KubeConfig = cluster.Kubeconfig
	return interactive(ss)
}

// demoDefaults lowers the thresholds that no flag set.
func demoDefaults(cmd *cobra.Command, o *options) {
	for name, set := range map[string]func(){
		"stuck-after":  func() { o.settings.StuckAfter = demoStuckAfter },
		"stale-after":  func() { o.settings.StaleAfter = demoStaleAfter },
		"orphan-after": func() { o.settings.OrphanAfter = demoOrphanAfter },
	} {
		if !cmd.Flags().Changed(name) {
			set()
		}
	}
}

// stay prints ready once all is planted and waits for the end of ctx, or of the
// control plane.
func stay(ctx context.Context, out io.Writer, cluster *controlplane.Cluster, planted <-chan error) error {
	for {
		select {
		case err := <-planted:
			if err != nil {
				return fmt.Errorf("planting the incidents: %w", err)
			}
			fmt.Fprintln(out, "ready")
			planted = nil
		case <-ctx.Done():
			return ctx.Err()
		case <-cluster.Done():
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return fmt.Errorf("the demo's control plane ended: %w", cluster.Err())
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
