//go:build e2e && linux

package controlplane_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/careen-tui/careen/internal/controlplane"
)

// heirVariable makes the test binary a process that starts a cluster, to be killed.
const heirVariable = "CAREEN_TEST_HEIR"

const missing = "keep-victoriametrics-e44307bec48549e0b67d3c4586965749"

func TestMain(m *testing.M) {
	if dir := os.Getenv(heirVariable); dir != "" {
		if _, err := controlplane.Start(context.Background(), controlplane.Options{Dir: dir}); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("started")
		select {}
	}
	os.Exit(m.Run())
}

func TestCluster(t *testing.T) {
	started := time.Now()
	c, err := controlplane.Start(t.Context(), controlplane.Options{
		Audit: true, Users: []string{"dev=team-a"}, Progress: func(line string) { t.Log(line) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Stop() })
	t.Logf("ready after %s", time.Since(started).Round(10*time.Millisecond))
	client := connect(t, c, controlplane.DemoContext)

	version, err := client.Discovery().ServerVersion()
	if err != nil || !strings.HasPrefix(version.GitVersion, "v1.") {
		t.Fatalf("server version: %v, %v", version, err)
	}

	t.Run("plain pods run", func(t *testing.T) {
		create(t, client, deployment("plain", 3, nil))
		eventually(t, func() error { return ready(client, "plain", 3) })
	})
	t.Run("an application without its secret crash-loops until it has it", func(t *testing.T) { crashLoop(t, client) })
	t.Run("a pod waits for a missing secret of its environment", func(t *testing.T) { missingEnvironment(t, client) })
	t.Run("the users may what they should", func(t *testing.T) { users(t, c) })
	t.Run("claims are bound", func(t *testing.T) { claims(t, client) })
	t.Run("the API server restarts in place", func(t *testing.T) {
		if err := c.Kill(t.Context(), controlplane.APIServer); err != nil {
			t.Fatal(err)
		}
		if err := c.StartAPIServer(t.Context()); err != nil {
			t.Fatal(err)
		}
		create(t, client, deployment("after", 2, nil))
		eventually(t, func() error { return ready(client, "after", 2) })
		if err := c.StopAPIServer(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := c.StopAPIServer(t.Context()); err == nil {
			t.Error("stopping what does not run succeeded")
		}
		if err := c.StartAPIServer(t.Context()); err != nil {
			t.Fatal(err)
		}
		eventually(t, func() error { return ready(client, "after", 2) })
	})
	t.Run("the audit log tells who asked for what", func(t *testing.T) {
		requests, err := c.Requests(func(r controlplane.Request) bool {
			return r.User.Name == controlplane.Admin && r.Verb == "create" && r.Object.Resource == "deployments"
		})
		if err != nil || len(requests) != 4 {
			t.Fatalf("%d requests, %v; want 4", len(requests), err)
		}
	})
	t.Run("nothing is left after Stop", func(t *testing.T) {
		if err := c.Stop(); err != nil {
			t.Fatal(err)
		}
		if left := processes(c.Dir); len(left) > 0 {
			t.Errorf("still running: %s", left)
		}
		if _, err := os.Stat(c.Dir); err == nil {
			t.Errorf("%s is still there", c.Dir)
		}
	})
}

func crashLoop(t *testing.T, client kubernetes.Interface) {
	create(t, client, deployment("keep", 1, map[string]string{"careen.dev/needs-secret": missing}))
	grantSecrets(t, client)
	eventually(t, func() error {
		pod, err := podOf(client, "keep")
		if err != nil {
			return err
		}
		if len(pod.Status.ContainerStatuses) == 0 {
			return fmt.Errorf("no status yet")
		}
		s := pod.Status.ContainerStatuses[0]
		if s.State.Waiting == nil || s.State.Waiting.Reason != "CrashLoopBackOff" {
			return fmt.Errorf("state %v", s.State)
		}
		if s.RestartCount < 1 || s.LastTerminationState.Terminated.ExitCode != 1 {
			return fmt.Errorf("restarts %d, last state %v", s.RestartCount, s.LastTerminationState)
		}
		events, err := client.CoreV1().Events("default").List(context.Background(), metav1.ListOptions{FieldSelector: "reason=BackOff"})
		if err != nil || len(events.Items) == 0 {
			return fmt.Errorf("no BackOff event: %w", err)
		}
		text, err := client.CoreV1().Pods("default").GetLogs(pod.Name, &corev1.PodLogOptions{Previous: true}).DoRaw(context.Background())
		if err != nil {
			return err
		}
		for _, want := range []string{"(404)", `"reason":"NotFound"`, `secrets \"` + missing + `\" not found`} {
			if !strings.Contains(string(text), want) {
				return fmt.Errorf("the previous log lacks %s:\n%s", want, text)
			}
		}
		return nil
	})
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: missing}}
	if _, err := client.CoreV1().Secrets("default").Create(t.Context(), secret, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	pod, err := podOf(client, "keep")
	if err != nil {
		t.Fatal(err)
	}
	if err := client.CoreV1().Pods("default").Delete(t.Context(), pod.Name, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() error { return ready(client, "keep", 1) })
}

func missingEnvironment(t *testing.T, client kubernetes.Interface) {
	d := deployment("environment", 1, nil)
	d.Spec.Template.Spec.Containers[0].EnvFrom = []corev1.EnvFromSource{
		{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: "absent"}}},
	}
	create(t, client, d)
	waits := func() error {
		pod, err := podOf(client, "environment")
		if err != nil {
			return err
		}
		for _, s := range pod.Status.ContainerStatuses {
			if w := s.State.Waiting; w != nil && w.Reason == "CreateContainerConfigError" && w.Message == `secret "absent" not found` {
				return nil
			}
		}
		return fmt.Errorf("statuses %v", pod.Status.ContainerStatuses)
	}
	eventually(t, waits)
	pod, err := podOf(client, "environment")
	if err != nil {
		t.Fatal(err)
	}
	watch, err := client.CoreV1().Pods("default").Watch(t.Context(), metav1.ListOptions{
		FieldSelector: "metadata.name=" + pod.Name, ResourceVersion: pod.ResourceVersion,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer watch.Stop()
	select {
	case event := <-watch.ResultChan():
		t.Errorf("nothing changed, and yet it was written to: %v", event.Object.(*corev1.Pod).Status)
	case <-time.After(3 * time.Second):
	}
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "absent"}}
	if _, err := client.CoreV1().Secrets("default").Create(t.Context(), secret, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() error { return ready(client, "environment", 1) })
}

