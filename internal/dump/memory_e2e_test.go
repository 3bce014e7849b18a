//go:build e2e

package dump

import (
	"archive/tar"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/model"
)

const (
	memoryLimit = 300 << 20
)

// TestAGigabyteTakesLittleMemory reads an archive of a gigabyte, as it comes, within
// 300 MB of what the process asks of the machine: a must-gather's lists, objects as
// large as etcd takes, and logs of pods that come after them.
func TestAGigabyteTakesLittleMemory(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(50)) // as audit does
	r, w := io.Pipe()
	go func() {
		out := &counter{w: w}
		err := large(out)
		w.CloseWithError(err)
		t.Logf("%d MB", out.n>>20)
	}()
	file, err := Open("-", Options{Stdin: r})
	if err != nil {
		t.Fatal(err)
	}
	pods := len(file.Snapshot.Space("big").Tables[model.KindPod])
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	t.Logf("%d pods, %d MB asked of the machine, %d MB in use; %q", pods, m.Sys>>20, m.HeapAlloc>>20, file.Problems)
	if pods != manyPods || len(file.Problems) > 0 {
		t.Error("not everything was read")
	}
	if m.Sys > memoryLimit {
		t.Errorf("%d MB", m.Sys>>20)
	}
	runtime.KeepAlive(file)
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

const manyPods = 20_000

// large writes an archive of a gigabyte.
func large(to io.Writer) error {
	w := tar.NewWriter(to)
	entry := func(name string, head string, n int, item func(i int) string, tail string) error {
		size := len(head) + len(tail)
		for i := range n {
			size += len(item(i))
		}
		if err := w.WriteHeader(&tar.Header{Name: "gather/" + name, Mode: 0o600, Size: int64(size), Typeflag: tar.TypeReg}); err != nil {
			return err
		}
		if _, err := io.WriteString(w, head); err != nil {
			return err
		}
		for i := range n {
			if _, err := io.WriteString(w, item(i)); err != nil {
				return err
			}
		}
		_, err := io.WriteString(w, tail)
		return err
	}
	line := strings.Repeat("a line of a log that says little ", 4) + "\n"
	log := strings.Repeat(line, 4000)
	for i := range 820 { // 430 MB
		if err := entry(fmt.Sprintf("namespaces/big/pods/p%d/c/c/logs/current.log", i), "", 1, func(int) string { return log }, ""); err != nil {
			return err
		}
	}
	value := strings.Repeat("x", 1<<20)
	secrets := func(i int) string {
		return fmt.Sprintf("%s{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"s%d\",\"namespace\":\"big\"},\"data\":{\"x\":%q}}", comma(i), i, value[:len(value)/4*4])
	}
	if err := entry("namespaces/big/core/secrets.json", `{"apiVersion":"v1","kind":"SecretList","items":[`, 500, secrets, "]}\n"); err != nil {
		return err
	}
	block := "      " + strings.Repeat("y", 200) + "\n"
	block = strings.Repeat(block, 5000)
	maps := func(i int) string {
		return fmt.Sprintf("- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: c%d\n    namespace: big\n  data:\n    x: |\n%s", i, block)
	}
	if err := entry("namespaces/big/core/configmaps.yaml", "apiVersion: v1\nitems:\n", 100, maps, "kind: ConfigMapList\n"); err != nil {
		return err
	}
	pods := func(i int) string {
		return fmt.Sprintf("%s%s", comma(i), strings.NewReplacer("NAME", fmt.Sprintf("p%d", i)).Replace(onePod))
	}
	if err := entry("namespaces/big/core/pods.json", `{"apiVersion":"v1","kind":"PodList","items":[`, manyPods, pods, "]}\n"); err != nil {
		return err
	}
	return w.Close()
}

func comma(i int) string {
	if i == 0 {
		return ""
	}
	return ","
}

const onePod = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"NAME","namespace":"big","uid":"NAME","labels":{"app":"a"},"creationTimestamp":"2026-01-02T15:04:05Z",
"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"a","uid":"u","controller":true}]},
"spec":{"nodeName":"n1","containers":[{"name":"c","image":"registry.example/image:1","env":[{"name":"A","value":"1"}],"envFrom":[{"secretRef":{"name":"s1"}}]}]},
"status":{"phase":"Running","podIP":"10.0.0.1","containerStatuses":[{"name":"c","ready":true,"restartCount":1,"state":{"running":{"startedAt":"2026-01-02T15:04:05Z"}},"lastState":{"terminated":{"exitCode":0,"finishedAt":"2026-01-02T15:04:05Z"}}}]}}`
