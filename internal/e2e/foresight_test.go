//go:build e2e

package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/careen-tui/careen/demo"
	"github.com/careen-tui/careen/internal/controlplane"
)

// charts is where the demo's charts lie, from this package's folder.
var charts = filepath.Join("..", "..", "demo", "charts")

// TestForesight looks at one cluster before, while and after things go wrong in it,
// without writing to it once.
func TestForesight(t *testing.T) {
	staged := []string{"keep", "review", "devlake", "metrics"}
	c := shared.without(t, staged...)
	shared.with(t, "vault", "warehouse", "shop")
	for _, namespace := range []string{"vault-to-be", "haven"} {
		shared.Namespace(t, namespace)
	}
	kube, p := shared.Client(t), shared.planter(t)
	began := time.Now()
	ctx := within(t, 10*time.Minute)
	for _, id := range staged {
		if err := incident(t, id).Prepare(ctx, p); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("PreflightForetellsTheIncidents", func(t *testing.T) { preflightForetells(t, c) })
	t.Run("PreflightIsSilentForHealthyCharts", func(t *testing.T) { preflightIsSilent(t, c) })
	for _, id := range staged {
		if err := incident(t, id).Complete(ctx, p); err != nil {
			t.Fatal(err)
		}
	}
	shared.left(staged...)
	t.Run("SnapshotEqualsLive", func(t *testing.T) { snapshotEqualsLive(t, c) })
	t.Run("TheRoleIsEnough", func(t *testing.T) { roleIsEnough(t, c, kube) })
	t.Run("OneNamespaceIsNarrower", func(t *testing.T) { oneNamespaceIsNarrower(t, c, kube) })
	t.Run("EachVerbIsMissed", func(t *testing.T) { eachVerbIsMissed(t, c, kube) })
	t.Run("ForecastTellsWhatStays", func(t *testing.T) { forecastTells(t, c) })
	t.Run("NoSecretByte", func(t *testing.T) { foresightHoldsNoSecret(t, c) })
	t.Run("OnlyReadsLeft", func(t *testing.T) { onlyReadsLeft(t, c, began) })
}

// foretold runs a preflight and reads its report.
func foretold(t *testing.T, c *controlplane.Cluster, args ...string) (paper, ran) {
	t.Helper()
	return reported(t, c.Kubeconfig, append([]string{"preflight"}, args...)...)
}

func chart(name string) string { return filepath.Join(charts, name) }

// preflightForetells asks, with each of the five incidents prepared up to its last
// event, what would happen then.
func preflightForetells(t *testing.T, c *controlplane.Cluster) {
	providers := filepath.Join(t.TempDir(), "values.yaml")
	renamed := "backend: {providers: {victoriametrics: {type: victoriametrics, authentication: {VMAlertHost: x, VMAlertPort: 1, Password: x}}}}\n"
	if err := os.WriteFile(providers, []byte(renamed), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c1 := range []struct {
		name string
		args []string
		want []string
		code int
	}{
		{"keep", []string{"keep", chart("keep"), "-n", "keep", "-f", providers}, []string{"api-read-secret-missing:keep/Deployment/keep-backend"}, 1},
		{"vault", []string{"vault-raft", chart("vault-raft"), "-n", "vault-to-be", "--set", "serviceAccount.create=false,serviceAccount.name=vault-raft"}, []string{"service-account-missing:vault-to-be/StatefulSet/vault-raft"}, 1},
		{"review", []string{"review-app", chart("review-app"), "-n", "review", "--as", "system:serviceaccount:review:ci"}, []string{"helm-cannot-update-records:review/ServiceAccount/ci"}, 1},
		{"devlake", []string{"devlake", chart("devlake"), "-n", "devlake", "--fail-on", "medium"}, []string{"claim-older-than-owner:devlake/PersistentVolumeClaim/devlake-mysql-data-devlake-mysql-0"}, 1},
		{"metrics, as installed", []string{"vm", chart("victoria-metrics"), "-n", "vault-to-be"}, []string{"member-list-stale:vault-to-be/ConfigMap/vm-vmstorage-env"}, 1},
		{
			"metrics, as scaled",
			[]string{"vm", chart("victoria-metrics"), "-n", "metrics", "--set", "vmstorage.replicas=3"},
			[]string{"config-newer-than-process:metrics/Deployment/vm-vminsert", "config-newer-than-process:metrics/Deployment/vm-vmselect"},
			1,
		},
	} {
		d, r := foretold(t, c, c1.args...)
		if r.code != c1.code {
			t.Errorf("%s: exit code %d, want %d\n%s", c1.name, r.code, c1.code, r.stderr)
		}
		for _, id := range c1.want {
			if len(d.find(id)) == 0 {
				t.Errorf("%s: %s is not foretold, only %v", c1.name, id, ids(d))
			}
		}
	}
}

// preflightIsSilent asks about charts with which nothing is wrong, as somebody who
// may do everything.
func preflightIsSilent(t *testing.T, c *controlplane.Cluster) {
	for _, name := range []string{"harbour", "warehouse", "migration", "review-app", "devlake", "common-vault", "vault-raft"} {
		d, r := foretold(t, c, name, chart(name), "-n", "haven")
		if r.code != 0 || len(d.Findings) != 0 {
			t.Errorf("%s: exit code %d, %v\n%s", name, r.code, ids(d), r.stderr)
		}
	}
	for name, args := range map[string][]string{
		"a chart that is not there":  {"x", "./nowhere", "-n", "haven"},
		"values that do not parse":   {"x", chart("harbour"), "-n", "haven", "--set", "a=b=c,["},
		"a chart that cannot render": {"x", chart("harbour"), "-n", "haven", "--set", "config=text"},
		"a registry that refuses":    {"x", "oci://127.0.0.1:1/x:1.0.0", "--plain-http"},
		"no chart":                   {"x"},
	} {
		if r := run(t, command(c.Kubeconfig, append([]string{"preflight"}, args...)...)); r.code != 2 || r.stderr == "" || r.stdout != "" {
			t.Errorf("%s: exit code %d, want 2: %s%s", name, r.code, r.stdout, r.stderr)
		}
	}
}

// snapshotEqualsLive compares the findings of a cluster with those of a file that
// was taken of it: id by id, whatever their ages say.
func snapshotEqualsLive(t *testing.T, c *controlplane.Cluster) {
	file := filepath.Join(t.TempDir(), "look.careen")
	flags := append([]string{"--fail-on=none"}, quick...)
	before, _ := document(t, c.Kubeconfig, flags...)
	if r := run(t, command(c.Kubeconfig, "snapshot", "-o", file)); r.code != 0 {
		t.Fatalf("exit code %d: %s", r.code, r.stderr)
	}
	after, _ := document(t, c.Kubeconfig, flags...)
	from, r := document(t, "/nonexistent", append(flags, "--from", file)...)
	if r.code != 0 {
		t.Errorf("exit code %d: %s", r.code, r.stderr)
	}
	got, was, is := ids(from), ids(before), ids(after)
	for _, id := range got { // some findings come with time alone, between one look and the next
		if !slices.Contains(was, id) && !slices.Contains(is, id) {
			t.Errorf("%s is found in the file alone", id)
		}
	}
	for _, id := range was {
		if slices.Contains(is, id) && !slices.Contains(got, id) {
			t.Errorf("%s is found before and after, and not in the file", id)
		}
	}
	if len(got) == 0 || len(from.Coverage) != len(before.Coverage) {
		t.Errorf("%d findings, %d reads of %d", len(got), len(from.Coverage), len(before.Coverage))
	}
	if r := run(t, command("/nonexistent", "graph", "release/keep", "--from", file, "-o", "json")); r.code != 0 || !strings.Contains(r.stdout, "keep-backend") {
		t.Errorf("graph --from: exit code %d: %s", r.code, r.stderr)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(t.TempDir(), "cut.careen")
	if err := os.WriteFile(cut, whole[:len(whole)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if r := run(t, command("/nonexistent", "audit", "--from", cut)); r.code != 2 || !strings.Contains(r.stderr, "cut short") {
		t.Errorf("a cut file: exit code %d: %s", r.code, r.stderr)
	}
}

func forecastTells(t *testing.T, c *controlplane.Cluster) {
	d, _ := reported(t, c.Kubeconfig, "forecast", "devlake", "-n", "devlake")
	if len(d.find("claim-orphan:devlake/PersistentVolumeClaim/devlake-mysql-data-devlake-mysql-0")) == 0 {
		t.Errorf("the claim that stays is not told: %v", ids(d))
	}
	d, r := reported(t, c.Kubeconfig, "forecast", "keep", "-n", "keep")
	if r.code != 1 || len(d.find("forecast-data-lost:keep/PersistentVolumeClaim/keep-database")) == 0 {
		t.Errorf("exit code %d, %v", r.code, ids(d))
	}
	if r := run(t, command(c.Kubeconfig, "forecast", "nobody", "-n", "keep")); r.code != 2 {
		t.Errorf("a release that is not there: exit code %d: %s", r.code, r.stderr)
	}
}

// foresightHoldsNoSecret looks for every planted value in what the commands of this
// test write.
func foresightHoldsNoSecret(t *testing.T, c *controlplane.Cluster) {
	file := filepath.Join(t.TempDir(), "look.careen")
	run(t, command(c.Kubeconfig, "snapshot", "-o", file))
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	plain, err := z.DecodeAll(raw, nil)
	if err != nil {
		t.Fatal(err)
	}
	written := map[string]string{"the snapshot": string(plain)}
	for _, format := range []string{"json", "table", "sarif", "junit", "markdown"} {
		for name, args := range map[string][]string{
			"preflight": {"preflight", "keep", chart("keep"), "-n", "keep", "--set", "backend.databasePassword=" + demo.Sentinels[0]},
			"forecast":  {"forecast", "keep", "-n", "keep"},
		} {
			r := run(t, command(c.Kubeconfig, append(args, "-o", format)...))
			written[name+" -o "+format] = r.stdout + r.stderr
			if r.stdout == "" {
				t.Errorf("%s -o %s: nothing was written: %s", name, format, r.stderr)
			}
		}
	}
	holdsNone(t, written)
}

// onlyReadsLeft reads the API server's audit log: what careen sent in all of this
// was reads, reviews, and creates that were not kept.
func onlyReadsLeft(t *testing.T, c *controlplane.Cluster, began time.Time) {
	requests, err := c.Requests(func(r controlplane.Request) bool { return careens(r) && r.ReceivedAt.After(began) })
	if err != nil {
		t.Fatal(err)
	}
	if len(requests) == 0 {
		t.Fatal("the audit log has no request of careen")
	}
	dry := 0
	for _, r := range requests {
		switch {
		case slices.Contains([]string{"get", "list", "watch"}, r.Verb):
		case r.Verb == "create" && strings.HasSuffix(r.Object.Resource, "reviews"):
		case r.Verb == "create" && strings.Contains(r.URI, "dryRun=All"):
			dry++
		default:
			t.Errorf("careen sent %s %s", r.Verb, r.URI)
		}
	}
	if dry == 0 {
		t.Error("preflight asked no admission")
	}
}
