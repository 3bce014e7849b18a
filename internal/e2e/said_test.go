//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/careen-tui/careen/internal/controlplane/planetest"
)

// TestWhoAsksIsToldWhatTheLogsOfReadyPodsSay plants a Deployment that is ready, though its
// log says that its database does not answer: nothing is found of it, until somebody asks.
func TestWhoAsksIsToldWhatTheLogsOfReadyPodsSay(t *testing.T) {
	const namespace, who = "asked", "an-operator"
	c := shared.Cluster(t)
	shared.Namespace(t, namespace)
	client := shared.Client(t)
	if _, err := client.CoreV1().Services(namespace).Create(t.Context(), &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: "ledger"}, Spec: corev1.ServiceSpec{Selector: map[string]string{"app": "ledger"}, Ports: []corev1.ServicePort{{Port: 5432}}},
	}, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	labels, replicas := map[string]string{"app": "checkout"}, int32(4)
	log := "starting\nFATAL: \x1b[2Jconnection to server at \"ledger\", port 5432 failed: Connection refused password=" + secretWord + "\nok\n"
	if _, err := client.AppsV1().Deployments(namespace).Create(t.Context(), &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: "checkout"},
		Spec: appsv1.DeploymentSpec{Replicas: &replicas, Selector: &metav1.LabelSelector{MatchLabels: labels}, Template: corev1.PodTemplateSpec{
			ObjectMeta: metav1.ObjectMeta{Labels: labels, Annotations: map[string]string{"careen.dev/log": log}},
			Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Image: "registry.example.com/checkout:1"}}},
		}},
	}, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	planetest.Eventually(t, "the Deployment to be ready", func(ctx context.Context) error {
		d, err := client.AppsV1().Deployments(namespace).Get(ctx, "checkout", metav1.GetOptions{})
		if err == nil && d.Status.ReadyReplicas != replicas {
			err = fmt.Errorf("%d are ready", d.Status.ReadyReplicas)
		}
		return err
	})
	d, _ := document(t, c.Kubeconfig, "-n", namespace)
	for _, f := range d.Findings {
		if strings.Contains(f.ID, "/Deployment/checkout") {
			t.Errorf("a log became a finding: %s: %s", f.ID, f.Summary)
		}
	}
	r := run(t, command(c.Kubeconfig, "note", "deploy/checkout", "-n", namespace, "--as", who, "--as-group", "system:masters"))
	for _, want := range []string{
		"# Deployment asked/checkout", "4/4 ready", "The logs of the newest and the oldest of 4 pods.",
		"ledger:5432 refuses the connection, and Service ledger has no pods",
	} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("the note lacks %q: exit code %d\n%s%s", want, r.code, r.stdout, r.stderr)
		}
	}
	if strings.Contains(r.stdout, secretWord) || strings.Contains(r.stdout, "\x1b") {
		t.Errorf("it is not harmless:\n%s", r.stdout)
	}
	ui := browse(t, c.Kubeconfig, 140, 60, "-n", namespace)
	ui.See("No findings in asked", "kinds read.") // the list of commands holds what was read when it was opened
	ui.Press(":").Type("deploy/checkout").See("asked/checkout", "show it")
	ui.Press("enter").See("What its logs say", "ledger:5432 refuses the connection", "proves nothing")
	ui.Quit()
}

const secretWord = "S3ntin3l-Zq81"
