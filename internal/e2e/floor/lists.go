package main

import (
	"context"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"

	"github.com/careen-tui/careen/internal/model"
)

// list lists one kind, where and as far as careen reads it, with the typed client of
// its group and returns the count.
func list(ctx context.Context, cfg *rest.Config, info model.KindInfo) (n int, err error) {
	gv := schema.GroupVersion{Group: info.Group, Version: info.Version}
	client, err := restClient(cfg, gv)
	if err != nil {
		return 0, err
	}
	opts := metav1.ListOptions{ResourceVersion: "0", FieldSelector: info.Fields, LabelSelector: info.Labels}
	for _, namespace := range info.Scopes() {
		into, err := scheme.Scheme.New(gv.WithKind(string(info.Kind) + "List"))
		if err != nil {
			return 0, err
		}
		err = client.Get().NamespaceIfScoped(namespace, namespace != "").Resource(info.Resource).
			VersionedParams(&opts, scheme.ParameterCodec).Do(ctx).Into(into)
		if err != nil {
			return 0, err
		}
		if err := meta.EachListItem(into, func(runtime.Object) error { n++; return nil }); err != nil {
			return 0, err
		}
	}
	return n, nil
}

func restClient(cfg *rest.Config, gv schema.GroupVersion) (rest.Interface, error) {
	cfg = rest.CopyConfig(cfg)
	cfg.GroupVersion, cfg.NegotiatedSerializer, cfg.APIPath = &gv, scheme.Codecs.WithoutConversion(), "/apis"
	if gv.Group == "" {
		cfg.APIPath = "/api"
	}
	return rest.RESTClientFor(cfg)
}
