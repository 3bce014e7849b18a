package client

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/restmapper"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
)

const (
	requestTimeout = 30 * time.Second
	// atOnce is how many requests of one asking are under way.
	atOnce = 8
)

// Client reads one cluster. Its methods may be called from several goroutines.
type Client struct {
	kube    kubernetes.Interface
	objects dynamic.Interface
	mapper  *restmapper.DeferredDiscoveryRESTMapper

	discovery discovery.DiscoveryInterface

	most int64 // bytes of an answer that is read as JSON
	now  func() time.Time
}

// New makes a client on a connection. No request is made.
func New(conn *connect.Connection) *Client {
	return &Client{kube: conn.Kube(), objects: conn.Objects(), mapper: conn.Mapper(), discovery: conn.Discovery(), most: mostBytes, now: time.Now}
}

// place is where a kind is served.
type place struct {
	schema.GroupVersionResource
	namespaced bool
}

// placeOf finds where a kind is served: from the table of built-in kinds, else by
// discovery. A release record is in a Secret.
func (c *Client) placeOf(kind model.Kind) (place, error) {
	if kind == model.KindRecord {
		kind = model.KindSecret
	}
	if i, ok := model.Info(kind); ok {
		return place{schema.GroupVersionResource{Group: i.Group, Version: i.Version, Resource: i.Resource}, i.Namespaced}, nil
	}
	name, group, _ := strings.Cut(string(kind), ".")
	mapping, err := c.mapper.RESTMapping(schema.GroupKind{Group: group, Kind: name})
	if err != nil {
		c.mapper.Reset()
		if meta.IsNoMatchError(err) {
			return place{}, fmt.Errorf("the server serves no %s", kind)
		}
		return place{}, fmt.Errorf("finding where %s is served: %s", kind, connect.Said(err))
	}
	return place{mapping.Resource, mapping.Scope.Name() == meta.RESTScopeNameNamespace}, nil
}

// get reads one object. Its error is ErrGone where there is none, and else a line
// that can be shown.
func (c *Client) get(ctx context.Context, ref model.Ref) (*unstructured.Unstructured, error) {
	p, err := c.placeOf(ref.Kind)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, requestTimeout, errSlow)
	defer cancel()
	api := c.objects.Resource(p.GroupVersionResource)
	var u *unstructured.Unstructured
	if p.namespaced {
		u, err = api.Namespace(ref.Namespace).Get(ctx, ref.Name, metav1.GetOptions{})
	} else {
		u, err = api.Get(ctx, ref.Name, metav1.GetOptions{})
	}
	if err != nil {
		return nil, worded(ctx, ref, err)
	}
	return u, nil
}

var errSlow = fmt.Errorf("no answer in %s", requestTimeout)

// failure is an error whose text can be shown; the cause stays for errors.Is.
type failure struct {
	text  string
	cause error
}

func (f *failure) Error() string { return f.text }
func (f *failure) Unwrap() error { return f.cause }

func worded(ctx context.Context, ref model.Ref, err error) error {
	switch {
	case apierrors.IsNotFound(err):
		return &failure{ref.String() + " is not there any more", inspect.ErrGone}
	case ctx.Err() != nil && errors.Is(context.Cause(ctx), errSlow):
		return &failure{fmt.Sprintf("reading %s: %s", ref, errSlow), err}
	}
	return &failure{fmt.Sprintf("reading %s: %s", ref, connect.Said(err)), err}
}
