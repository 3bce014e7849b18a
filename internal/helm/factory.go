package helm

import (
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/resource"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/kubectl/pkg/validation"
)

// factory makes Helm's clients, as kubectl's does (k8s.io/kubectl/pkg/cmd/util), but for
// the validation of hooks against the server's OpenAPI before they are sent. kubectl does
// that where the server does not validate itself, and every server since Kubernetes 1.27
// does. It reads the whole of OpenAPI, for which the program would hold its models.
type factory struct {
	genericclioptions.RESTClientGetter
}

func (f factory) DynamicClient() (dynamic.Interface, error) {
	config, err := f.ToRESTConfig()
	if err != nil {
		return nil, err
	}
	return dynamic.NewForConfig(config)
}

func (f factory) KubernetesClientSet() (*kubernetes.Clientset, error) {
	config, err := f.ToRESTConfig()
	if err != nil {
		return nil, err
	}
	return kubernetes.NewForConfig(config)
}

func (f factory) NewBuilder() *resource.Builder { return resource.NewBuilder(f.RESTClientGetter) }

func (factory) Validator(string) (validation.Schema, error) { return validation.NullSchema{}, nil }
