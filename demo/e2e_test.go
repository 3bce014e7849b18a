//go:build e2e

package demo

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/careen-tui/careen/internal/controlplane"
)

// plantingTakes is what all of it may take on a machine that does other things too.
const plantingTakes = 40 * time.Second

// TestPlantedState plants everything on a real control plane, looks whether each
// symptom is there, and mends what can be mended.
func TestPlantedState(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	cluster, err := controlplane.Start(ctx, controlplane.Options{Progress: func(line string) { t.Log(line) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cluster.Stop() })
	config, err := clientcmd.BuildConfigFromFlags("", cluster.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewPlanter(config, func(line string) { t.Log(line) })
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := p.PlantAll(ctx); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > plantingTakes {
		t.Errorf("planting took %s", took.Round(time.Second))
	}
	for name, look := range map[string]func(*testing.T, context.Context, *Planter){
		"keep":        lookAtKeep,
		"vault":       lookAtVault,
		"records":     lookAtRecords,
		"claims":      lookAtClaims,
		"lists":       lookAtLists,
		"sentinels":   lookForSentinels,
		"hostile":     lookForHostileText,
		"healthyPods": lookAtHealthyPods,
	} {
		t.Run(name, func(t *testing.T) { look(t, ctx, p) })
	}
	t.Run("fresh", func(t *testing.T) {
		if err := Fresh.Plant(ctx, p); err != nil {
			t.Error(err)
		}
	})
	for _, incident := range Incidents {
		if incident.Mend == nil {
			continue
		}
		t.Run("mend/"+incident.ID, func(t *testing.T) {
			if err := incident.Mend(ctx, p); err != nil {
				t.Fatal(err)
			}
			lookAtMended(t, ctx, p, incident.ID)
		})
	}
}

// lookAtKeep reads the log that the next start will have overwritten.
func lookAtKeep(t *testing.T, ctx context.Context, p *Planter) {
	pods := must(p.kube.CoreV1().Pods(keepNamespace).List(ctx, metav1.ListOptions{LabelSelector: "keep-component=backend"}))(t).Items
	if len(pods) != 1 {
		t.Fatalf("Keep has %d backends", len(pods))
	}
	options := &corev1.PodLogOptions{Container: "keep", Previous: true}
	log, err := p.kube.CoreV1().Pods(keepNamespace).GetLogs(pods[0].Name, options).DoRaw(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`secrets \"` + KeepSecret + `\" not found`, `"reason":"NotFound"`, "(404)"} {
		if !strings.Contains(string(log), want) {
			t.Errorf("the previous log does not say %s:\n%s", want, log)
		}
	}
	secrets := must(p.kube.CoreV1().Secrets(keepNamespace).List(ctx, metav1.ListOptions{}))(t).Items
	siblings := 0
	for _, s := range secrets {
		if s.Name == KeepSecret {
			t.Error("the Secret is there")
		}
		if _, ok := keepSiblings[s.Name]; ok {
			siblings++
		}
	}
	if siblings != len(keepSiblings) {
		t.Errorf("%d of %d siblings are there", siblings, len(keepSiblings))
	}
}

func lookAtVault(t *testing.T, ctx context.Context, p *Planter) {
	for _, account := range must(p.kube.CoreV1().ServiceAccounts(vaultNamespace).List(ctx, metav1.ListOptions{}))(t).Items {
		if account.Name != "default" {
			t.Errorf("account %s is there", account.Name)
		}
	}
	configuration, err := p.helm(vaultNamespace).open()
	if err != nil {
		t.Fatal(err)
	}
	for release, declares := range map[string]bool{vaultRelease: true, raftRelease: false} {
		last, err := configuration.Releases.Last(release)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(last.Manifest, "kind: ServiceAccount"); got != declares {
			t.Errorf("the manifest of %s declares an account: %v", release, got)
		}
	}
	d := must(p.kube.AppsV1().Deployments(vaultNamespace).Get(ctx, vaultRelease, metav1.GetOptions{}))(t)
	failure := false
	for _, c := range d.Status.Conditions {
		failure = failure || c.Type == "ReplicaFailure" && c.Status == "True"
	}
	if !failure {
		t.Error("the Deployment does not have ReplicaFailure")
	}
	if set := must(p.kube.AppsV1().StatefulSets(vaultNamespace).Get(ctx, raftRelease, metav1.GetOptions{}))(t); len(set.Status.Conditions) > 0 {
		t.Error("the StatefulSet has a condition")
	}
}

// lookAtRecords checks the fingerprints of records that were never updated.
func lookAtRecords(t *testing.T, ctx context.Context, p *Planter) {
	for _, c := range []struct{ namespace, record, status string }{
		{"review", "review-app.v1", "pending-install"},
		{"vetted", "portal.v1", "pending-install"},
		{"checkout", "checkout.v1", "pending-install"},
	} {
		labels := must(p.kube.CoreV1().Secrets(c.namespace).Get(ctx, "sh.helm.release.v1."+c.record, metav1.GetOptions{}))(t).Labels
		if labels["status"] != c.status || labels["createdAt"] == "" || labels["modifiedAt"] != "" {
			t.Errorf("%s/%s: labels %v", c.namespace, c.record, labels)
		}
	}
	// Helm writes down that a hook runs: this one was updated, and pends all the same.
	hook := must(p.kube.CoreV1().Secrets("harbour-hook").Get(ctx, "sh.helm.release.v1.archive.v1", metav1.GetOptions{}))(t).Labels
	if hook["status"] != "pending-install" || hook["modifiedAt"] == "" {
		t.Errorf("harbour-hook: labels %v", hook)
	}
	upgrade := must(p.kube.CoreV1().Secrets("staging").Get(ctx, "sh.helm.release.v1.storefront.v2", metav1.GetOptions{}))(t).Labels
	if upgrade["status"] != "pending-upgrade" || upgrade["modifiedAt"] == "" || upgrade["modifiedAt"] > upgrade["createdAt"] {
		t.Errorf("staging: labels %v: modifiedAt must be inherited", upgrade)
	}
	deployments := must(p.kube.AppsV1().Deployments("checkout").List(ctx, metav1.ListOptions{}))(t).Items
	if len(deployments) != 0 {
		t.Error("checkout: the Deployment is there")
	}
}

func lookAtClaims(t *testing.T, ctx context.Context, p *Planter) {
	claim := must(p.kube.CoreV1().PersistentVolumeClaims(lakeNamespace).Get(ctx, lakeClaim, metav1.GetOptions{}))(t)
	set := must(p.kube.AppsV1().StatefulSets(lakeNamespace).Get(ctx, lakeSet, metav1.GetOptions{}))(t)
	if older := set.CreationTimestamp.Sub(claim.CreationTimestamp.Time); older < visiblyOlder {
		t.Errorf("the claim is older than its set by %s only", older)
	}
	if _, owned := claim.Annotations["meta.helm.sh/release-name"]; owned || claim.Status.Phase != corev1.ClaimBound {
		t.Errorf("claim: phase %s, annotations %v", claim.Status.Phase, claim.Annotations)
	}
	for namespace, want := range map[string]int{"warehouse": 2, "harbour-storage": 3} {
		claims := must(p.kube.CoreV1().PersistentVolumeClaims(namespace).List(ctx, metav1.ListOptions{}))(t).Items
		if len(claims) != want {
			t.Errorf("%s has %d claims, not %d", namespace, len(claims), want)
		}
		for _, c := range claims {
			if c.Labels["app.kubernetes.io/instance"] == "" {
				t.Errorf("%s/%s does not name its release", namespace, c.Name)
			}
		}
	}
	records := must(p.kube.CoreV1().Secrets("warehouse").List(ctx, metav1.ListOptions{LabelSelector: "owner=helm"}))(t).Items
	if len(records) != 0 {
		t.Error("warehouse has a record")
	}
}

func lookAtLists(t *testing.T, ctx context.Context, p *Planter) {
	for namespace, members := range map[string]int{metricsNamespace: 2, "archive": 3} {
		list := must(p.kube.CoreV1().ConfigMaps(namespace).Get(ctx, metricsList, metav1.GetOptions{}))(t)
		if got := strings.Count(list.Data["VMSTORAGE_ADDR"], ":8400"); got != members {
			t.Errorf("%s lists %d members: %s", namespace, got, list.Data["VMSTORAGE_ADDR"])
		}
		set := must(p.kube.AppsV1().StatefulSets(namespace).Get(ctx, metricsSet, metav1.GetOptions{}))(t)
		if set.Status.ReadyReplicas != 3 {
			t.Errorf("%s has %d members ready", namespace, set.Status.ReadyReplicas)
		}
	}
}

func lookAtHealthyPods(t *testing.T, ctx context.Context, p *Planter) {
	for _, namespace := range Healthy {
		pods := must(p.kube.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{}))(t).Items
		if len(pods) == 0 {
			t.Errorf("%s has no pod", namespace)
		}
		for _, pod := range pods {
			if pod.Status.Phase != corev1.PodRunning && !strings.HasPrefix(pod.Name, "rolling-") {
				t.Errorf("%s/%s is %s", namespace, pod.Name, pod.Status.Phase)
			}
		}
	}
}

// lookForSentinels makes sure that a test which finds none of them looked for
// something: each stands in a Secret, in a record's values, or in a pod.
func lookForSentinels(t *testing.T, ctx context.Context, p *Planter) {
	var all strings.Builder
	for _, s := range must(p.kube.CoreV1().Secrets("").List(ctx, metav1.ListOptions{}))(t).Items {
		for key, value := range s.Data {
			all.Write(value)
			if key == "release" && s.Namespace != "attic" {
				all.Write(unpack(string(value)))
			}
		}
	}
	for _, c := range must(p.kube.CoreV1().ConfigMaps("").List(ctx, metav1.ListOptions{LabelSelector: "owner=helm"}))(t).Items {
		all.Write(unpack(c.Data["release"]))
	}
	for _, pod := range must(p.kube.CoreV1().Pods("").List(ctx, metav1.ListOptions{}))(t).Items {
		text, _ := json.Marshal(pod)
		all.Write(text)
	}
	for _, sentinel := range Sentinels {
		if !strings.Contains(all.String(), sentinel) {
			t.Errorf("%s is planted nowhere", sentinel)
		}
	}
}

func unpack(record string) []byte {
	packed, err := base64.StdEncoding.DecodeString(record)
	if err != nil {
		return nil
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil
	}
	text, _ := io.ReadAll(r)
	return text
}

func lookForHostileText(t *testing.T, ctx context.Context, p *Planter) {
	d := must(p.kube.AppsV1().Deployments("hostile").Get(ctx, "trojan", metav1.GetOptions{}))(t)
	if d.Annotations["example.com/description"] != hostileText {
		t.Error("the annotation was changed on its way")
	}
	for _, e := range must(p.kube.CoreV1().Events("hostile").List(ctx, metav1.ListOptions{}))(t).Items {
		if strings.HasSuffix(e.Message, hostileText) {
			return
		}
	}
	t.Error("the event is not there")
}

func lookAtMended(t *testing.T, ctx context.Context, p *Planter, id string) {
	switch id {
	case "review":
		ci, err := p.helmAs(ctx, "review", "ci")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ci.upgradeInstall(ctx, "review-app", "review-app", nil); err != nil {
			t.Errorf("an upgrade after mending: %v", err)
		}
	case "devlake":
		claim := must(p.kube.CoreV1().PersistentVolumeClaims(lakeNamespace).Get(ctx, lakeClaim, metav1.GetOptions{}))(t)
		set := must(p.kube.AppsV1().StatefulSets(lakeNamespace).Get(ctx, lakeSet, metav1.GetOptions{}))(t)
		if claim.CreationTimestamp.Before(&set.CreationTimestamp) {
			t.Error("the claim is the old one")
		}
	case "keep":
		if err := p.awaitReady(ctx, keepNamespace); err != nil {
			t.Error(err)
		}
	}
}

// must unwraps what a client returns.
func must[T any](got T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
}
