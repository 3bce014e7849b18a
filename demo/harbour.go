package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/careen-tui/careen/probes"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/retry"

	"helm.sh/helm/v3/pkg/release"
)

// The harbour is where nothing is wrong: the last section of the incidents' page, one
// namespace for each kind of silence.
var harbour = []struct {
	namespace string
	plant     func(context.Context, *Planter) error
}{
	{"harbour", plantHarbour},
	{"harbour-storage", plantHarbourStorage},
	{"harbour-secrets", plantHarbourSecrets},
	{"harbour-config", plantHarbourConfig},
	{"harbour-hook", plantHarbourHook},
}

// Healthy lists the namespaces in which nothing may be found, whatever the thresholds
// of time.
var Healthy = func() []string {
	var names []string
	for _, h := range harbour {
		names = append(names, h.namespace)
	}
	return names
}()

// plantHarbour installs releases with a history. The second revision of pilot changes
// its configuration, and the checksum in its template with it.
func plantHarbour(ctx context.Context, p *Planter) error {
	p.say("planting the harbour: releases with nothing wrong")
	h := p.helm("harbour")
	if err := h.installReady(ctx, "pilot", "harbour", values{"credentials": values{"password": sentinelHealthy}}); err != nil {
		return err
	}
	if _, err := h.install(ctx, "buoy", "harbour", values{"replicaCount": 1}); err != nil {
		return err
	}
	changed := values{"credentials": values{"password": sentinelHealthy}, "config": values{"LOG_LEVEL": "debug"}}
	if _, err := h.upgrade(ctx, "pilot", "harbour", changed); err != nil {
		return err
	}
	if _, err := h.storing("configmap").install(ctx, "lamp", "harbour", nil); err != nil {
		return err
	}
	return p.awaitReady(ctx, "harbour")
}

// plantHarbourStorage scales a database in: the claims of the ordinals that went are
// kept for when it is scaled out again.
func plantHarbourStorage(ctx context.Context, p *Planter) error {
	p.say("planting the harbour: a database scaled from 3 to 1")
	h := p.helm("harbour-storage")
	v := func(replicas int) values {
		return values{"replicas": replicas, "auth": values{"password": sentinelHealthy}}
	}
	if err := h.installReady(ctx, "logbook", "warehouse", v(3)); err != nil {
		return err
	}
	if _, err := h.upgrade(ctx, "logbook", "warehouse", v(1)); err != nil {
		return err
	}
	return p.awaitReady(ctx, "harbour-storage")
}

func plantHarbourSecrets(ctx context.Context, p *Planter) error {
	p.say("planting the harbour: secrets used from everywhere")
	if err := p.applyDefinitions(ctx, "crds.yaml"); err != nil {
		return err
	}
	if err := p.apply(ctx, "harbour-secrets.yaml"); err != nil {
		return err
	}
	if err := p.awaitReady(ctx, "harbour-secrets"); err != nil {
		return err
	}
	return p.debug(ctx)
}

// debug is kubectl debug: a container that is in no template reads a Secret. The
// kubelet writes to the pod at the same time.
func (p *Planter) debug(ctx context.Context) error {
	pods := p.kube.CoreV1().Pods("harbour-secrets")
	debugger := corev1.EphemeralContainer{EphemeralContainerCommon: corev1.EphemeralContainerCommon{
		Name: "debugger", Image: "busybox:1.37", ImagePullPolicy: corev1.PullIfNotPresent,
		TerminationMessagePolicy: corev1.TerminationMessageReadFile,
		Env: []corev1.EnvVar{{Name: "PASSWORD", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
			LocalObjectReference: corev1.LocalObjectReference{Name: "of-a-debugger"}, Key: "password",
		}}}},
	}}
	err := retry.RetryOnConflict(retry.DefaultBackoff, func() error {
		found, err := pods.List(ctx, metav1.ListOptions{LabelSelector: "app.kubernetes.io/name=quay"})
		if err != nil || len(found.Items) == 0 {
			return orNothing(err)
		}
		pod := &found.Items[0]
		pod.Spec.EphemeralContainers = append(pod.Spec.EphemeralContainers, debugger)
		_, err = pods.UpdateEphemeralContainers(ctx, pod.Name, pod, metav1.UpdateOptions{FieldManager: manager})
		return err
	})
	if err != nil {
		return fmt.Errorf("adding a container to a pod: %w", err)
	}
	return nil
}

// plantHarbourConfig changes configuration under running workloads: one is covered by
// a reloader, the other's pods are being replaced.
func plantHarbourConfig(ctx context.Context, p *Planter) error {
	p.say("planting the harbour: configuration that is allowed to differ")
	if err := p.apply(ctx, "harbour-config.yaml"); err != nil {
		return err
	}
	if err := p.awaitReady(ctx, "harbour-config"); err != nil {
		return err
	}
	if err := until(ctx, time.Now().Add(visiblyOlder)); err != nil {
		return err
	}
	for _, name := range []string{"watched", "rolling"} {
		if err := p.setData(ctx, "harbour-config", name, manager, map[string]string{"LEVEL": "2"}); err != nil {
			return err
		}
	}
	roll := []byte(`{"spec":{"template":{"metadata":{"annotations":{"example.com/config":"2","careen.dev/start-after":"24h"}}}}}`)
	_, err := p.kube.AppsV1().Deployments("harbour-config").Patch(ctx, "rolling", types.StrategicMergePatchType, roll,
		metav1.PatchOptions{FieldManager: manager})
	if err != nil {
		return fmt.Errorf("beginning a rollout: %w", err)
	}
	return await(ctx, "the rollout to be under way", func(ctx context.Context) (bool, error) {
		d, err := p.kube.AppsV1().Deployments("harbour-config").Get(ctx, "rolling", metav1.GetOptions{})
		return err == nil && d.Status.UpdatedReplicas > 0 && d.Status.ReadyReplicas > 0 && !deploymentReady(d), err
	})
}

// plantHarbourHook leaves an install pending, however old: the Job of its hook runs.
func plantHarbourHook(ctx context.Context, p *Planter) error {
	p.say("planting the harbour: an install that waits for its migration")
	v := values{"migrate": values{"podAnnotations": values{"careen.dev/simulate": "run"}}}
	if err := p.installAndDie(ctx, "harbour-hook", "archive", "migration", "jobs", true, v); err != nil {
		return err
	}
	if err := p.expectRecord(ctx, "harbour-hook", "archive", 1, release.StatusPendingInstall); err != nil {
		return err
	}
	return await(ctx, "the migration to run", func(ctx context.Context) (bool, error) {
		job, err := p.kube.BatchV1().Jobs("harbour-hook").Get(ctx, "archive-migrate", metav1.GetOptions{})
		return err == nil && job.Status.Active == 1 && job.Status.Ready != nil && *job.Status.Ready == 1, err
	})
}

// Fresh is a release that is pending since now: nothing may be found about it before
// --stuck-after has passed. It is not among the Incidents, because it does become one.
var Fresh = Incident{
	ID:         "fresh",
	Title:      "an install that began a moment ago",
	Namespaces: []string{"fresh"},
	Settled:    []string{found(probes.ReleaseStuck, "fresh/Release/dinghy")},
	Prepare:    func(ctx context.Context, p *Planter) error { return p.namespace(ctx, "fresh", nil) },
	Complete: func(ctx context.Context, p *Planter) error {
		if err := p.installAndDie(ctx, "fresh", "dinghy", "review-app", "deployments", true, nil); err != nil {
			return err
		}
		return p.expectRecord(ctx, "fresh", "dinghy", 1, release.StatusPendingInstall)
	},
}
