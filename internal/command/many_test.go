package command

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"weak"

	"github.com/careen-tui/careen/internal/archive"
	"github.com/careen-tui/careen/internal/config"
	"github.com/careen-tui/careen/internal/report"
)

// fleet writes a kubeconfig of contexts that lead to servers, each as a user of its own
// unless the name of the context ends in -twin.
func (s *shell) fleet(servers map[string]string) {
	s.t.Helper()
	var clusters, users, contexts string
	for name, server := range servers {
		token := strings.TrimSuffix(name, "-twin")
		clusters += fmt.Sprintf("- {name: %q, cluster: {server: %q}}\n", name, server)
		users += fmt.Sprintf("- {name: %q, user: {token: %q}}\n", name, token)
		contexts += fmt.Sprintf("- {name: %q, context: {cluster: %q, user: %q}}\n", name, name, name)
	}
	s.t.Setenv("KUBECONFIG", s.file("kubeconfig", "apiVersion: v1\nkind: Config\nclusters:\n"+clusters+"users:\n"+users+"contexts:\n"+contexts))
}

func gone() string {
	server := httptest.NewServer(nil)
	server.Close()
	return server.URL
}

func (s *shell) reports() report.List {
	s.t.Helper()
	var l report.List
	if err := json.Unmarshal(s.out.Bytes(), &l); err != nil {
		s.t.Fatalf("%v: %s", err, s.out.String())
	}
	return l
}

func TestManyClustersInOneLook(t *testing.T) {
	s := newShell(t)
	well, broken, hidden := newAPIServer(t), newAPIServer(t), newAPIServer(t)
	broken.objects["secrets"] = []any{unreadable()}
	hidden.denied = []string{"list pods", "watch pods"}
	s.fleet(map[string]string{
		"prod-eu": broken.URL, "prod-us": broken.URL, "stage": well.URL, "stage-twin": well.URL + "/", "lab": gone(), "lost": gone(), "hidden": hidden.URL,
	})
	for _, c := range []struct {
		line     string
		want     int
		says     string // on standard error
		clusters string
	}{
		{"audit --contexts *", codeFindings, "stage-twin leads to the same server as stage", "hidden lab lost prod-eu prod-us stage"},
		{"audit --contexts prod-* --contexts stage", codeFindings, "", "prod-eu prod-us stage"},
		{"audit --contexts stage*", codeOK, "it is read once", "stage"},
		{"audit --contexts stage --contexts hidden", codePartial, "hidden: pods: forbidden", "hidden stage"},
		{"audit --contexts stage --contexts l??", codePartial, "lab: the cluster cannot be reached", "lab stage"},
		{"audit --contexts l*", codeUnreachable, "none of the clusters could be looked at", "lab lost"},
		{"audit --contexts prod-* --fail-on none --parallel 1", codeOK, "", "prod-eu prod-us"},
		{"audit --contexts prod-eu -n default -n gone", codeUsage, "-n gone: there is no such namespace in any", ""},
		{"audit --contexts l* -n gone", codeUnreachable, "none of the clusters", "lab lost"},
	} {
		t.Run(c.line, func(t *testing.T) {
			if code := s.run(append(strings.Fields(c.line), "-o", "json", "--log-file", filepath.Join(s.home, "log"))...); code != c.want || !strings.Contains(s.err.String(), c.says) {
				t.Fatalf("exit code %d, want %d; stderr lacks %q:\n%s", code, c.want, c.says, s.err.String())
			}
			if c.want == codeUsage {
				return
			}
			var names []string
			for _, d := range s.reports().Items {
				names = append(names, d.Cluster.Context)
				if d.Cluster.Server == "" || len(d.Coverage) == 0 {
					t.Errorf("%s: %+v", d.Cluster.Context, d)
				}
				if failed := d.Cluster.Context == "lab" || d.Cluster.Context == "lost"; failed != (d.Message != "") {
					t.Errorf("%s: message %q", d.Cluster.Context, d.Message)
				}
			}
			if got := strings.Join(names, " "); got != c.clusters {
				t.Errorf("clusters %s, want %s", got, c.clusters)
			}
		})
	}
	for _, format := range report.Lists.Names() {
		if code := s.run("audit", "--contexts", "*", "-o", format, "--log-file", filepath.Join(s.home, "log")); code != codeFindings || !strings.Contains(s.out.String(), "prod-us") {
			t.Errorf("-o %s: exit code %d: %s%s", format, code, s.out.String(), s.err.String())
		}
	}
}

