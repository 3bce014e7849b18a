package main

import (
	"fmt"
	"os"

	"github.com/spf13/pflag"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	"k8s.io/component-base/version"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kwokconfig "sigs.k8s.io/kwok/pkg/config"
	kwok "sigs.k8s.io/kwok/pkg/kwok/cmd"
	kwoklog "sigs.k8s.io/kwok/pkg/log"
	"sigs.k8s.io/kwok/pkg/utils/signals"
)

const (
	etcdName        = "etcd"
	apiserverName   = "kube-apiserver"
	controllersName = "kube-controller-manager"
	schedulerName   = "kube-scheduler"
	kwokName        = "kwok"
)

// components are the processes of a control plane, by the first argument with
// which the executable starts itself. Each has a process of its own, since two
// of them in one fail: logging and signal handlers are set up once a process.
var components = map[string]func() int{
	etcdName:        runEtcd,
	apiserverName:   func() int { return cli.Run(apiserver.NewAPIServerCommand()) },
	controllersName: func() int { return cli.Run(controllers.NewControllerManagerCommand()) },
	schedulerName:   func() int { return cli.Run(scheduler.NewSchedulerCommand()) },
	kwokName:        runKwok,
}

func serverVersion() string { return version.Get().GitVersion }

func runKwok() int {
	flags := pflag.NewFlagSet("global", pflag.ContinueOnError)
	flags.ParseErrorsAllowlist.UnknownFlags = true
	flags.Usage = func() {}
	ctx, _ := kwoklog.InitFlags(signals.SetupSignalContext(), flags)
	ctx, err := kwokconfig.InitFlags(ctx, flags)
	if err != nil {
		return fail(kwokName, err)
	}
	command := kwok.NewCommand(ctx)
	command.PersistentFlags().AddFlagSet(flags)
	command.Version = "" // its flag collides with the other components' flag of that name
	if err := command.ExecuteContext(ctx); err != nil {
		return fail(kwokName, err)
	}
	return 0
}

func fail(name string, err error) int {
	fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
	return 1
}
