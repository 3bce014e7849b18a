package demo

import (
	"context"
	"fmt"
	"strings"

	"github.com/careen-tui/careen/probes"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"helm.sh/helm/v3/pkg/release"
)

// vetted sticks for another cause than rights: a webhook on updates of Secrets whose
// service is gone.
var vetted = Incident{
	ID:         "vetted",
	Title:      "a webhook without a service keeps Helm from writing its record",
	Namespaces: []string{"vetted"},
	Findings:   []string{found(probes.ReleaseStuck, "vetted/Release/portal")},
	Settled: []string{
		found(probes.WebhookUnavailable, "/ValidatingWebhookConfiguration/secret-audit"),
		found(probes.WebhookBlocksRecords, "/ValidatingWebhookConfiguration/secret-audit"),
	},
	Prepare: func(ctx context.Context, p *Planter) error { return p.namespace(ctx, "vetted", nil) },
	Complete: func(ctx context.Context, p *Planter) error {
		p.say("planting vetted: installing behind a webhook that nobody answers")
		if err := p.apply(ctx, "vetted.yaml"); err != nil {
			return err
		}
		probe := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "vetted", Name: "is-it-on"}}
		secrets := p.kube.CoreV1().Secrets("vetted")
		made, err := secrets.Create(ctx, probe, metav1.CreateOptions{})
		if err != nil {
			return fmt.Errorf("creating a Secret to try the webhook with: %w", err)
		}
		err = await(ctx, "the webhook to be called", func(ctx context.Context) (bool, error) {
			_, err := secrets.Update(ctx, made, metav1.UpdateOptions{DryRun: []string{metav1.DryRunAll}})
			return err != nil && strings.Contains(err.Error(), "failed calling webhook"), err
		})
		if err != nil {
			return err
		}
		if err := secrets.Delete(ctx, probe.Name, metav1.DeleteOptions{}); err != nil {
			return fmt.Errorf("deleting the Secret that the webhook was tried with: %w", err)
		}
		done, err := p.helm("vetted").install(ctx, "portal", "review-app", nil)
		if err != nil {
			return err
		}
		if done.Info.Status != release.StatusDeployed {
			return fmt.Errorf("helm install portal says %s, and not deployed", done.Info.Status)
		}
		if err := p.expectRecord(ctx, "vetted", "portal", 1, release.StatusPendingInstall); err != nil {
			return err
		}
		return p.awaitReady(ctx, "vetted")
	},
	Mend: func(ctx context.Context, p *Planter) error {
		err := p.kube.AdmissionregistrationV1().ValidatingWebhookConfigurations().Delete(ctx, "secret-audit", metav1.DeleteOptions{})
		if err != nil {
			return fmt.Errorf("deleting the webhook: %w", err)
		}
		return await(ctx, "the record to be written", func(ctx context.Context) (bool, error) {
			err := p.markDeployed(ctx, "vetted", "portal")
			return err == nil, err
		})
	},
}

// awaitWebhook returns when pods of a namespace are refused because their webhook
// cannot be called.
func (p *Planter) awaitWebhook(ctx context.Context, namespace string) error {
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "is-it-on"},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "try", Image: "registry.example.com/portal:1.2.0"}}},
	}
	return await(ctx, "the webhook to be called", func(ctx context.Context) (bool, error) {
		_, err := p.kube.CoreV1().Pods(namespace).Create(ctx, pod, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
		return err != nil && strings.Contains(err.Error(), "failed calling webhook"), err
	})
}
