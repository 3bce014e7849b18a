package probetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	authorizationv1 "k8s.io/api/authorization/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/version"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	fakediscovery "k8s.io/client-go/discovery/fake"
	"k8s.io/client-go/dynamic"
	dynamicfake "k8s.io/client-go/dynamic/fake"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/rest"
	clienttesting "k8s.io/client-go/testing"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes/scene"
)

// Connection is a scene's server, as preflight and forecast are given one.
type Connection struct {
	server  scene.Server
	user    string
	kube    *fake.Clientset
	objects *dynamicfake.FakeDynamicClient
}

// Connect opens the server of a scene.
func Connect(s *scene.Scene) *Connection {
	c := &Connection{
		server: s.Server, user: s.Snapshot.Cluster.User, kube: fake.NewClientset(s.Stored...),
		objects: dynamicfake.NewSimpleDynamicClient(runtime.NewScheme()),
	}
	c.kube.PrependReactor("*", "*", c.allow)
	c.kube.PrependReactor("create", "selfsubjectaccessreviews", c.review)
	c.kube.PrependReactor("create", "subjectaccessreviews", c.review)
	c.objects.PrependReactor("create", "*", c.admit)
	c.kube.Discovery().(*fakediscovery.FakeDiscovery).FakedServerVersion = &version.Info{Major: "1", Minor: "33", GitVersion: "v1.33.0"}
	c.kube.Resources = resources(s.Server)
	return c
}

// Kube is the typed client.
func (c *Connection) Kube() kubernetes.Interface { return c.kube }

// Objects is the dynamic client.
func (c *Connection) Objects() dynamic.Interface { return c.objects }

// Discovery is what the server serves.
func (c *Connection) Discovery() discovery.CachedDiscoveryInterface {
	return memory.NewMemCacheClient(c.kube.Discovery())
}

// Config is nil: a chart of a fixture looks nothing up.
func (c *Connection) Config() *rest.Config { return nil }

// resources is what discovery answers.
func resources(s scene.Server) []*metav1.APIResourceList {
	var lists []*metav1.APIResourceList
	add := func(version string, r metav1.APIResource) {
		if slices.Contains(s.Lacks, version+" "+r.Kind) {
			return
		}
		i := slices.IndexFunc(lists, func(l *metav1.APIResourceList) bool { return l.GroupVersion == version })
		if i < 0 {
			i = len(lists)
			lists = append(lists, &metav1.APIResourceList{GroupVersion: version})
		}
		lists[i].APIResources = append(lists[i].APIResources, r)
	}
	for _, k := range model.Builtin {
		add(schema.GroupVersion{Group: k.Group, Version: k.Version}.String(), metav1.APIResource{Name: k.Resource, Kind: string(k.Kind), Namespaced: k.Namespaced})
	}
	for _, text := range s.Serves {
		if f := strings.Fields(text); len(f) == 3 {
			add(f[0], metav1.APIResource{Name: f[2], Kind: f[1], Namespaced: true})
		}
	}
	return lists
}

// answer is the error of a request; nil where it is allowed.
func (c *Connection) answer(verb string, resource schema.GroupResource, name, namespace string) error {
	asked := verb + " " + resource.String()
	switch {
	case slices.Contains(c.server.Broken, asked):
		return apierrors.NewInternalError(fmt.Errorf("etcdserver: request timed out (%s)", asked))
	case slices.Contains(c.server.Denies, asked):
		return apierrors.NewForbidden(resource, name, fmt.Errorf("User %q cannot %s resource %q in API group %q in the namespace %q", c.user, verb, resource.Resource, resource.Group, namespace)) //nolint:staticcheck // the server's own words
	}
	return nil
}

func (c *Connection) allow(a clienttesting.Action) (bool, runtime.Object, error) {
	err := c.answer(a.GetVerb(), a.GetResource().GroupResource(), "", a.GetNamespace())
	return err != nil, nil, err
}

// review answers an access review by the same list.
func (c *Connection) review(a clienttesting.Action) (bool, runtime.Object, error) {
	may := func(asked *authorizationv1.ResourceAttributes) (bool, error) {
		err := c.answer(asked.Verb, schema.GroupResource{Group: asked.Group, Resource: asked.Resource}, "", asked.Namespace)
		if apierrors.IsInternalError(err) {
			return false, err
		}
		return err == nil, nil
	}
	var err error
	switch review := a.(clienttesting.CreateAction).GetObject().DeepCopyObject().(type) {
	case *authorizationv1.SelfSubjectAccessReview:
		review.Status.Allowed, err = may(review.Spec.ResourceAttributes)
		return true, review, err
	case *authorizationv1.SubjectAccessReview:
		review.Status.Allowed, err = may(review.Spec.ResourceAttributes)
		return true, review, err
	}
	return true, nil, errors.New("no access review")
}

// admit answers a dry run: everything is taken, but for what the fixture refuses.
func (c *Connection) admit(a clienttesting.Action) (bool, runtime.Object, error) {
	u, ok := a.(clienttesting.CreateAction).GetObject().(*unstructured.Unstructured)
	if !ok {
		return true, nil, errors.New("no object")
	}
	name := u.GetName() + u.GetGenerateName()
	resource := a.GetResource().GroupResource()
	if err := c.answer("create", resource, name, a.GetNamespace()); err != nil {
		return true, nil, err
	}
	for _, r := range c.server.Refuses {
		if r.Object != u.GetKind()+" "+name {
			continue
		}
		refused := apierrors.NewForbidden(resource, name, errors.New(r.Message))
		if r.Reason != "" {
			refused.ErrStatus.Reason, refused.ErrStatus.Message = r.Reason, r.Message
		}
		return true, nil, refused
	}
	return true, u, nil
}
