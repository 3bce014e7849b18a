//go:build unix

package controlplane

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// stub writes an executable that stands for careen-cluster.
func stub(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), Name)
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

const obedient = `
echo KUBECONFIG=/some/kubeconfig
echo ready
while read line; do
	case $line in
	*kube-apiserver) echo ok $line;;
	*) echo "error $line: no component is called that";;
	esac
done
`

func TestStartAndStop(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cluster")
	c, err := Start(t.Context(), Options{Binary: stub(t, obedient), Dir: dir, Audit: true})
	if err != nil {
		t.Fatal(err)
	}
	if c.Kubeconfig != "/some/kubeconfig" || c.Dir != dir || c.AuditLog != filepath.Join(dir, "audit.log") {
		t.Errorf("got %q, %q, %q", c.Kubeconfig, c.Dir, c.AuditLog)
	}
	if err := c.StartAPIServer(t.Context()); err != nil {
		t.Error(err)
	}
	if err := c.Kill(t.Context(), "nothing"); err == nil || !strings.Contains(err.Error(), "no component is called that") {
		t.Errorf("killing what is not there: %v", err)
	}
	if c.Err() != nil {
		t.Errorf("it runs, and yet: %v", c.Err())
	}
	for range 2 {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	}
	if err := c.StartAPIServer(t.Context()); !errors.Is(err, ErrStopped) {
		t.Errorf("restarting after the end: %v", err)
	}
}

func TestContextEndsCluster(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c, err := Start(ctx, Options{Binary: stub(t, obedient)})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	select {
	case <-c.Done():
	case <-time.After(10 * time.Second):
		t.Fatal("the cluster outlived its context")
	}
}

func TestStartSaysWhatFailed(t *testing.T) {
	_, err := Start(t.Context(), Options{Binary: stub(t, "echo 'etcd failed: disk full' >&2; exit 1")})
	if err == nil || !strings.Contains(err.Error(), "disk full") {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err = Start(ctx, Options{Binary: stub(t, "read line")})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if _, err = Start(t.Context(), Options{Binary: "/nowhere/" + Name}); err == nil {
		t.Error("starting what is not there succeeded")
	}
}

func TestComponentFailsLater(t *testing.T) {
	c, err := Start(t.Context(), Options{Binary: stub(t, "echo ready; sleep 0.1; echo 'etcd failed' >&2; exit 1")})
	if err != nil {
		t.Fatal(err)
	}
	<-c.Done()
	if err := c.Err(); !errors.Is(err, ErrStopped) || !strings.Contains(err.Error(), "etcd failed") {
		t.Errorf("got %v", err)
	}
}

func TestRequests(t *testing.T) {
	c := &Cluster{}
	if _, err := c.Requests(nil); err == nil {
		t.Error("there is no audit log, and it was read")
	}
	c.AuditLog = filepath.Join(t.TempDir(), "audit.log")
	lines := `{"stage":"ResponseComplete","verb":"list","userAgent":"careen/1","user":{"username":"viewer"},"objectRef":{"resource":"pods"},"responseStatus":{"code":200}}
{"stage":"ResponseComplete","verb":"get","userAgent":"other","user":{"username":"admin"},"impersonatedUser":{"username":"dev"}}
{"stage":"Respon`
	if err := os.WriteFile(c.AuditLog, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	all, err := c.Requests(nil)
	if err != nil || len(all) != 2 {
		t.Fatalf("%d requests, %v", len(all), err)
	}
	if r := all[0]; r.User.Name != "viewer" || r.Object.Resource != "pods" || r.Response.Code != 200 || r.As != nil {
		t.Errorf("got %+v", r)
	}
	some, err := c.Requests(func(r Request) bool { return r.UserAgent == "other" })
	if err != nil || len(some) != 1 || some[0].As.Name != "dev" {
		t.Errorf("got %+v, %v", some, err)
	}
}
