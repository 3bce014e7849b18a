//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chart/loader"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/yaml"

	"github.com/careen-tui/careen/internal/controlplane"
)

// staged is one of the five incidents, up to what sets it off.
type staged struct {
	*testing.T
	c         *controlplane.Cluster
	kube      kubernetes.Interface
	namespace string
}

// helm installs or upgrades a chart of the demo with Helm's own code, as somebody.
func (s staged) helm(release, name string, values map[string]any, as string) error {
	s.Helper()
	flags := genericclioptions.NewConfigFlags(true)
	*flags.KubeConfig, *flags.Namespace, *flags.Impersonate = s.c.Kubeconfig, s.namespace, as
	cfg := &action.Configuration{}
	if err := cfg.Init(flags, s.namespace, "secret", func(string, ...any) {}); err != nil {
		s.Fatal(err)
	}
	loaded, err := loader.Load(chart(name))
	if err != nil {
		s.Fatal(err)
	}
	if _, err := cfg.Releases.Last(release); err == nil {
		up := action.NewUpgrade(cfg)
		up.Namespace, up.DisableOpenAPIValidation = s.namespace, true
		_, err = up.RunWithContext(s.Context(), release, loaded, values)
		return err
	}
	in := action.NewInstall(cfg)
	in.ReleaseName, in.Namespace, in.DisableOpenAPIValidation = release, s.namespace, true
	_, err = in.RunWithContext(s.Context(), loaded, values)
	return err
}

func (s staged) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// file writes values where --values reads them.
func (s staged) file(values map[string]any) string {
	s.Helper()
	b, err := yaml.Marshal(values)
	s.must(err)
	path := filepath.Join(s.TempDir(), "values.yaml")
	s.must(os.WriteFile(path, b, 0o600))
	return path
}

// verified runs careen verify with short thresholds.
func (s staged) verified(release string, more ...string) ran {
	s.Helper()
	return run(s.T, command(s.c.Kubeconfig, slices.Concat([]string{"verify", release, "-n", s.namespace, "--timeout", "90s", "-o", "json"}, quick, more)...))
}

// incidentToBe is how an incident comes about by a deploy.
type incidentToBe struct {
	name, release, chart string
	before               func(s staged) // what is there before the deploy
	values               func(s staged) map[string]any
	as                   func(s staged) string // who deploys
	foretold             []string              // ids, with %s for the namespace
	choose               string
	after                func(s staged)  // what happens at the deploy beside it
	cause                string          // what verify names where nothing was prevented
	verify               []string        // more of its flags
	patience             map[bool]string // --timeout, by whether it was prevented
}

func nested(v any, path ...string) map[string]any {
	for _, k := range slices.Backward(path) {
		v = map[string]any{k: v}
	}
	return v.(map[string]any)
}

const (
	oldSecret = "keep-vms-e44307bec48549e0b67d3c4586965749"
	newSecret = "keep-victoriametrics-e44307bec48549e0b67d3c4586965749"
)

func providers(name string, needs string) map[string]any {
	notes := map[string]any{}
	if needs != "" {
		notes["careen.dev/needs-secret"], notes["careen.dev/start-after"] = needs, "1s"
	}
	return nested(map[string]any{
		"providers":      map[string]any{name: map[string]any{"type": "victoriametrics", "authentication": map[string]any{"Password": "x"}}},
		"podAnnotations": notes,
	}, "backend")
}

