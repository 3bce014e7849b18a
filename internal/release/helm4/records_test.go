package helm4

import (
	"encoding/base64"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/release/common"
	release "helm.sh/helm/v4/pkg/release/v1"
	"helm.sh/helm/v4/pkg/storage/driver"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"
)

var update = flag.Bool("update", false, "write the records that careen's tests read")

// folder holds the records, and what careen makes of them: NAME.release as Helm 4 stores
// it, NAME.json as careen's fixes leave it.
const folder = "../testdata/helm4"

// made are the releases whose records careen's tests read: each field that Helm 4 has and
// Helm 3 has not, and a release without them.
func made() map[string]*release.Release {
	at := time.Date(2026, 8, 20, 15, 58, 20, 123456789, time.FixedZone("", -6*3600))
	shop := func(revision int, status common.Status, method release.ApplyMethod) *release.Release {
		return &release.Release{
			Name: "shop", Namespace: "store", Version: revision, ApplyMethod: string(method),
			Info: &release.Info{FirstDeployed: at, LastDeployed: at.Add(time.Hour), Status: status, Description: "Upgrade <underway> & more", Notes: "thank you"},
			Chart: &chart.Chart{
				Metadata: &chart.Metadata{Name: "shop", Version: "1.4.0", APIVersion: chart.APIVersionV2, AppVersion: "2.0"},
				Values:   map[string]any{"replicas": 2},
			},
			Config: map[string]any{"ratio": 1.5, "name": "x"},
			Manifest: "---\n# Source: shop/templates/service.yaml\napiVersion: v1\nkind: Service\nmetadata:\n  name: shop\n" +
				"---\n# Source: shop/templates/budget.yaml\napiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata:\n  name: shop\n",
			Hooks: []*release.Hook{{
				Name: "dump", Kind: "Job", Path: "shop/templates/dump.yaml", Manifest: "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: dump\n",
				Events: []release.HookEvent{release.HookPreUpgrade}, Weight: -5,
				DeletePolicies: []release.HookDeletePolicy{release.HookBeforeHookCreation}, OutputLogPolicies: []release.HookOutputLogPolicy{release.HookOutputOnFailed},
			}},
		}
	}
	server := shop(4, common.StatusPendingUpgrade, release.ApplyMethodServerSideApply)
	back := shop(5, common.StatusPendingRollback, release.ApplyMethodServerSideApply)
	back.Info.RollbackRevision = 2
	back.Hooks[0].LastRun = release.HookExecution{StartedAt: at, CompletedAt: at.Add(time.Second), Phase: release.HookPhaseFailed}
	client := shop(3, common.StatusPendingUpgrade, release.ApplyMethodClientSideApply)
	plain := shop(1, common.StatusPendingInstall, "")
	return map[string]*release.Release{"server": server, "rollback": back, "client": client, "unset": plain}
}

// stored is what Helm 4's driver writes into the Secret of a release.
func stored(t *testing.T, r *release.Release) []byte {
	t.Helper()
	secrets := fake.NewClientset().CoreV1().Secrets(r.Namespace)
	key := "sh.helm.release.v1." + r.Name + ".v" + strconv.Itoa(r.Version)
	if err := driver.NewSecrets(secrets).Create(key, r); err != nil {
		t.Fatal(err)
	}
	s, err := secrets.Get(t.Context(), key, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return s.Data["release"]
}

// read is what Helm 4's driver reads from the Secret of a release.
func read(t *testing.T, data []byte) *release.Release {
	t.Helper()
	const key = "sh.helm.release.v1.shop.v1"
	secrets := fake.NewClientset(&corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: "store", Name: key, Labels: map[string]string{"owner": "helm", "name": "shop"}},
		Data:       map[string][]byte{"release": data},
	}).CoreV1().Secrets("store")
	got, err := driver.NewSecrets(secrets).Get(key)
	if err != nil {
		t.Fatal(err)
	}
	r, ok := got.(*release.Release)
	if !ok {
		t.Fatalf("Helm 4 reads a %T", got)
	}
	return r
}

// TestTheRecordsAreHelm4sOwn compares what the files hold, not how it is packed.
func TestTheRecordsAreHelm4sOwn(t *testing.T) {
	for name, r := range made() {
		path, want := filepath.Join(folder, name+".release"), stored(t, r)
		if *update {
			if err := os.MkdirAll(folder, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, append(want, '\n'), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		have, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := read(t, have[:len(have)-1]), read(t, want); !reflect.DeepEqual(got, want) {
			t.Errorf("%s holds %+v, and Helm 4 makes %+v: run this test with -update", path, got, want)
		}
	}
}

// TestHelm4ReadsWhatCareenLeaves reads the records that careen's fixes changed: but for
// their status, its description and one apiVersion they are what Helm 4 made.
func TestHelm4ReadsWhatCareenLeaves(t *testing.T) {
	for name, r := range made() {
		text, err := os.ReadFile(filepath.Join(folder, name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		if !json.Valid(text) {
			t.Fatalf("%s is not JSON", name)
		}
		got, want := read(t, []byte(base64.StdEncoding.EncodeToString(text))), read(t, stored(t, r))
		if got.Info.Status != common.StatusFailed || got.Info.Description != "Marked failed" {
			t.Errorf("%s is %s, %q", name, got.Info.Status, got.Info.Description)
		}
		got.Info.Status, got.Info.Description = want.Info.Status, want.Info.Description
		got.Manifest = replaced(got.Manifest, "policy/v1\n", "policy/v1beta1\n")
		got.Labels, want.Labels = nil, nil
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: careen left %+v, and it was %+v", name, got, want)
		}
	}
}

func replaced(text, from, to string) string { return strings.Replace(text, from, to, 1) }
