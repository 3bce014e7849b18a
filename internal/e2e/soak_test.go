//go:build e2e

package e2e

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/kubernetes"

	"github.com/careen-tui/careen/internal/cluster"
	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/controlplane"
	"github.com/careen-tui/careen/internal/controlplane/planetest"
	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// What happens under the interface: fifty changes a second, in as many namespaces as
// there are at a time.
const (
	soakEvery  = 20 * time.Millisecond
	soakSpaces = 4
	soakRound  = 100 // changes in a namespace before it goes
)

// TestInterfaceUnderChurn has an interface, and beside it an engine in this process, watch
// a cluster in which something changes fifty times a second: objects come, change and go,
// releases are upgraded, namespaces come and go. Memory stays flat, no goroutine is left
// over, and in the end both say what a fresh audit finds. It lasts as long as
// TestAgentUnderChurn does.
func TestInterfaceUnderChurn(t *testing.T) {
	lasts := churnFor
	if text := os.Getenv("CAREEN_SOAK"); text != "" {
		var err error
		if lasts, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
	}
	c := shared.Cluster(t)
	shared.Namespace(t, "soak-stays")
	withoutAccount(t, &shared.Plane, "soak-stays", "web")
	eng := engineOn(t, c)
	ui := open(t, command(c.Kubeconfig, append([]string{"--read-only"}, quick...)...), 160, 60).See(" live", "soak-stays/web")

	config := shared.Config(t, "")
	config.QPS = -1
	kube, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	ui.term.Blank() // the heap of this process is measured, in which the screen is as well
	s := &soak{T: t, kube: kube}
	tick := time.NewTicker(soakEvery)
	defer tick.Stop()
	var samples []measures
	var heaps, goroutines []float64
	began := time.Now()
	for measured := began; time.Since(began) < lasts; {
		<-tick.C
		s.change()
		if time.Since(measured) > time.Second {
			measured = time.Now()
			samples = append(samples, measures{"process_resident_memory_bytes": float64(resident(t, ui.term.Process().Pid))})
			var m runtime.MemStats
			ui.term.Forget()
			runtime.GC()
			runtime.ReadMemStats(&m)
			heaps, goroutines = append(heaps, float64(m.HeapAlloc)), append(goroutines, float64(runtime.NumGoroutine()))
		}
	}
	t.Logf("%d changes in %s, %.0f a second, in %d namespaces", s.n, lasts, float64(s.n)/time.Since(began).Seconds(), s.spaces)
	flat(t, samples)
	level(t, "bytes of the engine's heap", heaps, 1.05)
	level(t, "goroutines", goroutines, 1.02)
	s.end()
	if err := ui.term.Draw(); err != nil {
		t.Fatal(err)
	}
	same(t, c, eng)
	want := foundIn(t, c)
	ui.Filter("soak-").Until("what an audit finds", func(text string) bool {
		return strings.Contains(text, "soak-stays/web") && !strings.Contains(text, "soak-0") && len(want) > 0
	}).Quit()
}

