package agent

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/apitest"
	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/openreports"
)

const reports, group = "reports", "openreports.io"

func TestReportObjectsFollowWhatIsFound(t *testing.T) {
	w := newWorld(t, "shop", "quiet")
	w.install(openreports.OpenReports)
	w.configMap("shop", "bad-1")
	a := w.start(Auto)
	w.watching(1)
	w.await(reports, group, map[string]string{"shop/careen": "config-bad:shop/ConfigMap/bad-1"})
	w.configMap("shop", "bad-2")
	w.configMap("quiet", "bad")
	w.await(reports, group, map[string]string{"shop/careen": "config-bad:shop/ConfigMap/bad-1 config-bad:shop/ConfigMap/bad-2", "quiet/careen": "config-bad:quiet/ConfigMap/bad"})
	before, lists := a.writes(), a.lists()
	w.configMap("shop", "good") // which moves the namespace, and finds nothing
	w.removeConfigMap("shop", "bad-2")
	w.removeConfigMap("quiet", "bad")
	w.await(reports, group, map[string]string{"shop/careen": "config-bad:shop/ConfigMap/bad-1"})
	if after := a.writes(); after != "create reports 2\ndelete reports 1\nupdate reports 2\n" {
		t.Errorf("it wrote\n%sand before that\n%s", after, before)
	}
	if n := a.lists(); n != lists {
		t.Errorf("%d lists were sent meanwhile", n-lists)
	}
	o := w.Objects(reports, group)["shop/careen"]
	labels := o["metadata"].(map[string]any)["labels"].(map[string]any)
	if labels[ownedKey] != owner || o["kind"] != "Report" || o["apiVersion"] != "openreports.io/v1alpha1" {
		t.Errorf("it wrote %v", o)
	}
	if strings.Contains(w.log.String(), "somebody else") {
		t.Errorf("it takes its own writes for somebody else's:\n%s", w.log.String())
	}
	if err := a.end(); err != nil {
		t.Error(err)
	}
	if len(w.reports(reports, group)) != 1 {
		t.Error("it took its reports away when it ended")
	}
	w.watching(0)
	again := w.start(Auto)
	w.watching(1)
	w.configMap("quiet", "bad")
	w.await(reports, group, map[string]string{"shop/careen": "config-bad:shop/ConfigMap/bad-1", "quiet/careen": "config-bad:quiet/ConfigMap/bad"})
	if got := again.writes(); got != "create reports 1\n" {
		t.Errorf("one that was started again wrote what was there:\n%s", got)
	}
}

func TestAPIsThatComeAndGo(t *testing.T) {
	w := newWorld(t, "shop")
	w.configMap("shop", "bad")
	a := w.start(Auto)
	w.watching(1)
	w.said("metrics alone are served: reports.openreports.io: not installed and policyreports.wgpolicyk8s.io: not installed")
	want := map[string]string{"shop/careen": "config-bad:shop/ConfigMap/bad"}

	w.install(openreports.PolicyReports)
	w.await("policyreports", "wgpolicyk8s.io", want)
	w.install(openreports.OpenReports) // which is liked better
	w.await(reports, group, want)
	w.await("policyreports", "wgpolicyk8s.io", map[string]string{})

	w.uninstall(openreports.OpenReports)
	w.await("policyreports", "wgpolicyk8s.io", want)
	w.uninstall(openreports.PolicyReports)
	w.until("to be without", func() (bool, string) {
		_, metrics := a.get(t, "/metrics")
		return strings.Contains(metrics, `careen_publishing{to="none"} 1`), metrics
	})
	other := openreports.OpenReports
	other.APIVersion = "openreports.io/v1beta1"
	w.install(other)
	w.said("reports.openreports.io: not served as v1alpha1")
}

func TestAWebhookThatRefuses(t *testing.T) {
	w := newWorld(t, "shop", "other", "ending")
	w.install(openreports.OpenReports)
	for _, ns := range []string{"shop", "other", "ending"} {
		w.configMap(ns, "bad")
	}
	var refusing atomic.Bool
	refusing.Store(true)
	w.Refuse = func(rw http.ResponseWriter, target connect.Target) bool {
		switch {
		case !refusing.Load() || target.Verb != "create" || target.Resource != reports:
			return false
		case target.Namespace == "shop":
			apitest.Status(rw, http.StatusForbidden, "Forbidden", `admission webhook "strict.example" denied the request: no reports here`)
		case target.Namespace == "ending":
			rw.Header().Set("Content-Type", "application/json")
			rw.WriteHeader(http.StatusForbidden)
			_, _ = rw.Write([]byte(`{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403,"message":"it is being terminated","details":{"causes":[{"reason":"NamespaceTerminating"}]}}`))
		default:
			return false
		}
		return true
	}
	a := w.start(OpenReports)
	w.await(reports, group, map[string]string{"other/careen": "config-bad:other/ConfigMap/bad"})
	w.said(`Report shop/careen: forbidden: admission webhook \"strict.example\" denied the request: no reports here`)
	if strings.Contains(w.log.String(), "ending/careen") {
		t.Errorf("a namespace that ends is a failure:\n%s", w.log.String())
	}
	if _, metrics := a.get(t, "/metrics"); !strings.Contains(metrics, "\ncareen_report_write_failures_total ") || strings.Contains(metrics, "careen_report_write_failures_total 0\n") {
		t.Error("metrics do not count it")
	}
	refusing.Store(false)
	w.await(reports, group, map[string]string{
		"other/careen": "config-bad:other/ConfigMap/bad", "shop/careen": "config-bad:shop/ConfigMap/bad", "ending/careen": "config-bad:ending/ConfigMap/bad",
	})
	if n := strings.Count(w.log.String(), "was not written"); n != 1 {
		t.Errorf("it was said %d times", n)
	}
}