func TestANamespaceThatOnlySomeClustersHave(t *testing.T) {
	s := newShell(t)
	with, without := newAPIServer(t), newAPIServer(t)
	with.objects["namespaces"] = append(with.objects["namespaces"], object{"metadata": object{"name": "shop", "uid": "9", "resourceVersion": "5"}, "status": object{"phase": "Active"}})
	s.fleet(map[string]string{"with": with.URL, "without": without.URL})
	if code := s.run("audit", "--contexts", "*", "-n", "shop", "-o", "json", "--log-file", filepath.Join(s.home, "log")); code != codePartial {
		t.Fatalf("exit code %d: %s", code, s.err.String())
	}
	for _, d := range s.reports().Items {
		absent := slices.ContainsFunc(d.Coverage, func(w report.Watch) bool {
			return w.Kind == "namespaces" && w.Namespace == "shop" && w.State == "absent"
		})
		if absent != (d.Cluster.Context == "without") {
			t.Errorf("%s: %+v", d.Cluster.Context, d.Coverage)
		}
	}
}

func TestABaselineOfManyClusters(t *testing.T) {
	s := newShell(t)
	broken := newAPIServer(t)
	broken.objects["secrets"] = []any{unreadable()}
	s.fleet(map[string]string{"a": broken.URL, "b": broken.URL})
	log := []string{"--log-file", filepath.Join(s.home, "log")}
	run := func(args ...string) int { return s.run(append(args, log...)...) }
	if code := run("audit", "--contexts", "a", "-o", "json"); code != codeFindings {
		t.Fatalf("exit code %d: %s", code, s.err.String())
	}
	one := s.file("one.json", s.out.String())
	if code := run("audit", "--contexts", "a", "--baseline", one); code != codeOK {
		t.Errorf("what is known of a counts: exit code %d: %s", code, s.out.String())
	}
	if code := run("audit", "--contexts", "*", "--baseline", one, "-o", "json"); code != codeFindings {
		t.Errorf("what is known of a is known of b: exit code %d", code)
	}
	for _, d := range s.reports().Items {
		if (d.Summary.Known > 0) != (d.Cluster.Context == "a") {
			t.Errorf("%s: %+v", d.Cluster.Context, d.Summary)
		}
	}
	for context, want := range map[string]int{"a": codeOK, "b": codeFindings} {
		if code := run("audit", "--context", context, "--baseline", one); code != want {
			t.Errorf("alone, %s: exit code %d, want %d", context, code, want)
		}
	}
	if code := run("audit", "--context", "a", "-o", "json"); code != codeFindings {
		t.Fatalf("exit code %d: %s", code, s.err.String())
	}
	single := s.file("single.json", s.out.String())
	if code := run("audit", "--context", "b", "--baseline", single); code != codeOK {
		t.Errorf("a report of one cluster is a baseline whatever the context is called: exit code %d", code)
	}
	if code := run("audit", "--contexts", "*", "--baseline", single); code != codeFindings {
		t.Errorf("of many clusters it is one of its own only: exit code %d", code)
	}
	if code := run("audit", "--baseline", s.file("bad.json", `{"apiVersion":"careen/v1alpha1","kind":"ReportList","items":[null]}`)); code != codeUsage {
		t.Errorf("an empty item: exit code %d", code)
	}
}

func TestContextsThatCannotBeMeant(t *testing.T) {
	s := newShell(t)
	s.fleet(map[string]string{"prod-eu": gone(), "prod-us": gone(), "stage": gone()})
	out := filepath.Join(s.home, "out")
	for line, want := range map[string]string{
		"audit --contexts prd-*":                          "--contexts prd-*: no context of the kubeconfig fits; there are: prod-eu, prod-us and stage",
		"audit --contexts prod-* --contexts stag":         "--contexts stag: no context of the kubeconfig fits; there are: stage, prod-eu and prod-us",
		"audit --contexts * --context stage":              "--contexts and --context cannot be used together",
		"audit --contexts * --server https://x":           "--contexts and --server cannot be used together",
		"audit --contexts * --token x":                    "--contexts and --token cannot be used together",
		"audit --contexts * --from x":                     "--contexts and --from cannot be used together",
		"audit --contexts * --watch":                      "--watch and --contexts cannot be used together",
		"audit --contexts * --parallel 0":                 "--parallel 0: at least one",
		"audit --contexts * -o nosuch":                    "-o nosuch: unknown format",
		"audit --parallel 2":                              "--parallel goes with --contexts",
		"snapshot --contexts *":                           "-o FILE is missing",
		"snapshot --contexts nosuch -o " + out:            "no context of the kubeconfig fits",
		"snapshot --contexts * -o /dev/null":              "-o /dev/null: ",
		"snapshot --contexts * --cluster stage -o " + out: "--contexts and --cluster cannot be used together",
		"--contexts prod-*":                               "the interface needs a terminal",
		"--contexts stage":                                "the interface needs a terminal",
		"--contexts nosuch":                               "no context of the kubeconfig fits",
		"graph --contexts *":                              "unknown flag: --contexts",
	} {
		t.Run(line, func(t *testing.T) {
			if code := s.run(append(strings.Fields(line), "--log-file", filepath.Join(s.home, "log"))...); code != codeUsage || !strings.Contains(s.err.String(), want) {
				t.Errorf("exit code %d; stderr lacks %q: %q", code, want, s.err.String())
			}
		})
	}
	t.Setenv("KUBECONFIG", s.file("dangling", "apiVersion: v1\nkind: Config\ncontexts:\n- {name: a, context: {cluster: gone, user: x}}\n- {name: b, context: {cluster: gone, user: x}}\n"))
	if code := s.run("audit", "--contexts", "*", "--log-file", filepath.Join(s.home, "log")); code != codeUsage || !strings.Contains(s.err.String(), `names cluster "gone"`) {
		t.Errorf("a kubeconfig that leads nowhere: exit code %d; %s", code, s.err.String())
	}
}

