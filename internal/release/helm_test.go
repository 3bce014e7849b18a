package release_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"helm.sh/helm/v3/pkg/chart"
	helm "helm.sh/helm/v3/pkg/release"
	"helm.sh/helm/v3/pkg/storage/driver"
	helmtime "helm.sh/helm/v3/pkg/time"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"

	"github.com/careen-tui/careen/internal/model"
)

const manifest = `---
# Source: shop/templates/account.yaml
apiVersion: v1
kind: ServiceAccount
metadata:
  name: shop
  annotations:
    "helm.sh/resource-policy": keep
---
# Source: shop/templates/role.yaml
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: shop
rules:
- apiGroups: [""]
  resources: ["secrets"]
  verbs: ["get"]
---
# Source: shop/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  labels:
    name: not-this-one
  name: "shop"
spec:
  template:
    metadata:
      name: nor-this-one
---
# Source: shop/templates/certificate.yaml
apiVersion: cert-manager.io/v1
kind: Certificate
metadata:
  name: shop
  namespace: elsewhere
`

var deployed = time.Date(2026, 1, 2, 14, 42, 0, 0, time.UTC)

// shop is a release as Helm holds it. filler bytes of incompressible chart file
// make its record larger.
func shop(filler int) *helm.Release {
	noise := make([]byte, filler)
	for i := range noise {
		noise[i] = byte(rand.Uint32())
	}
	return &helm.Release{
		Name: "shop", Namespace: "store", Version: 3, Manifest: manifest,
		Info: &helm.Info{
			FirstDeployed: helmtime.Time{Time: deployed.Add(-time.Hour)},
			LastDeployed:  helmtime.Time{Time: deployed},
			Description:   "Initial install <underway>",
			Status:        helm.StatusPendingUpgrade,
			Notes:         "thank you",
		},
		Chart: &chart.Chart{
			Metadata:  &chart.Metadata{Name: "shop", Version: "1.4.0", AppVersion: "2.0"},
			Templates: []*chart.File{{Name: "templates/a.yaml", Data: []byte("small")}},
			Files:     []*chart.File{{Name: "files/noise.bin", Data: noise}},
			Values:    map[string]any{"password": "hunter2"},
		},
		Config: map[string]any{"deep": map[string]any{"list": []any{1, "two", nil, true}}},
		Hooks: []*helm.Hook{{
			Name: "shop-migrate", Kind: "Job", Path: "shop/templates/job.yaml",
			Manifest: "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: shop-migrate\n",
			Events:   []helm.HookEvent{helm.HookPreUpgrade, helm.HookPreInstall},
			LastRun: helm.HookExecution{
				StartedAt: helmtime.Time{Time: deployed}, CompletedAt: helmtime.Time{Time: deployed.Add(time.Minute)},
				Phase: helm.HookPhaseSucceeded,
			},
		}},
	}
}

// store writes a release with Helm's own driver and returns the key "release" of
// what it made.
func store(t testing.TB, kind model.Kind, rel *helm.Release) []byte {
	t.Helper()
	client := fake.NewClientset().CoreV1()
	name := model.RecordName(rel.Name, rel.Version)
	if kind == model.KindSecret {
		if err := driver.NewSecrets(client.Secrets(rel.Namespace)).Create(name, rel); err != nil {
			t.Fatal(err)
		}
		got, err := client.Secrets(rel.Namespace).Get(t.Context(), name, metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return got.Data["release"]
	}
	if err := driver.NewConfigMaps(client.ConfigMaps(rel.Namespace)).Create(name, rel); err != nil {
		t.Fatal(err)
	}
	got, err := client.ConfigMaps(rel.Namespace).Get(t.Context(), name, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return []byte(got.Data["release"])
}

// read has Helm's own driver read a record.
func read(t testing.TB, rel *helm.Release, stored []byte) *helm.Release {
	t.Helper()
	client := fake.NewClientset().CoreV1().Secrets(rel.Namespace)
	name := model.RecordName(rel.Name, rel.Version)
	secrets := driver.NewSecrets(client)
	if err := secrets.Create(name, rel); err != nil {
		t.Fatal(err)
	}
	got, err := client.Get(t.Context(), name, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got.Data["release"] = stored
	if _, err := client.Update(t.Context(), got, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	out, err := secrets.Get(name)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func lots(n int, one string) string { return strings.Repeat(one+",", n-1) + one }

func doc(apiVersion, kind, name string) string {
	return fmt.Sprintf("---\napiVersion: %s\nkind: %s\nmetadata:\n  name: %s\n", apiVersion, kind, name)
}
