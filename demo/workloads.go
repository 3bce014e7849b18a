package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	autoscalingv1 "k8s.io/api/autoscaling/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// restart is kubectl rollout restart.
func (p *Planter) restart(ctx context.Context, namespace, kind, name string) error {
	patch := fmt.Appendf(nil,
		`{"spec":{"template":{"metadata":{"annotations":{"kubectl.kubernetes.io/restartedAt":%q}}}}}`,
		time.Now().Format(time.RFC3339Nano))
	options := metav1.PatchOptions{FieldManager: "kubectl-rollout"}
	var err error
	switch kind {
	case "Deployment":
		_, err = p.kube.AppsV1().Deployments(namespace).Patch(ctx, name, types.StrategicMergePatchType, patch, options)
	case "StatefulSet":
		_, err = p.kube.AppsV1().StatefulSets(namespace).Patch(ctx, name, types.StrategicMergePatchType, patch, options)
	default:
		return fmt.Errorf("restarting %s %s/%s: not a kind that can be restarted", kind, namespace, name)
	}
	if err != nil {
		return fmt.Errorf("restarting %s %s/%s: %w", kind, namespace, name, err)
	}
	return nil
}

// scaleSet is kubectl scale statefulset.
func (p *Planter) scaleSet(ctx context.Context, namespace, name string, replicas int32) error {
	scale := &autoscalingv1.Scale{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Spec:       autoscalingv1.ScaleSpec{Replicas: replicas},
	}
	_, err := p.kube.AppsV1().StatefulSets(namespace).UpdateScale(ctx, name, scale, metav1.UpdateOptions{FieldManager: manager})
	if err != nil {
		return fmt.Errorf("scaling stateful set %s/%s: %w", namespace, name, err)
	}
	return nil
}

// setData changes the values of some keys of a ConfigMap, as the writer named.
func (p *Planter) setData(ctx context.Context, namespace, name, writer string, data map[string]string) error {
	patch, err := json.Marshal(map[string]any{"data": data})
	if err != nil {
		return fmt.Errorf("writing a patch: %w", err)
	}
	_, err = p.kube.CoreV1().ConfigMaps(namespace).Patch(ctx, name, types.MergePatchType, patch, metav1.PatchOptions{FieldManager: writer})
	if err != nil {
		return fmt.Errorf("changing ConfigMap %s/%s: %w", namespace, name, err)
	}
	return nil
}

// nudge makes controllers look again at the ReplicaSets and StatefulSets of a
// release: one whose pods were refused backs off, and does not watch what it was
// refused for.
func (p *Planter) nudge(ctx context.Context, namespace, release string) error {
	ofRelease := metav1.ListOptions{LabelSelector: "app.kubernetes.io/instance=" + release}
	patch := fmt.Appendf(nil, `{"metadata":{"annotations":{"example.com/looked-at":%q}}}`, time.Now().Format(time.RFC3339Nano))
	options := metav1.PatchOptions{FieldManager: manager}
	replicaSets, err := p.kube.AppsV1().ReplicaSets(namespace).List(ctx, ofRelease)
	if err != nil {
		return fmt.Errorf("listing replica sets of %s: %w", namespace, err)
	}
	for _, set := range replicaSets.Items {
		if _, err := p.kube.AppsV1().ReplicaSets(namespace).Patch(ctx, set.Name, types.MergePatchType, patch, options); err != nil {
			return fmt.Errorf("nudging replica set %s: %w", set.Name, err)
		}
	}
	statefulSets, err := p.kube.AppsV1().StatefulSets(namespace).List(ctx, ofRelease)
	if err != nil {
		return fmt.Errorf("listing stateful sets of %s: %w", namespace, err)
	}
	for _, set := range statefulSets.Items {
		if _, err := p.kube.AppsV1().StatefulSets(namespace).Patch(ctx, set.Name, types.MergePatchType, patch, options); err != nil {
			return fmt.Errorf("nudging stateful set %s: %w", set.Name, err)
		}
	}
	return nil
}

// makeAccount is kubectl create serviceaccount.
func (p *Planter) makeAccount(ctx context.Context, namespace, name string) error {
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
	if _, err := p.kube.CoreV1().ServiceAccounts(namespace).Create(ctx, account, metav1.CreateOptions{FieldManager: manager}); err != nil {
		return fmt.Errorf("creating account %s/%s: %w", namespace, name, err)
	}
	return nil
}
