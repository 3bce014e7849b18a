//go:build e2e

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"

	"github.com/careen-tui/careen/internal/controlplane"
	"github.com/careen-tui/careen/internal/controlplane/planetest"
)

// The planes of many clusters at once: two with the same cause, an empty one, one that is
// looked at by who has no rights, and one that is stopped in the middle.
var fleetPlanes = []string{"ill", "ill-too", "empty", "shut", "stopped"}

// fleetOf starts the planes, and returns them with a kubeconfig that has a context for
// each and one more for the empty one.
func fleetOf(t *testing.T) (planes map[string]*planetest.Plane, kubeconfig string) {
	t.Helper()
	planes = map[string]*planetest.Plane{}
	var starting errgroup.Group
	for _, name := range fleetPlanes {
		p := &planetest.Plane{Options: controlplane.Options{Audit: true, Nodes: 1}}
		planes[name] = p
		starting.Go(func() error { p.Cluster(t); return nil })
	}
	t.Cleanup(func() {
		var ending errgroup.Group
		for _, p := range planes {
			ending.Go(p.Cluster(t).Stop)
		}
		if err := ending.Wait(); err != nil {
			t.Error(err)
		}
	})
	if err := starting.Wait(); err != nil {
		t.Fatal(err)
	}
	all := api.NewConfig()
	for name, p := range planes {
		one, err := clientcmd.LoadFromFile(p.Cluster(t).Kubeconfig)
		if err != nil {
			t.Fatal(err)
		}
		from := one.Contexts[controlplane.DemoContext]
		if name == "shut" {
			from = one.Contexts[controlplane.CIBotContext]
		}
		all.Clusters[name], all.AuthInfos[name] = one.Clusters[from.Cluster], one.AuthInfos[from.AuthInfo]
		all.Contexts[name] = &api.Context{Cluster: name, AuthInfo: name}
	}
	all.Contexts["empty-again"] = all.Contexts["empty"]
	kubeconfig = filepath.Join(t.TempDir(), "kubeconfig")
	if err := clientcmd.WriteToFile(*all, kubeconfig); err != nil {
		t.Fatal(err)
	}
	return planes, kubeconfig
}

// withoutAccount makes a Deployment whose ServiceAccount is not there.
func withoutAccount(t *testing.T, p *planetest.Plane, namespace, name string) {
	t.Helper()
	one, labels := int32(1), map[string]string{"app": name}
	_, err := p.Client(t).AppsV1().Deployments(namespace).Create(t.Context(), &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: appsv1.DeploymentSpec{
			Replicas: &one, Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec:       corev1.PodSpec{ServiceAccountName: "absent", Containers: []corev1.Container{{Name: name, Image: "web:1"}}},
			},
		},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
}

const absentAccount = "service-account-missing:shop/Deployment/web"

// papers runs an audit of many clusters, and returns their reports by context.
func papers(t *testing.T, kubeconfig string, contexts ...string) (map[string]fleetPaper, ran) {
	t.Helper()
	args := append([]string{"audit", "-o", "json", "--timeout=20s"}, quick...)
	for _, c := range contexts {
		args = append(args, "--contexts", c)
	}
	r := run(t, command(kubeconfig, args...))
	var list struct {
		Kind  string
		Items []fleetPaper
	}
	if err := json.Unmarshal([]byte(r.stdout), &list); err != nil || list.Kind != "ReportList" {
		t.Fatalf("%v: exit code %d: %v\n%s\n%s", contexts, r.code, err, r.stdout, r.stderr)
	}
	out := map[string]fleetPaper{}
	for _, d := range list.Items {
		out[d.Cluster.Context] = d
	}
	return out, r
}

type fleetPaper struct {
	paper
	Message string
}

// row is the line of a cluster on the screen.
func row(screen, context string) string {
	for _, line := range strings.Split(screen, "\n") {
		if fields := strings.Fields(strings.TrimLeft(line, "▌·│ ")); len(fields) > 0 && fields[0] == context {
			return line
		}
	}
	return ""
}

