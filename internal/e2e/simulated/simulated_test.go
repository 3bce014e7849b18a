package simulated_test

import (
	"context"
	"net/http"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/careen-tui/careen/internal/apitest"
	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/e2e/simulated"
)

var few = simulated.Size{Namespaces: 3, Nodes: 4, Workloads: 10, Pods: 37, Releases: 5, Revisions: 2, Wrong: 2, Definitions: 2, Custom: 7}

func config(t *testing.T, s *simulated.Server) *rest.Config {
	t.Helper()
	cfg, err := clientcmd.BuildConfigFromFlags("", s.Kubeconfig(t))
	if err != nil {
		t.Fatal(err)
	}
	cfg.QPS = -1
	return cfg
}

// TestBothFormsAreTheSame lists by the typed clients of client-go, as protobuf and as
// JSON.
func TestBothFormsAreTheSame(t *testing.T) {
	s := simulated.New(t, few)
	for _, form := range []string{"application/vnd.kubernetes.protobuf", "application/json"} {
		cfg := config(t, s)
		cfg.ContentType = form
		client := kubernetes.NewForConfigOrDie(cfg)
		ctx := context.Background()
		pods, err := client.CoreV1().Pods("").List(ctx, metav1.ListOptions{ResourceVersion: "0"})
		if err != nil {
			t.Fatal(err)
		}
		if len(pods.Items) != few.Pods || pods.ResourceVersion == "" || pods.Items[0].Spec.Containers[0].Image == "" {
			t.Errorf("%s: %d pods at %q", form, len(pods.Items), pods.ResourceVersion)
		}
		names := map[string]bool{}
		for _, p := range pods.Items {
			names[p.Namespace+"/"+p.Name] = true
		}
		if len(names) != few.Pods {
			t.Errorf("%s: %d pods have names of their own", form, len(names))
		}
		one, err := client.CoreV1().Pods("team-0001").List(ctx, metav1.ListOptions{})
		if err != nil || len(one.Items) == 0 || len(one.Items) >= few.Pods {
			t.Errorf("%s: %d pods in one namespace, %v", form, len(one.Items), err)
		}
		got, err := client.CoreV1().Pods(one.Items[0].Namespace).Get(ctx, one.Items[0].Name, metav1.GetOptions{})
		if err != nil || got.UID != one.Items[0].UID {
			t.Errorf("%s: got %v, %v", form, got.UID, err)
		}
		records, err := client.CoreV1().Secrets("").List(ctx, metav1.ListOptions{FieldSelector: "type=helm.sh/release.v1"})
		if err != nil || len(records.Items) != few.Releases*few.Revisions || len(records.Items[0].Data["release"]) == 0 {
			t.Errorf("%s: %d records, %v", form, len(records.Items), err)
		}
		secrets, err := client.CoreV1().Secrets("").List(ctx, metav1.ListOptions{FieldSelector: "type!=helm.sh/release.v1"})
		if err != nil || len(secrets.Items) != few.Workloads {
			t.Errorf("%s: %d secrets, %v", form, len(secrets.Items), err)
		}
	}
}

func TestPages(t *testing.T) {
	s := simulated.New(t, few)
	client := dynamic.NewForConfigOrDie(config(t, s)).Resource(schema.GroupVersionResource{Group: "g0001.custom.example.com", Version: "v1", Resource: "widget0001s"})
	seen, token := 0, ""
	for {
		list, err := client.List(context.Background(), metav1.ListOptions{Limit: 3, Continue: token})
		if err != nil {
			t.Fatal(err)
		}
		seen += len(list.Items)
		if left := list.GetRemainingItemCount(); left != nil && int(*left) != few.Custom-seen {
			t.Errorf("%d left after %d", *left, seen)
		}
		if token = list.GetContinue(); token == "" {
			break
		}
	}
	if seen != few.Custom {
		t.Errorf("%d objects", seen)
	}
}

// TestAStreamEndsWithItsBookmark watches from the beginning.
func TestAStreamEndsWithItsBookmark(t *testing.T) {
	s := simulated.New(t, few)
	client := dynamic.NewForConfigOrDie(config(t, s)).Resource(schema.GroupVersionResource{Group: "g0000.custom.example.com", Version: "v1", Resource: "widget0000s"})
	yes := true
	w, err := client.Watch(t.Context(), metav1.ListOptions{SendInitialEvents: &yes, ResourceVersionMatch: metav1.ResourceVersionMatchNotOlderThan, AllowWatchBookmarks: true})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Stop()
	added := 0
	for e := range w.ResultChan() {
		if e.Type == "BOOKMARK" {
			break
		}
		added++
	}
	if added != few.Custom {
		t.Errorf("%d were added", added)
	}
}

func TestRefused(t *testing.T) {
	s := simulated.New(t, few)
	s.Refuse = func(w http.ResponseWriter, target connect.Target) bool {
		if target.Resource == "pods" && target.Namespace == "" {
			apitest.Status(w, http.StatusForbidden, "Forbidden", "no")
			return true
		}
		return false
	}
	client := kubernetes.NewForConfigOrDie(config(t, s))
	if _, err := client.CoreV1().Pods("").List(t.Context(), metav1.ListOptions{}); err == nil {
		t.Error("pods of all namespaces may be listed")
	}
	if list, err := client.CoreV1().Pods("team-0000").List(t.Context(), metav1.ListOptions{}); err != nil || len(list.Items) == 0 {
		t.Errorf("%d pods, %v", len(list.Items), err)
	}
}