var fiveIncidents = []incidentToBe{
	{
		name: "keep", release: "keep", chart: "keep",
		before: func(s staged) {
			s.must(s.helm("keep", "keep", providers("vms", ""), ""))
			_, err := s.kube.CoreV1().Secrets(s.namespace).Create(s.Context(), &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: oldSecret}, StringData: map[string]string{"value": "{}"}}, metav1.CreateOptions{})
			s.must(err)
			if r := s.verified("keep"); r.code != 0 {
				s.Fatalf("before: exit code %d\n%s%s", r.code, r.stdout, r.stderr)
			}
		},
		values:   func(staged) map[string]any { return providers("victoriametrics", newSecret) },
		foretold: []string{"api-read-secret-missing:%s/Deployment/keep-backend#backend.providers.vms"}, choose: "copy-" + oldSecret,
		cause: "api-read-secret-missing:%s/Deployment/keep-backend",
	},
	{
		name: "vault", release: "vault-raft", chart: "vault-raft",
		values: func(staged) map[string]any {
			return map[string]any{"serviceAccount": map[string]any{"create": false, "name": "vault-raft"}}
		},
		foretold: []string{"service-account-missing:%s/StatefulSet/vault-raft"},
		cause:    "service-account-missing:%s/StatefulSet/vault-raft",
	},
	{
		name: "review", release: "review-app", chart: "review-app",
		before: func(s staged) {
			meta := metav1.ObjectMeta{Name: "ci"}
			_, err := s.kube.CoreV1().ServiceAccounts(s.namespace).Create(s.Context(), &corev1.ServiceAccount{ObjectMeta: meta}, metav1.CreateOptions{})
			s.must(err)
			all := []string{"get", "list", "watch", "create", "update", "patch", "delete"}
			_, err = s.kube.RbacV1().Roles(s.namespace).Create(s.Context(), &rbacv1.Role{ObjectMeta: meta, Rules: []rbacv1.PolicyRule{
				{APIGroups: []string{""}, Resources: []string{"secrets"}, Verbs: []string{"get", "list", "create", "delete"}},
				{APIGroups: []string{""}, Resources: []string{"configmaps", "services"}, Verbs: all},
				{APIGroups: []string{"apps"}, Resources: []string{"deployments"}, Verbs: all},
			}}, metav1.CreateOptions{})
			s.must(err)
			_, err = s.kube.RbacV1().RoleBindings(s.namespace).Create(s.Context(), &rbacv1.RoleBinding{
				ObjectMeta: meta, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: "ci"},
				Subjects: []rbacv1.Subject{{Kind: "ServiceAccount", Namespace: s.namespace, Name: "ci"}},
			}, metav1.CreateOptions{})
			s.must(err)
		},
		as:       func(s staged) string { return "system:serviceaccount:" + s.namespace + ":ci" },
		foretold: []string{"helm-cannot-update-records:%s/ServiceAccount/ci"},
		cause:    "helm-cannot-update-records:%s/ServiceAccount/ci", patience: map[bool]string{false: "15s"},
	},
	{
		name: "devlake", release: "devlake", chart: "devlake",
		before: func(s staged) {
			_, err := s.kube.CoreV1().PersistentVolumeClaims(s.namespace).Create(s.Context(), leftClaim(), metav1.CreateOptions{})
			s.must(err)
			time.Sleep(3 * time.Second) // the API server's times have a resolution of a second
		},
		foretold: []string{"claim-older-than-owner:%s/PersistentVolumeClaim/devlake-mysql-data-devlake-mysql-0"},
		cause:    "claim-older-than-owner:%s/PersistentVolumeClaim/devlake-mysql-data-devlake-mysql-0", verify: []string{"--fail-on", "medium"},
	},
	{
		name: "metrics", release: "vm", chart: "victoria-metrics",
		before: func(s staged) {
			s.must(s.helm("vm", "victoria-metrics", nil, ""))
			if r := s.verified("vm"); r.code != 0 {
				s.Fatalf("before: exit code %d\n%s%s", r.code, r.stdout, r.stderr)
			}
			time.Sleep(2 * time.Second)
		},
		values:   func(staged) map[string]any { return nested(3, "vmstorage", "replicas") },
		foretold: []string{"config-newer-than-process:%s/Deployment/vm-vminsert#vm-vmstorage-env", "config-newer-than-process:%s/Deployment/vm-vmselect#vm-vmstorage-env"},
		after:    func(s staged) { s.reloads("vm-vmstorage-env") },
		cause:    "config-newer-than-process:%s/Deployment/vm-vminsert", verify: []string{"--fail-on", "medium"},
	},
}

// leftClaim is what a StatefulSet of an earlier installation left.
func leftClaim() *corev1.PersistentVolumeClaim {
	c := &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: "devlake-mysql-data-devlake-mysql-0", Labels: map[string]string{"app.kubernetes.io/instance": "devlake"}}}
	c.Spec.AccessModes = []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce}
	c.Spec.Resources.Requests = corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("5Gi")}
	return c
}

