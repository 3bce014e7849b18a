package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/careen-tui/careen/probes"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

const (
	keepNamespace = "keep"
	keepBackend   = "keep-backend"

	// KeepSecret is the Secret that Keep's backend reads and does not find: the one
	// of the provider that was called vms. The middle is the provider's type.
	KeepSecret = "keep-victoriametrics-e44307bec48549e0b67d3c4586965749"
)

// keepSiblings are what Keep wrote for providers that it has forgotten, or still has.
var keepSiblings = map[string]string{
	"keep-victoriametrics-1c9a52d07e6f4b0c8d1b7f3e62a4950c": "vms-staging",
	"keep-victoriametrics-9f0be6d4a3c1472f8a7c55d2e91b3067": "vms",
	"keep-grafana-5d27b1c6f0e84a1f9b3f8c2a7d60e413":         "grafana",
}

// keep is keephq/keep#4384, #3401, #646: a provider is renamed in the values, the
// backend deletes the old one's Secret and fails before it deletes the database row,
// and every later start ends in a 404.
var keep = Incident{
	ID:         "keep",
	Title:      "a renamed provider leaves Keep's backend looking for a deleted Secret",
	Namespaces: []string{keepNamespace},
	Findings:   []string{found(probes.APIReadSecretMissing, "keep/Deployment/keep-backend")},
	Settled: []string{
		found(probes.ContainerFailing, "keep/Deployment/keep-backend"),
		found(probes.HostDangling, "keep/Deployment/keep-backend"),
		found(probes.SecretOrphan, "keep/Secret/keep-victoriametrics-1c9a52d07e6f4b0c8d1b7f3e62a4950c"),
		found(probes.SecretOrphan, "keep/Secret/keep-grafana-5d27b1c6f0e84a1f9b3f8c2a7d60e413"),
	},
	Late:     []string{found(probes.ReleaseSaysDeployed, "keep/Release/keep")},
	Prepare:  prepareKeep,
	Complete: completeKeep,
	Mend:     mendKeep,
}

func keepValues(provider string, podAnnotations values) values {
	return values{"backend": values{
		"databasePassword": sentinelKeepDatabase,
		"providers": values{provider: values{
			"type":           "victoriametrics",
			"authentication": values{"VMAlertHost": "http://vmalert.metrics", "VMAlertPort": 8880, "Password": sentinelKeepProvider},
		}},
		"podAnnotations": podAnnotations,
	}}
}

func prepareKeep(ctx context.Context, p *Planter) error {
	p.say("planting keep: installing with provider vms")
	if err := p.namespace(ctx, keepNamespace, nil); err != nil {
		return err
	}
	if err := p.helm(keepNamespace).installReady(ctx, "keep", "keep", keepValues("vms", nil)); err != nil {
		return err
	}
	backend, err := p.keepBackend(ctx)
	if err != nil {
		return err
	}
	written := map[string]string{KeepSecret: "vms"}
	for name, provider := range keepSiblings {
		written[name] = provider
	}
	for name, provider := range written {
		secret, err := keepProviderSecret(name, provider, name == KeepSecret)
		if err != nil {
			return err
		}
		_, err = backend.CoreV1().Secrets(keepNamespace).Create(ctx, secret, metav1.CreateOptions{})
		if err != nil && !apierrors.IsAlreadyExists(err) {
			return fmt.Errorf("writing provider %s as Keep's backend: %w", provider, err)
		}
	}
	return nil
}

// completeKeep renames the provider. The new backend's start is played by its own
// account: it deletes the old provider's Secret and gets no further.
func completeKeep(ctx context.Context, p *Planter) error {
	p.say("planting keep: renaming provider vms to victoriametrics")
	backend, err := p.keepBackend(ctx)
	if err != nil {
		return err
	}
	renamed := keepValues("victoriametrics", values{
		"careen.dev/needs-secret": KeepSecret,
		"careen.dev/start-after":  "1s",
	})
	if _, err := p.helm(keepNamespace).upgrade(ctx, "keep", "keep", renamed); err != nil {
		return err
	}
	if err := backend.CoreV1().Secrets(keepNamespace).Delete(ctx, KeepSecret, metav1.DeleteOptions{}); err != nil {
		return fmt.Errorf("deleting the old provider as Keep's backend: %w", err)
	}
	return await(ctx, "Keep's backend to crash", func(ctx context.Context) (bool, error) {
		pods, err := p.kube.CoreV1().Pods(keepNamespace).List(ctx, metav1.ListOptions{LabelSelector: "keep-component=backend"})
		if err != nil {
			return false, err
		}
		for _, pod := range pods.Items {
			if pod.Annotations["careen.dev/needs-secret"] == "" || pod.DeletionTimestamp != nil {
				continue
			}
			for _, c := range pod.Status.ContainerStatuses {
				if c.State.Waiting != nil && c.State.Waiting.Reason == "CrashLoopBackOff" {
					return true, nil
				}
				if c.State.Running != nil && c.RestartCount == 0 && time.Since(c.State.Running.StartedAt.Time) > 4*time.Second {
					// It came up before the Secret went: the process that deleted it dies now.
					return false, p.kube.CoreV1().Pods(keepNamespace).Delete(ctx, pod.Name, metav1.DeleteOptions{})
				}
			}
		}
		return false, nil
	})
}

// mendKeep writes the Secret again, from what the operator knows, and restarts.
func mendKeep(ctx context.Context, p *Planter) error {
	secret, err := keepProviderSecret(KeepSecret, "vms", true)
	if err != nil {
		return err
	}
	if _, err := p.kube.CoreV1().Secrets(keepNamespace).Create(ctx, secret, metav1.CreateOptions{FieldManager: manager}); err != nil {
		return fmt.Errorf("creating the missing Secret: %w", err)
	}
	if err := p.restart(ctx, keepNamespace, "Deployment", keepBackend); err != nil {
		return err
	}
	return p.awaitReady(ctx, keepNamespace, keepBackend)
}

// keepBackend is a client with the identity of Keep's pods.
func (p *Planter) keepBackend(ctx context.Context) (kubernetes.Interface, error) {
	config, err := p.tokenOf(ctx, keepNamespace, "keep")
	if err != nil {
		return nil, err
	}
	config.UserAgent = "OpenAPI-Generator/31.0.0/python"
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("making a client for Keep's backend: %w", err)
	}
	return client, nil
}

// keepProviderSecret is what Keep stores of a provider: no labels, no owner, one key.
func keepProviderSecret(name, provider string, current bool) (*corev1.Secret, error) {
	password := sentinelKeepSibling
	if current {
		password = sentinelKeepProvider
	}
	value, err := json.Marshal(map[string]any{
		"authentication": map[string]any{"VMAlertHost": "http://vmalert.metrics", "VMAlertPort": 8880, "Password": password},
		"name":           provider,
	})
	if err != nil {
		return nil, fmt.Errorf("writing provider %s: %w", provider, err)
	}
	return &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: keepNamespace, Name: name},
		Data:       map[string][]byte{"value": value},
	}, nil
}
