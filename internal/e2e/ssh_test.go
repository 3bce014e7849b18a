//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/controlplane"
	"github.com/careen-tui/careen/internal/e2e/screen"
)

// sshd is a server of the test's own on loopback.
type sshd struct {
	port      int
	key, user string
}

// startSSHD starts the distribution's sshd as whoever runs the test, with keys of
// its own, and ends it by its process.
func startSSHD(t *testing.T) sshd {
	t.Helper()
	server := ""
	for _, path := range []string{"/usr/sbin/sshd", "/usr/bin/sshd", "/usr/lib/openssh/sshd"} {
		if _, err := os.Stat(path); err == nil {
			server = path
		}
	}
	if server == "" {
		if os.Getenv("CI") != "" { // where .ci/run installs it
			t.Fatal("sshd is missing: apt-get install openssh-server")
		}
		t.Skip("sshd is missing: install the package openssh-server to run this")
	}
	dir := t.TempDir()
	for _, name := range []string{"host", "user"} {
		if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", filepath.Join(dir, name)).CombinedOutput(); err != nil {
			t.Fatalf("ssh-keygen: %v\n%s", err, out)
		}
	}
	if os.Getuid() == 0 { // sshd wants an empty directory to give its rights up in
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
			t.Fatal(err)
		}
	}
	who, err := exec.Command("id", "-un").Output()
	if err != nil {
		t.Fatal(err)
	}
	s := sshd{port: freePort(t), key: filepath.Join(dir, "user"), user: strings.TrimSpace(string(who))}
	config := filepath.Join(dir, "config")
	text := fmt.Sprintf(`Port %d
ListenAddress 127.0.0.1
HostKey %s/host
AuthorizedKeysFile %s/user.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
PrintMotd no
PrintLastLog no
LogLevel ERROR
`, s.port, dir, dir)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(server, "-D", "-e", "-f", config)
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Log("sshd said: " + said.String())
		}
	})
	return s
}

// overSSH counts what a fixed script of keys costs on a line of 80 by 24.
func overSSH(t *testing.T, ctx context.Context, c *controlplane.Cluster) {
	s := startSSHD(t)
	remote := "env -i"
	for _, v := range environment(c.Kubeconfig) {
		remote += " '" + v + "'"
	}
	// sshd tells careen that it is far away by these.
	remote += ` SSH_CONNECTION="$SSH_CONNECTION" SSH_TTY="$SSH_TTY" ` + binary + " --read-only " + strings.Join(quick, " ")
	client := func() *exec.Cmd {
		cmd := exec.Command("ssh", "-F", "none", "-tt", "-p", fmt.Sprint(s.port), "-i", s.key, "-o", "IdentitiesOnly=yes",
			"-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", s.user+"@127.0.0.1", remote)
		cmd.Env = environment(c.Kubeconfig)
		return cmd
	}
	var term *screen.Terminal
	for { // until sshd listens
		var err error
		if term, err = screen.Start(client(), 80, 24); err != nil {
			t.Fatal(err)
		}
		if _, err = term.Until(ctx, "careen", func(s string) bool { return strings.Contains(s, "careen") }); err == nil {
			break
		}
		text := term.Text()
		term.Close()
		if ctx.Err() != nil || !strings.Contains(text, "refused") {
			t.Fatalf("%v\n%s", err, text)
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Cleanup(func() { term.Close() })
	b := &browsing{term, t, ctx}
	b.sees("live", "Findings", "release-stuck")
	settle(t, b)

	// What each key may cost: at 160x45 a full repaint may be 16 kB, which is 4.3 kB here.
	const repaint = 16_000 * (80 * 24) / (160 * 45)
	for try, quiet := 0, false; !quiet; try++ { // an age may just have become a minute more
		before := b.Bytes()
		if stay(ctx, 5*time.Second); b.Bytes() == before {
			quiet = true
		} else if try == 3 {
			t.Errorf("%d bytes were sent within five seconds in which nothing happened", b.Bytes()-before)
			break
		}
	}
	total := int64(0)
	for _, step := range []struct {
		keys   string
		sees   string
		budget int64
	}{
		{screen.Down, "2 of", 1000},
		{screen.Down, "3 of", 1000},
		{screen.Up, "2 of", 1000},
		{"2", "Releases", repaint},
		{"/common-vault" + screen.Enter, "/common-vault", 2 * repaint},
		{screen.Esc, "devlake/devlake", repaint},
		{"3", "Secrets", repaint},
		{"4", "Volumes", repaint},
		{"1", "Findings", repaint},
		{screen.Enter, "Evidence", repaint},
		{screen.Down, "▌", repaint},
		{screen.Esc, "1 Findings", repaint},
		{"?", "Keys in", repaint},
		{screen.Esc, "1 Findings", repaint},
	} {
		before, screenBefore := b.Bytes(), b.Text()
		b.keys(step.keys)
		if _, err := b.Until(ctx, "the effect of "+step.keys, func(s string) bool { return s != screenBefore && strings.Contains(s, step.sees) }); err != nil {
			t.Fatal(err)
		}
		settle(t, b)
		cost := b.Bytes() - before
		t.Logf("%-20q %5d bytes", step.keys, cost)
		if total += cost; cost > step.budget {
			t.Errorf("%q cost %d bytes, budget %d", step.keys, cost, step.budget)
		}
	}
	t.Logf("the script cost %d bytes", total)
	if total > 5*repaint {
		t.Errorf("the script cost %d bytes, budget %d", total, 5*repaint)
	}
	quit(t, b.Terminal)
}

// stay does nothing for a while.
func stay(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// freePort is a port of loopback that nobody listens at.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// settle waits until nothing more is sent for a while.
func settle(t *testing.T, b *browsing) {
	t.Helper()
	for time.Since(b.LastWrite()) < 400*time.Millisecond {
		if b.ctx.Err() != nil {
			t.Fatal("it never comes to rest")
		}
		time.Sleep(50 * time.Millisecond)
	}
}
