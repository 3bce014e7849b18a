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
	options    func(*metav1.ListOptions)

	// whole opens a list in one piece, and fresh makes its objects; where they are
	// nil, list returns a page.
	whole func(ctx context.Context, namespace string, opts metav1.ListOptions) (io.ReadCloser, error)
	fresh func() message

	list    func(ctx context.Context, namespace string, opts metav1.ListOptions) (runtime.Object, error)
	watch   func(ctx context.Context, namespace string, opts metav1.ListOptions) (watch.Interface, error)
	project func(runtime.Object) (model.Row, bool)
}

const (
	recordResource = "releases"
	helmSecrets    = "helm.sh/release.v1"
	// metadataLists asks for lists of metadata only (client-go, metadata/metadata.go).
	metadataLists = protobuf + ";as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
)

// builtin reads a built-in kind by its typed client. Records of Helm are not read
// as Secrets or ConfigMaps, nor events that are no warnings.
func (s *Source) builtin(info model.KindInfo) reader {
	if info.Kind == model.KindAPIService {
		return s.untyped(info)
	}
	r := reader{info: info, limit: maxObjects, kind: info.Kind, rows: info.Kind, resource: info.Resource, namespaced: info.Namespaced, project: s.project.Object}
	client := s.clients.group(info.Group, info.Version)
	of := reflect.TypeOf(typeOf(info)).Elem()
	r.fresh = func() message { return reflect.New(of).Interface().(message) }
	r.whole = func(ctx context.Context, namespace string, opts metav1.ListOptions) (io.ReadCloser, error) {
		return client.Get().NamespaceIfScoped(namespace, namespace != "").Resource(info.Resource).VersionedParams(&opts, params).Stream(ctx)
	}
	r.watch = func(ctx context.Context, namespace string, opts metav1.ListOptions) (watch.Interface, error) {
		opts.Watch = true
		return client.Get().NamespaceIfScoped(namespace, namespace != "").Resource(info.Resource).VersionedParams(&opts, params).Watch(ctx)
	}
	switch info.Kind {
	case model.KindSecret:
		r.options = func(o *metav1.ListOptions) { o.FieldSelector = "type!=" + helmSecrets }
	case model.KindConfigMap:
		r.options = func(o *metav1.ListOptions) { o.LabelSelector = "owner!=helm" }
	case model.KindEvent:
		r.options = func(o *metav1.ListOptions) { o.FieldSelector = "type=Warning" }
	}
	return r
}

// typeOf is an object of a built-in kind, all of which are in the scheme.
func typeOf(info model.KindInfo) message {
	o, err := project.Scheme.New(schema.GroupVersionKind{Group: info.Group, Version: info.Version, Kind: string(info.Kind)})
	if err != nil {
		panic("making an object of a built-in kind: " + err.Error())
	}
	return o.(message)
}

// records reads release records as metadata only.
func (s *Source) records(driver model.Kind) reader {
	info, _ := model.Info(driver)
	api := s.clients.metadata.Resource(schema.GroupVersionResource{Version: "v1", Resource: info.Resource})
	return reader{
		info: info, limit: maxObjects, kind: model.KindRecord, rows: model.KindRecord, resource: recordResource, namespaced: true, driver: driver,
		options: func(o *metav1.ListOptions) {
			if driver == model.KindSecret {
				o.FieldSelector = "type=" + helmSecrets
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
	r := reader{info: info, limit: maxObjects, kind: info.Kind, rows: info.Kind, resource: info.Resource, namespaced: info.Namespaced, project: s.project.Object}
	api := s.conn.Objects().Resource(schema.GroupVersionResource{Group: info.Group, Version: info.Version, Resource: info.Resource})
	r.list = func(ctx context.Context, namespace string, opts metav1.ListOptions) (runtime.Object, error) {
		return api.Namespace(namespace).List(ctx, opts)
	}
	r.watch = func(ctx context.Context, namespace string, opts metav1.ListOptions) (watch.Interface, error) {
		return api.Namespace(namespace).Watch(ctx, opts)
	}
	return r
}
