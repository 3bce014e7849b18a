package repair

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

func TestVerify(t *testing.T) {
	f := &finding.Finding{Probe: "p", Subject: ref(model.KindDeployment, "web"), Severity: finding.High, Grade: finding.Proved, Summary: "It is broken."}
	unsure := &finding.Finding{Probe: "p", Subject: model.Ref{Kind: model.KindNamespace, Name: "shop"}, Grade: finding.Unknown, Summary: "Unknown in namespace shop."}
	broken := &engine.Report{Findings: []*finding.Finding{f}}
	for _, c := range []struct {
		name      string
		hold      time.Duration
		at        func(time.Duration) *engine.Report
		confirmed bool
		within    time.Duration
		wrong     string
	}{
		{"it clears", 0, func(d time.Duration) *engine.Report {
			if d < 3*time.Second {
				return broken
			}
			return &engine.Report{}
		}, true, 4 * time.Second, ""},
		{"it stays", 0, func(time.Duration) *engine.Report { return broken }, false, 11 * time.Second, "It is broken."},
		{"it comes back before it has held", 5 * time.Second, func(d time.Duration) *engine.Report {
			if d.Truncate(3*time.Second)%(6*time.Second) == 0 {
				return broken
			}
			return &engine.Report{}
		}, false, 16 * time.Second, ""},
		{"it holds", 5 * time.Second, func(d time.Duration) *engine.Report {
			if d < 2*time.Second {
				return broken
			}
			return &engine.Report{}
		}, true, 8 * time.Second, ""},
		{"nothing is known any more", 0, func(time.Duration) *engine.Report { return &engine.Report{Findings: []*finding.Finding{unsure}} }, false, 11 * time.Second, "no longer known"},
		{"the server is gone", 0, func(time.Duration) *engine.Report { return &engine.Report{Err: errors.New("connection refused")} }, false, 11 * time.Second, "cannot be reached"},
		{"no report yet", 0, func(time.Duration) *engine.Report { return nil }, false, 11 * time.Second, "nothing has been read yet"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				started := time.Now()
				r := &Result{plan: &Plan{Proof: Proof{Within: 10 * time.Second, Hold: c.hold, Findings: []finding.ID{f.ID()}}}}
				o, err := (&Mender{}).Verify(t.Context(), r, func() *engine.Report { return c.at(time.Since(started)) }, nil)
				if err != nil || o.Confirmed != c.confirmed || time.Since(started) > c.within || !strings.Contains(strings.Join(o.Wrong, "; "), c.wrong) {
					t.Errorf("%+v %v after %s", o, err, time.Since(started))
				}
			})
		})
	}
}

func TestVerifyIsInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		f := &finding.Finding{Probe: "p", Subject: ref(model.KindDeployment, "web")}
		r := &Result{plan: &Plan{Proof: Proof{Within: time.Minute, Findings: []finding.ID{f.ID()}}}}
		o, _ := (&Mender{}).Verify(ctx, r, func() *engine.Report { return &engine.Report{Findings: []*finding.Finding{f}} }, nil)
		if o.Confirmed || !strings.Contains(strings.Join(o.Wrong, " "), "interrupted") {
			t.Errorf("%+v", o)
		}
	})
}

func TestChecks(t *testing.T) {
	m := unit(t, deployment, record(t, ""), "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: shop}\ndata: {value: aHVudGVyMg==}\n",
		"apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: ci, namespace: shop}\nrules: [{apiGroups: [''], resources: [secrets], verbs: [get, update]}]\n")
	for _, c := range []struct {
		check finding.Check
		wrong string // empty where it holds
	}{
		{finding.Check{Ref: ref(model.KindDeployment, "web"), Path: "ready"}, ""},
		{finding.Check{Ref: ref(model.KindDeployment, "web"), Path: "exists"}, ""},
		{finding.Check{Ref: ref(model.KindDeployment, "web"), Path: "gone"}, "still there"},
		{finding.Check{Ref: ref(model.KindDeployment, "none"), Path: "gone"}, ""},
		{finding.Check{Ref: ref(model.KindDeployment, "none"), Path: "exists"}, "is not there"},
		{finding.Check{Ref: ref(model.KindDeployment, "web"), Path: "spec.replicas", Want: "2"}, ""},
		{finding.Check{Ref: ref(model.KindDeployment, "web"), Path: "spec.replicas", Want: "3"}, `is "2", not "3"`},
		{finding.Check{Ref: ref(model.KindDeployment, "web"), Path: "spec.template.spec.containers[0].image", Want: "web:1"}, ""},
		{finding.Check{Ref: ref(model.KindDeployment, "web"), Path: "spec.paused", Want: ""}, ""},
		{finding.Check{Ref: ref(model.KindRole, "ci"), Path: "rules[0].verbs", Want: "get, update"}, ""},
		{finding.Check{Ref: ref(model.KindSecret, recordName), Path: "metadata.labels.status", Want: "pending-install"}, ""},
		{finding.Check{Ref: ref(model.KindRecord, recordName), Path: "record info.status", Want: "pending-install"}, ""},
		{finding.Check{Ref: ref(model.KindSecret, recordName), Path: "record info.status", Want: "deployed"}, "pending-install"},
		{finding.Check{Ref: ref(model.KindSecret, "s"), Path: "data.value", Want: "x"}, "is not as it should be"},
	} {
		got := m.check(t.Context(), c.check)
		if (got == "") != (c.wrong == "") || !strings.Contains(got, c.wrong) || strings.Contains(got, "aHVudGVyMg") {
			t.Errorf("%v: %q, want %q", c.check, got, c.wrong)
		}
	}
}