func TestSnapshotsOfManyClusters(t *testing.T) {
	s := newShell(t)
	well := newAPIServer(t)
	s.fleet(map[string]string{"arn:aws:eks/prod": well.URL, "ARN-AWS-EKS-PROD": well.URL, "stage": well.URL, "lab": gone()})
	folder := filepath.Join(s.home, "new", "folder")
	log := filepath.Join(s.home, "log")
	if code := s.run("snapshot", "--contexts", "*", "-o", folder, "--log-file", log); code != codePartial || !strings.Contains(s.err.String(), "lab: the cluster cannot be reached") {
		t.Errorf("exit code %d: %s", code, s.err.String())
	}
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Name())
		if _, err := archive.Open(filepath.Join(folder, f.Name())); err != nil {
			t.Errorf("%s: %v", f.Name(), err)
		}
	}
	if want := []string{"ARN-AWS-EKS-PROD.careen", "arn-aws-eks-prod-2.careen", "stage.careen"}; !slices.Equal(names, want) {
		t.Errorf("files %q, want %q", names, want)
	}
	if code := s.run("snapshot", "--contexts", "stage", "-o", filepath.Join(folder, "redacted"), "--redact", "names", "--log-file", log); code != codeOK {
		t.Errorf("exit code %d: %s", code, s.err.String())
	}
	if _, err := os.Stat(filepath.Join(folder, "redacted", "cluster-1.careen")); err != nil {
		t.Error("a redacted file is named after its context")
	}
	if code := s.run("snapshot", "--contexts", "lab", "-o", folder, "--log-file", log); code != codeUnreachable {
		t.Errorf("none could be reached: exit code %d: %s", code, s.err.String())
	}
}

func TestContextsAreCompleted(t *testing.T) {
	s := newShell(t)
	s.fleet(map[string]string{"prod-eu": gone(), "prod-us": gone(), "stage": gone()})
	if code := s.run("__complete", "audit", "--contexts", "prod"); code != codeOK || !strings.HasPrefix(s.out.String(), "prod-eu\nprod-us\n:") {
		t.Errorf("exit code %d: %s%s", code, s.out.String(), s.err.String())
	}
}

func TestFileNamesOfContextsAreHarmless(t *testing.T) {
	places := []place{{context: "../../etc/passwd"}, {context: "..."}, {context: strings.Repeat("x", 500)}, {context: "a\x1b[31m/b"}, {context: "-rf"}}
	got := fileNames(places, false)
	for i, name := range got {
		if strings.ContainsAny(name, "/\x1b") || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "-") || len(name) > maxFileName+20 || slices.Contains(got[:i], name) {
			t.Errorf("%q", name)
		}
	}
}

func TestAtMostSoManyClustersAtATime(t *testing.T) {
	o := newOptions()
	o.parallel = 2
	kubeconfig := "/nonexistent"
	o.kube.KubeConfig = &kubeconfig
	o.known = config.NewKnown(nil, nil, time.Now())
	ss := &session{options: o, ctx: t.Context(), log: slog.New(slog.DiscardHandler)}
	var running, most atomic.Int32
	pairs := make(chan struct{}) // two meet here, so that two are running
	places := make([]place, 6)
	errs, err := ss.everywhere(places, nil, func(int, *session) error {
		n := running.Add(1)
		defer running.Add(-1)
		for {
			m := most.Load()
			if n <= m || most.CompareAndSwap(m, n) {
				break
			}
		}
		select {
		case pairs <- struct{}{}:
		case <-pairs:
		}
		return nil
	})
	if err != nil || len(errs) != 6 || most.Load() != 2 {
		t.Errorf("%d at a time, %d errors, %v", most.Load(), len(errs), err)
	}
	held := make([]weak.Pointer[session], len(places))
	if _, err = ss.everywhere(places, nil, func(i int, one *session) error { held[i] = weak.Make(one); return nil }); err != nil {
		t.Error(err)
	}
	runtime.GC()
	if slices.ContainsFunc(held, func(p weak.Pointer[session]) bool { return p.Value() != nil }) {
		t.Error("a session is kept after its cluster was looked at, with all that it read")
	}
	_, err = ss.everywhere(places, nil, func(i int, _ *session) error {
		if i == 3 {
			panic("a fault")
		}
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "a fault") {
		t.Errorf("a crash in one: %v", err)
	}
}
