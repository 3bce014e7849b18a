package deploytest

import (
	"context"
	"regexp"
	"testing"
	"time"

	"github.com/prometheus/prometheus/promql/promqltest"
)

// alerts are series over half an hour, and whether an alert would fire at their end.
var alerts = []struct {
	alert, load string
	fires       int
}{
	{"CareenCriticalFinding", `careen_findings{probe="release-stuck", severity="critical", grade="proved", namespace="shop", pod="a"} 1x30
		careen_findings{probe="release-stuck", severity="critical", grade="proved", namespace="shop", pod="b"} 1x30
		careen_findings{probe="claim-pending", severity="critical", grade="observed", namespace="data", pod="a"} 2x30`, 2},
	{"CareenCriticalFinding", `careen_findings{probe="release-stuck", severity="critical", grade="unknown", namespace="shop"} 1x30
		careen_findings{probe="release-stuck", severity="high", grade="proved", namespace="shop"} 1x30`, 0},
	{"CareenHighFinding", `careen_findings{probe="service-unreachable", severity="high", grade="inferred", namespace="shop"} 1x30`, 1},
	{"CareenHighFinding", `careen_findings{probe="service-unreachable", severity="medium", grade="proved", namespace="shop"} 1x30`, 0},
	{"CareenBlind", `careen_watches{resource="secrets", state="forbidden"} 1x30
		careen_watches{resource="pods", state="stale"} 1x30
		careen_watches{resource="nodes", state="live"} 1x30`, 2},
	{"CareenBlind", `careen_watches{resource="secrets", state="live"} 1x30
		careen_watches{resource="gateways", state="absent"} 1x30`, 0},
	{"CareenAway", `careen_cluster_up{pod="a"} 0x30`, 1},
	{"CareenAway", `careen_cluster_up{pod="a"} 0x30
		careen_cluster_up{pod="b"} 1x30`, 0},
	{"CareenAway", `up{job="other"} 1x30`, 1}, // none is scraped
	{"CareenCannotPublish", `careen_report_write_failures_total{pod="a"} 0+1x30
		careen_leader{pod="a"} 1x30`, 1},
	{"CareenCannotPublish", `careen_report_write_failures_total{pod="a"} 3x30
		careen_leader{pod="a"} 1x30`, 0}, // they failed once
	{"CareenNobodyLeads", `careen_leader{pod="a"} 0x30
		careen_leader{pod="b"} 0x30
		careen_publishing{to="openreports.io/v1alpha1", pod="a"} 1x30`, 1},
	{"CareenNobodyLeads", `careen_leader{pod="a"} 0x30
		careen_leader{pod="b"} 1x30
		careen_publishing{to="openreports.io/v1alpha1", pod="a"} 1x30`, 0},
	{"CareenNobodyLeads", `careen_leader{pod="a"} 0x30
		careen_publishing{to="none", pod="a"} 1x30`, 0}, // there is nothing to write
}

var named = regexp.MustCompile(`\$labels\.(\w+)`)

func TestAlertsFireWhenTheyShould(t *testing.T) {
	all, tried := rules(t), map[string][2]bool{}
	engine := promqltest.NewTestEngine(t, false, 5*time.Minute, 10_000)
	for _, a := range alerts {
		rule, ok := all[a.alert]
		if !ok {
			t.Errorf("there is no %s", a.alert)
			continue
		}
		store := promqltest.LoadedStorage(t, "load 1m\n"+a.load)
		for at := 30*time.Minute - time.Duration(rule.For); at <= 30*time.Minute; at += time.Minute {
			query, err := engine.NewInstantQuery(context.Background(), store, nil, rule.Expr, time.Unix(0, 0).UTC().Add(at))
			if err != nil {
				t.Fatalf("%s: %v", a.alert, err)
			}
			vector, err := query.Exec(context.Background()).Vector()
			if err != nil {
				t.Fatalf("%s: %v", a.alert, err)
			}
			// What increases needs two samples to be seen to.
			if len(vector) != a.fires && at > time.Minute {
				t.Errorf("%s after %s: %d alerts, want %d:\n%s", a.alert, at, len(vector), a.fires, a.load)
			}
			for _, sample := range vector {
				for _, text := range rule.Annotations {
					for _, m := range named.FindAllStringSubmatch(text, -1) {
						if !sample.Metric.Has(m[1]) {
							t.Errorf("%s: its texts name the label %s, which it does not have: %s", a.alert, m[1], sample.Metric)
						}
					}
				}
			}
			query.Close()
		}
		was := tried[a.alert]
		was[min(a.fires, 1)] = true
		tried[a.alert] = was
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}
	for name := range all {
		if tried[name] != [2]bool{true, true} {
			t.Errorf("%s was not seen to fire and to be silent", name)
		}
	}
}
