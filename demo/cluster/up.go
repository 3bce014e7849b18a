package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/pflag"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"

	"github.com/careen-tui/careen/demo/cluster/standin"
)

// errParentGone ends a cluster whose starter is no longer there to end it.
var errParentGone = errors.New("the process that started this one is gone")

// up starts a cluster, says on stdout where its kubeconfig is and when it can be
// used, and stays until it is told to end or a component fails.
func up(arguments []string) int {
	parent := os.Getppid()
	o, err := parseOptions(arguments)
	if errors.Is(err, pflag.ErrHelp) {
		return 0
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "careen-cluster: %v\n", err)
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if !o.stay {
		go func() {
			<-orphaned(parent)
			cancel(errParentGone)
		}()
	}
	// Whoever reads stdout may go first; that must not kill us before we tidied up.
	signal.Ignore(syscall.SIGPIPE)

	if err := runCluster(ctx, cancel, o); err != nil {
		fmt.Fprintf(os.Stderr, "careen-cluster: %v\n", err)
		return 1
	}
	return 0
}

// runCluster returns nil when ctx ended and everything is gone.
func runCluster(ctx context.Context, cancel context.CancelCauseFunc, o options) (err error) {
	executable, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this executable: %w", err)
	}
	l, err := newLayout(o.dir)
	if err != nil {
		return err
	}
	defer func() {
		if e := l.remove(); e != nil && err == nil {
			err = fmt.Errorf("removing the cluster's files: %w", e)
		}
	}()
	logTo(l.path(upLog))
	procs := newProcesses(executable, l.path(logsDir))
	defer procs.killAll()

	c := &cluster{layout: l, options: o, processes: procs, ready: make(chan struct{})}
	if o.control {
		go func() {
			c.obey(ctx, os.Stdin, os.Stdout)
			cancel(nil)
		}()
	}
	started := make(chan error, 1)
	go func() { started <- c.start(ctx) }()
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-procs.failed:
			return err
		case err := <-started:
			if ctx.Err() != nil {
				return nil
			}
			if err != nil {
				return err
			}
			close(c.ready)
			started = nil
			fmt.Println("ready")
		}
	}
}

// cluster is one running control plane.
type cluster struct {
	layout    *layout
	options   options
	processes *processes
	client    kubernetes.Interface // set once ready is closed
	ready     chan struct{}
}

// start returns when pods can be created, or says what did not come about.
func (c *cluster) start(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, c.options.timeout)
	defer cancel()
	port, err := freePort()
	if err != nil {
		return err
	}
	if err := writeFiles(c.layout, c.options, port); err != nil {
		return err
	}
	fmt.Println("KUBECONFIG=" + c.layout.path(kubeconfigFile))

	if err := c.processes.start(etcdName, etcdArguments(c.layout)...); err != nil {
		return err
	}
	if err := c.processes.start(apiserverName, apiserverArguments(c.layout, c.options, port)...); err != nil {
		return err
	}
	config, err := systemConfig(c.layout)
	if err != nil {
		return err
	}
	if c.client, err = kubernetes.NewForConfig(config); err != nil {
		return fmt.Errorf("making a client: %w", err)
	}
	if err := awaitServer(ctx, c.client); err != nil {
		return err
	}
	kubelet, err := standin.Start(context.WithoutCancel(ctx), config, standin.Files{
		CA: c.layout.path(caFile), Certificate: c.layout.path(kubeletCert), Key: c.layout.path(kubeletKey),
	})
	if err != nil {
		return err
	}
	if err := plant(ctx, c.client, c.options, kubelet.Port()); err != nil {
		return err
	}
	for name, arguments := range map[string][]string{
		controllersName: controllersArguments(c.layout),
		schedulerName:   schedulerArguments(c.layout),
		kwokName:        kwokArguments(c.layout),
	} {
		if err := c.processes.start(name, arguments...); err != nil {
			return err
		}
	}
	return awaitUsable(ctx, c.client, c.options)
}

func systemConfig(l *layout) (*rest.Config, error) {
	config, err := clientcmd.BuildConfigFromFlags("", l.path(systemFile))
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig: %w", err)
	}
	config.QPS = -1 // no limit: the server is our own
	config.UserAgent = systemUser
	return config, nil
}

// logTo sends what client-go has to say to a file: stderr is for people.
func logTo(file string) {
	klog.LogToStderr(false)
	out, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	klog.SetOutput(out)
	klog.SetOutputBySeverity("INFO", out)
	for _, severity := range strings.Fields("WARNING ERROR FATAL") {
		klog.SetOutputBySeverity(severity, discard{})
	}
}

// discard swallows the copies that klog makes of a line for lower severities.
type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
