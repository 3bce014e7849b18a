package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// layout names the files of one cluster.
type layout struct {
	dir string
	// sockets may lie elsewhere: the path of a socket is limited to about 100 bytes.
	sockets string
	created bool
}

const (
	kubeconfigFile = "kubeconfig"
	auditFile      = "audit.log"
	caFile         = "pki/ca.crt"
	systemFile     = "pki/system.kubeconfig"
	tokenFile      = "pki/tokens.csv"
	signingKeyFile = "pki/service-accounts.key"
	serverCert     = "pki/apiserver.crt"
	serverKey      = "pki/apiserver.key"
	kubeletCert    = "pki/kubelet.crt"
	kubeletKey     = "pki/kubelet.key"
	clientCert     = "pki/apiserver-kubelet-client.crt"
	clientKey      = "pki/apiserver-kubelet-client.key"
	policyFile     = "audit-policy.yaml"
	stagesFile     = "stages.yaml"
	logsDir        = "logs"
	upLog          = "logs/up.log"
	etcdDir        = "etcd"

	longestSocketDir = 80
)

// newLayout takes a directory that is empty or not there, or makes one.
func newLayout(dir string) (*layout, error) {
	l := &layout{created: true}
	if dir == "" {
		made, err := os.MkdirTemp("", "careen-cluster-")
		if err != nil {
			return nil, fmt.Errorf("making a directory for the cluster: %w", err)
		}
		dir = made
	} else if entries, err := os.ReadDir(dir); err == nil {
		if len(entries) > 0 {
			return nil, fmt.Errorf("%s is not empty: name a directory that is, or that does not exist", dir)
		}
		l.created = false
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("making a directory for the cluster: %w", err)
	}
	l.dir, l.sockets = dir, dir
	for _, sub := range []string{"", "pki", logsDir} {
		if err := os.MkdirAll(l.path(sub), 0o700); err != nil {
			return nil, fmt.Errorf("making a directory for the cluster: %w", err)
		}
	}
	if len(dir) > longestSocketDir {
		if l.sockets, err = os.MkdirTemp("/tmp", "careen-"); err != nil {
			return nil, fmt.Errorf("making a directory for sockets: %w", err)
		}
	}
	return l, nil
}

func (l *layout) path(name string) string { return filepath.Join(l.dir, name) }

func (l *layout) socket(name string) string { return "unix://" + filepath.Join(l.sockets, name) }

// remove deletes what newLayout made and everything written into it since.
func (l *layout) remove() error {
	if l.sockets != l.dir {
		os.RemoveAll(l.sockets)
	}
	if l.created {
		return os.RemoveAll(l.dir)
	}
	entries, err := os.ReadDir(l.dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if err := os.RemoveAll(l.path(entry.Name())); err != nil {
			return err
		}
	}
	return nil
}