func TestWhatIsSomebodyElses(t *testing.T) {
	w := newWorld(t, "shop", "taken")
	w.install(openreports.OpenReports)
	w.Put(t, "apiVersion: openreports.io/v1alpha1\nkind: Report\nmetadata: {name: careen, namespace: taken}\n")
	w.Put(t, "apiVersion: openreports.io/v1alpha1\nkind: Report\nmetadata: {name: other, namespace: shop, labels: {app.kubernetes.io/managed-by: careen}}\n")
	w.configMap("shop", "bad")
	w.configMap("taken", "bad")
	w.start(OpenReports)
	w.watching(1)
	w.await(reports, group, map[string]string{"shop/careen": "config-bad:shop/ConfigMap/bad", "taken/careen": "", "shop/other": ""})
	w.said("Report taken/careen: there is one of that name that is not careen's")

	// Somebody changes what careen wrote.
	o := w.Objects(reports, group)["shop/careen"]
	meta := o["metadata"].(map[string]any)
	w.do(http.MethodPut, "/apis/openreports.io/v1alpha1/namespaces/shop/reports/careen", map[string]any{
		"apiVersion": o["apiVersion"], "kind": o["kind"], "results": []any{},
		"metadata": map[string]any{"name": "careen", "namespace": "shop", "uid": meta["uid"], "labels": meta["labels"], "generation": 2},
	})
	w.await(reports, group, map[string]string{"shop/careen": "config-bad:shop/ConfigMap/bad", "taken/careen": "", "shop/other": ""})
	w.said("somebody else changes a report object")
}

func TestTwoAgentsDoNotFight(t *testing.T) {
	w := newWorld(t, "shop", "home")
	w.install(openreports.OpenReports)
	w.configMap("shop", "bad")
	first := w.start(Auto)
	want := map[string]string{"shop/careen": "config-bad:shop/ConfigMap/bad"}
	w.await(reports, group, want)
	second := w.start(Auto)
	w.watching(2)
	w.said("another agent writes")
	w.removeConfigMap("shop", "bad")
	w.await(reports, group, map[string]string{})
	if got := second.writes(); got != "" {
		t.Errorf("the second wrote\n%s", got)
	}
	if err := first.end(); err != nil {
		t.Error(err)
	}
	w.configMap("shop", "bad")
	w.await(reports, group, want)
	if got := second.writes(); got != "create reports 1\n" {
		t.Errorf("the second wrote\n%s", got)
	}
	if len(w.Objects("leases", "coordination.k8s.io")) != 1 {
		t.Errorf("leases: %v", w.Objects("leases", "coordination.k8s.io"))
	}
}

func TestOneNamespaceHasNoClusterReport(t *testing.T) {
	w := newWorld(t, "shop", "other")
	w.install(openreports.OpenReports)
	w.configMap("shop", "bad")
	w.configMap("other", "bad")
	w.start(Auto, "shop")
	w.await(reports, group, map[string]string{"shop/careen": "config-bad:shop/ConfigMap/bad"})
}

func TestPublishingNothing(t *testing.T) {
	w := newWorld(t, "shop")
	w.install(openreports.OpenReports)
	w.configMap("shop", "bad")
	a := w.start(None)
	w.until("metrics", func() (bool, string) {
		_, metrics := a.get(t, "/metrics")
		return strings.Contains(metrics, `careen_findings{grade="proved",namespace="shop",probe="config-bad",severity="high"} 1`), metrics
	})
	if got := a.writes(); got != "" || len(w.Objects("leases", "coordination.k8s.io")) > 0 || len(w.reports(reports, group)) > 0 {
		t.Errorf("it wrote %s %v", got, w.Objects("leases", "coordination.k8s.io"))
	}
}

func TestWhatTimeAloneChangesIsNotWritten(t *testing.T) {
	var s seen
	at := time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)
	look := func(age string, after time.Duration) map[string]object {
		return s.wanted(openreports.OpenReports, sampleLook("It has been pending for "+age+".", at.Add(after)), false)
	}
	first, later := look("5m", 0), look("2h", 2*time.Hour)
	a, b := first["shop"], later["shop"]
	if a.digest != b.digest || a.whole == b.whole {
		t.Errorf("%v then %v", a, b)
	}
	if a.Results[0].Timestamp != b.Results[0].Timestamp {
		t.Errorf("first seen at %v, then at %v", a.Results[0].Timestamp, b.Results[0].Timestamp)
	}
	if c := s.wanted(openreports.OpenReports, sampleLook("It has ended.", at), false)["shop"]; c.digest == a.digest {
		t.Error("another finding is the same")
	}
	if _, ok := s.wanted(openreports.OpenReports, sampleLook("x", at), true)[""]; ok {
		t.Error("there is one of the cluster")
	}
}
