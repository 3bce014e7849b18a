//go:build e2e

package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"

	"github.com/careen-tui/careen/internal/apitest"
)

// The clusters that are simulated, and what looking at all of them may take.
const (
	simulatedClusters = 50
	hanging           = 20
	podsOfOne         = 2000
	budgetOfMany      = 600 << 20
)

// simulation serves one cluster of 2,000 pods under many paths, and another path that
// never answers.
type simulation struct {
	*httptest.Server
	kubeconfig string

	mu          sync.Mutex
	asked, most int // requests that hang
}

func simulate(t *testing.T, hang int) *simulation {
	t.Helper()
	one := apitest.New(t)
	for i := range 20 {
		for _, doc := range []string{
			"{apiVersion: v1, kind: Namespace, metadata: {name: NS}, status: {phase: Active}}",
			"{apiVersion: v1, kind: ServiceAccount, metadata: {name: default, namespace: NS}}",
			"{apiVersion: v1, kind: Node, metadata: {name: NS}, status: {conditions: [{type: Ready, status: 'True'}]}}",
		} {
			one.Put(t, strings.ReplaceAll(doc, "NS", fmt.Sprintf("team-%02d", i)))
		}
	}
	for i := range podsOfOne {
		fill := strings.NewReplacer("NS", fmt.Sprintf("team-%02d", i/10%20), "APP", fmt.Sprintf("app-%03d", i/10), "NUMBER", strconv.Itoa(i))
		one.Put(t, fill.Replace(simulatedPod))
		if i%10 == 0 {
			one.Put(t, fill.Replace(simulatedApp))
			one.Put(t, fill.Replace(simulatedSet))
		}
	}
	s := &simulation{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		if strings.HasPrefix(name, "a-hangs") {
			s.hang(1)
			defer s.hang(-1)
			<-r.Context().Done()
			return
		}
		http.StripPrefix("/"+name, one).ServeHTTP(w, r)
	}))
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	all := api.NewConfig()
	for i := range simulatedClusters {
		name := fmt.Sprintf("c-%02d", i)
		if i < hang {
			name = fmt.Sprintf("a-hangs-%02d", i) // by their names they come first
		}
		all.Clusters[name] = &api.Cluster{Server: s.URL + "/" + name}
		all.AuthInfos[name], all.Contexts[name] = &api.AuthInfo{Token: name}, &api.Context{Cluster: name, AuthInfo: name}
	}
	s.kubeconfig = filepath.Join(t.TempDir(), "kubeconfig")
	if err := clientcmd.WriteToFile(*all, s.kubeconfig); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *simulation) hang(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked += n
	s.most = max(s.most, s.asked)
}

const (
	simulatedApp = `{apiVersion: apps/v1, kind: Deployment, metadata: {name: APP, namespace: NS, labels: {app: APP}}, spec: {replicas: 10, selector: {matchLabels: {app: APP}},
  template: {metadata: {labels: {app: APP}}, spec: {containers: [{name: main, image: "registry.example.com/team/APP:1.2.3"}]}}},
  status: {replicas: 10, readyReplicas: 10, availableReplicas: 10, updatedReplicas: 10, observedGeneration: 1}}`
	simulatedSet = `{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: APP-5d8f9c7b6d, namespace: NS, uid: rs-APP, labels: {app: APP, pod-template-hash: 5d8f9c7b6d},
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: APP, uid: uid-Deployment-APP, controller: true}]}, spec: {replicas: 10, selector: {matchLabels: {app: APP}},
  template: {metadata: {labels: {app: APP}}, spec: {containers: [{name: main, image: "registry.example.com/team/APP:1.2.3"}]}}},
  status: {replicas: 10, readyReplicas: 10, availableReplicas: 10, observedGeneration: 1}}`
	simulatedPod = `{apiVersion: v1, kind: Pod, metadata: {name: APP-5d8f9c7b6d-NUMBER, namespace: NS, labels: {app: APP, pod-template-hash: 5d8f9c7b6d},
  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: APP-5d8f9c7b6d, uid: rs-APP, controller: true}]},
  spec: {nodeName: NS, serviceAccountName: default, containers: [{name: main, image: "registry.example.com/team/APP:1.2.3",
    env: [{name: LOG_LEVEL, value: info}, {name: PORT, value: "8080"}], ports: [{containerPort: 8080, name: http}], resources: {requests: {cpu: 100m, memory: 128Mi}},
    readinessProbe: {httpGet: {path: /ready, port: http}}}]},
  status: {phase: Running, podIP: 10.0.0.1, conditions: [{type: Ready, status: "True"}], containerStatuses: [{name: main, ready: true, restartCount: 0, image: "registry.example.com/team/APP:1.2.3",
    imageID: "registry.example.com/team/APP@sha256:0000000000000000000000000000000000000000000000000000000000000000", state: {running: {startedAt: "2026-01-02T15:04:05Z"}}}]}}`
)

// TestFiftyClustersOfWhichTwentyHang asks the twenty at once, whatever --parallel says,
// so that together they take the time of one.
func TestFiftyClustersOfWhichTwentyHang(t *testing.T) {
	s := simulate(t, hanging)
	cmd := command(s.kubeconfig, "audit", "--contexts", "*", "-o", "json", "--timeout", "15s")
	began := time.Now()
	r := run(t, cmd)
	took, peak := time.Since(began), cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss<<10
	t.Logf("%d clusters, %d of which hang: %s, at most %d MB; %s of a processor", simulatedClusters, hanging, took.Round(100*time.Millisecond), peak>>20,
		(cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Round(100*time.Millisecond))
	if n := strings.Count(r.stderr, "the cluster cannot be reached"); r.code == 0 || r.code == 3 || n != hanging {
		t.Errorf("exit code %d; %d are said to hang: %s", r.code, n, r.stderr)
	}
	if s.most != hanging {
		t.Errorf("%d of those that hang were asked at once", s.most)
	}
	if n := strings.Count(r.stdout, `"version": "v1.36.0"`); n != simulatedClusters-hanging {
		t.Errorf("%d were read", n)
	}
	if peak > budgetOfMany {
		t.Errorf("it took %d MB", peak>>20)
	}
}

// TestFiftyClustersOnTheScreen has as many of them live as fit, and the others read.
func TestFiftyClustersOnTheScreen(t *testing.T) {
	s := simulate(t, 0)
	cmd := command(s.kubeconfig, "--read-only", "--contexts", "*", "--timeout", "60s")
	ui := open(t, cmd, 160, 60)
	count := func(text, state string) (n int) {
		for i := range simulatedClusters {
			if strings.Contains(row(text, fmt.Sprintf("c-%02d", i)), state) {
				n++
			}
		}
		return n
	}
	ui.See("50 clusters").Until("all to be read", func(text string) bool { return count(text, "now")+count(text, "1m") == simulatedClusters })
	isLive := count(ui.term.Text(), "now")
	peak := highWater(t, cmd.Process.Pid)
	t.Logf("%d clusters of %d pods, %d of which are live: at most %d MB", simulatedClusters, podsOfOne, isLive, peak>>20)
	if isLive == 0 || isLive == simulatedClusters {
		t.Errorf("%d are live", isLive)
	}
	if peak > budgetOfMany {
		t.Errorf("it took %d MB", peak>>20)
	}
	ui.Press("q").Ends(0)
}

// highWater is the most memory that a process has had.
func highWater(t *testing.T, pid int) (bytes int64) {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(raw)) {
		if text, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, err := strconv.ParseInt(strings.Fields(text)[0], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return kb << 10
		}
	}
	t.Fatal("the kernel does not tell how much memory it had")
	return 0
}
