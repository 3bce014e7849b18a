// Package population fills a cluster with the load that careen's budgets are
// stated for: a thousand Helm releases of three revisions, each with a deployment
// of ten pods, a service, a claim, a secret, a config map and an account.
package population

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// Size says how much to make. Pods is per release.
type Size struct {
	Namespaces, Releases, Revisions, Pods int
	RecordBytes                           int // of one stored record, about
}

// Budget is the size that the budgets are stated for.
var Budget = Size{Namespaces: 100, Releases: 1000, Revisions: 3, Pods: 10, RecordBytes: 30 << 10}

// writers is how many requests are under way at once.
const writers = 32

// Load fills the cluster, and returns when every pod is running.
func Load(ctx context.Context, cfg *rest.Config, size Size, progress func(string)) error {
	cfg = rest.CopyConfig(cfg)
	cfg.QPS = -1
	cfg.ContentType = "application/vnd.kubernetes.protobuf"
	client, err := kubernetes.NewForConfig(cfg)
	if err != nil {
		return fmt.Errorf("connecting: %w", err)
	}
	for i := range size.Namespaces {
		ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace(i)}}
		if _, err := client.CoreV1().Namespaces().Create(ctx, ns, metav1.CreateOptions{}); err != nil && !apierrors.IsAlreadyExists(err) {
			return fmt.Errorf("creating namespace %s: %w", ns.Name, err)
		}
	}
	var done atomic.Int64
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(writers)
	for i := range size.Releases {
		group.Go(func() error {
			if n := done.Add(1); n%100 == 0 {
				progress(fmt.Sprintf("%d of %d releases", n, size.Releases))
			}
			return release(gctx, client, namespace(i%size.Namespaces), fmt.Sprintf("app-%04d", i), size)
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return running(ctx, client, size.Releases*size.Pods, progress)
}

func namespace(i int) string { return fmt.Sprintf("team-%03d", i) }

// release makes one release: its records, and what they declare.
func release(ctx context.Context, client kubernetes.Interface, ns, name string, size Size) error {
	meta := metav1.ObjectMeta{
		Name: name, Namespace: ns,
		Labels:      map[string]string{"app.kubernetes.io/name": name, "app.kubernetes.io/instance": name, "app.kubernetes.io/managed-by": "Helm"},
		Annotations: map[string]string{"meta.helm.sh/release-name": name, "meta.helm.sh/release-namespace": ns},
	}
	create := metav1.CreateOptions{}
	var errs []error
	add := func(_ any, err error) {
		if err != nil && !apierrors.IsAlreadyExists(err) {
			errs = append(errs, err)
		}
	}
	add(client.CoreV1().ServiceAccounts(ns).Create(ctx, &corev1.ServiceAccount{ObjectMeta: meta}, create))
	add(client.CoreV1().Secrets(ns).Create(ctx, &corev1.Secret{ObjectMeta: meta, Data: map[string][]byte{"password": noise(32)}}, create))
	add(client.CoreV1().ConfigMaps(ns).Create(ctx, &corev1.ConfigMap{ObjectMeta: meta, Data: map[string]string{"settings": string(noise(256))}}, create))
	add(client.CoreV1().Services(ns).Create(ctx, service(meta), create))
	add(client.CoreV1().PersistentVolumeClaims(ns).Create(ctx, claim(meta), create))
	for r := 1; r <= size.Revisions; r++ {
		add(client.CoreV1().Secrets(ns).Create(ctx, record(ns, name, r, size), create))
	}
	add(client.AppsV1().Deployments(ns).Create(ctx, deployment(meta, int32(size.Pods)), create))
	if len(errs) > 0 {
		return fmt.Errorf("creating release %s/%s: %w", ns, name, errs[0])
	}
	return nil
}

func service(meta metav1.ObjectMeta) *corev1.Service {
	return &corev1.Service{ObjectMeta: meta, Spec: corev1.ServiceSpec{
		Selector: map[string]string{"app.kubernetes.io/name": meta.Name}, Ports: []corev1.ServicePort{{Port: 80, TargetPort: intstr.FromInt32(8080)}},
	}}
}

func claim(meta metav1.ObjectMeta) *corev1.PersistentVolumeClaim {
	return &corev1.PersistentVolumeClaim{ObjectMeta: meta, Spec: corev1.PersistentVolumeClaimSpec{
		AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
		Resources:   corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")}},
	}}
}

func deployment(meta metav1.ObjectMeta, pods int32) *appsv1.Deployment {
	labels := map[string]string{"app.kubernetes.io/name": meta.Name}
	return &appsv1.Deployment{ObjectMeta: meta, Spec: appsv1.DeploymentSpec{
		Replicas: &pods,
		Selector: &metav1.LabelSelector{MatchLabels: labels},
		Template: corev1.PodTemplateSpec{
			ObjectMeta: metav1.ObjectMeta{Labels: labels},
			Spec: corev1.PodSpec{
				ServiceAccountName: meta.Name,
				Containers: []corev1.Container{{
					Name: "app", Image: "registry.example/app:1.0.0",
					Env:   []corev1.EnvVar{{Name: "LOG_LEVEL", Value: "info"}, {Name: "PORT", Value: "8080"}},
					Ports: []corev1.ContainerPort{{ContainerPort: 8080}},
				}},
			},
		},
	}}
}

// running waits until that many pods run.
func running(ctx context.Context, client kubernetes.Interface, want int, progress func(string)) error {
	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	for {
		got := 0
		list, err := client.CoreV1().Pods("").List(ctx, metav1.ListOptions{FieldSelector: "status.phase=Running", ResourceVersion: "0"})
		if err != nil {
			return fmt.Errorf("counting pods: %w", err)
		}
		if got = len(list.Items); got >= want {
			return nil
		}
		progress(fmt.Sprintf("%d of %d pods run", got, want))
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for %d pods, %d run: %w", want, got, ctx.Err())
		case <-tick.C:
		}
	}
}
