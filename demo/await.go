package demo

import (
	"context"
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	lookEvery = 50 * time.Millisecond
	patience  = 2 * time.Minute
)

// await calls check until it returns true, and fails with what it lastly
// complained of after two minutes or when ctx ends.
func await(ctx context.Context, what string, check func(context.Context) (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var last error
	for {
		ok, err := check(ctx)
		if ok {
			return nil
		}
		if err != nil && ctx.Err() == nil {
			last = err
		}
		select {
		case <-ctx.Done():
			if last == nil {
				last = ctx.Err()
			}
			return fmt.Errorf("waiting for %s: %w", what, last)
		case <-time.After(lookEvery):
		}
	}
}

// until waits for a moment, or for the end of ctx.
func until(ctx context.Context, moment time.Time) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Until(moment)):
		return nil
	}
}

// awaitReady returns when the workloads named are rolled out and ready, or all
// Deployments and StatefulSets of the namespace where none is named.
func (p *Planter) awaitReady(ctx context.Context, namespace string, names ...string) error {
	wanted := map[string]bool{}
	for _, name := range names {
		wanted[name] = true
	}
	return await(ctx, "the workloads of "+namespace+" to be ready", func(ctx context.Context) (bool, error) {
		deployments, err := p.kube.AppsV1().Deployments(namespace).List(ctx, metav1.ListOptions{})
		if err != nil {
			return false, err
		}
		sets, err := p.kube.AppsV1().StatefulSets(namespace).List(ctx, metav1.ListOptions{})
		if err != nil {
			return false, err
		}
		seen := 0
		for _, d := range deployments.Items {
			if len(names) > 0 && !wanted[d.Name] {
				continue
			}
			if seen++; !deploymentReady(&d) {
				return false, fmt.Errorf("deployment %s has %d of %d ready", d.Name, d.Status.ReadyReplicas, *d.Spec.Replicas)
			}
		}
		for _, s := range sets.Items {
			if len(names) > 0 && !wanted[s.Name] {
				continue
			}
			if seen++; !setReady(&s) {
				return false, fmt.Errorf("stateful set %s has %d of %d ready", s.Name, s.Status.ReadyReplicas, *s.Spec.Replicas)
			}
		}
		return seen >= len(names), nil
	})
}

func deploymentReady(d *appsv1.Deployment) bool {
	want := *d.Spec.Replicas
	return d.Status.ObservedGeneration >= d.Generation &&
		d.Status.UpdatedReplicas == want && d.Status.ReadyReplicas == want && d.Status.Replicas == want
}

func setReady(s *appsv1.StatefulSet) bool {
	want := *s.Spec.Replicas
	return s.Status.ObservedGeneration >= s.Generation && s.Status.UpdatedReplicas == want &&
		s.Status.ReadyReplicas == want && s.Status.Replicas == want
}

// awaitEvent returns when a Warning event of that reason about an object, named by
// its kind and a prefix of its name, stands in the namespace.
func (p *Planter) awaitEvent(ctx context.Context, namespace, kind, prefix, reason string) error {
	what := fmt.Sprintf("event %s about %s %s/%s", reason, kind, namespace, prefix)
	return await(ctx, what, func(ctx context.Context) (bool, error) {
		events, err := p.kube.CoreV1().Events(namespace).List(ctx, metav1.ListOptions{
			FieldSelector: "reason=" + reason + ",involvedObject.kind=" + kind,
		})
		if err != nil {
			return false, err
		}
		for _, e := range events.Items {
			if len(e.InvolvedObject.Name) >= len(prefix) && e.InvolvedObject.Name[:len(prefix)] == prefix {
				return true, nil
			}
		}
		return false, nil
	})
}

// awaitWaiting returns when a container of a pod with these labels waits for that
// reason.
func (p *Planter) awaitWaiting(ctx context.Context, namespace, selector, reason string) error {
	return await(ctx, "a container of "+namespace+" to be in "+reason, func(ctx context.Context) (bool, error) {
		pods, err := p.kube.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: selector})
		if err != nil {
			return false, err
		}
		for _, pod := range pods.Items {
			for _, c := range pod.Status.ContainerStatuses {
				if c.State.Waiting != nil && c.State.Waiting.Reason == reason {
					return true, nil
				}
			}
		}
		return false, fmt.Errorf("none of %d pods is", len(pods.Items))
	})
}

// awaitBound returns when a claim is bound, and the claim.
func (p *Planter) awaitBound(ctx context.Context, namespace, name string) (claim *corev1.PersistentVolumeClaim, err error) {
	err = await(ctx, "claim "+namespace+"/"+name+" to be bound", func(ctx context.Context) (bool, error) {
		got, err := p.kube.CoreV1().PersistentVolumeClaims(namespace).Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return false, err
		}
		claim = got
		return got.Status.Phase == corev1.ClaimBound, fmt.Errorf("it is %s", got.Status.Phase)
	})
	return claim, err
}
