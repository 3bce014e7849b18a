//go:build e2e && bench

package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/careen-tui/careen/internal/controlplane"
	"github.com/careen-tui/careen/internal/e2e/screen"
)

// livePart measures the interface.
func livePart(b *testing.B, c *controlplane.Cluster, cfg *rest.Config, storm string) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	cmd := command(c.Kubeconfig)
	began := time.Now()
	term, err := screen.Start(cmd, 160, 45)
	if err != nil {
		b.Fatal(err)
	}
	defer term.Close()
	if _, err := term.Until(ctx, "the first frame", func(s string) bool { return strings.Contains(s, "careen") }); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(time.Since(began).Seconds()*1000, "first-frame-ms")
	if _, err := term.Until(ctx, "everything read", func(s string) bool {
		return strings.Contains(s, "watches live") && strings.Contains(s, "team-000/app-0000")
	}); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(time.Since(began).Seconds(), "all-live-s")
	pause(ctx, 5*time.Second)
	idle(ctx, b, term)

	client, err := kubernetes.NewForConfig(cfg)
	if err != nil {
		b.Fatal(err)
	}
	quiet := latencies(ctx, b, client, term, 20)
	b.ReportMetric(quantile(quiet, 0.5), "quiet-p50-ms")
	b.ReportMetric(quantile(quiet, 0.99), "quiet-p99-ms")
	yields(b, c.Process().Pid)
	stop := begin(b, storm, c.Kubeconfig)
	busy := latencies(ctx, b, client, term, 20)
	keys := keystrokes(ctx, b, term, 200)
	rate := stop()
	b.ReportMetric(rate, "changes/s")
	b.ReportMetric(quantile(busy, 0.99), "storm-p99-ms")
	b.ReportMetric(quantile(keys, 0.99), "key-p99-ms")
}

// idle measures the Findings alone on the screen: the cluster is minutes old, and the ages of
// its releases, which read differently each minute, are something that happens.
func idle(ctx context.Context, b *testing.B, term *screen.Terminal) {
	const window = 20 * time.Second
	zoom(ctx, b, term, func(s string) bool { return !strings.Contains(s, "team-000/app-0000") })
	bytes, cpu := term.Bytes(), cpuTime(term.Process().Pid)
	pause(ctx, window)
	used := cpuTime(term.Process().Pid) - cpu
	b.ReportMetric(100*used.Seconds()/window.Seconds(), "idle-%")
	b.ReportMetric(float64(term.Bytes()-bytes), "idle-bytes")
	b.ReportMetric(status(term.Process().Pid, "VmRSS:"), "resident-MB")
	zoom(ctx, b, term, func(s string) bool { return strings.Contains(s, "team-000/app-0000") })
}

// zoom shows one pane or all of them.
func zoom(ctx context.Context, b *testing.B, term *screen.Terminal, shown func(screen string) bool) {
	if err := term.Press("+"); err != nil {
		b.Fatal(err)
	}
	if _, err := term.Until(ctx, "the other panes to come or go", shown); err != nil {
		b.Fatal(err)
	}
	pause(ctx, time.Second)
}

// latencies flips the status label of the first release on the screen, which its record
// contradicts then, and measures from the server's answer to the finding that says so.
func latencies(ctx context.Context, b *testing.B, client kubernetes.Interface, term *screen.Terminal, n int) (ms []float64) {
	status := "deployed"
	for range n {
		before := status
		if status = "superseded"; before == status {
			status = "deployed"
		}
		patch := fmt.Sprintf(`{"metadata":{"labels":{"status":%q}}}`, status)
		if _, err := client.CoreV1().Secrets("team-000").Patch(ctx, "sh.helm.release.v1.app-0000.v3", types.MergePatchType, []byte(patch), metav1.PatchOptions{}); err != nil {
			b.Fatal(err)
		}
		answered := time.Now()
		row := func(s string) bool {
			told := slices.ContainsFunc(strings.Split(s, "\n"), func(line string) bool {
				return strings.Contains(line, "release-record-mismatch") && strings.Contains(line, "team-000/app-0000 ")
			})
			return told == (status == "superseded")
		}
		if _, err := term.Until(ctx, "the release to be "+status, row); err != nil {
			b.Fatal(err)
		}
		ms = append(ms, float64(time.Since(answered).Microseconds())/1000)
		pause(ctx, 300*time.Millisecond)
	}
	return ms
}

// keystrokes selects the second release of the pane and the first in turn, and measures
// until the row is drawn as the selected one.
func keystrokes(ctx context.Context, b *testing.B, term *screen.Terminal, n int) (ms []float64) {
	const first, second = "team-000/app-0000", "team-000/app-0100"
	at := func(name string) func(string) bool {
		return func(s string) bool {
			i, lines := selected(s)
			return strings.Contains(lines[i], name)
		}
	}
	press := func(key, name string) time.Duration {
		began := time.Now()
		if err := term.Press(key); err != nil {
			b.Fatal(err)
		}
		if _, err := term.Until(ctx, key+" to select "+name, at(name)); err != nil {
			b.Fatal(err)
		}
		return time.Since(began)
	}
	press("2", first)
	for i := range n {
		pause(ctx, 50*time.Millisecond)
		key, name := "down", second
		if i%2 == 1 {
			key, name = "up", first
		}
		ms = append(ms, float64(press(key, name).Microseconds())/1000)
	}
	return ms
}

// begin runs storm until the function that it returns is called, which returns how many
// changes it made in a second.
func begin(b *testing.B, storm, kubeconfig string) (stop func() float64) {
	cmd := exec.Command(storm)
	cmd.Env = environment(kubeconfig)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	var out, trouble strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &trouble
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	yields(b, cmd.Process.Pid)
	return func() (rate float64) {
		_ = in.Close()
		if err := cmd.Wait(); err != nil {
			b.Fatalf("the storm: %v\n%s", err, trouble.String())
		}
		if _, err := fmt.Sscan(out.String(), &rate); err != nil {
			b.Fatalf("the storm said %q: %v", out.String(), err)
		}
		return rate
	}
}

// yields has a session take only what others leave of the processors. A control plane and
// those who change its objects run on other machines than careen does: here they would keep
// all processors of this one busy, and what is measured would be how long careen waits for
// one. The nicety of a session counts where the kernel shares processors between sessions
// (sched(7), autogroup), that of threads elsewhere.
func yields(b *testing.B, leader int) {
	b.Helper()
	const nice = 15
	_ = os.WriteFile(fmt.Sprintf("/proc/%d/autogroup", leader), []byte(strconv.Itoa(nice)), 0)
	threads, err := filepath.Glob("/proc/[0-9]*/task/[0-9]*/stat")
	if err != nil {
		b.Fatal(err)
	}
	for _, path := range threads {
		raw, _ := os.ReadFile(path) // it may have ended
		fields := strings.Fields(string(raw[strings.LastIndexByte(string(raw), ')')+1:]))
		if len(fields) > 3 && fields[3] == strconv.Itoa(leader) {
			id, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			_ = syscall.Setpriority(syscall.PRIO_PROCESS, id, nice)
		}
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// cpuTime is what a process has used, in clock ticks of 10 ms (proc(5)).
func cpuTime(pid int) time.Duration {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(raw[strings.LastIndexByte(string(raw), ')')+1:]))
	var user, system int64
	fmt.Sscan(fields[11], &user)
	fmt.Sscan(fields[12], &system)
	return time.Duration(user+system) * 10 * time.Millisecond
}
