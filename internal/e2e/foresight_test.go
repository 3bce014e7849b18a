//go:build e2e

package e2e

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/yaml"

	"github.com/careen-tui/careen/demo"
	"github.com/careen-tui/careen/internal/controlplane"
	"github.com/careen-tui/careen/internal/report"
)

// charts is where the demo's charts lie, from this package's folder.
var charts = filepath.Join("..", "..", "demo", "charts")

// TestForesight looks at one cluster before, while and after things go wrong in it,
// without writing to it once.
func TestForesight(t *testing.T) {
	c, cfg := start(t, controlplane.Options{})
	kube, err := kubernetes.NewForConfig(cfg)
	if err != nil {
		t.Fatal(err)
	}
	p := planter(t, cfg)
	ctx := within(t, 10*time.Minute)
	t.Run("PreflightForetellsTheIncidents", func(t *testing.T) { preflightForetells(t, ctx, c, kube, p) })
	t.Run("PreflightIsSilentForHealthyCharts", func(t *testing.T) { preflightIsSilent(t, ctx, c, kube) })
	for _, id := range []string{"keep", "vault", "review", "devlake", "metrics", "warehouse", "shop"} {
		incident, ok := demo.Find(id)
		if !ok {
			t.Fatalf("there is no incident %s", id)
		}
		if incident.Complete == nil {
			continue
		}
		if id == "vault" || id == "warehouse" || id == "shop" {
			err = incident.Plant(ctx, p)
		} else {
			err = incident.Complete(ctx, p)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Run("SnapshotEqualsLive", func(t *testing.T) { snapshotEqualsLive(t, c) })
	t.Run("TheRoleIsEnough", func(t *testing.T) { roleIsEnough(t, ctx, c, kube) })
	t.Run("EachVerbIsMissed", func(t *testing.T) { eachVerbIsMissed(t, ctx, c, kube) })
	t.Run("ForecastTellsWhatStays", func(t *testing.T) { forecastTells(t, c) })
	t.Run("NoSecretByte", func(t *testing.T) { foresightHoldsNoSecret(t, c) })
	t.Run("OnlyReadsLeft", func(t *testing.T) { onlyReadsLeft(t, c) })
}

// foretold runs a preflight and reads its report.
func foretold(t *testing.T, c *controlplane.Cluster, args ...string) (paper, ran) {
	t.Helper()
	r := run(t, command(c.Kubeconfig, append([]string{"preflight", "-o", "json"}, args...)...))
	var d paper
	if err := json.Unmarshal([]byte(r.stdout), &d); err != nil {
		t.Fatalf("careen preflight %v: exit code %d, no report: %v\n%s\n%s", args, r.code, err, r.stdout, r.stderr)
	}
	return d, r
}

func chart(name string) string { return filepath.Join(charts, name) }

func makeNamespace(t *testing.T, ctx context.Context, kube kubernetes.Interface, name string) {
	t.Helper()
	_, err := kube.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for { // the account comes a moment later
		if _, err := kube.CoreV1().ServiceAccounts(name).Get(ctx, "default", metav1.GetOptions{}); err == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatal(ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// preflightForetells prepares each of the five incidents up to the last event, and
// asks what would happen then.
func preflightForetells(t *testing.T, ctx context.Context, c *controlplane.Cluster, kube kubernetes.Interface, p *demo.Planter) {
	for _, id := range []string{"keep", "review", "devlake", "metrics"} {
		incident, _ := demo.Find(id)
		if err := incident.Prepare(ctx, p); err != nil {
			t.Fatal(err)
		}
	}
	makeNamespace(t, ctx, kube, "vault-to-be")
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
func preflightIsSilent(t *testing.T, ctx context.Context, c *controlplane.Cluster, kube kubernetes.Interface) {
	makeNamespace(t, ctx, kube, "haven")
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
	if !slices.Equal(got, was) && !slices.Equal(got, is) {
		t.Errorf("from the file\n%s\nlive before\n%s\nand after\n%s", strings.Join(got, "\n"), strings.Join(was, "\n"), strings.Join(is, "\n"))
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

// generatedRole is what careen probes --rbac prints.
func generatedRole(t *testing.T, c *controlplane.Cluster, args ...string) *rbacv1.ClusterRole {
	t.Helper()
	r := run(t, command(c.Kubeconfig, append([]string{"probes", "--rbac"}, args...)...))
	var role rbacv1.ClusterRole
	if err := yaml.UnmarshalStrict([]byte(r.stdout), &role); err != nil || r.code != 0 {
		t.Fatalf("exit code %d, %v: %s", r.code, err, r.stderr)
	}
	return &role
}

// grant binds a role to an account of its own, by whose name it is acted.
func grant(t *testing.T, ctx context.Context, kube kubernetes.Interface, name string, rules []rbacv1.PolicyRule) (as string) {
	t.Helper()
	meta := metav1.ObjectMeta{Name: "careen-test-" + name}
	if _, err := kube.RbacV1().ClusterRoles().Create(ctx, &rbacv1.ClusterRole{ObjectMeta: meta, Rules: rules}, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	_, err := kube.RbacV1().ClusterRoleBindings().Create(ctx, &rbacv1.ClusterRoleBinding{
		ObjectMeta: meta, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: meta.Name},
		Subjects: []rbacv1.Subject{{Kind: "ServiceAccount", Namespace: "haven", Name: name}},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return "--as=system:serviceaccount:haven:" + name
}

// awaitRole returns when the authorizer, whose own watch is a moment behind, knows
// the last rule of an account's role.
func awaitRole(t *testing.T, ctx context.Context, kube kubernetes.Interface, account string, rules []rbacv1.PolicyRule) {
	t.Helper()
	last := rules[len(rules)-1]
	for {
		review, err := kube.AuthorizationV1().SubjectAccessReviews().Create(ctx, &authorizationv1.SubjectAccessReview{
			Spec: authorizationv1.SubjectAccessReviewSpec{
				User: "system:serviceaccount:haven:" + account,
				ResourceAttributes: &authorizationv1.ResourceAttributes{
					Verb: last.Verbs[0], Group: last.APIGroups[0], Resource: last.Resources[0],
				},
			},
		}, metav1.CreateOptions{})
		if err == nil && review.Status.Allowed {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("the role of %s does not take effect: %v", account, err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func roleIsEnough(t *testing.T, ctx context.Context, c *controlplane.Cluster, kube kubernetes.Interface) {
	as := grant(t, ctx, kube, "whole", generatedRole(t, c).Rules)
	awaitRole(t, ctx, kube, "whole", generatedRole(t, c).Rules)
	d, _ := document(t, c.Kubeconfig, append([]string{as}, quick...)...)
	for _, w := range d.Coverage {
		if w.State != "live" {
			t.Errorf("%s is %s: %s", w.Kind, w.State, w.Message)
		}
	}
	admin, _ := document(t, c.Kubeconfig, quick...)
	if a, b := lasting(d), lasting(admin); !slices.Equal(a, b) {
		t.Errorf("with the role\n%s\nwith every right\n%s", strings.Join(a, "\n"), strings.Join(b, "\n"))
	}
	bare := generatedRole(t, c, "--no-secrets").Rules
	as = grant(t, ctx, kube, "nosecrets", bare)
	awaitRole(t, ctx, kube, "nosecrets", bare)
	d, _ = document(t, c.Kubeconfig, append([]string{as}, quick...)...)
	unknown := 0
	for _, f := range d.Findings {
		if f.Grade == "unknown" {
			unknown++
		}
		if strings.HasPrefix(f.Probe, "release-") && f.Grade != "unknown" {
			t.Errorf("found without the right to read Secrets: %s", f.ID)
		}
	}
	if unknown == 0 {
		t.Error("without the right to read Secrets nothing is unknown")
	}
}

// lasting lists the findings that do not come with time alone: a container counts as
// failing after a minute.
func lasting(d paper) []string {
	return slices.DeleteFunc(ids(d), func(id string) bool { return strings.HasPrefix(id, "container-failing:") })
}

// eachVerbIsMissed takes the verbs of the role away, one at a time, and then all that
// a rule has. What cannot be seen is said, in the coverage or as a finding that is
// unknown. Where the other verbs are enough (a streaming watch brings what a list
// would have, and the other way round), all that was found before is found still.
func eachVerbIsMissed(t *testing.T, ctx context.Context, c *controlplane.Cluster, kube kubernetes.Interface) {
	role := generatedRole(t, c, "--custom=false")
	whole, _ := document(t, c.Kubeconfig, quick...)
	limit := make(chan struct{}, 3)
	for i, rule := range role.Rules {
		for _, verb := range append([]string{"every"}, rule.Verbs...) {
			rules := slices.Clone(role.Rules)
			rules[i].Verbs = slices.DeleteFunc(slices.Clone(rule.Verbs), func(v string) bool { return v == verb || verb == "every" })
			what := verb + "-" + strings.ReplaceAll(rule.Resources[0], "/", "-")
			if len(rules[i].Verbs) == 0 {
				rules = slices.Delete(rules, i, i+1)
			}
			t.Run(what, func(t *testing.T) {
				t.Parallel()
				limit <- struct{}{}
				defer func() { <-limit }()
				as := grant(t, ctx, kube, what, rules)
				awaitRole(t, ctx, kube, what, rules)
				d, r := document(t, c.Kubeconfig, append([]string{as}, quick...)...)
				said := slices.ContainsFunc(d.Coverage, func(w report.Watch) bool { return w.State != "live" && w.Message != "" })
				for _, f := range d.Findings {
					said = said || f.Grade == "unknown"
				}
				if !said && !slices.Equal(lasting(d), lasting(whole)) {
					t.Errorf("exit code %d: nothing says that %s is missing, and the findings differ:\n%s\nwere\n%s",
						r.code, what, strings.Join(lasting(d), "\n"), strings.Join(lasting(whole), "\n"))
				}
				if verb == "every" && !said {
					t.Errorf("exit code %d: nothing says that %s may not be read at all", r.code, rule.Resources[0])
				}
			})
		}
	}
}

func forecastTells(t *testing.T, c *controlplane.Cluster) {
	r := run(t, command(c.Kubeconfig, "forecast", "devlake", "-n", "devlake", "-o", "json"))
	var d paper
	if err := json.Unmarshal([]byte(r.stdout), &d); err != nil {
		t.Fatalf("exit code %d: %v\n%s", r.code, err, r.stderr)
	}
	if len(d.find("claim-orphan:devlake/PersistentVolumeClaim/devlake-mysql-data-devlake-mysql-0")) == 0 {
		t.Errorf("the claim that stays is not told: %v", ids(d))
	}
	r = run(t, command(c.Kubeconfig, "forecast", "keep", "-n", "keep", "-o", "json"))
	if err := json.Unmarshal([]byte(r.stdout), &d); err != nil {
		t.Fatalf("exit code %d: %v\n%s", r.code, err, r.stderr)
	}
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
	for where, text := range written {
		for _, s := range demo.Sentinels {
			if strings.Contains(text, s) || strings.Contains(text, base64.StdEncoding.EncodeToString([]byte(s))) {
				t.Errorf("%s holds %q", where, s)
			}
		}
	}
}

// onlyReadsLeft reads the API server's audit log: what careen sent in all of this
// was reads, reviews, and creates that were not kept.
func onlyReadsLeft(t *testing.T, c *controlplane.Cluster) {
	requests, err := c.Requests(func(r controlplane.Request) bool { return strings.HasPrefix(r.UserAgent, "careen/") })
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