func users(t *testing.T, c *controlplane.Cluster) {
	for name, want := range map[string]struct{ pods, secrets bool }{
		controlplane.DemoContext:          {pods: true, secrets: true},
		controlplane.ViewerContext:        {pods: true},
		controlplane.CIBotContext:         {},
		controlplane.DemoContext + "-dev": {},
	} {
		client := connect(t, c, name)
		_, err := client.CoreV1().Pods("default").List(t.Context(), metav1.ListOptions{})
		if (err == nil) != want.pods {
			t.Errorf("%s lists pods: %v", name, err)
		}
		_, err = client.CoreV1().Secrets("default").List(t.Context(), metav1.ListOptions{})
		if (err == nil) != want.secrets {
			t.Errorf("%s lists secrets: %v", name, err)
		}
	}
}

func claims(t *testing.T, client kubernetes.Interface) {
	api := client.CoreV1().PersistentVolumeClaims("default")
	for _, class := range []string{"standard", "standard-retain"} {
		claim := &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: class}, Spec: corev1.PersistentVolumeClaimSpec{
			StorageClassName: &class,
			AccessModes:      []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
			Resources:        corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")}},
		}}
		if _, err := api.Create(t.Context(), claim, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
		eventually(t, func() error {
			claim, err := api.Get(context.Background(), class, metav1.GetOptions{})
			if err != nil || claim.Status.Phase != corev1.ClaimBound {
				return fmt.Errorf("claim %s is not bound: %w", class, err)
			}
			return nil
		})
		if err := api.Delete(t.Context(), class, metav1.DeleteOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, func() error {
		volumes, err := client.CoreV1().PersistentVolumes().List(context.Background(), metav1.ListOptions{})
		if err != nil {
			return err
		}
		if len(volumes.Items) != 1 || volumes.Items[0].Status.Phase != corev1.VolumeReleased ||
			volumes.Items[0].Spec.StorageClassName != "standard-retain" {
			return fmt.Errorf("%d volumes, want the retained one, released", len(volumes.Items))
		}
		return nil
	})
}

func TestKilledParent(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cluster")
	heir := exec.Command(os.Args[0], "-test.run=^$")
	heir.Env = append(os.Environ(), heirVariable+"="+dir)
	out, err := heir.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := heir.Start(); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	if line != "started\n" {
		rest, _ := io.ReadAll(out)
		t.Fatalf("the process that should start a cluster said %s%s", line, rest)
	}
	if n := len(processes(dir)); n != 6 {
		t.Errorf("%d processes run, want 6", n)
	}
	if err := heir.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = heir.Wait()
	eventually(t, func() error {
		if left := processes(dir); len(left) > 0 {
			return fmt.Errorf("still running: %s", left)
		}
		if _, err := os.Stat(dir); err == nil {
			return fmt.Errorf("%s is still there", dir)
		}
		return nil
	})
}

func TestKilledCluster(t *testing.T) {
	c, err := controlplane.Start(t.Context(), controlplane.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range processes(c.Dir) {
		command, _ := os.ReadFile(filepath.Join("/proc", id, "cmdline"))
		if strings.Contains(string(command), "\x00up\x00") {
			var pid int
			fmt.Sscan(id, &pid)
			process, _ := os.FindProcess(pid)
			_ = process.Kill()
		}
	}
	<-c.Done()
	eventually(t, func() error {
		if left := processes(c.Dir); len(left) > 0 {
			return fmt.Errorf("still running: %s", left)
		}
		return nil
	})
	if err := c.Stop(); err != nil {
		t.Error(err)
	}
}
