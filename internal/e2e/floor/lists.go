package main

import (
	"context"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"

	"github.com/careen-tui/careen/internal/model"
)

// list lists one kind with the typed client of its group and returns the count.
func list(ctx context.Context, client kubernetes.Interface, info model.KindInfo) (int, error) {
	gv := schema.GroupVersion{Group: info.Group, Version: info.Version}
	into, err := scheme.Scheme.New(gv.WithKind(string(info.Kind) + "List"))
	if err != nil {
		return 0, err
	}
	opts := metav1.ListOptions{ResourceVersion: "0"}
	switch info.Kind {
	case model.KindSecret:
		opts.FieldSelector = "type!=helm.sh/release.v1"
	case model.KindEvent:
		opts.FieldSelector = "type=Warning"
	}
	err = restClient(client, info.Group).Get().Resource(info.Resource).
		VersionedParams(&opts, scheme.ParameterCodec).Do(ctx).Into(into)
	if err != nil {
		return 0, err
	}
	n := 0
	err = meta.EachListItem(into, func(runtime.Object) error { n++; return nil })
	return n, err
}

func restClient(c kubernetes.Interface, group string) rest.Interface {
	switch group {
	case "apps":
		return c.AppsV1().RESTClient()
	case "batch":
		return c.BatchV1().RESTClient()
	case "storage.k8s.io":
		return c.StorageV1().RESTClient()
	case "discovery.k8s.io":
		return c.DiscoveryV1().RESTClient()
	case "networking.k8s.io":
		return c.NetworkingV1().RESTClient()
	case "rbac.authorization.k8s.io":
		return c.RbacV1().RESTClient()
	case "policy":
		return c.PolicyV1().RESTClient()
	case "autoscaling":
		return c.AutoscalingV2().RESTClient()
	case "scheduling.k8s.io":
		return c.SchedulingV1().RESTClient()
	case "node.k8s.io":
		return c.NodeV1().RESTClient()
	case "admissionregistration.k8s.io":
		return c.AdmissionregistrationV1().RESTClient()
	}
	return c.CoreV1().RESTClient()
}
