package main

import (
	"fmt"
	"net/url"
	"os"

	"github.com/spf13/pflag"
	"go.etcd.io/etcd/server/v3/embed"
	"sigs.k8s.io/kwok/pkg/utils/signals"
)

// runEtcd serves one member on the given socket until it is told to stop.
// Nothing here outlives the cluster, so nothing is synced to the disk.
func runEtcd() int {
	flags := pflag.NewFlagSet(etcdName, pflag.ContinueOnError)
	data := flags.String("data-dir", "", "where the member keeps its data")
	client := flags.String("client-url", "", "where clients are served")
	peer := flags.String("peer-url", "", "where other members would be served")
	if err := flags.Parse(os.Args[1:]); err != nil {
		return fail(etcdName, err)
	}
	cfg := embed.NewConfig()
	cfg.Name = "careen"
	cfg.Dir = *data
	cfg.LogLevel = "error"
	cfg.UnsafeNoFsync = true
	for _, at := range []struct {
		flag  string
		value string
		into  *[]url.URL
	}{
		{"client-url", *client, &cfg.ListenClientUrls},
		{"peer-url", *peer, &cfg.ListenPeerUrls},
	} {
		parsed, err := url.Parse(at.value)
		if err != nil {
			return fail(etcdName, fmt.Errorf("reading --%s: %w", at.flag, err))
		}
		*at.into = []url.URL{*parsed}
	}
	// What it advertises stays as etcd has it: a socket may not be advertised, and a
	// lone member is never asked.
	cfg.InitialCluster = cfg.InitialClusterFromName(cfg.Name)

	member, err := embed.StartEtcd(cfg)
	if err != nil {
		return fail(etcdName, err)
	}
	defer member.Close()
	select {
	case <-signals.SetupSignalContext().Done():
		return 0
	case err := <-member.Err():
		return fail(etcdName, err)
	}
}