// engineOn runs an engine in this process.
func engineOn(t *testing.T, c *controlplane.Cluster) *engine.Engine {
	t.Helper()
	flags, path := genericclioptions.NewConfigFlags(false), c.Kubeconfig
	flags.KubeConfig = &path
	conn, err := connect.Open(flags, connect.Options{Mode: connect.ReadOnly})
	if err != nil {
		t.Fatal(err)
	}
	source, err := cluster.Open(t.Context(), conn, cluster.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(source.Close)
	settings := probes.Defaults
	settings.StuckAfter, settings.StaleAfter, settings.OrphanAfter = time.Second, time.Second, time.Second
	eng := engine.Start(t.Context(), source, engine.Options{Probes: probes.All(), Settings: settings})
	t.Cleanup(eng.Stop)
	return eng
}

// same returns when the engine says of the namespaces of the soak what an audit does.
func same(t *testing.T, c *controlplane.Cluster, eng *engine.Engine) {
	t.Helper()
	planetest.Eventually(t, "the engine to find what an audit finds", func(context.Context) error {
		var have []string
		for _, f := range eng.Latest().Findings {
			if id := string(f.ID()); strings.Contains(id, "soak-") {
				have = append(have, id)
			}
		}
		slices.Sort(have)
		if want := foundIn(t, c); !slices.Equal(have, want) {
			return fmt.Errorf("it finds\n%s\nan audit\n%s", strings.Join(have, "\n"), strings.Join(want, "\n"))
		}
		return nil
	})
}

// foundIn are the findings of an audit in the namespaces of the soak.
func foundIn(t *testing.T, c *controlplane.Cluster) (found []string) {
	t.Helper()
	d, _ := document(t, c.Kubeconfig, quick...)
	for _, id := range ids(d) {
		if strings.Contains(id, "soak-") {
			found = append(found, id)
		}
	}
	slices.Sort(found)
	return found
}

// level holds the least of the last third against the least of the second: what is above
// it comes and goes.
func level(t *testing.T, what string, samples []float64, most float64) {
	t.Helper()
	third := len(samples) / 3
	if third < 20 {
		return
	}
	second, last := slices.Min(samples[third:2*third]), slices.Min(samples[2*third:])
	t.Logf("%s: %.0f in the second third, %.0f in the last", what, second, last)
	if last > most*second {
		t.Errorf("%s: %.0f, then %.0f", what, second, last)
	}
}

// resident is the memory of a process.
func resident(t *testing.T, pid int) int64 {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.ParseInt(strings.Fields(string(raw))[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}

// soak changes a cluster.
type soak struct {
	*testing.T
	kube   kubernetes.Interface
	n      int
	spaces int
	failed atomic.Int64
}

func (s *soak) space(i int) string { return fmt.Sprintf("soak-%05d", i) }

// change makes one change; each namespace goes after its round.
func (s *soak) change() {
	ctx, i := s.Context(), s.n
	s.n++
	if i%soakRound == 0 {
		_, err := s.kube.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: s.space(s.spaces)}}, metav1.CreateOptions{})
		s.must(err)
		if old := s.spaces - soakSpaces; old >= 0 {
			s.must(s.kube.CoreV1().Namespaces().Delete(ctx, s.space(old), metav1.DeleteOptions{}))
		}
		s.spaces++
		return
	}
	ns, step := s.space(s.spaces-1), i%soakRound
	maps := s.kube.CoreV1().ConfigMaps(ns)
	name := fmt.Sprintf("settings-%d", step/4)
	switch step % 4 {
	case 0:
		_, err := maps.Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name}, Data: map[string]string{"a": "1"}}, metav1.CreateOptions{})
		s.must(err)
	case 1, 2:
		if step < 4 {
			return
		}
		_, err := maps.Patch(ctx, name, types.MergePatchType, fmt.Appendf(nil, `{"data":{"a":"%d"}}`, i), metav1.PatchOptions{})
		s.must(err)
	case 3:
		s.upgrade(ctx, ns, step/4+1)
		if step >= 4 {
			s.must(maps.Delete(ctx, name, metav1.DeleteOptions{}))
		}
	}
}

// upgrade writes a revision of a release, and supersedes and prunes those before it.
func (s *soak) upgrade(ctx context.Context, ns string, revision int) {
	secrets := s.kube.CoreV1().Secrets(ns)
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	fmt.Fprintf(zip, `{"name":"app","namespace":%q,"version":%d,"info":{"status":"deployed","last_deployed":%q},"chart":{"metadata":{"name":"app","version":"1.0.%d"}},"manifest":""}`,
		ns, revision, time.Now().UTC().Format(time.RFC3339), revision)
	s.must(zip.Close())
	_, err := secrets.Create(ctx, &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{
			Name:   model.RecordName("app", revision),
			Labels: map[string]string{"name": "app", "owner": "helm", "status": "deployed", "version": strconv.Itoa(revision)},
		},
		Type: model.HelmSecretType, Data: map[string][]byte{"release": []byte(base64.StdEncoding.EncodeToString(packed.Bytes()))},
	}, metav1.CreateOptions{})
	s.must(err)
	if revision > 1 {
		_, err := secrets.Patch(ctx, model.RecordName("app", revision-1), types.MergePatchType, []byte(`{"metadata":{"labels":{"status":"superseded"}}}`), metav1.PatchOptions{})
		s.must(err)
	}
	if revision > 3 {
		s.must(secrets.Delete(ctx, model.RecordName("app", revision-3), metav1.DeleteOptions{}))
	}
}

// must lets pass that the server is busy with a namespace which goes.
func (s *soak) must(err error) {
	s.Helper()
	if err != nil && !apierrors.IsNotFound(err) && s.failed.Add(1) > 10 {
		s.Fatal(err)
	}
}

// end takes away what is left.
func (s *soak) end() {
	s.Helper()
	var names []string
	for i := max(0, s.spaces-soakSpaces-1); i < s.spaces; i++ {
		names = append(names, s.space(i))
	}
	shared.Remove(s.T, names...)
}
