package main

import (
	"time"

	"github.com/spf13/pflag"
)

// options are the flags of "up".
type options struct {
	dir     string
	audit   bool
	control bool
	stay    bool
	nodes   int
	timeout time.Duration
	users   []user
}

func parseOptions(arguments []string) (options, error) {
	var o options
	var users []string
	flags := pflag.NewFlagSet("careen-cluster up", pflag.ContinueOnError)
	flags.StringVar(&o.dir, "dir", "", "directory for its files, new or empty (default: a temporary one)")
	flags.BoolVar(&o.audit, "audit", false, "let the API server write an audit log, DIR/"+auditFile)
	flags.BoolVar(&o.control, "control", false, "take commands on stdin, and end with it")
	flags.BoolVar(&o.stay, "stay", false, "do not end with the process that started this one")
	flags.IntVar(&o.nodes, "nodes", 3, "how many nodes to have")
	flags.DurationVar(&o.timeout, "timeout", 2*time.Minute, "how long everything may take to become ready")
	flags.StringArrayVar(&users, "user", nil, "a further user, NAME or NAME=GROUP,GROUP; may be repeated")
	if err := flags.Parse(arguments); err != nil {
		return o, err
	}
	for _, text := range users {
		u, err := parseUser(text)
		if err != nil {
			return o, err
		}
		o.users = append(o.users, u)
	}
	return o, nil
}
