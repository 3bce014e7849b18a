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
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/controlplane"
	"github.com/careen-tui/careen/internal/controlplane/planetest"
	"github.com/careen-tui/careen/internal/e2e/population"
	"github.com/careen-tui/careen/internal/e2e/screen"
	"github.com/careen-tui/careen/internal/e2e/simulated"
)

// rounds is how often each of careen and the floor is run, in turn: the time is that of
// the run in the middle, the memory that of the worst. CAREEN_ROUNDS says otherwise.
const rounds = 10

func roundsOf(b *testing.B) int {
	b.Helper()
	text := os.Getenv("CAREEN_ROUNDS")
	if text == "" {
		return rounds
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		b.Fatalf("CAREEN_ROUNDS=%s: not a number of rounds", text)
	}
	return n
}

// BenchmarkPlane loads a control plane with the population that the budgets are stated
// for and measures careen beside the floor of the same run. Like all of these it judges
// nothing: budgets says what is over.
func BenchmarkPlane(b *testing.B) {
	plane := &planetest.Plane{Options: controlplane.Options{Audit: true, Nodes: 120}}
	c := plane.Cluster(b)
	defer c.Stop()
	cfg := plane.Config(b, "")
	if err := population.Load(context.Background(), cfg, population.Budget, func(s string) { b.Log(s) }); err != nil {
		b.Fatal(err)
	}
	floor, storm := buildTool(b, "floor"), buildTool(b, "storm")
	b.ResetTimer()
	for range b.N {
		began := time.Now()
		look(b, c.Kubeconfig, floor, 1)
		countRequests(b, c, began)
		look(b, c.Kubeconfig, floor, roundsOf(b))
		livePart(b, c, cfg, storm)
	}
}

// buildTool builds a program of a folder beside this one.
func buildTool(b *testing.B, name string) (path string) {
	b.Helper()
	path = filepath.Join(b.TempDir(), name)
	if out, err := exec.Command("go", "build", "-o", path, "./"+name).CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return path
}

// BenchmarkSimulated measures careen beside the floor on simulated clusters, up to what
// Kubernetes itself supports.
func BenchmarkSimulated(b *testing.B) {
	for _, size := range []simulated.Size{simulated.Usual, simulated.Large, simulated.Utmost} {
		b.Run(strconv.Itoa(size.Pods), func(b *testing.B) {
			s := simulated.New(b, size)
			kubeconfig, floor := s.Kubeconfig(b), buildTool(b, "floor")
			look(b, kubeconfig, floor, 1) // the server learns how large its lists are
			b.ResetTimer()
			for range b.N {
				look(b, kubeconfig, floor, roundsOf(b))
			}
		})
	}
}

// look compares audits with the floor, run in turn.
func look(b *testing.B, kubeconfig, floor string, rounds int) {
	var ratios, walls, floors, peaks, floorPeaks []float64
	for range rounds {
		fw, fp := measure(b, func() *exec.Cmd {
			cmd := exec.Command(floor)
			cmd.Env = environment(kubeconfig)
			return cmd
		}())
		w, p := measure(b, command(kubeconfig, "audit", "-o", "json"))
		ratios, walls, floors = append(ratios, w/fw), append(walls, w), append(floors, fw)
		peaks, floorPeaks = append(peaks, p), append(floorPeaks, fp)
	}
	b.ReportMetric(median(ratios), "x-floor")
	b.ReportMetric(median(walls), "wall-s")
	b.ReportMetric(median(floors), "floor-s")
	b.ReportMetric(slices.Max(peaks), "peak-MB")
	b.ReportMetric(slices.Min(peaks), "least-peak-MB")
	b.ReportMetric(median(floorPeaks), "floor-MB")
}

// measure runs a command and returns its wall time in seconds and its peak
// resident memory in MB: the high-water mark of its own address space, since the
// one that wait4 reports begins with that of the process that forked it.
func measure(b *testing.B, cmd *exec.Cmd) (wall, peak float64) {
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	began := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			wall = time.Since(began).Seconds()
			if err != nil && cmd.ProcessState.ExitCode() > 1 {
				b.Fatalf("%v\n%s", err, out.String())
			}
			return wall, peak
		case <-tick.C:
			peak = max(peak, status(cmd.Process.Pid, "VmHWM:"))
		}
	}
}

func countRequests(b *testing.B, c *controlplane.Cluster, since time.Time) {
	requests, err := c.Requests(func(r controlplane.Request) bool {
		return careens(r) && r.ReceivedAt.After(since) && r.Stage != "ResponseStarted"
	})
	if err != nil {
		b.Fatal(err)
	}
	verbs := map[string]int{}
	for _, r := range requests {
		verbs[r.Verb]++
	}
	b.Logf("one audit sent %v", verbs)
}

// BenchmarkFirstFinding opens the interface on a simulated cluster, and measures when the
// first finding stands on the screen and when all is read.
func BenchmarkFirstFinding(b *testing.B) {
	s := simulated.New(b, simulated.Usual)
	kubeconfig, floor := s.Kubeconfig(b), buildTool(b, "floor")
	look(b, kubeconfig, floor, 1)
	b.ResetTimer()
	for range b.N {
		var parts, firsts, wholes []float64
		for range roundsOf(b) {
			first, whole := firstFinding(b, kubeconfig)
			parts, firsts, wholes = append(parts, first/whole), append(firsts, first), append(wholes, whole)
		}
		b.ReportMetric(median(parts), "of-the-look")
		b.ReportMetric(median(firsts), "first-s")
		b.ReportMetric(median(wholes), "whole-s")
	}
}

func firstFinding(b *testing.B, kubeconfig string) (first, whole float64) {
	b.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	began := time.Now()
	term, err := screen.Start(command(kubeconfig, "--read-only"), 160, 45)
	if err != nil {
		b.Fatal(err)
	}
	defer term.Close()
	if _, err := term.Until(ctx, "a finding", func(s string) bool { return strings.Contains(s, "team-") }); err != nil {
		b.Fatal(err)
	}
	first = time.Since(began).Seconds()
	if _, err := term.Until(ctx, "everything to be read", func(s string) bool { return strings.Contains(s, "watches live") }); err != nil {
		b.Fatal(err)
	}
	return first, time.Since(began).Seconds()
}

// status is a size in MB from /proc/PID/status; 0 where it is not there.
func status(pid int, field string) float64 {
	raw, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for _, line := range strings.Split(string(raw), "\n") {
		if rest, ok := strings.CutPrefix(line, field); ok {
			var kb float64
			fmt.Sscan(rest, &kb)
			return kb / 1024
		}
	}
	return 0
}

func median(list []float64) float64 { return quantile(list, 0.5) }

func quantile(list []float64, q float64) float64 {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}
