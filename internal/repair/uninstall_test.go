package repair

import (
	"encoding/base64"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/golden"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/release"
	"github.com/careen-tui/careen/internal/styled"
)

const uninstallManifest = `---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: db
  labels:
    helm.toolkit.fluxcd.io/name: web
    helm.toolkit.fluxcd.io/namespace: flux-system
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: cache
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: spool
---
apiVersion: v1
kind: Secret
metadata:
  name: login
stringData:
  password: ` + secretValue + `
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: kept
  annotations:
    helm.sh/resource-policy: keep
`

var webRelease = model.Ref{Kind: model.KindRelease, Namespace: "shop", Name: "web"}

// storedRevision is the record of a revision with that status, as a manifest and as the
// bytes that it holds.
func storedRevision(t testing.TB, number int, status, manifest string) (string, []byte) {
	t.Helper()
	stored, err := release.Encode(fmt.Appendf(nil, `{"name":"web","namespace":"shop","version":%d,"info":{"status":%q},"hooks":[{"name":"dump","kind":"Job","path":"x","manifest":"apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: dump\n","events":["pre-delete"]}],"chart":{"metadata":{"name":"web","version":"1.0.0"}},"manifest":"%s"}`,
		number, status, strings.NewReplacer("\n", `\n`, `"`, `\"`).Replace(manifest)), true)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("apiVersion: v1\nkind: Secret\nmetadata: {name: sh.helm.release.v1.web.v%d, namespace: shop, labels: {name: web, owner: helm, status: %s, version: '%d'}}\ntype: helm.sh/release.v1\ndata: {release: %s}\n",
		number, status, number, base64.StdEncoding.EncodeToString(stored)), stored
}

// uninstallPlan plans an uninstall where these statuses are the release's revisions,
// oldest first.
func uninstallPlan(t testing.TB, manifest string, statuses ...string) (*Plan, error) {
	t.Helper()
	var records []string
	var last []byte
	table := model.Table{}
	for i, status := range statuses {
		text, stored := storedRevision(t, i+1, status, manifest)
		name := fmt.Sprintf("sh.helm.release.v1.web.v%d", i+1)
		records, last = append(records, text), stored
		table = append(table, &model.Record{
			Meta:   model.Meta{Kind: model.KindRecord, Namespace: "shop", Name: name},
			Driver: model.KindSecret, Release: "web", Revision: i + 1, Body: release.Decode(stored, "1"),
		})
	}
	m := unit(t, records...)
	m.readOnly = true
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: fmt.Sprintf("sh.helm.release.v1.web.v%d", len(statuses))}, Data: map[string][]byte{"release": last}}
	if _, err := m.kube.CoreV1().Secrets("shop").Create(t.Context(), secret, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	meta := func(kind model.Kind, name string) model.Meta {
		m := model.Meta{Kind: kind, Name: name, UID: "u-" + name, Created: moment.Add(-time.Hour)}
		if info, _ := model.Info(kind); info.Namespaced {
			m.Namespace = "shop"
		}
		return m
	}
	snap := &model.Snapshot{Spaces: map[string]*model.Space{
		"shop": model.NewSpace("shop", 1, map[model.Kind]model.Table{
			model.KindRecord:      table,
			model.KindStatefulSet: {&model.Workload{Meta: meta(model.KindStatefulSet, "db"), ClaimTemplates: []model.ClaimTemplate{{Name: "data"}}}},
			model.KindClaim: {
				&model.Claim{Meta: meta(model.KindClaim, "cache"), Volume: "pv-1", Capacity: "1Gi", Class: "fast"},
				&model.Claim{Meta: meta(model.KindClaim, "spool"), Volume: "pv-3", Capacity: "2Gi", Class: "kept"},
				&model.Claim{Meta: meta(model.KindClaim, "data-db-0"), Volume: "pv-2", Capacity: "50Gi", Class: "fast"},
			},
		}),
		"": model.NewSpace("", 1, map[model.Kind]model.Table{model.KindVolume: {
			&model.Volume{Meta: meta(model.KindVolume, "pv-1"), Claim: ref(model.KindClaim, "cache"), Policy: "Delete"}, &model.Volume{Meta: meta(model.KindVolume, "pv-2"), Claim: ref(model.KindClaim, "data-db-0"), Policy: "Delete"},
			&model.Volume{Meta: meta(model.KindVolume, "pv-3"), Claim: ref(model.KindClaim, "spool"), Policy: "Retain"},
		}}),
	}}
	return m.PlanUninstall(t.Context(), &engine.Report{Snapshot: snap}, webRelease)
}

func TestAnUninstallHasAGolden(t *testing.T) {
	p, err := uninstallPlan(t, uninstallManifest, "superseded", "deployed", "failed")
	if err != nil {
		t.Fatal(err)
	}
	text := styled.Plain(p.Text()) + "\n" + strings.Join(p.Commands(), "\n") + "\n"
	for _, s := range spellings(secretValue) {
		if strings.Contains(text, s) {
			t.Errorf("%q is seen", s)
		}
	}
	golden.Equal(t, filepath.Join("testdata", "uninstall.golden"), text)
	if p.Risk != finding.Destructive || p.Confirm != "web" {
		t.Errorf("risk %s, confirmed by typing %q", p.Risk, p.Confirm)
	}
	if w := p.Writes[0]; w.Revision != 2 || w.Newest != 3 {
		t.Errorf("revision %d is uninstalled, the undo leads to %d", w.Newest, w.Revision)
	}
	var gone []string
	for _, c := range p.Proof.Checks {
		gone = append(gone, c.Ref.Name+" "+c.Path)
	}
	if got := strings.Join(gone, ", "); got != "db gone, cache gone, spool gone, login gone" {
		t.Errorf("the proof watches %s", got)
	}
	if err := p.entry.sound(); err != nil {
		t.Error(err)
	}
	if len(p.Choices)+len(p.Proof.Findings)+len(p.entry.Findings) > 0 {
		t.Errorf("a finding is said to call for it: %v %v", p.Choices, p.entry.Findings)
	}
}

func TestWhatCannotBeUninstalled(t *testing.T) {
	for want, c := range map[string]struct{ manifest, status string }{
		"is uninstalled already":   {uninstallManifest, "uninstalled"},
		"Helm could not uninstall": {"apiVersion: example.com/v1\nkind: Backup\nmetadata:\n  name: b\n", "deployed"},
	} {
		if _, err := uninstallPlan(t, c.manifest, c.status); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	broken, _ := storedRevision(t, 1, "deployed", "")
	m := unit(t, strings.Replace(broken, "data: {release: ", "data: {release: AAAA", 1))
	_, err := planned(t, m, Inputs{}, finding.Step{Ref: webRelease, Change: finding.Uninstall{}})
	if err == nil || !strings.Contains(err.Error(), "cannot be used") {
		t.Errorf("a record that cannot be decoded: %v", err)
	}
}
