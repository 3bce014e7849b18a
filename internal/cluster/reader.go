package cluster

import (
	"context"
	"io"
	"reflect"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"

	"github.com/careen-tui/careen/internal/cluster/project"
	"github.com/careen-tui/careen/internal/model"
)

// reader knows how one kind is read and what its objects become.
type reader struct {
	info       model.KindInfo // where it is served
	kind       model.Kind     // of the coverage
	rows       model.Kind     // of the rows; differs from kind for custom resources
	resource   string         // of the coverage
	namespaced bool
	driver     model.Kind // of release records
	limit      int        // objects at most; 0 for no limit
	room       *room      // shared with other readers; nil where there is no bound in common
	options    func(*metav1.ListOptions)

	// whole opens a list in one piece, and fresh makes its objects; where they are
	// nil, list returns a page.
	whole func(ctx context.Context, namespace string, opts metav1.ListOptions) (io.ReadCloser, error)
	fresh func() message

	list    func(ctx context.Context, namespace string, opts metav1.ListOptions) (runtime.Object, error)
	watch   func(ctx context.Context, namespace string, opts metav1.ListOptions) (watch.Interface, error)
	project func(runtime.Object) (model.Row, bool)
}

// metadataLists asks for lists of metadata only (client-go, metadata/metadata.go).
const metadataLists = protobuf + ";as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"

// builtin reads a built-in kind: by the typed client of its group where it has a Go
// type.
func (s *Source) builtin(info model.KindInfo) reader {
	gvk := schema.GroupVersionKind{Group: info.Group, Version: info.Version, Kind: string(info.Kind)}
	if !project.Scheme.Recognizes(gvk) {
		return s.untyped(info)
	}
	r := s.reader(info)
	client := s.clients.group(info.Group, info.Version)
	of := project.Scheme.AllKnownTypes()[gvk]
	r.fresh = func() message { return reflect.New(of).Interface().(message) }
	r.whole = func(ctx context.Context, namespace string, opts metav1.ListOptions) (io.ReadCloser, error) {
		return client.Get().NamespaceIfScoped(namespace, namespace != "").Resource(info.Resource).VersionedParams(&opts, params).Stream(ctx)
	}
	r.watch = func(ctx context.Context, namespace string, opts metav1.ListOptions) (watch.Interface, error) {
		opts.Watch = true
		return client.Get().NamespaceIfScoped(namespace, namespace != "").Resource(info.Resource).VersionedParams(&opts, params).Watch(ctx)
	}
	return r
}

// reader is what all readers of built-in and custom kinds have in common.
func (s *Source) reader(info model.KindInfo) reader {
	r := reader{
		info: info, limit: maxObjects, kind: info.Kind, rows: info.Kind, resource: info.Resource, namespaced: info.Namespaced,
		project: s.project.Object,
	}
	if info.Fields != "" || info.Labels != "" {
		r.options = func(o *metav1.ListOptions) { o.FieldSelector, o.LabelSelector = info.Fields, info.Labels }
	}
	return r
}

// records reads release records as metadata only.
func (s *Source) records(driver model.Kind) reader {
	info, _ := model.Info(driver)
	api := s.clients.metadata.Resource(schema.GroupVersionResource{Version: "v1", Resource: info.Resource})
	return reader{
		info: info, limit: maxObjects, kind: model.KindRecord, rows: model.KindRecord, namespaced: true, driver: driver,
		resource: model.Lookup(model.KindRecord).Resource,
		options: func(o *metav1.ListOptions) {
			if driver == model.KindSecret {
				o.FieldSelector = "type=" + model.HelmSecretType
			} else {
				o.LabelSelector = "owner=helm"
			}
		},
		fresh: func() message { return &metav1.PartialObjectMetadata{} },
		whole: func(ctx context.Context, namespace string, opts metav1.ListOptions) (io.ReadCloser, error) {
			return s.clients.core().Get().NamespaceIfScoped(namespace, namespace != "").Resource(info.Resource).
				SetHeader("Accept", metadataLists).VersionedParams(&opts, params).Stream(ctx)
		},
		watch: func(ctx context.Context, namespace string, opts metav1.ListOptions) (watch.Interface, error) {
			return api.Namespace(namespace).Watch(ctx, opts)
		},
		project: func(o runtime.Object) (model.Row, bool) {
			m, ok := o.(*metav1.PartialObjectMetadata)
			if !ok {
				return nil, false
			}
			return s.project.Record(m, driver), true
		},
	}
}

// untyped reads a kind that has no Go type here.
func (s *Source) untyped(info model.KindInfo) reader {
	r := s.reader(info)
	api := s.conn.Objects().Resource(schema.GroupVersionResource{Group: info.Group, Version: info.Version, Resource: info.Resource})
	r.list = func(ctx context.Context, namespace string, opts metav1.ListOptions) (runtime.Object, error) {
		return api.Namespace(namespace).List(ctx, opts)
	}
	r.watch = func(ctx context.Context, namespace string, opts metav1.ListOptions) (watch.Interface, error) {
		return api.Namespace(namespace).Watch(ctx, opts)
	}
	return r
}
