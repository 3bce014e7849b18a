package demo

import (
	"context"
	"fmt"

	"github.com/careen-tui/careen/probes"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// shop is applied with kubectl: references that lead nowhere, and containers that
// fail for reasons of their own.
var shop = Incident{
	ID:         "shop",
	Title:      "references that lead nowhere, and containers that fail by themselves",
	Namespaces: []string{"shop"},
	Findings: []string{
		found(probes.ReferenceMissing, "shop/Deployment/web"),
		found(probes.ReferenceMissing, "shop/Deployment/catalog"),
		found(probes.ReferenceMissing, "shop/StatefulSet/search"),
	},
	Settled: []string{
		found(probes.SecretOrphan, "shop/Secret/catalog-tls-2025"),
		found(probes.ContainerFailing, "shop/Deployment/web"),
		found(probes.ContainerFailing, "shop/StatefulSet/search"),
		found(probes.ContainerFailing, "shop/Deployment/worker"),
		found(probes.ContainerFailing, "shop/Deployment/reports"),
		found(probes.ImageUnpullable, "shop/Deployment/images"),
	},
	Prepare: func(ctx context.Context, p *Planter) error { return p.namespace(ctx, "shop", nil) },
	Complete: func(ctx context.Context, p *Planter) error {
		p.say("planting shop: applying its manifests")
		if err := p.apply(ctx, "shop.yaml"); err != nil {
			return err
		}
		for name, reason := range map[string]string{
			"web":     "CreateContainerConfigError",
			"search":  "CreateContainerConfigError",
			"worker":  "CrashLoopBackOff",
			"reports": "CrashLoopBackOff",
			"images":  "ImagePullBackOff",
		} {
			if err := p.awaitWaiting(ctx, "shop", "app.kubernetes.io/name="+name, reason); err != nil {
				return err
			}
		}
		return p.awaitEvent(ctx, "shop", "Pod", "catalog", "FailedMount")
	},
	Mend: func(ctx context.Context, p *Planter) error {
		patch := []byte(`{"stringData":{"passphrase":"` + sentinelPlainEnv + `"}}`)
		_, err := p.kube.CoreV1().Secrets("shop").Patch(ctx, "shop-database", types.MergePatchType, patch,
			metav1.PatchOptions{FieldManager: manager})
		if err != nil {
			return fmt.Errorf("adding the missing key: %w", err)
		}
		return p.awaitReady(ctx, "shop", "web")
	},
}

// refused holds one workload for each of those who can refuse its pods: a quota, a
// limit range, pod security, and a webhook that does not answer.
var refused = Incident{
	ID:         "refused",
	Title:      "pods refused by a quota, a limit range, pod security and a webhook",
	Namespaces: []string{"batch", "capped", "hardened", "gated"},
	Findings: []string{
		found(probes.QuotaFull, "batch/ResourceQuota/team"),
		found(probes.AdmissionRefused, "batch/Deployment/crunch"),
		found(probes.AdmissionRefused, "capped/StatefulSet/cache"),
		found(probes.AdmissionRefused, "hardened/DaemonSet/node-agent"),
		found(probes.AdmissionRefused, "gated/Deployment/portal"),
	},
	Settled: []string{
		found(probes.ServiceUnreachable, "gated/Service/image-policy"),
		found(probes.WebhookUnavailable, "/ValidatingWebhookConfiguration/image-policy"),
	},
	Prepare: func(ctx context.Context, p *Planter) error {
		for _, name := range []string{"batch", "capped", "gated"} {
			if err := p.namespace(ctx, name, nil); err != nil {
				return err
			}
		}
		return p.namespace(ctx, "hardened", map[string]string{"pod-security.kubernetes.io/enforce": "restricted"})
	},
	Complete: func(ctx context.Context, p *Planter) error {
		p.say("planting refused: a quota, a limit range, pod security, a webhook")
		if err := p.apply(ctx, "refused.yaml"); err != nil {
			return err
		}
		if err := p.awaitWebhook(ctx, "gated"); err != nil {
			return err
		}
		if err := p.apply(ctx, "gated.yaml"); err != nil {
			return err
		}
		for _, who := range []struct{ namespace, kind, name string }{
			{"batch", "ReplicaSet", "crunch"},
			{"capped", "StatefulSet", "cache"},
			{"hardened", "DaemonSet", "node-agent"},
			{"gated", "ReplicaSet", "portal"},
		} {
			if err := p.awaitEvent(ctx, who.namespace, who.kind, who.name, "FailedCreate"); err != nil {
				return err
			}
		}
		return nil
	},
	Mend: func(ctx context.Context, p *Planter) error {
		patch := []byte(`{"spec":{"hard":{"pods":"20"}}}`)
		_, err := p.kube.CoreV1().ResourceQuotas("batch").Patch(ctx, "team", types.MergePatchType, patch,
			metav1.PatchOptions{FieldManager: manager})
		if err != nil {
			return fmt.Errorf("raising the quota: %w", err)
		}
		err = await(ctx, "the quota to be raised", func(ctx context.Context) (bool, error) {
			quota, err := p.kube.CoreV1().ResourceQuotas("batch").Get(ctx, "team", metav1.GetOptions{})
			return err == nil && quota.Status.Hard.Pods().Value() == 20, err
		})
		if err != nil {
			return err
		}
		if err := p.nudge(ctx, "batch", "crunch"); err != nil {
			return err
		}
		return p.awaitReady(ctx, "batch", "crunch")
	},
}
