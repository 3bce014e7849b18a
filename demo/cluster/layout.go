package main

import (
	"errors"
	"fmt"
	"io/fs"
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

// newLayout takes a directory that is empty or not there, or makes one. Nobody but
// its owner may look into it: etcd's socket asks for no credentials.
func newLayout(dir string) (*layout, error) {
	l := &layout{}
	var err error
	if l.dir, l.created, err = takeDir(dir); err != nil {
		return nil, err
	}
	for _, sub := range []string{"pki", logsDir} {
		if err := os.Mkdir(l.path(sub), 0o700); err != nil {
			return nil, fmt.Errorf("making a directory for the cluster: %w", err)
		}
	}
	l.sockets = l.dir
	if len(l.dir) > longestSocketDir {
		if l.sockets, err = os.MkdirTemp("/tmp", "careen-"); err != nil {
			return nil, fmt.Errorf("making a directory for sockets: %w", err)
		}
	}
	return l, nil
}

// takeDir returns the directory's absolute path, and whether it was made now.
func takeDir(dir string) (string, bool, error) {
	if dir == "" {
		made, err := os.MkdirTemp("", "careen-cluster-")
		if err != nil {
			return "", false, fmt.Errorf("making a directory for the cluster: %w", err)
		}
		return made, true, nil
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", false, fmt.Errorf("making a directory for the cluster: %w", err)
	}
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
			return "", false, fmt.Errorf("making a directory for the cluster: %w", err)
		}
		if err := os.Mkdir(dir, 0o700); err != nil {
			return "", false, fmt.Errorf("making a directory for the cluster: %w", err)
		}
		return dir, true, nil
	case err != nil:
		return "", false, fmt.Errorf("using %s for the cluster: %w", dir, err)
	case len(entries) > 0:
		return "", false, fmt.Errorf("%s is not empty: name a directory that is, or that does not exist", dir)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return "", false, fmt.Errorf("using %s for the cluster: %w", dir, err)
	}
	return dir, false, nil
}

func (l *layout) path(name string) string { return filepath.Join(l.dir, name) }

func (l *layout) socket(name string) string { return "unix://" + filepath.Join(l.sockets, name) }

// remove deletes what newLayout made and everything written into it since.
func (l *layout) remove() error {
	if l.sockets != l.dir {
		if err := os.RemoveAll(l.sockets); err != nil {
			return err
		}
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
