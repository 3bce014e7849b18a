package agent

import (
	"maps"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/apitest"
	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/golden"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/openreports"
)

func sampleLook(summary string, at time.Time) *openreports.Look {
	f := &finding.Finding{Probe: "config-bad", Subject: model.Ref{Kind: model.KindConfigMap, Namespace: "shop", Name: "bad"}, Severity: finding.High, Summary: summary}
	all := &finding.Finding{Probe: "config-bad", Subject: model.Ref{Kind: model.KindNode, Name: "n"}, Severity: finding.High, Summary: summary}
	return &openreports.Look{Findings: []openreports.Finding{{Finding: f}, {Finding: all}}, At: at, Name: Name}
}

func TestWhatIsServed(t *testing.T) {
	w := newWorld(t, "shop")
	w.install(openreports.OpenReports)
	w.configMap("shop", "bad")
	var away atomic.Bool
	away.Store(true)
	w.Refuse = func(rw http.ResponseWriter, _ connect.Target) bool {
		if away.Load() {
			apitest.Status(rw, http.StatusUnauthorized, "Unauthorized", "Unauthorized")
		}
		return away.Load()
	}
	a := w.start(Auto)
	w.until("the server to be away", func() (bool, string) {
		code, why := a.get(t, "/readyz")
		return code == http.StatusServiceUnavailable && strings.Contains(why, "the cluster does not answer"), why
	})
	if code, body := a.get(t, "/healthz"); code != http.StatusOK || body != "ok\n" {
		t.Errorf("healthz: %d %s", code, body)
	}
	if _, metrics := a.get(t, "/metrics"); !strings.Contains(metrics, "careen_cluster_up 0\n") || !strings.Contains(metrics, "careen_first_look_complete 0\n") {
		t.Errorf("metrics:\n%s", metrics)
	}
	away.Store(false)
	w.await(reports, group, map[string]string{"shop/careen": "config-bad:shop/ConfigMap/bad"})
	if code, body := a.get(t, "/readyz"); code != http.StatusOK {
		t.Errorf("readyz: %d %s", code, body)
	}
	var metrics string
	w.until("the write to be counted", func() (bool, string) { // the server has the report before the agent has its answer
		_, metrics = a.get(t, "/metrics")
		return strings.Contains(metrics, `careen_report_writes_total{verb="create"} 1`), metrics
	})
	for _, want := range []string{
		`careen_findings{grade="proved",namespace="shop",probe="config-bad",severity="high"} 1`, "careen_cluster_up 1", "careen_leader 1", "careen_first_look_complete 1",
		`careen_publishing{to="openreports.io/v1alpha1"} 1`, `careen_build_info{version="v1.2.3"} 1`, `careen_watches{resource="configmaps",state="live"} 1`,
		`careen_watched_objects{resource="configmaps"} 1`, "careen_report_objects 1", "go_goroutines", "process_resident_memory_bytes",
	} {
		if !strings.Contains(metrics, want) {
			t.Errorf("metrics lack %s", want)
		}
	}
	var names []string
	for line := range strings.Lines(metrics) {
		if name, ok := strings.CutPrefix(line, "# TYPE careen_"); ok {
			name, _, _ = strings.Cut(name, " ")
			names = append(names, "careen_"+name)
		}
	}
	for _, name := range names {
		if !slices.Contains(Metrics(), name) {
			t.Errorf("%s is in no list", name)
		}
	}
	for _, name := range Metrics() {
		if name != "careen_known_findings" && !slices.Contains(names, name) { // there are none
			t.Errorf("%s is not served", name)
		}
	}
	golden.Equal(t, filepath.Join(deploy, "test", "testdata", "series.txt"), seriesOf(metrics))
	for path, want := range map[string]int{"/": 404, "/debug/pprof/": 404, "/metrics/x": 404} {
		if code, _ := a.get(t, path); code != want {
			t.Errorf("%s: %d", path, code)
		}
	}
	resp, err := http.Post(a.url+"/metrics", "text/plain", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST /metrics: %d", resp.StatusCode)
	}
}

// seriesOf are the series of careen's own that are served, and their labels: what
// dashboard and alerts are held against by Prometheus' code, in a module of its own.
func seriesOf(metrics string) string {
	lines := map[string]bool{"careen_known_findings grade namespace probe severity": true} // as careen_findings; there are none
	for line := range strings.Lines(metrics) {
		name, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if name, list, ok := strings.Cut(name, "{"); ok && strings.HasPrefix(name, "careen_") {
			for _, m := range regexp.MustCompile(`(\w+)="`).FindAllStringSubmatch(list+" "+rest, -1) {
				name += " " + m[1]
			}
			lines[name] = true
		} else if strings.HasPrefix(name, "careen_") {
			lines[name] = true
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(lines)), "\n") + "\n"
}

func TestAServerThatGoesAwayAndComesBack(t *testing.T) {
	w := newWorld(t, "shop")
	w.install(openreports.OpenReports)
	w.configMap("shop", "bad")
	var away atomic.Bool
	w.Refuse = func(rw http.ResponseWriter, _ connect.Target) bool {
		if away.Load() {
			apitest.Status(rw, http.StatusUnauthorized, "Unauthorized", "Unauthorized")
		}
		return away.Load()
	}
	a := w.start(Auto)
	want := map[string]string{"shop/careen": "config-bad:shop/ConfigMap/bad"}
	w.await(reports, group, want)
	away.Store(true)
	w.CloseClientConnections()
	w.said("the cluster does not answer: what was found stays as it is")
	if _, metrics := a.get(t, "/metrics"); !strings.Contains(metrics, "careen_cluster_up 0\n") || !strings.Contains(metrics, `careen_findings{grade="proved",namespace="shop"`) {
		t.Errorf("metrics:\n%s", metrics)
	}
	if code, _ := a.get(t, "/readyz"); code != http.StatusOK {
		t.Errorf("readyz: %d: who scrapes would learn nothing", code)
	}
	before := a.writes()
	away.Store(false)
	w.said("the cluster answers again")
	w.configMap("shop", "bad-2")
	w.await(reports, group, map[string]string{"shop/careen": "config-bad:shop/ConfigMap/bad config-bad:shop/ConfigMap/bad-2"})
	if before != "create reports 1\n" {
		t.Errorf("it wrote\n%s", before)
	}
}

func TestPublishIsParsed(t *testing.T) {
	for _, p := range Publishes {
		if got, err := ParsePublish(string(p)); err != nil || got != p {
			t.Errorf("%s: %s, %v", p, got, err)
		}
	}
	if _, err := ParsePublish("openreport"); err == nil || !strings.Contains(err.Error(), `did you mean "openreports"?`) {
		t.Errorf("%v", err)
	}
}

func TestAnAgentMayWriteWhatItPublishesAlone(t *testing.T) {
	for publish, want := range map[Publish]string{
		None:        "",
		OpenReports: "openreports.io/reports openreports.io/clusterreports coordination.k8s.io/leases",
		Auto: "openreports.io/reports openreports.io/clusterreports wgpolicyk8s.io/policyreports wgpolicyk8s.io/clusterpolicyreports " +
			"coordination.k8s.io/leases",
	} {
		var got []string
		for _, w := range Writes(publish, "home") {
			got = append(got, w.Group+"/"+w.Resource)
			if w.Name == "" || w.Resource == "leases" && w.Namespace != "home" {
				t.Errorf("%s: %+v", publish, w)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v", publish, got)
		}
	}
}