// reloads is what a reloader does when a ConfigMap changes: it rolls whatever asks for it.
func (s staged) reloads(config string) {
	s.Helper()
	list, err := s.kube.AppsV1().Deployments(s.namespace).List(s.Context(), metav1.ListOptions{})
	s.must(err)
	for _, d := range list.Items {
		if !strings.Contains(d.Annotations["configmap.reloader.stakater.com/reload"], config) {
			continue
		}
		patch := fmt.Sprintf(`{"spec":{"template":{"metadata":{"annotations":{"reloader.stakater.com/last-reloaded-from":%q}}}}}`, time.Now().String())
		_, err := s.kube.AppsV1().Deployments(s.namespace).Patch(s.Context(), d.Name, types.StrategicMergePatchType, []byte(patch), metav1.PatchOptions{FieldManager: "Reloader"})
		s.must(err)
	}
}

// reloader has a Deployment run that careen takes for one.
func (s staged) reloader() {
	s.Helper()
	labels := map[string]string{"app": "reloader"}
	_, err := s.kube.AppsV1().Deployments(s.namespace).Create(s.Context(), &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: "reloader"},
		Spec: appsv1.DeploymentSpec{Selector: &metav1.LabelSelector{MatchLabels: labels}, Template: corev1.PodTemplateSpec{
			ObjectMeta: metav1.ObjectMeta{Labels: labels},
			Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "reloader", Image: "ghcr.io/stakater/reloader:v1.4.0"}}},
		}},
	}, metav1.CreateOptions{})
	s.must(err)
}

// TestTheFiveIncidentsArePrevented has each foretold and prevented before the real helm
// deploys it, and verified; beside it the same deploy goes without that.
func TestTheFiveIncidentsArePrevented(t *testing.T) {
	c, kube := shared.Cluster(t), shared.Client(t)
	shared.Namespace(t, "five-reloader")
	defer shared.Remove(t, "five-reloader")
	staged{t, c, kube, "five-reloader"}.reloader()
	t.Run("beside each other", func(t *testing.T) { // which returns when all of them have ended
		for _, i := range fiveIncidents {
			t.Run(i.name, func(t *testing.T) {
				t.Parallel()
				for _, prevented := range []bool{true, false} {
					s := staged{t, c, kube, fmt.Sprintf("five-%s-%s", i.name, map[bool]string{true: "well", false: "hurt"}[prevented])}
					shared.Namespace(t, s.namespace)
					defer shared.Remove(t, s.namespace)
					i.run(s, prevented)
				}
			})
		}
	})
}

func (i incidentToBe) run(s staged, prevented bool) {
	if i.before != nil {
		i.before(s)
	}
	values, as := map[string]any{}, ""
	if i.values != nil {
		values = i.values(s)
	}
	preflight := []string{"preflight", i.release, chart(i.chart), "-n", s.namespace, "-f", s.file(values)}
	if i.as != nil {
		as = i.as(s)
		preflight = append(preflight, "--installer", as)
	}
	for _, f := range i.foretold {
		id := fmt.Sprintf(f, s.namespace)
		d, _ := foretold(s.T, s.c, preflight[1:]...)
		if !slices.Contains(ids(d), id) {
			s.Fatalf("%s is not foretold, only %v", id, ids(d))
		}
		if !prevented {
			continue
		}
		args := append(slices.Clone(preflight), "--fix", id, "--yes")
		if i.choose != "" {
			args = append(args, "--choose", i.choose)
		}
		if r := run(s.T, command(s.c.Kubeconfig, args...)); r.code != 0 || !strings.Contains(r.stdout, "proved") {
			s.Fatalf("%v: exit code %d\n%s%s", args, r.code, r.stdout, r.stderr)
		}
	}
	if err := s.helm(i.release, i.chart, values, as); err != nil && prevented {
		s.Fatal(err)
	}
	if i.after != nil {
		i.after(s)
	}
	more := i.verify
	if patience := i.patience[prevented]; patience != "" {
		more = append(slices.Clone(more), "--timeout", patience)
	}
	r := s.verified(i.release, more...)
	cause := fmt.Sprintf(i.cause, s.namespace)
	if named := strings.Contains(r.stdout, `"`+cause); prevented && r.code != 0 || !prevented && (r.code != 1 || !named) {
		s.Errorf("prevented %t: exit code %d; want 0, or 1 and %s\n%s%s", prevented, r.code, cause, r.stdout, r.stderr)
	}
}
