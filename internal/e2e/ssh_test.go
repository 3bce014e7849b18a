//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/controlplane"
	"github.com/careen-tui/careen/internal/controlplane/planetest"
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
	planetest.Eventually(t, "sshd to listen", func(context.Context) error {
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", s.port))
		if err == nil {
			c.Close()
		}
		return err
	})
	return s
}

// overSSH counts what a fixed script of keys costs on a line of 80 by 24.
func overSSH(t *testing.T, c *controlplane.Cluster, there []string) {
	s := startSSHD(t)
	remote := "env -i"
	for _, v := range environment(c.Kubeconfig) {
		remote += " '" + v + "'"
	}
	// sshd tells careen that it is far away by these.
	remote += ` SSH_CONNECTION="$SSH_CONNECTION" SSH_TTY="$SSH_TTY" ` + binary + " --read-only " + strings.Join(slices.Concat(quick, there), " ")
	client := func() *exec.Cmd {
		cmd := exec.Command("ssh", "-F", "none", "-tt", "-p", fmt.Sprint(s.port), "-i", s.key, "-o", "IdentitiesOnly=yes",
			"-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", s.user+"@127.0.0.1", remote)
		cmd.Env = environment(c.Kubeconfig)
		return cmd
	}
	ui := open(t, client(), 80, 24).See("live", "Findings", "release-stuck")
	settle(ui)

	// What each key may cost: at 160x45 a full repaint may be 16 kB, which is 4.3 kB here.
	const repaint = 16_000 * (80 * 24) / (160 * 45)
	for try := 0; ; try++ {
		before := ui.term.Bytes()
		ui.must(ui.term.Quiet(within(t, patience), 5*time.Second))
		if ui.term.Bytes() == before {
			break
		}
		if try == 3 { // an age may just have become a minute more
			t.Errorf("%d bytes were sent in a time in which nothing happened", ui.term.Bytes()-before)
			break
		}
	}
	total := int64(0)
	for _, step := range []struct {
		what   string
		take   func()
		sees   string
		budget int64
	}{
		{"down", func() { ui.Press("down") }, "2 of", 1000},
		{"down", func() { ui.Press("down") }, "3 of", 1000},
		{"up", func() { ui.Press("up") }, "2 of", 1000},
		{"releases", func() { ui.Press("2") }, "Releases", repaint},
		{"a filter", func() { ui.Filter("common-vault") }, "/common-vault", 2 * repaint},
		{"no filter", func() { ui.Press("esc") }, "devlake/devlake", repaint},
		{"secrets", func() { ui.Press("3") }, "Secrets", repaint},
		{"volumes", func() { ui.Press("4") }, "Volumes", repaint},
		{"findings", func() { ui.Press("1") }, "Findings", repaint},
		{"the detail", func() { ui.Press("enter") }, "Evidence", repaint},
		{"down", func() { ui.Press("down") }, "▌", repaint},
		{"back", func() { ui.Press("esc") }, "1 Findings", repaint},
		{"help", func() { ui.Press("?") }, "Keys in", repaint},
		{"back", func() { ui.Press("esc") }, "1 Findings", repaint},
	} {
		before, screenBefore := ui.term.Bytes(), ui.term.Text()
		step.take()
		ui.Until(step.what, func(s string) bool { return s != screenBefore && strings.Contains(s, step.sees) })
		settle(ui)
		cost := ui.term.Bytes() - before
		t.Logf("%-10s %5d bytes", step.what, cost)
		if total += cost; cost > step.budget {
			t.Errorf("%s cost %d bytes, budget %d", step.what, cost, step.budget)
		}
	}
	t.Logf("the script cost %d bytes", total)
	if total > 5*repaint {
		t.Errorf("the script cost %d bytes, budget %d", total, 5*repaint)
	}
	ui.Quit()
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

// settle waits until nothing more is sent: a frame may come in parts.
func settle(ui *driver) {
	ui.t.Helper()
	ui.must(ui.term.Quiet(within(ui.t, patience), 400*time.Millisecond))
}
