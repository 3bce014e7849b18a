package main

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/client-go/tools/clientcmd"
)

func TestFilesAreForTheirOwnerOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cluster")
	l, err := newLayout(dir)
	if err != nil {
		t.Fatal(err)
	}
	dev, err := parseUser("dev=team-a,team-b")
	if err != nil {
		t.Fatal(err)
	}
	if err := writeFiles(l, options{users: []user{dev}}, 12345); err != nil {
		t.Fatal(err)
	}
	err = filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}

	config, err := clientcmd.LoadFromFile(l.path(kubeconfigFile))
	if err != nil {
		t.Fatal(err)
	}
	if config.CurrentContext != "demo" || len(config.Contexts) != 4 || config.Contexts["demo-dev"].AuthInfo != "dev" {
		t.Errorf("contexts %v, current %q", config.Contexts, config.CurrentContext)
	}
	if c := config.Clusters["demo"]; c.Server != "https://127.0.0.1:12345" || c.InsecureSkipTLSVerify || len(c.CertificateAuthorityData) == 0 {
		t.Errorf("got %+v", c)
	}
	tokens, err := os.ReadFile(l.path(tokenFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`,admin,admin,system:masters`, `,dev,dev,"team-a,team-b"`, ",ci-bot,ci-bot,\n"} {
		if !strings.Contains(string(tokens), want) {
			t.Errorf("no token for %q", want)
		}
	}

	pair, err := tls.LoadX509KeyPair(l.path(serverCert), l.path(serverKey))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(config.Clusters["demo"].CertificateAuthorityData)
	if _, err := pair.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: "127.0.0.1"}); err != nil {
		t.Error(err)
	}

	if err := l.remove(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the directory is still there")
	}
}

func TestLayoutKeepsWhatItDidNotMake(t *testing.T) {
	dir := t.TempDir()
	l, err := newLayout(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := newLayout(dir); err == nil {
		t.Error("a directory in use was taken again")
	}
	if err := l.remove(); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) > 0 {
		t.Errorf("left in it: %v, %v", entries, err)
	}
}

func TestSocketsFitIntoTheirAddress(t *testing.T) {
	l, err := newLayout(filepath.Join(t.TempDir(), strings.Repeat("deep", 30)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.remove() })
	if path := l.socket("etcd.sock"); len(path) > 100 {
		t.Errorf("%s is too long for a socket", path)
	}
}

func TestParseUserRefusesNonsense(t *testing.T) {
	for _, text := range []string{"", "=group", "a\"b", "a\nb"} {
		if _, err := parseUser(text); err == nil {
			t.Errorf("%q was taken for a user", text)
		}
	}
}
