//go:build e2e && linux

package cluster

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/controlplane"
	"github.com/careen-tui/careen/internal/controlplane/planetest"
	"github.com/careen-tui/careen/internal/model"
)

const agent = "careen/cluster-test"

// plane is the control plane that the tests of this package share.
var plane = planetest.Plane{Options: controlplane.Options{Audit: true}}

func TestMain(m *testing.M) { os.Exit(planetest.Main(m.Run, &plane)) }

func connectTo(t *testing.T, user string) *Source {
	t.Helper()
	flags := genericclioptions.NewConfigFlags(true)
	flags.KubeConfig, flags.Context = &plane.Cluster(t).Kubeconfig, &user
	conn, err := connect.Open(flags, connect.Options{Agent: agent})
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), conn, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	ctx, cancel := contextFor(t, 30*time.Second)
	defer cancel()
	if err := s.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	return s
}

func contextFor(t *testing.T, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(t.Context(), d)
}

func eachLive(snap *model.Snapshot) bool {
	for _, w := range snap.Coverage {
		if w.State != model.Live {
			return false
		}
	}
	return len(snap.Coverage) >= len(model.Builtin)
}

// Everything is read by at most one list and one watch a kind; nothing is listed
// or fetched while objects change; a killed server makes the data stale, a
// restarted one live.
func TestOnARealServer(t *testing.T) {
	c, client := plane.Cluster(t), plane.Client(t)
	s := connectTo(t, controlplane.DemoContext)
	await(t, s, "every kind live", eachLive)
	settled := time.Now()

	for i := range 20 {
		cm := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprint("c-", i), Namespace: "default"}, Data: map[string]string{"k": "v"}}
		if _, err := client.CoreV1().ConfigMaps("default").Create(t.Context(), cm, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	await(t, s, "what was created", func(snap *model.Snapshot) bool { return has(snap, model.KindConfigMap, "default", "c-19") })
	sent, err := c.Requests(func(r controlplane.Request) bool { return r.UserAgent == agent })
	if err != nil {
		t.Fatal(err)
	}
	watches, lists := map[string]bool{}, map[string]bool{}
	for _, r := range sent {
		switch {
		case r.Verb == "watch" && r.Stage == "ResponseStarted":
			if watches[r.URI] {
				t.Errorf("watched again: %s", r.URI)
			}
			watches[r.URI] = true
		case r.Verb == "list" && r.Stage == "ResponseComplete":
			if lists[r.URI] || r.ReceivedAt.After(settled) {
				t.Errorf("listed again: %s", r.URI)
			}
			lists[r.URI] = true
		case r.Verb == "get" && r.Object.Resource != "":
			t.Errorf("%s %s", r.Verb, r.URI)
		}
	}
	want := 2 // of release records
	for _, info := range model.Builtin {
		want += len(info.Scopes())
	}
	if len(watches) != want {
		t.Errorf("%d watches, want %d", len(watches), want)
	}

	if err := c.Kill(t.Context(), controlplane.APIServer); err != nil {
		t.Fatal(err)
	}
	snap := await(t, s, "staleness", func(snap *model.Snapshot) bool {
		w, _ := snap.State(model.KindConfigMap, "")
		return w.State == model.Stale && s.Err() != nil
	})
	if !has(snap, model.KindConfigMap, "default", "c-19") {
		t.Error("the data went with the server")
	}
	if err := c.StartAPIServer(t.Context()); err != nil {
		t.Fatal(err)
	}
	await(t, s, "life", func(snap *model.Snapshot) bool { return eachLive(snap) && s.Err() == nil })
}

func TestRightsOnARealServer(t *testing.T) {
	viewer, _ := connectTo(t, controlplane.ViewerContext).Snapshot()
	if _, why := viewer.Knows(model.KindSecret, "default"); why != "secrets: forbidden to viewer (list secrets)" {
		t.Errorf("secrets: %q", why)
	}
	if ok, why := viewer.Knows(model.KindConfigMap, "default"); !ok {
		t.Error(why)
	}
	nobody, _ := connectTo(t, controlplane.CIBotContext).Snapshot()
	for _, info := range model.Builtin {
		for _, ns := range info.Scopes() {
			if w, _ := nobody.State(info.Kind, ns); w.State != model.Forbidden {
				t.Errorf("%s: %+v", info.Kind, w)
			}
		}
	}
}