// TestManyClustersAtOnce looks at five control planes by audit and by the interface, and
// at two of them; one is stopped while both look on.
func TestManyClustersAtOnce(t *testing.T) {
	planes, kubeconfig := fleetOf(t)
	planes["ill"].Namespace(t, "shop")
	withoutAccount(t, planes["ill"], "shop", "web")
	planes["ill-too"].Namespace(t, "shop")
	withoutAccount(t, planes["ill-too"], "shop", "web")
	planes["stopped"].Namespace(t, "shop")
	withoutAccount(t, planes["stopped"], "shop", "web")
	for _, name := range []string{"ill", "ill-too", "stopped"} {
		planetest.Eventually(t, name+" to be ill", func(context.Context) error {
			if d, r := document(t, kubeconfig, append([]string{"--context", name}, quick...)...); len(d.find(absentAccount)) == 0 {
				return fmt.Errorf("%v %s", ids(d), r.stderr)
			}
			return nil
		})
	}

	// What is said of each is what is said of it alone.
	all, r := papers(t, kubeconfig, "*")
	if r.code != 1 || len(all) != len(fleetPlanes) || !strings.Contains(r.stderr, "empty-again leads to the same server as empty") {
		t.Errorf("exit code %d, %d reports: %s", r.code, len(all), r.stderr)
	}
	for name, d := range all {
		alone, _ := document(t, kubeconfig, append([]string{"--context", name}, quick...)...)
		if got, want := ids(d.paper), ids(alone); !slices.Equal(got, want) || d.Message != "" {
			t.Errorf("%s: %q; of many\n%v\nalone\n%v", name, d.Message, got, want)
		}
	}
	shut := all["shut"]
	for _, w := range shut.Coverage {
		if w.State == "live" {
			t.Errorf("who has no rights has read %s", w.Kind)
		}
	}
	if shut.Summary.Unknown == 0 || len(all["empty"].find(absentAccount)) > 0 {
		t.Errorf("shut: %+v; empty: %v", shut.Summary, ids(all["empty"].paper))
	}
	table := run(t, command(kubeconfig, append([]string{"audit", "--contexts", "ill*", "--severity=high"}, quick...)...))
	if n := strings.Count(table.stdout, "service-account-missing"); n != 1 || !strings.Contains(table.stdout, "ill-too") {
		t.Errorf("one cause of two clusters is on %d lines:\n%s", n, table.stdout)
	}

	// The same on the screen, live.
	ui := open(t, command(kubeconfig, append([]string{"--read-only", "--contexts", "*", "--timeout=20s"}, quick...)...), 160, 40)
	isLive := func(names ...string) func(string) bool {
		return func(s string) bool {
			return !slices.ContainsFunc(names, func(name string) bool { return !strings.Contains(row(s, name), "live") })
		}
	}
	ui.See("5 clusters").Until("what may be read to be live", isLive("ill", "ill-too", "empty", "stopped"))
	ui.Until("what may not to be said", func(s string) bool { return strings.Contains(row(s, "shut"), "forbidden: nothing of it may be read") })
	if !strings.Contains(row(ui.term.Text(), "empty"), "also empty-again") {
		t.Errorf("it does not say that two contexts are one cluster:\n%s", ui.term.Text())
	}
	ui.Press("right").Until("one line for the cause of three", func(s string) bool {
		line := row(strings.ReplaceAll(s, "! HIGH", ""), "service-account-missing")
		return strings.Contains(s, "3: ") && (line == "" || strings.Count(s, "Deployment shop/web") == 1)
	})
	ui.Press("left")

	// Nothing is read again while nothing moves.
	ui.Select("ill-too")
	lists := func(name string) (n int) {
		list, err := planes[name].Cluster(t).Requests(func(r controlplane.Request) bool { return careens(r) && r.Verb == "list" })
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	before := lists("ill-too")

	// What gets well in one is seen at once.
	ill := row(ui.term.Text(), "ill-too")
	if _, err := planes["ill-too"].Client(t).CoreV1().ServiceAccounts("shop").Create(t.Context(), &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "absent"}}, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := planes["ill-too"].Client(t).AppsV1().Deployments("shop").Delete(t.Context(), "web", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	counts := func(line string) string {
		before, _, _ := strings.Cut(line, "live")
		return strings.TrimLeft(before, "▌·│ ")
	}
	ui.Until("another count of ill-too", func(s string) bool {
		line := row(s, "ill-too")
		return strings.Contains(line, "live") && counts(line) != counts(ill)
	})
	if after := lists("ill-too"); after != before {
		t.Errorf("%d lists were sent to a cluster that is watched", after-before)
	}

	// One is entered and left: the page is as it was.
	ui.Select("ill  ").Press("enter").See("this is ill", "service-account-missing")
	ui.Press("[").See("Clusters 5").Until("the selection to be where it was", func(s string) bool {
		at, lines := selected(s)
		return strings.Fields(strings.TrimLeft(lines[at], "▌·│ "))[0] == "ill"
	})
	ui.Until("all to be live still", isLive("ill", "ill-too", "empty", "stopped"))

	// One is stopped, under the interface and for an audit of two.
	ctx := within(t, patience)
	if err := planes["stopped"].Cluster(t).StopAPIServer(ctx); err != nil {
		t.Fatal(err)
	}
	ui.Until("it to be stale since", func(s string) bool { return strings.Contains(row(s, "stopped"), "stale since") })
	if s := ui.term.Text(); !isLive("ill", "empty")(s) {
		t.Errorf("the others are not live any more:\n%s", s)
	}
	two, r := papers(t, kubeconfig, "empty", "stopped")
	if r.code != 4 || two["stopped"].Message == "" || two["empty"].Message != "" || !strings.Contains(r.stderr, "stopped: the cluster cannot be reached") {
		t.Errorf("two, of which one is stopped: exit code %d: %s", r.code, r.stderr)
	}
	if _, r = papers(t, kubeconfig, "stopped"); r.code != 3 {
		t.Errorf("one that is stopped: exit code %d: %s", r.code, r.stderr)
	}
	if _, r = papers(t, kubeconfig, "*"); r.code != 1 || !strings.Contains(r.stderr, "stopped: ") {
		t.Errorf("all: exit code %d: %s", r.code, r.stderr)
	}
	if err := planes["stopped"].Cluster(t).StartAPIServer(ctx); err != nil {
		t.Fatal(err)
	}
	ui.Until("it to be live again", isLive("stopped"))
	ui.Press("q").Ends(0)
	for name, p := range planes {
		readsAlone(t, name, p.Cluster(t))
	}
}

// readsAlone fails the test for every request of careen that is no read.
func readsAlone(t *testing.T, name string, c *controlplane.Cluster) {
	t.Helper()
	list, err := c.Requests(careens)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range list {
		review := r.Verb == "create" && strings.HasPrefix(r.Object.Resource, "selfsubject")
		if r.Verb != "get" && r.Verb != "list" && r.Verb != "watch" && !review {
			t.Errorf("%s: careen sent %s %s", name, r.Verb, r.URI)
		}
	}
	if len(list) == 0 {
		t.Errorf("%s: its audit log knows of no request of careen", name)
	}
}
